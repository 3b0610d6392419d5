"""Comparing dates and numbers: with a value, with two, and with another field."""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from sqlglot import exp

from policykit.model.registers import FieldType
from policykit.rules.language import Misfit, Node, Place, Row, Truth, both
from policykit.rules.values import (
    AnyValue,
    OrderedField,
    OtherField,
    is_over,
    other_column,
    other_value,
    value_of,
    value_sql,
)
from policykit.rules.words import Says
from policykit.rules.words.phrases import is_written, other_phrase, phrase_of, say_operand


@dataclass(frozen=True)
class Order:
    """An order: its words for a date and a number written out, for those that something else holds, and operators."""

    date: str
    number: str
    other_date: str
    other_number: str
    holds: Callable[[Any, Any], bool]
    sql: type[exp.Binary]

    def says(self, said: str, *, dated: bool, written: bool = False) -> str:
        """The words with what it is compared with."""
        if dated:
            return (self.date if written else self.other_date).format(said)
        return (self.number if written else self.other_number).format(said)

    def of(self, own: object, value: object) -> Truth:
        """What two values come to; unknown where either is blank."""
        return None if own is None or value is None else self.holds(own, value)


_AT_LEAST = Order(
    "is {} or later", "is {} or more", "is not earlier than {}", "is not less than {}", operator.ge, exp.GTE
)
_AT_MOST = Order(
    "is {} or earlier", "is {} or less", "is not later than {}", "is not more than {}", operator.le, exp.LTE
)
_MORE = Order("is after {}", "is more than {}", "is later than {}", "is more than {}", operator.gt, exp.GT)
_LESS = Order("is before {}", "is less than {}", "is earlier than {}", "is less than {}", operator.lt, exp.LT)


class _Comparison(Node):
    """The field in some order with a value; unknown where either is blank."""

    order: ClassVar[Order]
    opposite: ClassVar[Order]
    field: OrderedField
    value: AnyValue

    def words(self, place: Place) -> Says:
        shape = place.shape(self.field)
        said = say_operand(self.value, shape, place)
        dated, written = shape.type is FieldType.DATE, is_written(self.value)
        predicate, reverse = (each.says(said, dated=dated, written=written) for each in (self.order, self.opposite))
        return Says(phrase_of(shape), predicate, reverse, joins=True)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where either is blank."""
        return self.order.of(row.values.get(self.field), value_of(self.value, place.shape(self.field), row, place))

    def sql(self, place: Place) -> exp.Expr:
        """The operator between the field and the value."""
        value = value_sql(self.value, place.shape(self.field), place)
        return self.order.sql(this=place.column(self.field), expression=value)

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(_TURNED_ROUND[type(self)])


class AtLeast(_Comparison):
    """The field is the value or more, or that day or later."""

    mistakes: ClassVar[str] = "At most."
    order, opposite = _AT_LEAST, _LESS
    test: Literal["at_least"]


class AtMost(_Comparison):
    """The field is the value or less, or that day or earlier."""

    mistakes: ClassVar[str] = "At least."
    order, opposite = _AT_MOST, _MORE
    test: Literal["at_most"]


class MoreThan(_Comparison):
    """The field is more than the value, or later than that day."""

    mistakes: ClassVar[str] = "Less than."
    order, opposite = _MORE, _AT_MOST
    test: Literal["more_than"]


class LessThan(_Comparison):
    """The field is less than the value, or earlier than that day."""

    mistakes: ClassVar[str] = "More than."
    order, opposite = _LESS, _AT_LEAST
    test: Literal["less_than"]


class Between(Node):
    """The field is at least the one value and at most the other."""

    test: Literal["between"]
    field: OrderedField
    low: AnyValue
    high: AnyValue

    def words(self, place: Place) -> Says:
        shape = place.shape(self.field)
        ends = f"{say_operand(self.low, shape, place)} to {say_operand(self.high, shape, place)}"
        return Says(phrase_of(shape), f"is from {ends}", f"is not from {ends}", joins=True)

    def holds(self, row: Row, place: Place) -> Truth:
        """At least low and at most high: a blank end leaves the other to say no."""
        own, shape = row.values.get(self.field), place.shape(self.field)
        low, high = (value_of(end, shape, row, place) for end in (self.low, self.high))
        return both([_AT_LEAST.of(own, low), _AT_MOST.of(own, high)])

    def sql(self, place: Place) -> exp.Expr:
        """`field >= low AND field <= high`."""
        shape = place.shape(self.field)
        return exp.and_(
            exp.GTE(this=place.column(self.field), expression=value_sql(self.low, shape, place)),
            exp.LTE(this=place.column(self.field), expression=value_sql(self.high, shape, place)),
        )

    def misfits(self, place: Place) -> Iterator[Misfit]:
        """The low end over the high one."""
        if is_over(self.low, self.high, place.register.fields.get(self.field), place):
            yield "`low` is over `high`, so nothing could ever be between them", "exchange them"


class _Beside(Node):
    """The field in some order with another field; unknown where either is blank."""

    order: ClassVar[Order]
    opposite: ClassVar[Order]
    field: OrderedField
    other: OtherField

    def words(self, place: Place) -> Says:
        shape, other = place.shape(self.field), other_phrase(self.other, place)
        dated = shape.type is FieldType.DATE
        return Says(
            phrase_of(shape), self.order.says(other, dated=dated), self.opposite.says(other, dated=dated), joins=True
        )

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where either is blank."""
        return self.order.of(row.values.get(self.field), other_value(self.other, row))

    def sql(self, place: Place) -> exp.Expr:
        """The operator between the two fields."""
        return self.order.sql(this=place.column(self.field), expression=other_column(self.other, place))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(_TURNED_ROUND[type(self)])


class OnOrBefore(_Beside):
    """The field is not later, or not more, than another."""

    mistakes: ClassVar[str] = "Not earlier."
    order, opposite = _AT_MOST, _MORE
    test: Literal["on_or_before"]


class OnOrAfter(_Beside):
    """The field is not earlier, or not less, than another."""

    mistakes: ClassVar[str] = "Not later."
    order, opposite = _AT_LEAST, _LESS
    test: Literal["on_or_after"]


_TURNED_ROUND: Mapping[type[Node], type[Node]] = {
    AtLeast: AtMost,
    AtMost: AtLeast,
    MoreThan: LessThan,
    LessThan: MoreThan,
    OnOrBefore: OnOrAfter,
    OnOrAfter: OnOrBefore,
}
