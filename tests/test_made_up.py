"""Made-up organisations: of any size, on any day, with exactly the breaches that were planted."""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from bench.made_up.making import make_organisation
from bench.made_up.moving import month_limits
from bench.made_up.original import Original, read_original
from bench.made_up.planning import Wish
from tests.people import check_for, setting_for

from policykit.exports.example import NotMadeError
from policykit.model.results import CheckResult, Outcome
from policykit.reading import Ground, Pack, load_organisation, load_pack
from policykit.running import run_checks

POLICY = Path(__file__).parents[1] / "policy"
KITCHENS = Path(__file__).parent / "packs" / "kitchens" / "policy"
AS_AT = date(2026, 11, 1)

#: Checks that count no rows of the example: they judge the organisation itself, somebody confirms them, or they do not
#: apply to it.
WHOLE = {"CHK-POLICY-EXISTS", "CHK-PUBLISHED"}
CONFIRMED = {"CHK-RELEVANT-SAMPLE"}
FOR_COUNCILS = {"CHK-COUNCIL-BASIS"}
NO_ROWS = {*WHOLE, *CONFIRMED, *FOR_COUNCILS}


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The first pack."""
    return load_pack(POLICY)


@pytest.fixture(scope="module")
def base(pack: Pack) -> Original:
    """Its example organisation."""
    return read_original(pack, load_organisation(POLICY / "example", pack))


def make(
    base: Original, out: Path, *, as_at: date = AS_AT, size: int = 1, seed: int = 0, wishes: Sequence[Wish] = ()
) -> Path:
    """A made-up organisation."""
    make_organisation(base, out, as_at=as_at, size=size, seed=seed, wishes=wishes)
    return out


def run(pack: Pack, folder: Path) -> dict[str, CheckResult]:
    """What becomes of each check."""
    organisation = load_organisation(folder, pack)
    assert organisation.warnings == ()
    ground = Ground.of(pack, organisation, organisation.as_at)
    results = run_checks(ground, now=lambda: datetime(2026, 11, 1, 9, tzinfo=UTC))
    return {check.id: check for check in results.checks}


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_copies_multiply_every_count(base: Original, pack: Pack, tmp_path: Path) -> None:
    """Three copies have three times the units of each check about a register, and the waiver covers as many more."""
    once, thrice = run(pack, POLICY / "example"), run(pack, make(base, tmp_path / "ours", size=3 * 1509))
    for name in once.keys() - NO_ROWS:
        first, third = once[name].counts, thrice[name].counts
        assert first is not None
        assert third is not None
        assert third.model_dump() == {part: 3 * number for part, number in first.model_dump().items()}
    waiver = thrice["CHK-VOLUNTARY-REACH"].waiver
    assert waiver is not None
    assert (waiver.state, waiver.covers) == ("covers", 3)


@pytest.mark.parametrize(("size", "rows"), [(1, 1509), (1509, 1509), (1510, 3018), (10_000, 10_563)])
def test_the_largest_register_has_at_least_so_many_rows(size: int, rows: int, base: Original, tmp_path: Path) -> None:
    """Whole copies are made until the largest register is large enough."""
    file = make(base, tmp_path / "ours", size=size) / "records" / "training.csv"
    assert len(file.read_text("utf-8").splitlines()) - 1 == rows


def assert_exactly(wishes: dict[str, int], results: dict[str, CheckResult]) -> None:
    """Each check finds what was planted for it, and nothing else."""
    for name, check in results.items():
        counts = check.rows or check.counts
        if counts is not None:
            assert (name, counts.violate, counts.unknown) == (name, wishes.get(name, 0), 0)
    assert {name for name in wishes if results[name].outcome is not Outcome.FAIL} == set()


@pytest.mark.parametrize("day", ["2026-11-01", "2035-06-30"])
def test_exactly_the_planted_breaches_are_found(day: str, base: Original, pack: Pack, tmp_path: Path) -> None:
    """Breaches of all checks that can fail in such an organisation, all at once and on any day, and no other."""
    names = sorted(pack.checks.keys() - CONFIRMED - FOR_COUNCILS)
    wishes = {name: 1 if name in WHOLE else place % 4 + 1 for place, name in enumerate(names)}
    planted = [Wish(name, number) for name, number in wishes.items()]
    ours = make(base, tmp_path / "ours", as_at=date.fromisoformat(day), size=3000, seed=7, wishes=planted)
    assert_exactly(wishes, run(pack, ours))


def test_a_check_for_others_is_breached_by_one_of_them(base: Original, pack: Pack, tmp_path: Path) -> None:
    """What binds councils alone makes the organisation a council, and that is said."""
    out = tmp_path / "ours"
    said = make_organisation(base, out, as_at=AS_AT, size=1, seed=0, wishes=[Wish("CHK-COUNCIL-BASIS", 3)])
    assert said == ["The organisation has landlord_type council, or not all would apply."]
    assert_exactly({"CHK-COUNCIL-BASIS": 3}, run(pack, out))


def test_an_organisation_breaches_what_it_does_as_a_whole_once(base: Original, pack: Pack, tmp_path: Path) -> None:
    """A register is changed as little as does it: one document stands for each that is missing."""
    ours = make(base, tmp_path / "ours", wishes=[Wish("CHK-PUBLISHED", 1)])
    assert_exactly({"CHK-PUBLISHED": 1}, run(pack, ours))
    named = [bytes_of(folder)["records/documents.csv"].splitlines() for folder in (ours, make(base, tmp_path / "none"))]
    assert len({*named[1]} - {*named[0]}) == 1


def test_what_is_found_besides_is_said(tmp_path: Path) -> None:
    """In a pack whose checks look at the same value no row breaches but one; a register that is torn is left out."""
    kitchens = load_pack(KITCHENS)
    base = read_original(kitchens, load_organisation(KITCHENS.parent / "larkrise", kitchens))
    wishes = {"CHK-PEN-PLACES": 3, "CHK-TRAIN-STARTERS": 2}
    planted = [Wish(name, number) for name, number in wishes.items()]
    said = make_organisation(base, tmp_path / "ours", as_at=base.as_at, size=1, seed=0, wishes=planted)
    assert said == ["The rows planted for CHK-TRAIN-STARTERS are found by CHK-TRAIN-TOPICS too."]
    results = run(kitchens, tmp_path / "ours")
    assert results["CHK-FRIDGES"].outcome is Outcome.ERROR
    assert_exactly({**wishes, "CHK-TRAIN-TOPICS": 2}, results)


@pytest.mark.parametrize("seed", [1, 2])
def test_more_breaches_than_examples_are_planted_too(seed: int, base: Original, pack: Pack, tmp_path: Path) -> None:
    """Examples are used again under other names, and nothing but the planted is found."""
    wishes = [Wish("CHK-TRAIN-TOPICS", 40), Wish("CHK-MEETINGS", 3)]
    results = run(pack, make(base, tmp_path / "ours", seed=seed, wishes=wishes))
    found = {name: (check.rows or check.counts) for name, check in results.items()}
    violate = {name: counts.violate for name, counts in found.items() if counts and counts.violate}
    assert violate == {"CHK-TRAIN-TOPICS": 40, "CHK-MEETINGS": 3}


@pytest.mark.parametrize(
    ("wishes", "why"),
    [
        (["CHK-RELEVANT-SAMPLE"], "it judges no row of a register of the organisation."),
        (["CHK-PUBLISHED", "CHK-PUBLISHED"], "it cannot be breached more than once."),
        (["CHK-COUNCIL-BASIS", "CHK-PUBLISHED"], "no organisation is bound by all of that."),
        (["CHK-NONE"], "There is no check CHK-NONE."),
    ],
)
def test_what_cannot_be_planted_is_refused(wishes: list[str], why: str, base: Original, tmp_path: Path) -> None:
    """What somebody confirms, the whole twice, two kinds of organisation in one, no check: nothing is written."""
    with pytest.raises(NotMadeError, match=why):
        make(base, tmp_path / "ours", wishes=[Wish(check, 1) for check in wishes])
    assert not (tmp_path / "ours").exists()


@pytest.mark.parametrize(
    ("day", "wishes", "why"),
    [
        ("2026-09-30", ["CHK-PUBLISHED"], "on 30 September 2026 no organisation is bound by all of that."),
        ("1900-01-01", [], "On 1 January 1900 some days of the example would lie before 1900 or after 9998."),
    ],
)
def test_a_day_on_which_it_cannot_be_is_refused(
    day: str, wishes: list[str], why: str, base: Original, tmp_path: Path
) -> None:
    """Nobody breaches what does not bind them yet, and no record holds a day that files cannot write."""
    with pytest.raises(NotMadeError, match=why):
        make(base, tmp_path / "ours", as_at=date.fromisoformat(day), wishes=[Wish(check, 1) for check in wishes])
    assert not (tmp_path / "ours").exists()


def test_the_same_seed_gives_the_same_bytes(base: Original, tmp_path: Path) -> None:
    """Everything that was made can be made again; another seed gives other files."""
    wishes = [Wish("CHK-QUALIFIED", 2)]
    first, again, other = (
        bytes_of(make(base, tmp_path / name, size=2000, seed=seed, wishes=wishes))
        for name, seed in (("first", 1), ("again", 1), ("other", 2))
    )
    assert first == again
    assert first != other


def test_no_name_is_shared_by_two_copies(base: Original, pack: Pack, tmp_path: Path) -> None:
    """Names tell copies apart, links stay within a copy, and provisions keep their names."""
    ours = make(base, tmp_path / "ours", size=2 * 1509)
    with (ours / "records" / "law_citations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["citation_ref"] for row in rows}) == len(rows)
    assert all(row["citation_ref"].endswith("-C2") == row["document_ref"].endswith("-C2") for row in rows)
    assert {row["provision_id"] for row in rows} <= pack.provisions.keys()


def test_the_organisation_says_that_it_is_made_up(base: Original, tmp_path: Path) -> None:
    """Its first line and its name say so."""
    text = (make(base, tmp_path / "ours") / "organisation.yaml").read_text("utf-8")
    assert text.startswith("# A made-up organisation.")
    assert "(made up)" in text.partition("name:")[2].splitlines()[0]


def test_months_are_counted_back_or_on() -> None:
    """Each line that a check draws in months, with its sign; what stands in a record is no line of the check."""
    within, upcoming = ({"test": test, "field": "done", "months": "3"} for test in ("within", "upcoming"))
    of_row = {"test": "within", "field": "done", "months": {"field": "weeks"}}
    lookup = {"test": "exists_in", "register": "courses", "where": [within, upcoming, of_row]}

    found = month_limits(check_for({"condition": lookup}), setting_for({}))

    assert list(found) == [("courses", "done", -3), ("courses", "done", 3)]
