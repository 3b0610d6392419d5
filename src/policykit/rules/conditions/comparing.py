"""Comparing a field with a value."""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

from sqlglot import exp

from policykit.model.registers import FieldType
from policykit.rules.clauses import Says
from policykit.rules.conditions.node import Node
from policykit.rules.conditions.roles import Ordered, Value
from policykit.rules.logic import Truth, both
from policykit.rules.operands import Form
from policykit.rules.phrases import is_written, phrase_of, say_operand
from policykit.rules.setting import Place, Row
from policykit.rules.values import value_of, value_sql


class _Comparison(Protocol):
    @property
    def field(self) -> str: ...
    @property
    def value(self) -> str | Form: ...


@dataclass(frozen=True)
class _Order:
    """The words of one order: of a date and a number that are written out, and of those that something else holds."""

    date: str
    number: str
    other_date: str
    other_number: str


_AT_LEAST = _Order("is {} or later", "is {} or more", "is not earlier than {}", "is not less than {}")
_AT_MOST = _Order("is {} or earlier", "is {} or less", "is not later than {}", "is not more than {}")
_MORE = _Order("is after {}", "is more than {}", "is later than {}", "is more than {}")
_LESS = _Order("is before {}", "is less than {}", "is earlier than {}", "is less than {}")


class AtLeast(Node):
    """The field is the value or more, or that day or later."""

    mistakes: ClassVar[str] = "At most."
    test: Literal["at_least"]
    field: Ordered
    value: Value

    def words(self, place: Place) -> Says:
        """Is 5 or more; is 1 April 2010 or later."""
        return _says(self, place, _AT_LEAST, _LESS)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where either is blank."""
        return _holds(self, row, place, operator.ge)

    def sql(self, place: Place) -> exp.Expr:
        """`field >= value`."""
        return _sql(self, place, exp.GTE)

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(AtMost)
        yield from super().alternatives(place)


class AtMost(Node):
    """The field is the value or less, or that day or earlier."""

    mistakes: ClassVar[str] = "At least."
    test: Literal["at_most"]
    field: Ordered
    value: Value

    def words(self, place: Place) -> Says:
        """Is 5 or less; is 1 April 2010 or earlier."""
        return _says(self, place, _AT_MOST, _MORE)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where either is blank."""
        return _holds(self, row, place, operator.le)

    def sql(self, place: Place) -> exp.Expr:
        """`field <= value`."""
        return _sql(self, place, exp.LTE)

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(AtLeast)
        yield from super().alternatives(place)


class MoreThan(Node):
    """The field is more than the value, or later than that day."""

    mistakes: ClassVar[str] = "Less than."
    test: Literal["more_than"]
    field: Ordered
    value: Value

    def words(self, place: Place) -> Says:
        """Is more than 5; is after 1 April 2010."""
        return _says(self, place, _MORE, _AT_MOST)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where either is blank."""
        return _holds(self, row, place, operator.gt)

    def sql(self, place: Place) -> exp.Expr:
        """`field > value`."""
        return _sql(self, place, exp.GT)

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(LessThan)
        yield from super().alternatives(place)


class LessThan(Node):
    """The field is less than the value, or earlier than that day."""

    mistakes: ClassVar[str] = "More than."
    test: Literal["less_than"]
    field: Ordered
    value: Value

    def words(self, place: Place) -> Says:
        """Is less than 5; is before 1 April 2010."""
        return _says(self, place, _LESS, _AT_LEAST)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where either is blank."""
        return _holds(self, row, place, operator.lt)

    def sql(self, place: Place) -> exp.Expr:
        """`field < value`."""
        return _sql(self, place, exp.LT)

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(MoreThan)
        yield from super().alternatives(place)


class Between(Node):
    """The field is at least the one value and at most the other."""

    test: Literal["between"]
    field: Ordered
    low: Value
    high: Value

    def words(self, place: Place) -> Says:
        """Is from 1 to 5."""
        shape = place.shape(self.field)
        ends = f"{say_operand(self.low, shape, place)} to {say_operand(self.high, shape, place)}"
        return Says(phrase_of(shape), f"is from {ends}", f"is not from {ends}", joins=True)

    def holds(self, row: Row, place: Place) -> Truth:
        """At least low and at most high: a blank end leaves the other to say no."""
        own, shape = row.values.get(self.field), place.shape(self.field)
        low, high = (value_of(end, shape, row, place) for end in (self.low, self.high))
        return both([_compared(own, low, operator.ge), _compared(own, high, operator.le)])

    def sql(self, place: Place) -> exp.Expr:
        """`field >= low AND field <= high`."""
        shape = place.shape(self.field)
        return exp.and_(
            exp.GTE(this=place.column(self.field), expression=value_sql(self.low, shape, place)),
            exp.LTE(this=place.column(self.field), expression=value_sql(self.high, shape, place)),
        )


def _says(node: _Comparison, place: Place, order: _Order, opposite: _Order) -> Says:
    shape = place.shape(node.field)
    said = say_operand(node.value, shape, place)
    dated, written = shape.type is FieldType.DATE, is_written(node.value)
    predicate, reverse = (_pattern(each, dated=dated, written=written).format(said) for each in (order, opposite))
    return Says(phrase_of(shape), predicate, reverse, joins=True)


def _pattern(order: _Order, *, dated: bool, written: bool) -> str:
    if dated:
        return order.date if written else order.other_date
    return order.number if written else order.other_number


def _holds(node: _Comparison, row: Row, place: Place, compare: Callable[[Any, Any], bool]) -> Truth:
    return _compared(row.values.get(node.field), value_of(node.value, place.shape(node.field), row, place), compare)


def _compared(own: object, value: object, compare: Callable[[Any, Any], bool]) -> Truth:
    return None if own is None or value is None else compare(own, value)


def _sql(node: _Comparison, place: Place, comparison: type[exp.Binary]) -> exp.Expr:
    value = value_sql(node.value, place.shape(node.field), place)
    return comparison(this=place.column(node.field), expression=value)
