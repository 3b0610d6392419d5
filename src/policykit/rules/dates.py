"""Days and months counted from the as-at date, in Python and as SQL; months clamp to the end of a shorter one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Literal

from pydantic import Field
from sqlglot import exp

from policykit.model.calendar import LONGEST_DAYS, LONGEST_MONTHS, days_from, months_from
from policykit.model.registers import FieldType
from policykit.model.scalars import Name
from policykit.rules.language import NO_ROW, Distance, Node, Place, Purpose, Role, Row
from policykit.rules.values import (
    NUMBER,
    AsAt,
    Form,
    Moved,
    OfField,
    Operand,
    case_sql,
    constant,
    other_value,
    shifted,
    unknown_sql,
    value_of,
    value_sql,
)

_SHORT_MONTHS = (4, 6, 9, 11)
_FEBRUARY = 2


@dataclass(frozen=True)
class Span:
    """A number of days or months that a rule names."""

    operand: str | Form
    unit: Literal["days", "months"]

    @property
    def longest(self) -> int:
        """The greatest number allowed."""
        return LONGEST_DAYS if self.unit == "days" else LONGEST_MONTHS


def span(days: str | Form | None, months: str | Form | None = None) -> Span:
    """The one that is given; faults refuses none and both at load."""
    return Span(days, "days") if months is None and days is not None else Span(months or "", "months")


def length_of(span: Span, row: Row, place: Place) -> int | None:
    """The number for one row; None where it is blank or out of range."""
    number = value_of(span.operand, NUMBER, row, place)
    return number if isinstance(number, int) and 0 <= number <= span.longest else None


def known_length(span: Span, place: Place) -> int | None:
    """The number where it is one for all rows, known and in range."""
    return length_of(span, NO_ROW, place)


def day_of(row: Row, field: str) -> date | None:
    """The date in a field of the row; None where blank."""
    value = row.values.get(field)
    return value if isinstance(value, date) else None


def other_day(other: str | Form, row: Row) -> date | None:
    """The date in another field; None where blank."""
    value = other_value(other, row)
    return value if isinstance(value, date) else None


def asked_day(day: Form, row: Row, place: Place) -> date | None:
    """The day that is asked for: the as-at date, or a date of the same row; None where blank."""
    match day:
        case AsAt():
            return place.setting.as_at
        case OfField():
            return day_of(row, day.field)
        case Moved(of=AsAt() | OfField() as form):
            value = shifted(asked_day(form, row, place), day.by)
            return value if isinstance(value, date) else None
        case _:
            return None


def moved(day: date, number: int, unit: str) -> date:
    """The day so many days or months later; earlier when negative."""
    return days_from(day, number) if unit == "days" else months_from(day, number)


def known_sql(span: Span, place: Place, condition: exp.Expr) -> exp.Expr:
    """The condition where the number is there and in range; else unknown, whatever the condition's parts say."""
    number = value_sql(span.operand, NUMBER, place)
    if isinstance(span.operand, OfField):
        in_range = exp.Between(this=number, low=exp.convert(0), high=exp.convert(span.longest))
        return case_sql((in_range, condition), otherwise=unknown_sql())
    return condition if known_length(span, place) is not None else unknown_sql()


def in_reach_sql(field: exp.Expr, span: Span, place: Place, sign: Literal[-1, 1]) -> exp.Expr:
    """Whether the field is not before the as-at date minus the span (`sign` -1), or not after it plus the span (1)."""
    as_at, number, back = place.setting.as_at, known_length(span, place), sign < 0
    order = exp.GTE if back else exp.LTE
    if number is not None:
        return order(this=field, expression=exp.convert(moved(as_at, sign * number, span.unit)))
    if span.unit == "days":
        later, earlier = (exp.convert(as_at), field) if back else (field, exp.convert(as_at))
        return not_later_sql(later, earlier, span, place)
    ours, theirs = exp.convert(as_at.year * 12 + as_at.month), _months(field)
    between = exp.Sub(this=ours if back else theirs, expression=theirs if back else ours)
    day = _clamped(as_at.day, field) if back else exp.convert(as_at.day)
    kept = order(this=_part(field, "DAY"), expression=day)
    # As many as the months between, and one more where the day is not kept.
    more = case_sql((kept, exp.convert(0)), otherwise=exp.convert(1))
    least = exp.Add(this=exp.paren(between), expression=exp.paren(more))
    return exp.GTE(this=value_sql(span.operand, NUMBER, place), expression=least)


def not_later_sql(later: exp.Expr, earlier: exp.Expr, span: Span, place: Place) -> exp.Expr:
    """Whether one day is at most so many days after another."""
    days = exp.DateDiff(this=later.copy(), expression=earlier.copy(), unit=exp.var("DAY"))
    return exp.LTE(this=days, expression=value_sql(span.operand, NUMBER, place))


def _months(field: exp.Expr) -> exp.Expr:
    years = exp.Mul(this=_part(field, "YEAR"), expression=exp.convert(12))
    return exp.paren(exp.Add(this=years, expression=_part(field, "MONTH")))


def _part(field: exp.Expr, part: str) -> exp.Expr:
    return exp.Extract(this=exp.var(part), expression=field.copy())


def _clamped(day: int, field: exp.Expr) -> exp.Expr:
    """That day of the month, or the last day of the field's month where it is shorter."""
    month, year = _part(field, "MONTH"), _part(field, "YEAR")
    february = exp.EQ(this=month, expression=exp.convert(_FEBRUARY))
    short = exp.In(this=month.copy(), expressions=[exp.convert(each) for each in _SHORT_MONTHS])
    return case_sql(
        (exp.and_(february, _leap(year)), exp.convert(min(day, 29))),
        (february.copy(), exp.convert(min(day, 28))),
        (short, exp.convert(min(day, 30))),
        otherwise=exp.convert(day),
    )


def _leap(year: exp.Expr) -> exp.Expr:
    def divides(by: int) -> exp.Expr:
        return exp.EQ(this=exp.Mod(this=year.copy(), expression=exp.convert(by)), expression=exp.convert(0))

    return exp.or_(exp.and_(divides(4), exp.not_(divides(100))), divides(400))


def _distance(unit: str, written: str | Form, _: Node, place: Place) -> Iterator[Distance]:
    number = constant(written, NUMBER, place.setting)
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
