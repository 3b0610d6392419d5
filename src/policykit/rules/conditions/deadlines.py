"""Deadlines, and what was law on a day."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import model_validator
from sqlglot import exp

from policykit.model.calendar import say_day
from policykit.model.registers import FieldType
from policykit.rules.clauses import Says
from policykit.rules.conditions.beside import SameAs
from policykit.rules.conditions.grouping import all_of, any_of, opposite_of
from policykit.rules.conditions.node import Node, made
from policykit.rules.conditions.recording import Recorded
from policykit.rules.conditions.roles import Alike, Dated, Days, MaybeAlike, MaybeDays, OnDay, Referring
from policykit.rules.logic import Truth, both_sql, case_sql, is_null, unknown_sql
from policykit.rules.operands import AsAt, Form, Moved, OfField
from policykit.rules.phrases import beside, other_phrase, phrase_of
from policykit.rules.saying import say_from_zero, say_length
from policykit.rules.setting import Place, Row
from policykit.rules.spans import asked_day, day_of, known_sql, length_of, not_later_sql, other_day, span
from policykit.rules.values import other_column


class SoonAfter(Node):
    """The date is the other one or at most so many days later."""

    mistakes: ClassVar[str] = "The day itself left out; the day before let in."
    test: Literal["soon_after"]
    field: Dated
    other: Alike
    days: Days

    def words(self, place: Place) -> Says:
        """Is 0 to 5 days after the day of the concern."""
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
        """What `mistakes` says, and what is one off."""
        yield all_of(self, opposite_of(self._on(self.other)))
        yield any_of(self, self._on(Moved(of=self.other, by=-1)))
        yield from super().alternatives(place)

    def _on(self, other: str | Form) -> SameAs:
        return made(SameAs, field=self.field, other=other)


class DoneBy(Node):
    """Done and not later than due, or not done and due is not over yet. Due is a field, or another one and days."""

    mistakes: ClassVar[str] = "Done already."
    test: Literal["done_by"]
    field: Dated
    due: MaybeAlike = None
    other: MaybeAlike = None
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
        """Is not later than the day the board asked for it by, or it is not due yet."""
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
        """What `mistakes` says, and what is one off."""
        yield all_of(made(Recorded, field=self.field), self)
        yield from super().alternatives(place)

    def blanks(self) -> Iterator[str]:
        """The due day, or what it is counted from; what is not done yet is known."""
        return (field for field in super().blanks() if field != self.field)


class InForce(Node):
    """The provision that the field names was law on a day."""

    mistakes: ClassVar[str] = "Not law on that day; law on another day that could be meant."
    test: Literal["in_force"]
    field: Referring
    day: OnDay

    def words(self, place: Place) -> Says:
        """Is law on 1 November 2026; was law on the day of the decision."""
        tense, day = _say_asked(self.day, place)
        return Says(phrase_of(place.shape(self.field)), f"{tense} law on {day}", f"{tense} not law on {day}")

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the field or the day is blank; false where there is no such provision."""
        own = row.values.get(self.field)
        day = asked_day(self.day, row, place)
        if own is None or day is None:
            return None
        return any(period["id"] == own and _holds(row.into(period), day) for period in row.tables["law"])

    def sql(self, place: Place) -> exp.Expr:
        """Whether a row of the law register has that id and holds that day."""
        there, own = place.into("law"), place.column(self.field)
        day = exp.convert(place.setting.as_at) if isinstance(self.day, AsAt) else place.column(self.day.field)
        found = both_sql(
            [
                exp.EQ(this=there.column("id"), expression=own),
                exp.LTE(this=there.column("valid_from"), expression=day),
                exp.GTE(this=there.column("valid_to"), expression=day),
            ]
        )
        return case_sql((is_null(own, day), unknown_sql()), otherwise=there.exists(found))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield opposite_of(self)
        dates = (field for field, shape in place.register.fields.items() if shape.type is FieldType.DATE)
        days = (AsAt(as_at="true"), *(OfField(field=field) for field in dates))
        yield from (self.with_key("day", day) for day in days if day != self.day)
        yield from super().alternatives(place)


def _say_asked(day: Form, place: Place) -> tuple[str, str]:
    """The tense that goes with the day that is asked for, and the day."""
    match day:
        case OfField():
            return "was", f"the {phrase_of(place.shape(day.field))}"
        case Moved(of=OfField(field=field)):
            return "was", beside(day.by, f"the {phrase_of(place.shape(field))}", place.shape(field))
        case _:
            asked = asked_day(day, Row({}, {}), place)
            return "is", say_day(asked or place.setting.as_at)


def _holds(period: Row, day: date) -> bool:
    first, last = day_of(period, "valid_from"), day_of(period, "valid_to")
    return first is not None and last is not None and first <= day <= last
