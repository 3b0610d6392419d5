"""Where a date lies: seen from the as-at date, and from another date that it follows or has to keep to."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import model_validator
from sqlglot import exp

from policykit.english import say_day
from policykit.rules.dates import (
    DateField,
    Days,
    MaybeDays,
    MaybeMonths,
    Span,
    day_of,
    known_sql,
    length_of,
    moved,
    not_after_sql,
    not_before_sql,
    not_later_sql,
    other_day,
    span,
)
from policykit.rules.language import Misfit, Node, Place, Row, Truth, made, negated
from policykit.rules.tests.equality import Is, SameAs
from policykit.rules.tests.groups import all_of, any_of, opposite_of
from policykit.rules.tests.order import AtLeast, LessThan, MoreThan
from policykit.rules.tests.recorded import Recorded
from policykit.rules.values import AsAt, Form, MaybeOtherField, Moved, OtherField, other_column
from policykit.rules.words import Says
from policykit.rules.words.phrases import other_phrase, phrase_of, say_ago, say_from_zero, say_length, say_reach

_TODAY = AsAt(as_at="true")
_YESTERDAY, _TOMORROW = Moved(of=_TODAY, by=-1), Moved(of=_TODAY, by=1)


class Spanned(Node):
    """A date and a number of days or months from the as-at date: back (`sign` -1) or on (1)."""

    sign: ClassVar[Literal[-1, 1]] = -1
    field: DateField
    days: MaybeDays = None
    months: MaybeMonths = None

    @property
    def span(self) -> Span:
        """The number and its unit."""
        return span(self.days, self.months)

    def end(self, row: Row, place: Place) -> date | None:
        """The day so far from the as-at date; None where the number is blank."""
        number = length_of(self.span, row, place)
        return None if number is None else moved(place.setting.as_at, self.sign * number, self.span.unit)

    def misfits(self, place: Place) -> Iterator[Misfit]:
        """No number, or two."""
        if (self.days is None) == (self.months is None):
            yield f"`{self.test}` needs a number of days or of months, and not both", "write `days` or `months`"


class _Around(Spanned):
    """The date lies between the as-at date and so many days or months from it, both ends included."""

    def words(self, place: Place) -> Says:
        where = f"in the {'last' if self.sign < 0 else 'next'} {say_reach(self.span, place, self.sign)}"
        return Says(phrase_of(place.shape(self.field)), f"is {where}", f"is not {where}", joins=True)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the date or the number is blank."""
        own, end = day_of(row, self.field), self.end(row, place)
        if own is None or end is None:
            return None
        first, last = sorted([place.setting.as_at, end])
        return first <= own <= last

    def sql(self, place: Place) -> exp.Expr:
        """`field >= as-at minus N AND field <= as-at`, or `field >= as-at AND field <= as-at plus N`."""
        field, today = place.column(self.field), exp.convert(place.setting.as_at)
        if self.sign < 0:
            begun = not_before_sql(field, self.span, place)
            return known_sql(self.span, place, exp.and_(begun, exp.LTE(this=field.copy(), expression=today)))
        over = not_after_sql(field.copy(), self.span, place)
        return known_sql(self.span, place, exp.and_(exp.GTE(this=field, expression=today), over))


class Within(_Around):
    """The date lies in the last days or months: as-at minus N <= field <= as-at."""

    mistakes: ClassVar[str] = "In the next days or months; today left out; tomorrow let in."
    test: Literal["within"]

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(Upcoming)
        yield all_of(self, made(LessThan, field=self.field, value=_TODAY))
        yield any_of(self, made(Is, field=self.field, value=_TOMORROW))


class Upcoming(_Around):
    """The date lies in the next days or months: as-at <= field <= as-at plus N."""

    mistakes: ClassVar[str] = "In the last days or months; today left out; yesterday let in."
    sign: ClassVar[Literal[-1, 1]] = 1
    test: Literal["upcoming"]

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(Within)
        yield all_of(self, made(MoreThan, field=self.field, value=_TODAY))
        yield any_of(self, made(Is, field=self.field, value=_YESTERDAY))


class LongerAgo(Spanned):
    """The date lies before the last days or months: field < as-at minus N."""

    mistakes: ClassVar[str] = "Not that long ago."
    test: Literal["longer_ago"]

    def words(self, place: Place) -> Says:
        return say_ago(phrase_of(place.shape(self.field)), self.span, place)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the date or the number is blank."""
        own, end = day_of(row, self.field), self.end(row, place)
        return None if own is None or end is None else own < end

    def sql(self, place: Place) -> exp.Expr:
        """`field < as-at minus N`."""
        begun = not_before_sql(place.column(self.field), self.span, place)
        return known_sql(self.span, place, exp.not_(begun))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield opposite_of(self)


class _Over(Node):
    """The date is before the as-at date, or is not; unknown where it is blank."""

    yes: ClassVar[bool]
    field: DateField

    def words(self, place: Place) -> Says:
        day = say_day(place.setting.as_at)
        said = Says(phrase_of(place.shape(self.field)), f"is over (before {day})", f"is {day} or later", joins=True)
        return said if self.yes else said.reversed()

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the date is blank."""
        own = day_of(row, self.field)
        over = None if own is None else own < place.setting.as_at
        return over if self.yes else negated(over)

    def sql(self, place: Place) -> exp.Expr:
        """`field < as-at`, or `field >= as-at`."""
        day = exp.convert(place.setting.as_at)
        return (exp.LT if self.yes else exp.GTE)(this=place.column(self.field), expression=day)

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(NotPast if self.yes else Past)
        beside = LessThan if self.yes else AtLeast
        yield from (made(beside, field=self.field, value=day) for day in (_YESTERDAY, _TOMORROW))


class Past(_Over):
    """The date is before the as-at date."""

    mistakes: ClassVar[str] = "Not over; over a day sooner or later."
    yes: ClassVar[bool] = True
    test: Literal["past"]


class NotPast(_Over):
    """The date is the as-at date or later."""

    mistakes: ClassVar[str] = "Over; over a day sooner or later."
    yes: ClassVar[bool] = False
    test: Literal["not_past"]


class SoonAfter(Node):
    """The date is the other one or at most so many days later."""

    mistakes: ClassVar[str] = "The day itself left out; the day before let in."
    test: Literal["soon_after"]
    field: DateField
    other: OtherField
    days: Days

    def words(self, place: Place) -> Says:
        after = f"{say_from_zero(span(self.days), place)} after {other_phrase(self.other, place)}"
        return Says(phrase_of(place.shape(self.field)), f"is {after}", f"is not {after}", joins=True)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where a date or the number is blank."""
        own, other, number = day_of(row, self.field), other_day(self.other, row), length_of(span(self.days), row, place)
        return None if own is None or other is None or number is None else 0 <= (own - other).days <= number

    def sql(self, place: Place) -> exp.Expr:
        """`field >= other AND field - other <= N`."""
        field, other = place.column(self.field), other_column(self.other, place)
        in_time = not_later_sql(field, other, span(self.days), place)
        return known_sql(span(self.days), place, exp.and_(exp.GTE(this=field, expression=other), in_time))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield all_of(self, opposite_of(self._on(self.other)))
        yield any_of(self, self._on(Moved(of=self.other, by=-1)))

    def _on(self, other: str | Form) -> SameAs:
        return made(SameAs, field=self.field, other=other)


class DoneBy(Node):
    """Done and not later than due, or not done and due is not over yet. Due is a field, or another one and days."""

    mistakes: ClassVar[str] = "Done already."
    test: Literal["done_by"]
    field: DateField
    due: MaybeOtherField = None
    other: MaybeOtherField = None
    days: MaybeDays = None

    @model_validator(mode="before")
    @classmethod
    def _due_in_parts(cls, data: Any) -> Any:  # noqa: ANN401 - pydantic hands over whatever stood there
        """`due: {other: ..., days: ...}` says the same as `other` and `days` beside it."""
        match data:
            case {"due": {"other": other, "days": days, **more}, **rest} if not more:
                return {**rest, "other": other, "days": days}
            case _:
                return data

    def words(self, place: Place) -> Says:
        due = other_phrase(self.due or self.other or "", place)
        if self.days is not None:
            due = f"{say_length(span(self.days), place)} after {due}"
        open_ = Says("", "is not due yet", "is overdue")
        phrase = phrase_of(place.shape(self.field))
        return Says(phrase, f"is not later than {due}", f"is later than {due}", otherwise=open_)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where due is blank; the due day itself is in time."""
        done = day_of(row, self.field) or place.setting.as_at
        due = other_day(self.due or self.other or "", row)
        if due is None or self.days is None:
            return None if due is None else done <= due
        number = length_of(span(self.days), row, place)
        return None if number is None else (done - due).days <= number

    def sql(self, place: Place) -> exp.Expr:
        """The day done, or the as-at date while it is not, is not later than due."""
        today = exp.convert(place.setting.as_at)
        done = exp.Coalesce(this=place.column(self.field), expressions=[today])
        due = other_column(self.due or self.other or "", place)
        if self.days is None:
            return exp.LTE(this=done, expression=due)
        length = span(self.days)
        return known_sql(length, place, not_later_sql(done, due, length, place))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield all_of(made(Recorded, field=self.field), self)

    def misfits(self, place: Place) -> Iterator[Misfit]:
        """No day that it is due, or two."""
        in_parts = (self.other is not None, self.days is not None)
        if in_parts != (self.due is None, self.due is None):
            yield "`done_by` needs the day it is due", "write `due`, or `other` and `days`"

    def blanks(self) -> Iterator[str]:
        """The due day, or what it is counted from; what is not done yet is known."""
        return (field for field in super().blanks() if field != self.field)
