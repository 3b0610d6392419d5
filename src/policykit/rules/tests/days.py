"""Where a date lies: seen from the as-at date, and from another date that it follows or keeps to; law on a day."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator
from sqlglot import exp

from policykit.english import say_day
from policykit.model.registers import FieldType
from policykit.problems import Complaint, complaint
from policykit.rules.dates import DateField, Days, MaybeDays, MaybeMonths, Span, asked_day, day_of, moved
from policykit.rules.language import NO_ROW, Node, Place, Purpose, Role, Row, Truth, made
from policykit.rules.tests.equality import Is
from policykit.rules.tests.groups import all_of, any_of, opposite_of
from policykit.rules.tests.order import AT_LEAST, LESS, AtLeast, Compared, LessThan, MoreThan, SameAs
from policykit.rules.tests.recorded import Recorded
from policykit.rules.values import (
    AsAt,
    Day,
    Form,
    MaybeOtherField,
    Moved,
    OfField,
    OtherField,
    RefField,
    case_sql,
    is_null,
    other_column,
    unknown_sql,
)
from policykit.rules.words import Says, phrases

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
        """The number and its unit; faults refuses none and both at load."""
        return Span(self.days) if self.days is not None else Span(self.months or "", "months")

    def end(self, row: Row, place: Place) -> date | None:
        """The day so far from the as-at date; None where the number is blank."""
        number = self.span.length(row, place)
        return None if number is None else moved(place.setting.as_at, self.sign * number, self.span.unit)

    def misfits(self, place: Place) -> Iterator[Complaint]:
        if (self.days is None) == (self.months is None):
            yield complaint("rule.no-span", test=self.test)


class _Around(Spanned):
    """The date lies between the as-at date and so many days or months from it, both ends included."""

    def words(self, place: Place) -> Says:
        where = f"in the {'last' if self.sign < 0 else 'next'} {phrases.say_reach(self.span, place, self.sign)}"
        return Says(place.phrase(self.field), f"is {where}", f"is not {where}", joins=True)

    def holds(self, row: Row, place: Place) -> Truth:
        own, end = day_of(row, self.field), self.end(row, place)
        if own is None or end is None:
            return None
        first, last = sorted([place.setting.as_at, end])
        return first <= own <= last

    def sql(self, place: Place) -> exp.Expr:
        reach = self.span.reach_sql(place.column(self.field), place, self.sign)
        order = exp.LTE if self.sign < 0 else exp.GTE
        today = order(this=place.column(self.field), expression=exp.convert(place.setting.as_at))
        return self.span.known_sql(place, exp.and_(*((reach, today) if self.sign < 0 else (today, reach))))

    def alternatives(self, place: Place) -> Iterator[Node]:
        other, order, day = (Upcoming, LessThan, _TOMORROW) if self.sign < 0 else (Within, MoreThan, _YESTERDAY)
        yield self.as_test(other)
        yield all_of(self, made(order, field=self.field, value=_TODAY))
        yield any_of(self, made(Is, field=self.field, value=day))


class Within(_Around):
    """The date lies in the last days or months: as-at minus N <= field <= as-at."""

    mistakes: ClassVar[str] = "In the next days or months; today left out; tomorrow let in."
    test: Literal["within"]


class Upcoming(_Around):
    """The date lies in the next days or months: as-at <= field <= as-at plus N."""

    mistakes: ClassVar[str] = "In the last days or months; today left out; yesterday let in."
    sign = 1
    test: Literal["upcoming"]


class LongerAgo(Spanned):
    """The date lies before the last days or months: field < as-at minus N."""

    mistakes: ClassVar[str] = "Not that long ago."
    test: Literal["longer_ago"]

    def words(self, place: Place) -> Says:
        return phrases.say_ago(place.phrase(self.field), self.span, place)

    def holds(self, row: Row, place: Place) -> Truth:
        own, end = day_of(row, self.field), self.end(row, place)
        return None if own is None or end is None else own < end

    def sql(self, place: Place) -> exp.Expr:
        return self.span.known_sql(place, exp.not_(self.span.reach_sql(place.column(self.field), place, -1)))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield opposite_of(self)


class _Over(Compared):
    field: DateField

    def words(self, place: Place) -> Says:
        day = say_day(place.setting.as_at)
        said = Says(place.phrase(self.field), f"is over (before {day})", f"is {day} or later", joins=True)
        return said if self.order is LESS else said.reversed()

    def against(self, row: Row, place: Place) -> date:
        return place.setting.as_at

    def against_sql(self, place: Place) -> exp.Expr:
        return exp.convert(place.setting.as_at)

    def alternatives(self, place: Place) -> Iterator[Node]:
        other, order = (NotPast, LessThan) if self.order is LESS else (Past, AtLeast)
        yield self.as_test(other)
        yield from (made(order, field=self.field, value=day) for day in (_YESTERDAY, _TOMORROW))


class Past(_Over):
    """The date is before the as-at date."""

    mistakes: ClassVar[str] = "Not over; over a day sooner or later."
    order = LESS
    test: Literal["past"]


class NotPast(_Over):
    """The date is the as-at date or later."""

    mistakes: ClassVar[str] = "Over; over a day sooner or later."
    order = AT_LEAST
    test: Literal["not_past"]


class SoonAfter(Node):
    """The date is the other one or at most so many days later."""

    mistakes: ClassVar[str] = "The day itself left out; the day before let in."
    test: Literal["soon_after"]
    field: DateField
    other: OtherField
    days: Days

    def words(self, place: Place) -> Says:
        after = f"{phrases.say_from_zero(Span(self.days), place)} after {phrases.other_phrase(self.other, place)}"
        return Says(place.phrase(self.field), f"is {after}", f"is not {after}", joins=True)

    def holds(self, row: Row, place: Place) -> Truth:
        own, other, number = day_of(row, self.field), day_of(row, self.other), Span(self.days).length(row, place)
        return None if own is None or other is None or number is None else 0 <= (own - other).days <= number

    def sql(self, place: Place) -> exp.Expr:
        field, other = place.column(self.field), other_column(self.other, place)
        span = Span(self.days)
        return span.known_sql(place, exp.and_(field >= other, span.between_sql(other, field, place)))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield all_of(self, opposite_of(made(SameAs, field=self.field, other=self.other)))
        yield any_of(self, made(SameAs, field=self.field, other=Moved(of=self.other, by=-1)))


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
        return data

    def words(self, place: Place) -> Says:
        due = phrases.other_phrase(self.due or self.other or "", place)
        if self.days is not None:
            due = f"{phrases.say_length(Span(self.days), place)} after {due}"
        open_ = Says("", "is not due yet", "is overdue")
        phrase = place.phrase(self.field)
        return Says(phrase, f"is not later than {due}", f"is later than {due}", otherwise=open_)

    def holds(self, row: Row, place: Place) -> Truth:
        done, due = day_of(row, self.field) or place.setting.as_at, day_of(row, self.due or self.other or "")
        number = 0 if self.days is None else Span(self.days).length(row, place)
        return None if due is None or number is None else (done - due).days <= number

    def sql(self, place: Place) -> exp.Expr:
        """The day done, or the as-at date while it is not, is not later than due."""
        today = exp.convert(place.setting.as_at)
        done = exp.Coalesce(this=place.column(self.field), expressions=[today])
        due = other_column(self.due or self.other or "", place)
        if self.days is None:
            return exp.LTE(this=done, expression=due)
        span = Span(self.days)
        return span.known_sql(place, span.between_sql(due, done, place))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield all_of(made(Recorded, field=self.field), self)

    def misfits(self, place: Place) -> Iterator[Complaint]:
        in_parts = (self.other is not None, self.days is not None)
        if in_parts != (self.due is None, self.due is None):
            yield complaint("rule.no-due-day")

    def blanks(self) -> Iterator[str]:
        """The due day, or what it is counted from; what is not done yet is known."""
        return (field for field in super().blanks() if field != self.field)


class InForce(Node):
    """The provision that the field names was law on a day."""

    mistakes: ClassVar[str] = "Not law on that day; law on another day that could be meant."
    test: Literal["in_force"]
    field: RefField
    day: Annotated[Day, Purpose(Role.DAY)] = Field(
        description="The day it is asked for: {as_at: true}, or {field: name} of the same row."
    )

    def words(self, place: Place) -> Says:
        tense, day = _say_asked(self.day, place)
        return Says(place.phrase(self.field), f"{tense} law on {day}", f"{tense} not law on {day}")

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the field or the day is blank; false where there is no such provision."""
        day = asked_day(self.day, row, place)
        if row.values.get(self.field) is None or day is None:
            return None
        return any(first <= day <= last for first, last in self.periods(row))

    def periods(self, row: Row) -> Iterator[tuple[date, date]]:
        """The first and last days between which the provision was law."""
        for period in (row.into(each) for each in row.tables["law"] if each["id"] == row.values.get(self.field)):
            first, last = day_of(period, "valid_from"), day_of(period, "valid_to")
            if first is not None and last is not None:
                yield first, last

    def sql(self, place: Place) -> exp.Expr:
        there, own = place.into("law"), place.column(self.field)
        day = exp.convert(place.setting.as_at) if isinstance(self.day, AsAt) else place.column(self.day.field)
        first, last = there.column("valid_from"), there.column("valid_to")
        found = there.exists(exp.and_(there.column("id").eq(own), first <= day, last >= day))
        return case_sql((is_null(own, day), unknown_sql()), otherwise=found)

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield opposite_of(self)
        others = (field for field, shape in place.register.fields.items() if shape.type is FieldType.DATE)
        days = (AsAt(as_at="true"), *(OfField(field=field) for field in others))
        yield from (self.model_copy(update={"day": day}) for day in days if day != self.day)

    def provisions(self) -> Iterator[str]:
        yield self.field


def _say_asked(day: Form, place: Place) -> tuple[str, str]:
    """The tense that goes with the day that is asked for, and the day."""
    form, by = (day.of, day.by) if isinstance(day, Moved) else (day, 0)
    if not isinstance(form, OfField):
        return "is", say_day(asked_day(day, NO_ROW, place) or place.setting.as_at)
    said = f"the {place.phrase(form.field)}"
    return "was", phrases.beside(by, said, place.shape(form.field)) if by else said
