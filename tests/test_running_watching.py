"""Records are watched: half an export is no evidence, and neither a second run nor a slow boil makes it one."""

import random
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.chance import cases_of
from tests.commands import Typed
from tests.judging import run
from tests.remembering import FIRST, held, ledger_in, records, remember_held, taken_on, without_a_fixed_day
from tests.standing_cases import KITCHENS, watching_ground

from policykit.memory import read_ledger
from policykit.memory.records import with_records_remembered
from policykit.model.results import Baseline, Outcome, RecordsUsed
from policykit.problems import Problem
from policykit.running import Before, Once, in_effect
from policykit.running.watching import baseline_of
from policykit.tracing import GapKind

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "tracing" / "watched_records.yaml").read_text("utf-8"))


def book(number: int) -> str:
    """One book of the reading room, which is in order in every way."""
    return f"B-{number},Title {number},,,S-1"


@pytest.fixture
def club(here: Path) -> Path:
    """The smallest pack with 40 books, whose club is judged as at today, and whose first run is remembered."""
    without_a_fixed_day(here)
    records(here, *map(book, range(40)))
    remember_held(here)
    return here


def outcome(folder: Path, day: date, check: str = "CHK-TITLED") -> Outcome:
    """What a check comes to on a day, held against the runs before, which then is remembered too."""
    return remember_held(folder, day)[check].outcome


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_what_looks_incomplete_is_as_the_specification_says(case: dict[str, Any]) -> None:
    """Each case says the runs before, what somebody says, and what the rows are held against."""
    ground, register = watching_ground(case), case["register"]
    runs = tuple(
        Once(f"run {n}", date.fromisoformat(day), date.fromisoformat(taken), rows, whole == "whole")
        for n, (day, taken, rows, whole) in enumerate(case.get("runs", ()), 1)
    )
    used = RecordsUsed(
        register_=register, taken_on=date.fromisoformat(case["taken_on"]), rows=case["rows"], stale=False
    )
    before = Before(
        {register: runs}, {}, {register: date.fromisoformat(case["was_confirmed"])} if "was_confirmed" in case else {}
    )
    baseline = baseline_of(used, ground, before, date.fromisoformat(case["today"]))
    looks = in_effect.looks_incomplete(used.model_copy(update={"baseline": baseline}), ground)

    assert said(baseline) == case.get("held_against")
    assert looks == (case["looks"] == "incomplete")


def said(baseline: Baseline | None) -> list[object] | None:
    """What rows are held against, as a case says it."""
    return None if baseline is None else [baseline.rows, baseline.run or baseline.from_]


@settings(max_examples=cases_of(10), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(kept=st.sets(st.integers(0, 39), max_size=36))
def test_a_tenth_of_a_standing_list_cannot_go_unseen(club: Path, kept: set[int]) -> None:
    """Whichever rows of a tenth or more are cut out, no check that reads the list is met."""
    records(club, *map(book, sorted(kept)))
    results, _ = held(club, FIRST + timedelta(1))

    assert Outcome.PASS not in {result.outcome for result in results if result.records}


def test_fewer_rows_than_a_tenth_less_are_nothing(club: Path) -> None:
    """A list of things that stay may lose a few."""
    records(club, *map(book, range(37)))

    assert outcome(club, FIRST + timedelta(1)) is Outcome.PASS


def test_neither_a_second_run_nor_a_slow_boil_forgets(club: Path) -> None:
    """A run on half the rows is no baseline; nor are rows that go one by one, until a year is over."""
    records(club, *map(book, range(20)))
    assert [outcome(club, FIRST + timedelta(day)) for day in range(1, 4)] == [Outcome.INCOMPLETE] * 3

    for day, number in enumerate(range(39, 33, -1), 4):
        records(club, *map(book, range(number)))
        found = outcome(club, FIRST + timedelta(day))
    assert found is Outcome.INCOMPLETE


def test_a_confirmation_makes_few_rows_whole_until_newer_records_are(club: Path) -> None:
    """Somebody says that 20 rows are all there are; from the next whole run on those are what rows are held against."""
    records(club, *map(book, range(20)))
    taken_on(club, FIRST)
    confirm(club, 20, FIRST)
    assert outcome(club, FIRST + timedelta(1)) is Outcome.PASS
    taken_on(club, FIRST + timedelta(2))
    records(club, *map(book, range(30)))
    assert outcome(club, FIRST + timedelta(2)) is Outcome.PASS
    confirm(club)
    taken_on(club, FIRST + timedelta(3))
    records(club, *map(book, range(26)))
    assert outcome(club, FIRST + timedelta(3)) is Outcome.INCOMPLETE
    records(club, *map(book, range(28)))
    assert outcome(club, FIRST + timedelta(3)) is Outcome.PASS


def confirm(folder: Path, rows: int | None = None, day: date | None = None) -> None:
    """Have somebody say that so many rows, of records of that day, are all there are; or nobody."""
    path = folder / "reading_room" / "organisation.yaml"
    profile = yaml.safe_load(path.read_text("utf-8"))
    books = profile["records"]["books"]
    books.pop("confirmed", None)
    if rows is not None:
        books["confirmed"] = {
            "rows": rows,
            "taken_on": str(day),
            "by": "Librarian",
            "said_on": str(day),
            "why": "Sold.",
        }
    path.write_text(yaml.safe_dump(profile, default_flow_style=False), "utf-8")


def test_a_scope_that_fell_by_a_third_waits_for_a_confirmation(club: Path) -> None:
    """All rows are there, and most of them are no longer looked at: the check of these looks incomplete."""
    lent = [f"B-{n},Title {n},R-1,2026-06-01,S-1" for n in range(30)]
    records(club, *lent, *map(book, range(30, 40)))
    assert outcome(club, FIRST + timedelta(1), "CHK-RETURNED") is Outcome.PASS
    records(club, *lent[:15], *map(book, range(15, 40)))
    results = remember_held(club, FIRST + timedelta(2))

    assert results["CHK-TITLED"].outcome is Outcome.PASS
    assert results["CHK-RETURNED"].outcome is Outcome.INCOMPLETE
    assert results["CHK-RETURNED"].reason == "in scope fell from 30 to 15"
    assert outcome(club, FIRST + timedelta(60), "CHK-RETURNED") is not Outcome.PASS


def test_a_fall_of_a_tenth_in_scope_is_said(here: Path, type_in: Typed) -> None:
    """It changes no verdict, and whoever runs the checks hears of it."""
    without_a_fixed_day(here)
    lent = [f"B-{n},Title {n},R-1,2026-06-01,S-1" for n in range(30)]
    records(here, *lent, *map(book, range(30, 40)))
    type_in("check", on="2026-05-01")
    records(here, *lent[:26], *map(book, range(26, 40)))
    _, told, _ = type_in("check", on="2026-05-02")

    assert "CHK-RETURNED: In scope fell from 30 to 26." in told


def test_the_same_records_under_a_newer_day_are_said(here: Path, type_in: Typed) -> None:
    """Nobody took them anew: the terminal says since when these very values are there."""
    without_a_fixed_day(here)
    _, first, _ = type_in("check", on="2026-05-01")
    taken_on(here, date(2026, 5, 8))
    _, told, _ = type_in("check", on="2026-05-08")

    assert "the same records as on" not in first
    assert "the same records as on 30 April 2026" in told


def test_a_what_if_is_held_against_nothing(club: Path, type_in: Typed) -> None:
    """Another day is asked for: that rows are fewer than on another day says nothing."""
    records(club, *map(book, range(20)))
    path = club / "reading_room" / "organisation.yaml"
    path.write_text(path.read_text("utf-8") + "ledger: runs.jsonl\n", "utf-8")
    _, told, _ = type_in("check", on="2026-05-02")
    assert "Records look incomplete" in told
    _, told, _ = type_in("check --as-at 2026-05-01", on="2026-05-02")
    assert "Records look incomplete" not in told


def test_a_register_says_what_its_rows_are_held_against(club: Path) -> None:
    """The run of the day before is named in the results, so that whoever reads them needs no ledger."""
    remember_held(club, FIRST + timedelta(1))
    used = remember_held(club, FIRST + timedelta(2))["CHK-TITLED"].records[0]

    assert used.baseline
    assert (used.baseline.rows, used.baseline.from_, used.baseline.run) == (40, "run", "2026-05-02T09:00:00Z-1")
    assert [
        line.data["registers"]["books"][4] for line in read_ledger(ledger_in(club)).lines if line.kind == "run"
    ] == [False] * 3


@pytest.mark.parametrize("day", ["2026-10-10", "2026-10-11"])
def test_a_nil_return_is_refused_where_rows_are_of_its_time(day: str, tmp_path: Path) -> None:
    """Nobody can say that there was nothing from one day to another while a row is of that time."""
    firm = tmp_path / "larkrise"
    shutil.copytree(KITCHENS / "larkrise", firm)
    (firm / "records" / "recalls.csv").write_text(f"recall_ref,notified_on,act_by,acted_on\nR-1,{day},,\n", "utf-8")
    told: list[Problem] = []
    results = run(KITCHENS / "policy", firm, refused=told.append)
    refused = {result.id for result in results if result.refused and result.refused.why == "records-contradict"}

    assert bool(refused) == (day == "2026-10-10")
    assert bool(refused) == ("records-contradict" in {problem.notice.code for problem in told})


def gaps(folder: Path, day: date) -> list[str]:
    """What is listed of the rows of the books on a day, once the runs before are remembered."""
    _, seen = held(folder, day)
    lines = read_ledger(ledger_in(folder)).lines_of(seen.pack.policy.id, seen.organisation.profile.id)
    return [gap.what for gap in with_records_remembered(seen, lines).gaps if gap.kind is GapKind.RECORDS]


def say_of_books(folder: Path, **said: object) -> None:
    """Have the organisation say so of its books."""
    path = folder / "reading_room" / "organisation.yaml"
    profile = yaml.safe_load(path.read_text("utf-8"))
    profile["records"]["books"] |= said
    path.write_text(yaml.safe_dump(profile, default_flow_style=False), "utf-8")


def test_what_expects_less_than_was_there_is_listed(club: Path) -> None:
    """Two thirds of what runs found may be expected, and not a row less."""
    say_of_books(club, expect={"rows": 27})
    assert gaps(club, FIRST + timedelta(1)) == []
    say_of_books(club, expect={"rows": 26})
    assert gaps(club, FIRST + timedelta(1)) == ["The organisation expects 26 rows, which is less than was there: 40."]


def test_rows_that_nobody_watches_are_listed(club: Path) -> None:
    """Who says that rows are not watched says why, and it stands among the gaps."""
    say_of_books(club, watch="none", why="They come and go.")
    assert gaps(club, FIRST + timedelta(1)) == ["Nobody watches how many there are: They come and go."]


def test_rows_that_no_check_looks_at_are_listed_and_so_is_that_they_grow(here: Path) -> None:
    """Where only lent books are looked at, those on the shelf are a gap; three more, and a tenth, are another."""
    without_a_fixed_day(here)
    file = here / "policy" / "checks" / "books.yaml"
    checks = [check for check in yaml.safe_load(file.read_text("utf-8")) if check["id"] == "CHK-RETURNED"]
    file.write_text(yaml.safe_dump(checks, default_flow_style=False), "utf-8")
    for paper in ("waivers", "attestations"):
        (here / "reading_room" / f"{paper}.yaml").write_text("", "utf-8")
    lent = [f"B-{n},Title {n},R-1,2026-06-01,S-1" for n in range(5)]
    records(here, *lent, *map(book, range(5, 15)))
    remember_held(here)
    records(here, *lent, *map(book, range(5, 17)))
    assert gaps(here, FIRST + timedelta(1)) == ["No check looks at 12 rows, and the pack does not say why."]
    records(here, *lent, *map(book, range(5, 18)))
    assert gaps(here, FIRST + timedelta(1)) == [
        "No check looks at 13 rows, and the pack does not say why.",
        "No check looks at 13 rows, and in the run before there were 10 of these.",
    ]


LOGS = (125, 130, 150, 46, 5, 11, 9)
"""How many rows a year each log of the example has."""


@pytest.mark.parametrize("seed", range(3))
def test_logs_that_nobody_cut_hardly_ever_raise_an_alarm(seed: int) -> None:
    """Twelve years of month-ends of logs that go back a year, by chance: of 100 month-ends of a log at most 3."""
    chance, begin = random.Random(seed), date(2014, 1, 1)  # noqa: S311 - no secret; drawn anew, a rare draw would fail
    ends = [date(year, month, 28) for year in range(2015, 2027) for month in range(1, 13)]
    logs = [sorted(chance.uniform(0, 13 * 365) for _ in range(rows * 13)) for rows in LOGS]
    alarms = [_alarms([begin + timedelta(int(day)) for day in log], ends) for log in logs]

    assert sum(map(sum, alarms)) <= len(LOGS) * len(ends) * 0.03


def _alarms(rows: list[date], ends: list[date]) -> list[bool]:
    """Whether a log looks incomplete at each month-end; somebody confirms it where it did at the last."""
    ground = watching_ground({"register": "deliveries", "taken_on": "2026-10-12", "today": "2026-10-15"})
    before: list[Once] = []
    alarms = []
    for end in ends:
        number = sum(end - timedelta(365) < row <= end for row in rows)
        used = RecordsUsed(register_="deliveries", taken_on=end, rows=number, stale=False)
        baseline = baseline_of(used, ground, Before({"deliveries": tuple(before)}), end)
        alarms.append(in_effect.looks_incomplete(used.model_copy(update={"baseline": baseline}), ground))
        kept = [] if alarms[-2:-1] == [True] else before
        before = [*kept, Once("run", end, end, number, not alarms[-1])]
    return alarms
