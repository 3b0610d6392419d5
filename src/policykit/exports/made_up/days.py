"""Moving an organisation to another day, so that each of its rules still says the same of it.

Every date moves by the same number of days. Months are not all of one length, so a date that a rule measures in months
may then lie on the other side of its limit: it is put back to its own side, by three days at most. What is law on a
day does not move, and neither do days that a rule names.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from policykit.exports.made_up.original import Original
from policykit.loading import setting_of
from policykit.model.calendar import months_from
from policykit.model.registers import FieldType
from policykit.model.scalars import read_day
from policykit.rules import Setting, month_limits

Limits = Mapping[tuple[str, str], frozenset[int]]
"""By register and field, the months from the as-at date at which a rule draws a line; earlier ones are negative."""


@dataclass(frozen=True)
class Move:
    """From one as-at date to another."""

    start: date
    end: date
    limits: Limits

    def day(self, day: date) -> date:
        """A day that no rule measures in months."""
        return day + (self.end - self.start)

    def text(self, text: str, register: str, field: str) -> str:
        """The text of a date of a register; what is no date stays as it is."""
        try:
            day = read_day(text)
        except ValueError:
            return text
        moved = self.day(day)
        for months in sorted(self.limits.get((register, field), ())):
            moved = self._on_its_side(day, moved, months)
        return moved.isoformat()

    def row(self, row: Mapping[str, str], register: str, dates: frozenset[str]) -> dict[str, str]:
        """A row of a register with all its dates moved."""
        return {name: self.text(text, register, name) if name in dates else text for name, text in row.items()}

    def _on_its_side(self, day: date, moved: date, months: int) -> date:
        """The limit itself lies on the side of the as-at date."""
        old, new = months_from(self.start, months), months_from(self.end, months)
        beyond = timedelta(days=-1 if months < 0 else 1)
        was_inside, is_inside = (day >= old, moved >= new) if months < 0 else (day <= old, moved <= new)
        if was_inside == is_inside:
            return moved
        return new if was_inside else new + beyond


def move_to(base: Original, start: date, end: date) -> Move:
    """The move of what was written for one day to another."""
    setting: Setting = setting_of(base.pack, base.organisation, base.as_at)
    limits: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for check in base.pack.checks.values():
        for register, field, months in month_limits(check, setting):
            limits[register, field].add(months)
    return Move(start, end, {place: frozenset(found) for place, found in limits.items()})


def dates_of(base: Original, register: str) -> frozenset[str]:
    """The fields of a register that hold dates."""
    shapes = base.pack.registers[register].fields
    return frozenset(name for name, shape in shapes.items() if shape.type is FieldType.DATE)
