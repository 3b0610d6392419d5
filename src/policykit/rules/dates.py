"""Days and months counted from the as-at date, in Python and as SQL; months clamp to the end of a shorter one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Literal

from pydantic import Field
from sqlglot import exp

from policykit.model.registers import FieldType
from policykit.model.scalars import LONGEST_DAYS, LONGEST_MONTHS, Name, days_from, months_from
from policykit.rules import values
from policykit.rules.language import NO_ROW, Distance, Node, Place, Purpose, Role, Row
from policykit.rules.values import NUMBER, Form, Moved, OfField, Operand

_SHORT_MONTHS, _FEBRUARY = (4, 6, 9, 11), 2


def day_of(row: Row, field: str | Form) -> date | None:
    """The date in a field of the row, or of the row one level out; None where blank."""
    value = values.other_value(field, row)
    return value if isinstance(value, date) else None


def asked_day(day: Form, row: Row, place: Place) -> date | None:
    """The day that is asked for: the as-at date, or a date of the same row; None where blank."""
    form, by = (day.of, day.by) if isinstance(day, Moved) else (day, 0)
    value = row.values.get(form.field) if isinstance(form, OfField) else place.setting.as_at
    found = values.shifted(value, by)
    return found if isinstance(found, date) else None


def moved(day: date, number: int, unit: str) -> date:
    """The day so many days or months later; earlier when negative."""
    return days_from(day, number) if unit == "days" else months_from(day, number)


@dataclass(frozen=True)
class Span:
    """A number of days or months that a rule names."""

    operand: str | Form
    unit: Literal["days", "months"] = "days"

    @property
    def longest(self) -> int:
        """The greatest number allowed."""
        return LONGEST_DAYS if self.unit == "days" else LONGEST_MONTHS

    def length(self, row: Row, place: Place) -> int | None:
        """The number for one row; None where it is blank or out of range."""
        number = values.value_of(self.operand, NUMBER, row, place)
        return number if isinstance(number, int) and 0 <= number <= self.longest else None

    def known(self, place: Place) -> int | None:
        """The number where it is one for all rows, known and in range."""
        return self.length(NO_ROW, place)

    def known_sql(self, place: Place, condition: exp.Expr) -> exp.Expr:
        """The condition where the number is there and in range; else unknown, whatever the condition's parts say."""
        if isinstance(self.operand, OfField):
            in_range = values.value_sql(self.operand, NUMBER, place).between(0, self.longest)
            return values.case_sql((in_range, condition), otherwise=values.unknown_sql())
        return condition if self.known(place) is not None else values.unknown_sql()

    def between_sql(self, earlier: exp.Expr, later: exp.Expr, place: Place) -> exp.Expr:
        """Whether one day is at most so many days after another."""
        days = exp.DateDiff(this=later.copy(), expression=earlier.copy(), unit=exp.var("DAY"))
        return days <= values.value_sql(self.operand, NUMBER, place)

    def reach_sql(self, field: exp.Expr, place: Place, sign: Literal[-1, 1]) -> exp.Expr:
        """Whether the field is not before the as-at date minus the span (`sign` -1), or not after it plus that (1)."""
        as_at, number, back = place.setting.as_at, self.known(place), sign < 0
        order = exp.GTE if back else exp.LTE
        if number is not None:
            return order(this=field, expression=exp.convert(moved(as_at, sign * number, self.unit)))
        if self.unit == "days":
            earlier, later = (field, exp.convert(as_at)) if back else (exp.convert(as_at), field)
            return self.between_sql(earlier, later, place)
        year_in_months = _part(field, "YEAR") * 12
        ours = exp.convert(as_at.year * 12 + as_at.month)
        theirs = exp.paren(exp.Add(this=year_in_months, expression=_part(field, "MONTH")))
        day = _clamped(as_at.day, field) if back else exp.convert(as_at.day)
        kept = order(this=_part(field, "DAY"), expression=day)
        # As many as the months between, and one more where the day is not kept.
        more = values.case_sql((kept, exp.convert(0)), otherwise=exp.convert(1))
        between = exp.paren(ours - theirs if back else theirs - ours)
        least = exp.Add(this=between, expression=exp.paren(more))
        return exp.GTE(this=values.value_sql(self.operand, NUMBER, place), expression=least)


def _part(field: exp.Expr, part: str) -> exp.Expr:
    return exp.Extract(this=exp.var(part), expression=field.copy())


def _clamped(day: int, field: exp.Expr) -> exp.Expr:
    """That day of the month, or the last day of the field's month where it is shorter."""
    month, year = _part(field, "MONTH"), _part(field, "YEAR")
    february = month.eq(_FEBRUARY)

    def divides(by: int) -> exp.Expr:
        return exp.EQ(this=exp.Mod(this=year.copy(), expression=exp.convert(by)), expression=exp.convert(0))

    leap = exp.or_(exp.and_(divides(4), exp.not_(divides(100))), divides(400))
    return values.case_sql(
        (exp.and_(february, leap), exp.convert(min(day, 29))),
        (february.copy(), exp.convert(min(day, 28))),
        (month.isin(*_SHORT_MONTHS), exp.convert(min(day, 30))),
        otherwise=exp.convert(day),
    )


def _distance(unit: str, written: str | Form, _: Node, place: Place) -> Iterator[Distance]:
    number = values.constant(written, NUMBER, place.setting)
    if isinstance(number, int):
        yield Distance(number, unit)


_DAYS = Purpose(Role.DAYS, longest=LONGEST_DAYS, near=partial(_distance, "days"))
_MONTHS = Purpose(Role.MONTHS, longest=LONGEST_MONTHS, near=partial(_distance, "months"))

DateField = Annotated[
    Name, Purpose(Role.FIELD, frozenset({FieldType.DATE})), Field(description="A field of the row: a date.")
]
Days = Annotated[Operand, _DAYS, Field(description="How many days, 0 to 36,500.")]
MaybeDays = Annotated[Operand | None, _DAYS, Field(description="How many days, 0 to 36,500.")]
MaybeMonths = Annotated[
    Operand | None, _MONTHS, Field(description="How many months, 0 to 1,200. A shorter month counts to its last day.")
]
