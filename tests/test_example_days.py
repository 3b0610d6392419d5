"""The example lives: moved to any day it breaches what it was made to breach, and nothing else."""

import csv
import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.chance import cases_of

import policykit as pk

POLICY = Path(__file__).parents[1] / "policy"
AS_AT = date(2026, 11, 1)

#: A month's last day, 29 February, the days after, turns of the year, and a day five years on.
HARD = ("2026-11-02", "2027-02-28", "2027-08-31", "2028-02-29", "2028-03-06", "2029-12-31", "2031-11-01")

#: It looks at concerns that are more than five days old, and some of the example's are only just younger.
COUNTS_BY_DAYS = {"CHK-CONCERN-DECIDED"}

Said = Mapping[str, tuple[object, ...]]


@pytest.fixture(scope="module")
def policy() -> pk.Policy:
    """The pack of this repository."""
    return pk.load(POLICY)


@pytest.fixture(scope="module")
def base(policy: pk.Policy) -> Said:
    """What its example comes to on its own day."""
    return judged_on(policy, POLICY / "example", AS_AT)


def judged_on(policy: pk.Policy, folder: Path, day: date) -> Said:
    """Outcome and counts of each check, on a day; of those that count by days, only what does not conform."""

    def now() -> datetime:
        return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)

    organisation = policy.organisation(folder, now=now)
    assert organisation.as_at == day
    results = pk.check(policy, organisation, now=now).checks
    return {
        each.id: (each.outcome, each.counts and (each.counts.violate, each.counts.unknown))
        if each.id in COUNTS_BY_DAYS
        else (each.outcome, each.counts, each.rows)
        for each in results
    }


def assert_says_the_same(day: date, base: Said, policy: pk.Policy, folder: Path) -> None:
    """The planned breaches and no other, on that day."""
    policy.copy_example(folder, day)
    found = judged_on(policy, folder, day)
    assert {name: found[name] for name in base if found[name] != base[name]} == {}, f"as at {day}"


@pytest.mark.parametrize("day", HARD)
def test_on_a_hard_day_the_example_breaches_what_was_planned(
    day: str, base: Said, policy: pk.Policy, tmp_path: Path
) -> None:
    """Months of other lengths, another weekday, and law that did not move change no outcome and no count."""
    assert_says_the_same(date.fromisoformat(day), base, policy, tmp_path / "ours")


def test_on_any_day_of_five_years_the_example_breaches_what_was_planned(
    base: Said, policy: pk.Policy, tmp_path: Path, chance: random.Random
) -> None:
    """Drawn of 60 months, each weekday in turn, from a seed that the run says."""
    weekdays = chance.sample(range(7), 7)
    for number in range(cases_of(40)):
        first = AS_AT + timedelta(days=chance.randrange(1825))
        day = first + timedelta(days=(weekdays[number % 7] - first.weekday()) % 7)
        assert_says_the_same(day, base, policy, tmp_path / f"ours-{number}")


def test_the_day_itself_is_one_of_the_planned_breaches(base: Said) -> None:
    """What the example was made to breach, so that the others are not compared with nothing."""
    assert [name for name, (outcome, *_) in base.items() if outcome is pk.Outcome.FAIL] == ["CHK-VOLUNTARY-REACH"]


@pytest.mark.parametrize(
    ("day", "weeks"), [("2026-11-07", 0), ("2026-11-08", 1), ("2026-10-31", -1), ("2026-10-25", -1)]
)
def test_days_move_by_whole_weeks_and_never_beyond_the_day(
    day: str, weeks: int, policy: pk.Policy, tmp_path: Path
) -> None:
    """Weekdays stay; the day as of which it is judged is the day that was asked for."""
    policy.copy_example(tmp_path / "ours", day)
    moved = timedelta(weeks=weeks)
    ours, theirs = policy.organisation(tmp_path / "ours"), policy.organisation()
    assert ours.as_at == date.fromisoformat(day)
    taken = {name: source.taken_on + moved for name, source in theirs.profile.records.items()}
    assert {name: source.taken_on for name, source in ours.profile.records.items()} == taken
    assert ours.waivers[0].until == theirs.waivers[0].until + moved


def complaints(folder: Path) -> list[dict[str, str]]:
    """The rows of the register that a day of law divides."""
    with (folder / "records" / "complaints.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_hangs_on_a_day_of_law_stays_on_its_side(policy: pk.Policy, tmp_path: Path) -> None:
    """Complaints from before the law began stay with all their days as they were written; later ones move."""
    policy.copy_example(tmp_path / "ours", "2029-01-28")
    for before, after in zip(complaints(POLICY / "example"), complaints(tmp_path / "ours"), strict=True):
        if before["received_on"] < "2026-06-19":
            assert after == before
        else:
            assert date.fromisoformat(after["received_on"]) - date.fromisoformat(before["received_on"]) == (
                date(2029, 1, 28) - AS_AT
            )
