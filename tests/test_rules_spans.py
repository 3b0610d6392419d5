"""Months and days whose number stands in a record: the SQL counts as the calendar does, on days that could differ."""

from datetime import date, timedelta
from itertools import product

import pytest
from tests.people import setting_for, typed
from tests.units import World, judged_in_python, judged_in_sql, opened

from policykit.model.registers import Value
from policykit.model.scalars import days_from, months_from
from policykit.rules import Check, Values

DAYS = ("2024-02-29", "2023-02-28", "2026-03-29", "2026-03-30", "2026-03-31", "2026-05-31", "2026-07-30", "2026-11-01")
MOVED = {"days": days_from, "months": months_from}


def check_of(test: str, unit: str) -> Check:
    """Somebody's course lies so many days or months from the as-at date as their own record says."""
    where = [{"test": test, "field": "done", unit: {"field": "weeks"}}]
    lookup = {"test": "exists_in", "register": "courses", "match": {"person": "ref"}, "where": where}
    return Check.model_validate(
        {"id": "CHK-SPAN", "verifies": ["DUTY"], "grounds": ["CLAUSE"], "title": "Span", "limits": "None"}
        | {"register": "people", "noun": "person", "key": "ref", "must": [lookup]}
    )


def world_on(as_at: date, numbers: tuple[int, ...]) -> World:
    """A person for each number and each day around the as-at date, with one course on that day."""
    days = [as_at + timedelta(days=shift) for shift in range(-100, 101)]
    cases = [(number, day) for number in numbers for day in days]
    people = typed("people", [{"weeks": str(number)} for number, _ in cases])
    courses: tuple[Values, ...] = tuple(
        {**course, "person": person["ref"], "done": day}
        for person, course, (_, day) in zip(people, typed("courses", [{}] * len(cases)), cases, strict=True)
    )
    return World(setting_for({"as_at": str(as_at)}), {"people": people, "courses": courses, "law": ()})


def holds(test: str, done: Value | None, number: Value | None, unit: str, as_at: date) -> bool:
    """What docs/specification.md, Value forms, says, from the calendar alone."""
    assert isinstance(done, date)
    assert isinstance(number, int)
    if test == "upcoming":
        return as_at <= done <= MOVED[unit](as_at, number)
    begins = MOVED[unit](as_at, -number)
    return done < begins if test == "longer_ago" else begins <= done <= as_at


@pytest.mark.parametrize("day", DAYS)
def test_a_number_in_a_record_counts_as_the_calendar_does(day: str) -> None:
    """100 days to both sides, none to three months and 59 to 61 days, for each test that counts from the as-at date."""
    as_at = date.fromisoformat(day)
    world = world_on(as_at, (0, 1, 2, 3, 59, 60, 61))
    done = {course["person"]: course["done"] for course in world.tables["courses"]}
    with opened(world) as connection:
        for test, unit in product(("within", "longer_ago", "upcoming"), MOVED):
            found = judged_in_sql(check_of(test, unit), world, connection)
            expected = {
                (person["ref"], None): "pass"
                if holds(test, done[person["ref"]], person["weeks"], unit, as_at)
                else "fail"
                for person in world.tables["people"]
            }
            assert found == expected, (test, unit)


@pytest.mark.parametrize("unit", ["days", "months"])
@pytest.mark.parametrize("test", ["within", "longer_ago", "upcoming"])
def test_a_number_out_of_range_is_unknown(test: str, unit: str) -> None:
    """Less than nothing and more than a century, in Python and by DuckDB, wherever the date lies."""
    world, check = world_on(date(2026, 11, 1), (-1, 36_501)), check_of(test, unit)
    few = {name: rows[:3] + rows[-3:] for name, rows in world.tables.items()}
    world = World(world.setting, few)
    with opened(world) as connection:
        assert set(judged_in_sql(check, world, connection).values()) == {"unknown"}
    assert set(judged_in_python(check, world).values()) == {"unknown"}
