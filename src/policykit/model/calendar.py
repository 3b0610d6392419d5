"""Days counted: months that clamp, and days that stay within the calendar."""

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date

LONGEST_DAYS, LONGEST_MONTHS = 36_500, 1_200


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


def days_between(earlier: date, later: date) -> int:
    """Whole days from one day to a later one; negative when it is not later."""
    return (later - earlier).days
