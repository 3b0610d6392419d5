"""Days counted and said: months that clamp, and dates as people write them."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, date
from itertools import zip_longest

LONGEST_DAYS, LONGEST_MONTHS = 36_500, 1_200

# Our own: the names of the standard library are in the language of the process, and a handbook is the same anywhere.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def months_from(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative), or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not MINYEAR <= year <= MAXYEAR:
        return date.max if months > 0 else date.min
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def days_from(day: date, days: int) -> date:
    """The day `days` later (earlier when negative), never past the calendar's own ends."""
    ordinal = day.toordinal() + days
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal()))


def say_day(day: date) -> str:
    """The day as people write it: 1 November 2026."""
    return f"{_day_and_month(day)} {day.year}"


def say_days(days: Iterable[date]) -> str:
    """Distinct days in order, a shared month and year said once: 30 September and 30 October 2026."""
    ordered = sorted(set(days))
    said = [_shortened(day, after) for day, after in zip_longest(ordered, ordered[1:])]
    return " and ".join(filter(None, [", ".join(said[:-1]), *said[-1:]]))


def _day_and_month(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _shortened(day: date, after: date | None) -> str:
    if after is None or day.year != after.year:
        return say_day(day)
    if day.month != after.month:
        return _day_and_month(day)
    return str(day.day)


def days_between(earlier: date, later: date) -> int:
    """Whole days from one day to a later one; negative when it is not later."""
    return (later - earlier).days
