"""Examples of checks moved to another day, day by day: each stands at a limit, and stays on its own side of it.

Months are not all of one length, so a date that a rule measures in months may lie on the other side of its limit once
it is moved: it is put back to its own side, by three days at most.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from policykit.exports.example import ExampleRecords
from policykit.model.scalars import months_from, read_day
from policykit.reading import Ground
from policykit.rules import Check, Setting
from policykit.rules.check import standing
from policykit.rules.tests.days import Spanned
from policykit.rules.values import NUMBER, constant


@dataclass(frozen=True)
class Shift:
    """From one as-at date to another.

    `limits` are by register and field the months from it at which a rule draws a line; earlier ones are negative.
    """

    start: date
    end: date
    limits: Mapping[tuple[str, str], Collection[int]]

    def row(self, row: Mapping[str, str], register: str, dates: frozenset[str]) -> dict[str, str]:
        """A row of a register with all its dates moved."""
        return {name: self._text(text, register, name) if name in dates else text for name, text in row.items()}

    def _text(self, text: str, register: str, field: str) -> str:
        """The text of a date of a register; what is no date stays as it is."""
        try:
            day = read_day(text)
        except ValueError:
            return text
        moved = day + (self.end - self.start)
        for months in sorted(self.limits.get((register, field), ())):
            moved = self._on_its_side(day, moved, months)
        return moved.isoformat()

    def _on_its_side(self, day: date, moved: date, months: int) -> date:
        """The limit itself lies on the side of the as-at date."""
        old, new = months_from(self.start, months), months_from(self.end, months)
        beyond = timedelta(days=-1 if months < 0 else 1)
        was_inside, is_inside = (day >= old, moved >= new) if months < 0 else (day <= old, moved <= new)
        if was_inside == is_inside:
            return moved
        return new if was_inside else new + beyond


def shift_to(base: ExampleRecords, start: date, end: date) -> Shift:
    """The move of what was written for one day to another."""
    limits = defaultdict[tuple[str, str], set[int]](set)
    setting = Ground.of(base.pack, base.organisation, base.as_at).setting
    for check in base.pack.checks.values():
        for register, field, months in month_limits(check, setting):
            limits[register, field].add(months)
    return Shift(start, end, limits)


def month_limits(check: Check, setting: Setting) -> Iterator[tuple[str, str, int]]:
    """The register, the field and the months of each line that a check draws.

    Months before the as-at date are negative. Numbers that stand in a fact or a field are left out.
    """
    for node, place in standing(check, setting):
        if isinstance(node, Spanned) and node.months is not None:
            number = constant(node.months, NUMBER, setting)
            if isinstance(number, int):
                yield place.register.id, node.field, node.sign * number
