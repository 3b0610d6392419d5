"""Where a date lies, seen from the as-at date."""

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Literal

from sqlglot import exp

from policykit.model.calendar import say_day
from policykit.rules.clauses import Says
from policykit.rules.conditions.comparing import AtLeast, LessThan, MoreThan
from policykit.rules.conditions.equality import Is
from policykit.rules.conditions.grouping import all_of, any_of, opposite_of
from policykit.rules.conditions.node import Node, made
from policykit.rules.conditions.roles import Dated, MaybeDays, MaybeMonths
from policykit.rules.logic import Truth, negated
from policykit.rules.operands import AsAt, Moved
from policykit.rules.phrases import phrase_of
from policykit.rules.saying import say_ago, say_reach
from policykit.rules.setting import Place, Row
from policykit.rules.spans import Span, day_of, known_sql, length_of, moved, not_after_sql, not_before_sql, span

_TODAY = AsAt(as_at="true")
_YESTERDAY, _TOMORROW = Moved(of=_TODAY, by=-1), Moved(of=_TODAY, by=1)


class Within(Node):
    """The date lies in the last days or months: as-at minus N <= field <= as-at."""

    mistakes: ClassVar[str] = "In the next days or months; today left out; tomorrow let in."
    test: Literal["within"]
    field: Dated
    days: MaybeDays = None
    months: MaybeMonths = None

    def words(self, place: Place) -> Says:
        """Is in the last 12 months (1 November 2025 to 1 November 2026)."""
        return _says(self.field, place, f"in the last {say_reach(span(self.days, self.months), place, -1)}")

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the date or the number is blank."""
        return _between(day_of(row, self.field), span(self.days, self.months), row, place, -1)

    def sql(self, place: Place) -> exp.Expr:
        """`field >= as-at minus N AND field <= as-at`."""
        length, day = span(self.days, self.months), exp.convert(place.setting.as_at)
        begun = not_before_sql(place.column(self.field), length, place)
        return known_sql(length, place, exp.and_(begun, exp.LTE(this=place.column(self.field), expression=day)))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(Upcoming)
        yield all_of(self, made(LessThan, field=self.field, value=_TODAY))
        yield any_of(self, made(Is, field=self.field, value=_TOMORROW))
        yield from super().alternatives(place)


class Upcoming(Node):
    """The date lies in the next days or months: as-at <= field <= as-at plus N."""

    mistakes: ClassVar[str] = "In the last days or months; today left out; yesterday let in."
    test: Literal["upcoming"]
    field: Dated
    days: MaybeDays = None
    months: MaybeMonths = None

    def words(self, place: Place) -> Says:
        """Is in the next 12 months (1 November 2026 to 1 November 2027)."""
        return _says(self.field, place, f"in the next {say_reach(span(self.days, self.months), place, 1)}")

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the date or the number is blank."""
        return _between(day_of(row, self.field), span(self.days, self.months), row, place, 1)

    def sql(self, place: Place) -> exp.Expr:
        """`field >= as-at AND field <= as-at plus N`."""
        length, day = span(self.days, self.months), exp.convert(place.setting.as_at)
        over = not_after_sql(place.column(self.field), length, place)
        return known_sql(length, place, exp.and_(exp.GTE(this=place.column(self.field), expression=day), over))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(Within)
        yield all_of(self, made(MoreThan, field=self.field, value=_TODAY))
        yield any_of(self, made(Is, field=self.field, value=_YESTERDAY))
        yield from super().alternatives(place)


class LongerAgo(Node):
    """The date lies before the last days or months: field < as-at minus N."""

    mistakes: ClassVar[str] = "Not that long ago."
    test: Literal["longer_ago"]
    field: Dated
    days: MaybeDays = None
    months: MaybeMonths = None

    def words(self, place: Place) -> Says:
        """Is before 2 October 2026 (more than 30 days ago)."""
        return say_ago(phrase_of(place.shape(self.field)), span(self.days, self.months), place)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the date or the number is blank."""
        own, length = day_of(row, self.field), span(self.days, self.months)
        number = length_of(length, row, place)
        if own is None or number is None:
            return None
        return own < moved(place.setting.as_at, -number, length.unit)

    def sql(self, place: Place) -> exp.Expr:
        """`field < as-at minus N`."""
        length = span(self.days, self.months)
        begun = not_before_sql(place.column(self.field), length, place)
        return known_sql(length, place, exp.not_(begun))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield opposite_of(self)
        yield from super().alternatives(place)


class Past(Node):
    """The date is before the as-at date."""

    mistakes: ClassVar[str] = "Not over; over a day sooner or later."
    test: Literal["past"]
    field: Dated

    def words(self, place: Place) -> Says:
        """Is over (before 1 November 2026)."""
        return _says_past(self.field, place)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the date is blank."""
        return _past(day_of(row, self.field), place)

    def sql(self, place: Place) -> exp.Expr:
        """`field < as-at`."""
        return exp.LT(this=place.column(self.field), expression=exp.convert(place.setting.as_at))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(NotPast)
        yield from (made(LessThan, field=self.field, value=day) for day in (_YESTERDAY, _TOMORROW))
        yield from super().alternatives(place)


class NotPast(Node):
    """The date is the as-at date or later."""

    mistakes: ClassVar[str] = "Over; over a day sooner or later."
    test: Literal["not_past"]
    field: Dated

    def words(self, place: Place) -> Says:
        """Is 1 November 2026 or later."""
        return _says_past(self.field, place).reversed()

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the date is blank."""
        return negated(_past(day_of(row, self.field), place))

    def sql(self, place: Place) -> exp.Expr:
        """`field >= as-at`."""
        return exp.GTE(this=place.column(self.field), expression=exp.convert(place.setting.as_at))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(Past)
        yield from (made(AtLeast, field=self.field, value=day) for day in (_YESTERDAY, _TOMORROW))
        yield from super().alternatives(place)


def _between(own: date | None, length: Span, row: Row, place: Place, sign: int) -> Truth:
    number = length_of(length, row, place)
    if own is None or number is None:
        return None
    ends = sorted([place.setting.as_at, moved(place.setting.as_at, sign * number, length.unit)])
    return ends[0] <= own <= ends[1]


def _past(own: date | None, place: Place) -> Truth:
    return None if own is None else own < place.setting.as_at


def _says(field: str, place: Place, where: str) -> Says:
    return Says(phrase_of(place.shape(field)), f"is {where}", f"is not {where}", joins=True)


def _says_past(field: str, place: Place) -> Says:
    day = say_day(place.setting.as_at)
    return Says(phrase_of(place.shape(field)), f"is over (before {day})", f"is {day} or later", joins=True)
