"""Moving an organisation to another day, so that each of its rules still says the same of it.

Every date moves by the same number of days. Months are not all of one length, so a date that a rule measures in months
may then lie on the other side of its limit: it is put back to its own side, by three days at most. What is law on a
day does not move, and neither do days that a rule names.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from policykit.exports.made_up.original import NotMadeError, Original
from policykit.model.calendar import months_from, say_day
from policykit.model.registers import FieldType
from policykit.model.scalars import FIRST_YEAR, LAST_YEAR, Record, read_day
from policykit.rules import month_limits

RecordT = TypeVar("RecordT", bound=Record)

Limits = Mapping[tuple[str, str], frozenset[int]]
"""By register and field, the months from the as-at date at which a rule draws a line; earlier ones are negative."""


@dataclass(frozen=True)
class Move:
    """From one as-at date to another."""

    start: date
    end: date
    limits: Limits

    def day(self, day: date) -> date:
        """A day that no rule measures in months. Raises NotMadeError where no register can hold what it becomes."""
        moved = day.toordinal() + (self.end - self.start).days
        if not date(FIRST_YEAR, 1, 1).toordinal() <= moved <= date(LAST_YEAR, 12, 31).toordinal():
            msg = f"On {say_day(self.end)} some days of the example would lie before {FIRST_YEAR} or after {LAST_YEAR}."
            raise NotMadeError(msg)
        return date.fromordinal(moved)

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

    def record(self, record: RecordT) -> RecordT:
        """What the organisation says of itself, with all its dates moved."""
        said = record.model_dump(by_alias=True, exclude_unset=True)
        return type(record).model_validate(self._with_days(said))

    def _with_days(self, part: Any) -> Any:  # noqa: ANN401 - a tree of plain values
        match part:
            case dict():
                return {key: self._with_days(value) for key, value in part.items()}
            case list() | tuple():
                return tuple(self._with_days(value) for value in part)
            case date():
                return self.day(part)
            case _:
                return part

    def _on_its_side(self, day: date, moved: date, months: int) -> date:
        """The limit itself lies on the side of the as-at date."""
        old, new = months_from(self.start, months), months_from(self.end, months)
        beyond = timedelta(days=-1 if months < 0 else 1)
        was_inside, is_inside = (day >= old, moved >= new) if months < 0 else (day <= old, moved <= new)
        if was_inside == is_inside:
            return moved
        return new if was_inside else new + beyond


def on_day(base: Original, as_at: date) -> Original:
    """The example on another day. Raises NotMadeError where its days would be none that a register can hold."""
    move = move_to(base, base.as_at, as_at)
    tables = {
        name: tuple(move.row(row, name, dates) for row in rows)
        for name, rows in base.tables.items()
        for dates in [dates_of(base, name)]
    }
    organisation = replace(
        base.organisation,
        profile=move.record(base.organisation.profile).model_copy(update={"as_at": as_at}),
        waivers=tuple(map(move.record, base.organisation.waivers)),
        attestations=tuple(map(move.record, base.organisation.attestations)),
    )
    return replace(base, organisation=organisation, tables=tables)


def move_to(base: Original, start: date, end: date) -> Move:
    """The move of what was written for one day to another."""
    limits: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for check in base.pack.checks.values():
        for register, field, months in month_limits(check, base.setting):
            limits[register, field].add(months)
    return Move(start, end, {place: frozenset(found) for place, found in limits.items()})


def dates_of(base: Original, register: str) -> frozenset[str]:
    """The fields of a register that hold dates."""
    shapes = base.pack.registers[register].fields
    return frozenset(name for name, shape in shapes.items() if shape.type is FieldType.DATE)
