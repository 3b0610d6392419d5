"""Comparing a field with another field: of the same row, or of the row one level out."""

import operator
from collections.abc import Callable, Iterator
from typing import Any as Anything
from typing import ClassVar, Literal

from sqlglot import exp

from policykit.model.registers import FieldType
from policykit.rules.clauses import Says
from policykit.rules.conditions.grouping import opposite_of
from policykit.rules.conditions.node import Node
from policykit.rules.conditions.roles import Alike, Any, Ordered
from policykit.rules.logic import Truth
from policykit.rules.operands import OfField
from policykit.rules.phrases import other_phrase, phrase_of
from policykit.rules.setting import Place, Row
from policykit.rules.values import other_column, other_value


class OnOrBefore(Node):
    """The field is not later, or not more, than another."""

    mistakes: ClassVar[str] = "Not earlier."
    test: Literal["on_or_before"]
    field: Ordered
    other: Alike

    def words(self, place: Place) -> Says:
        """Is not later than the day the board asked for it by."""
        late = _than(self.field, place, "later", "more")
        other = other_phrase(self.other, place)
        return Says(phrase_of(place.shape(self.field)), f"is not {late} {other}", f"is {late} {other}", joins=True)

    def holds(self, row: Row, place: Place) -> Truth:  # noqa: ARG002 - one face for all tests
        """Unknown where either is blank."""
        return _compared(self.field, self.other, row, operator.le)

    def sql(self, place: Place) -> exp.Expr:
        """`field <= other`."""
        return exp.LTE(this=place.column(self.field), expression=other_column(self.other, place))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(OnOrAfter)
        yield from super().alternatives(place)


class OnOrAfter(Node):
    """The field is not earlier, or not less, than another."""

    mistakes: ClassVar[str] = "Not later."
    test: Literal["on_or_after"]
    field: Ordered
    other: Alike

    def words(self, place: Place) -> Says:
        """Is not earlier than the day of the decision."""
        early = _than(self.field, place, "earlier", "less")
        other = other_phrase(self.other, place)
        return Says(phrase_of(place.shape(self.field)), f"is not {early} {other}", f"is {early} {other}", joins=True)

    def holds(self, row: Row, place: Place) -> Truth:  # noqa: ARG002 - one face for all tests
        """Unknown where either is blank."""
        return _compared(self.field, self.other, row, operator.ge)

    def sql(self, place: Place) -> exp.Expr:
        """`field >= other`."""
        return exp.GTE(this=place.column(self.field), expression=other_column(self.other, place))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(OnOrBefore)
        yield from super().alternatives(place)


class SameAs(Node):
    """The field is equal to another."""

    mistakes: ClassVar[str] = "Not the same."
    test: Literal["same_as"]
    field: Any
    other: Alike

    def words(self, place: Place) -> Says:
        """Is the same as the first purpose."""
        same = f"the same as {other_phrase(self.other, place)}"
        return Says(phrase_of(place.shape(self.field)), f"is {same}", f"is not {same}")

    def holds(self, row: Row, place: Place) -> Truth:  # noqa: ARG002 - one face for all tests
        """Unknown where either is blank."""
        return _compared(self.field, self.other, row, operator.eq)

    def sql(self, place: Place) -> exp.Expr:
        """`field = other`."""
        return exp.EQ(this=place.column(self.field), expression=other_column(self.other, place))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield opposite_of(self)
        yield from super().alternatives(place)


def _than(field: str, place: Place, dates: str, numbers: str) -> str:
    return f"{dates if place.shape(field).type is FieldType.DATE else numbers} than"


def _compared(field: str, other: str | OfField, row: Row, compare: Callable[[Anything, Anything], bool]) -> Truth:
    own, that = row.values.get(field), other_value(other, row)
    return None if own is None or that is None else compare(own, that)
