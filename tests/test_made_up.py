"""Made-up organisations: of any size, on any day, with exactly the breaches that were planted."""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from policykit.engines import open_engine
from policykit.exports.made_up import NotMadeError, Original, Wish, make_organisation, read_original
from policykit.loading import Pack, load_organisation, load_pack
from policykit.model.results import CheckResult
from policykit.runs import run_checks
from policykit.tracing import judge_check

POLICY = Path(__file__).parents[1] / "policy"
AS_AT = date(2026, 11, 1)

#: Checks that judge no row of a register of the organisation, or do not apply to the example.
NOT_PLANTED = {"CHK-POLICY-EXISTS", "CHK-PUBLISHED", "CHK-RELEVANT-SAMPLE", "CHK-COUNCIL-BASIS"}

#: It counts complaints from a day that the law names, and that day does not move with the organisation.
FROM_A_DAY_OF_THE_LAW = {"CHK-COMPLAINTS"}


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The first pack."""
    return load_pack(POLICY)


@pytest.fixture(scope="module")
def base(pack: Pack) -> Original:
    """Its example organisation."""
    return read_original(pack, load_organisation(POLICY / "example", pack)[0])


def make(
    base: Original, out: Path, *, as_at: date = AS_AT, size: int = 1, seed: int = 0, wishes: Sequence[Wish] = ()
) -> Path:
    """A made-up organisation."""
    make_organisation(base, out, as_at=as_at, size=size, seed=seed, wishes=wishes)
    return out


def run(pack: Pack, folder: Path) -> dict[str, CheckResult]:
    """What becomes of each check."""
    organisation, warnings = load_organisation(folder, pack)
    assert warnings == ()
    results = run_checks(
        pack,
        organisation,
        as_at=organisation.as_at,
        engine_factory=open_engine,
        judge=judge_check,
        now=lambda: datetime(2026, 11, 1, 9, tzinfo=UTC),
        progress=lambda _: None,
    )
    return {check.id: check for check in results.checks}


def said(results: dict[str, CheckResult]) -> dict[str, object]:
    """Outcome and counts of each check."""
    return {name: (check.outcome, check.counts, check.rows) for name, check in results.items()}


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "day",
    ["2026-11-02", "2027-02-28", "2027-03-01", "2028-02-29", "2030-05-31"],
)
def test_on_another_day_every_rule_says_the_same(day: str, base: Original, pack: Pack, tmp_path: Path) -> None:
    """Later days change no outcome and no count, though months have other lengths; what the law dates does not move."""
    before = said(run(pack, POLICY / "example"))
    after = said(run(pack, make(base, tmp_path / "ours", as_at=date.fromisoformat(day))))
    assert {name for name in before if before[name] != after[name]} <= FROM_A_DAY_OF_THE_LAW


def test_copies_multiply_every_count(base: Original, pack: Pack, tmp_path: Path) -> None:
    """Three copies have three times the units of each check about a register, and the waiver covers as many more."""
    once, thrice = run(pack, POLICY / "example"), run(pack, make(base, tmp_path / "ours", size=3 * 1509))
    for name in once.keys() - NOT_PLANTED:
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


def test_exactly_the_planted_breaches_are_found(base: Original, pack: Pack, tmp_path: Path) -> None:
    """Breaches of every check that can be planted, all at once: each check finds its own and no other."""
    wishes = {name: place % 4 + 1 for place, name in enumerate(sorted(pack.checks.keys() - NOT_PLANTED))}
    planted = [Wish(name, number) for name, number in wishes.items()]
    results = run(pack, make(base, tmp_path / "ours", size=3000, seed=7, wishes=planted))
    for name, check in results.items():
        counts = check.rows or check.counts
        if counts is not None:
            assert (name, counts.violate, counts.unknown) == (name, wishes.get(name, 0), 0)


@pytest.mark.parametrize("seed", [1, 2])
def test_more_breaches_than_examples_are_planted_too(seed: int, base: Original, pack: Pack, tmp_path: Path) -> None:
    """Examples are used again under other names, and nothing but the planted is found."""
    wishes = [Wish("CHK-TRAIN-TOPICS", 40), Wish("CHK-MEETINGS", 3)]
    results = run(pack, make(base, tmp_path / "ours", seed=seed, wishes=wishes))
    found = {name: (check.rows or check.counts) for name, check in results.items()}
    violate = {name: counts.violate for name, counts in found.items() if counts and counts.violate}
    assert violate == {"CHK-TRAIN-TOPICS": 40, "CHK-MEETINGS": 3}


@pytest.mark.parametrize(
    ("check", "why"),
    [
        ("CHK-POLICY-EXISTS", "it judges no row of a register of the organisation."),
        ("CHK-RELEVANT-SAMPLE", "it judges no row of a register of the organisation."),
        ("CHK-COUNCIL-BASIS", "it does not apply to the example organisation."),
        ("CHK-NONE", "There is no check CHK-NONE."),
    ],
)
def test_what_cannot_be_planted_is_refused(check: str, why: str, base: Original, tmp_path: Path) -> None:
    """A check about the organisation itself, one that does not apply, one that does not exist: nothing is written."""
    with pytest.raises(NotMadeError, match=why):
        make(base, tmp_path / "ours", wishes=[Wish(check, 1)])
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
