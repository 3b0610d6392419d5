"""A run: every declared check has its place, registers that cannot be opened stop nothing else, no record gets out."""

import re
import shutil
from collections.abc import Callable, Container
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from policykit.engines import Engine, Engines, Opened, Refused, Source
from policykit.engines.files import DuckEngine
from policykit.model.organisation import RecordSource
from policykit.model.registers import Register
from policykit.model.results import CheckResult, Refusal
from policykit.problems import Problem
from policykit.reading import Ground, Organisation, Pack, load_organisation, load_pack
from policykit.running import Results, locate, record_digests, run_checks
from policykit.running.results_file import as_json

POLICY = Path(__file__).parents[1] / "policy"
NINE = datetime(2026, 11, 1, 9, tzinfo=UTC)
CANARY = "Canary-4711"


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The first pack."""
    return load_pack(POLICY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example organisation, to be changed."""
    return Path(shutil.copytree(POLICY / "example", tmp_path / "example"))


def load(folder: Path, pack: Pack) -> Organisation:
    """The organisation of a folder."""
    return load_organisation(folder, pack)


def run(
    pack: Pack,
    organisation: Organisation,
    only: Container[str] | None = None,
    progress: Callable[[CheckResult], None] = lambda _: None,
    engine: Callable[[], Engine[Source]] = Engines,
    refused: Callable[[Problem], None] | None = None,
) -> Results:
    """A run with a clock that goes one second at each look."""
    seconds = iter(range(10_000))
    return run_checks(
        Ground.of(pack, organisation, organisation.as_at),
        engines=engine,
        only=only,
        progress=progress,
        refused=refused,
        now=lambda: NINE + timedelta(seconds=next(seconds)),
    )


def by_id(results: Results) -> dict[str, CheckResult]:
    """The results of each check."""
    return {check.id: check for check in results.checks}


def test_a_run_says_what_it_was_about(pack: Pack) -> None:
    """Results carry when, on what and by what the checks were run, and every declared check in order of id."""
    organisation = load(POLICY / "example", pack)
    told: list[str] = []
    results = run(pack, organisation, progress=lambda result: told.append(result.id))
    found = results.run
    assert (found.id, found.started) == ("2026-11-01T09:00:00Z-1", NINE)
    assert found.finished > found.started
    assert found.engine.startswith("duckdb ")
    assert (found.pack.digest, found.organisation.digest) == (pack.digest, organisation.digest)
    assert found.complete
    assert [check.id for check in results.checks] == told == sorted(pack.checks)


def test_a_result_names_its_records(pack: Pack) -> None:
    """Each dated register that a check reads stands in its result: day, rows and the digest of the bytes on disk."""
    organisation = load(POLICY / "example", pack)
    (records,) = (check.records for check in run(pack, organisation, {"CHK-TRAIN-TOPICS"}).checks if check.records)
    assert [used.register_ for used in records] == ["staff", "training"]
    assert all(used.digest == record_digests(organisation)[used.register_] for used in records)
    assert [used.rows for used in records] == [320, rows_of(POLICY / "example/records/training.csv")]


def rows_of(file: Path) -> int:
    """The rows of a plain file: its lines but the first."""
    return len(file.read_text("utf-8").splitlines()) - 1


def test_a_register_that_cannot_be_opened_stops_only_its_own_checks(pack: Pack, folder: Path) -> None:
    """The checks that read it are errors with the reason and the line; all others come out as before."""
    before = by_id(run(pack, load(folder, pack)))
    staff = folder / "records/staff.csv"
    staff.write_text(re.sub("\n(P-0003),.*\n", r"\n\1,employee\n", staff.read_text("utf-8")), "utf-8")
    told: list[Problem] = []
    after = by_id(run(pack, load(folder, pack), refused=told.append))
    assert {name for name in after if after[name].outcome.code == "error"} == {
        name for name, check in before.items() if "staff" in {used.register_ for used in check.records}
    }
    why = "its records cannot be read as what they are"
    assert after["CHK-TRAIN-TOPICS"].reason == f"People who work for us cannot be opened: {why}"
    assert after["CHK-TRAIN-TOPICS"].refused == Refusal(register_="staff", why="records-damaged")
    why = "line 4 has 2 values and 8 are needed - mend the file or export it again"
    assert [str(each) for each in told] == [
        f"{folder.as_posix()}/organisation.yaml: People who work for us cannot be opened: {why}"
    ]
    assert after["CHK-TRAIN-TOPICS"].counts is None
    same = {name for name in after if after[name].outcome.code != "error"}
    assert all(
        after[name].model_copy(update={"seconds": 0}) == before[name].model_copy(update={"seconds": 0}) for name in same
    )


def test_a_refused_file_has_a_digest_too(pack: Pack, folder: Path) -> None:
    """Once the file is mended, it can be told that the result was of other bytes."""
    (folder / "records/staff.csv").write_bytes(b"")
    organisation = load(folder, pack)
    check = by_id(run(pack, organisation, {"CHK-QUALIFIED"}))["CHK-QUALIFIED"]
    assert [(used.rows, used.digest) for used in check.records] == [(None, record_digests(organisation)["staff"])]


def test_a_register_that_the_organisation_does_not_list_cannot_be_opened(pack: Pack) -> None:
    """Its checks are errors that say so."""
    organisation = load(POLICY / "example", pack)
    records = {name: source for name, source in organisation.profile.records.items() if name != "training"}
    without = replace(organisation, profile=organisation.profile.model_copy(update={"records": records}))
    check = by_id(run(pack, without, {"CHK-TRAIN-TOPICS"}))["CHK-TRAIN-TOPICS"]
    assert check.outcome.code == "error"
    assert check.refused == Refusal(register_="training", why="records-missing")


def test_checks_that_were_not_selected_are_not_run_and_the_run_is_not_complete(pack: Pack) -> None:
    """A selection leaves the other checks in the results, as not run."""
    results = run(pack, load(POLICY / "example", pack), {"CHK-QUALIFIED"})
    assert not results.run.complete
    not_counted = {"not-run", "not-applicable"}
    assert {check.id for check in results.checks if check.outcome.code not in not_counted} == {"CHK-QUALIFIED"}
    assert len(results.checks) == len(pack.checks)


def test_selecting_every_check_is_a_complete_run(pack: Pack) -> None:
    """It is what was run that counts, not how it was asked for."""
    assert run(pack, load(POLICY / "example", pack), set(pack.checks)).run.complete


def test_an_interrupted_run_keeps_what_it_has(pack: Pack) -> None:
    """Ctrl-C ends a run: what was judged stays, the rest is not run, and the run is not complete."""
    done: list[str] = []

    def stop_at_third(result: CheckResult) -> None:
        done.append(result.id)
        if len(done) == 3:
            raise KeyboardInterrupt

    results = run(pack, load(POLICY / "example", pack), progress=stop_at_third)
    assert not results.run.complete
    assert [check.id for check in results.checks if check.outcome.code not in {"not-run", "not-applicable"}] == done


def test_a_statement_needs_no_records_and_a_test_function_is_not_run_here(pack: Pack) -> None:
    """Attestations are judged by who confirmed them; method python waits for pytest."""
    organisation = load(POLICY / "example", pack)
    statement = by_id(run(pack, organisation, {"CHK-RELEVANT-SAMPLE"}))["CHK-RELEVANT-SAMPLE"]
    assert (statement.outcome.code, statement.records) == ("attested", ())
    checks = {**pack.checks, "CHK-QUALIFIED": pack.checks["CHK-QUALIFIED"].model_copy(update={"method": "python"})}
    results = run(replace(pack, checks=checks), organisation, {"CHK-QUALIFIED"})
    assert by_id(results)["CHK-QUALIFIED"].outcome.code == "not-run"


def test_each_register_is_opened_once_and_only_if_it_is_read(pack: Pack) -> None:
    """However many checks read a register, its file is read once; one that nobody reads is not touched."""
    opened: list[str] = []

    class Noting(DuckEngine):
        def take_in(self, register: Register, path: Path, /) -> Opened:
            opened.append(register.id)
            return super().take_in(register, path)

    selected = {"CHK-TRAIN-TOPICS", "CHK-TRAIN-REFRESH"}
    run(pack, load(POLICY / "example", pack), selected, engine=lambda: Engines(Noting))
    assert sorted(opened) == ["staff", "training"]


def test_no_value_of_any_record_gets_into_the_results(
    pack: Pack, folder: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A value that no type can read, in every field of every register, is counted and never shown."""
    for file in sorted((folder / "records").iterdir()):
        header, first, *rest = file.read_text("utf-8").splitlines()
        spoilt = ",".join(CANARY for _ in first.split(","))
        file.write_text("\n".join([header, spoilt, *rest[1:]]), "utf-8")
    results = run(pack, load(folder, pack))
    assert sum(check.counts.unreadable for check in results.checks if check.counts) > 20
    assert CANARY not in "".join([as_json(results), repr(results), *capfd.readouterr(), caplog.text])


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("/etc/passwd", "its file must be named from the organisation's folder"),
        ("C:\\records\\staff.csv", "its file must be named from the organisation's folder"),
        ("../outside.csv", "its file lies outside the organisation's folder"),
        ("records/../../outside.csv", "its file lies outside the organisation's folder"),
        ("link.csv", "its file lies outside the organisation's folder"),
        ("linked/outside.csv", "its file lies outside the organisation's folder"),
        ("round.csv", "its file cannot be found"),
        ("records/gone.csv", "the file records/gone.csv is missing"),
        ("records", "records is not a file"),
        ("x" * 5000, "its file cannot be found"),
    ],
)
def test_records_lie_in_the_organisations_folder(source: str, why: str, tmp_path: Path) -> None:
    """A path or link that leaves the folder, and anything that is no file, is refused and not read."""
    (tmp_path / "outside.csv").write_text("ref\nA\n", "utf-8")
    (folder := tmp_path / "homes").mkdir()
    (folder / "records").mkdir()
    (folder / "link.csv").symlink_to(tmp_path / "outside.csv")
    (folder / "linked").symlink_to(tmp_path)
    (folder / "round.csv").symlink_to("round.csv")
    assert locate(folder, RecordSource(source=source, taken_on=NINE.date())) == Refused(why)


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    """Yesterday's export under a fixed name is a common arrangement."""
    (tmp_path / "2026-11-01.csv").write_text("ref\nA\n", "utf-8")
    (tmp_path / "latest.csv").symlink_to("2026-11-01.csv")
    found = locate(tmp_path, RecordSource(source="latest.csv", taken_on=NINE.date()))
    assert found == (tmp_path / "2026-11-01.csv").resolve()


def test_a_database_that_is_not_at_hand_is_told_plainly(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the URL of its database a register cannot be opened; nothing of a database has a digest."""
    monkeypatch.delenv("POLICYKIT_URL", raising=False)
    organisation = load(POLICY / "example", pack)
    source = RecordSource(url_env="POLICYKIT_URL", table="staff", taken_on=NINE.date())
    records = {**organisation.profile.records, "staff": source}
    elsewhere = replace(organisation, profile=organisation.profile.model_copy(update={"records": records}))
    told: list[Problem] = []
    check = by_id(run(pack, elsewhere, {"CHK-QUALIFIED"}, refused=told.append))["CHK-QUALIFIED"]
    assert check.reason == "People who work for us cannot be opened: its records cannot be reached"
    assert [each.what.partition(": ")[2] for each in told] == ["the environment variable POLICYKIT_URL is not set"]
    assert record_digests(elsewhere)["staff"] is None


@pytest.mark.parametrize(
    ("read", "violate", "unreadable"), [("", 0, 1), (", read: {blank: [tbc]}", 1, 0), (", read: {keep: [tbc]}", 0, 0)]
)
def test_an_organisation_says_which_words_are_blank_and_which_are_values(
    read: str, violate: int, unreadable: int, pack: Pack, folder: Path
) -> None:
    """Under `read` of a record: nobody owns it, or somebody of that name; until then a row that nobody can judge."""
    (records := folder / "records/agreements.csv").write_text(
        re.sub("(?m)^(AG-01,.*),.*$", r"\1,TBC", records.read_text("utf-8")), "utf-8"
    )
    (profile := folder / "organisation.yaml").write_text(
        profile.read_text("utf-8").replace("agreements.csv,", f"agreements.csv{read},"), "utf-8"
    )
    check = by_id(run(pack, load(folder, pack), only={"CHK-AGREEMENT-REVIEW"}))["CHK-AGREEMENT-REVIEW"]
    assert check.counts is not None
    assert (check.counts.violate, check.counts.unreadable) == (violate, unreadable)
