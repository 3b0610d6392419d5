"""Bars of time: the periods of a provision drawn to scale, always beside the same dates as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from policykit.model.law import Period

_GAP = 1.6
"""Between two periods that follow one another, so that new wording shows; in units of the drawing."""


@dataclass(frozen=True)
class Scale:
    """Years from `first` to the end of `last`, drawn from `left` over `width` units."""

    first: int
    last: int
    left: float
    width: float

    def at(self, day: date) -> float:
        """Where a day stands; days outside the scale stand at its ends."""
        begin, end = date(self.first, 1, 1).toordinal(), date(self.last, 12, 31).toordinal()
        share = (min(max(day.toordinal(), begin), end) - begin) / (end - begin)
        return round(self.left + share * self.width, 1)


@dataclass(frozen=True)
class Bar:
    """One period: where it begins, how wide it is, and `past`, `now` or `next`."""

    x: float
    width: float
    state: str


def bars(periods: Sequence[Period], as_at: date, scale: Scale) -> tuple[Bar, ...]:
    """The periods as bars."""
    return tuple(_bar(period, as_at, scale) for period in periods)


def _bar(period: Period, as_at: date, scale: Scale) -> Bar:
    begin = scale.at(period.from_)
    end = scale.at(period.to) if period.to else scale.left + scale.width
    return Bar(begin, round(max(end - begin - _GAP, _GAP), 1), _state(period, as_at))


def _state(period: Period, as_at: date) -> str:
    if period.holds(as_at):
        return "now"
    return "past" if period.from_ < as_at else "next"
