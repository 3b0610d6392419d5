"""Comparing: with a value, with two, and with another field."""

import operator
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from sqlglot import exp

from policykit.model.registers import FieldShape, FieldType, Value
from policykit.problems import Complaint, complaint
from policykit.rules.language import Node, Place, Row, Truth, both
from policykit.rules.tests.groups import opposite_of
from policykit.rules.values import (
    AnyField,
    AnyValue,
    OrderedField,
    OtherField,
    is_over,
    other_column,
    other_value,
    value_of,
    value_sql,
)
from policykit.rules.words import Says, phrase_of
from policykit.rules.words.phrases import is_written, other_phrase, say_operand


@dataclass(frozen=True)
class Order:
    """How two values stand to each other, in Python and in SQL.

    In words, of a date and of a number: around a value that is written out, and before the name of what holds one.
    """

    holds: Callable[[Any, Any], bool]
    sql: type[exp.Binary]
    written: tuple[str, str] = ("", "")
    named: tuple[str, str] = ("", "")

    def of(self, own: object, value: object) -> Truth:
        """What two values come to; unknown where either is blank."""
        return None if own is None or value is None else self.holds(own, value)


EQUAL, UNEQUAL = Order(operator.eq, exp.EQ), Order(operator.ne, exp.NEQ)
AT_LEAST = Order(operator.ge, exp.GTE, ("is {} or later", "is {} or more"), ("not earlier", "not less"))
AT_MOST = Order(operator.le, exp.LTE, ("is {} or earlier", "is {} or less"), ("not later", "not more"))
MORE = Order(operator.gt, exp.GT, ("is after {}", "is more than {}"), ("later", "more"))
LESS = Order(operator.lt, exp.LT, ("is before {}", "is less than {}"), ("earlier", "less"))
_OPPOSITE = {AT_LEAST: LESS, LESS: AT_LEAST, AT_MOST: MORE, MORE: AT_MOST}


class Compared(Node):
    """The field in some order with something else; unknown where either is blank."""

    order: ClassVar[Order]
    field: AnyField

    @abstractmethod
    def against(self, row: Row, place: Place) -> Value | None: ...

    @abstractmethod
    def against_sql(self, place: Place) -> exp.Expr: ...

    def holds(self, row: Row, place: Place) -> Truth:
        own = row.values.get(self.field)  # where it is blank, nobody has to ask for the other
        return None if own is None else self.order.of(own, self.against(row, place))

    def sql(self, place: Place) -> exp.Expr:
        return self.order.sql(this=place.column(self.field), expression=self.against_sql(place))


class WithValue(Compared):
    """The field compared with a value."""

    value: AnyValue

    def against(self, row: Row, place: Place) -> Value | None:
        return value_of(self.value, place.shape(self.field), row, place)

    def against_sql(self, place: Place) -> exp.Expr:
        return value_sql(self.value, place.shape(self.field), place)


class WithOther(Compared):
    """The field compared with another field."""

    other: OtherField

    def against(self, row: Row, place: Place) -> Value | None:
        return other_value(self.other, row)

    def against_sql(self, place: Place) -> exp.Expr:
        return other_column(self.other, place)


class _OrderedValue(WithValue):
    field: OrderedField

    def words(self, place: Place) -> Says:
        shape = place.shape(self.field)
        return _says(self.order, say_operand(self.value, shape, place), shape, written=is_written(self.value))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(_TURNED_ROUND[type(self)])


class AtLeast(_OrderedValue):
    """The field is the value or more, or that day or later."""

    mistakes: ClassVar[str] = "At most."
    order = AT_LEAST
    test: Literal["at_least"]


class AtMost(_OrderedValue):
    """The field is the value or less, or that day or earlier."""

    mistakes: ClassVar[str] = "At least."
    order = AT_MOST
    test: Literal["at_most"]


class MoreThan(_OrderedValue):
    """The field is more than the value, or later than that day."""

    mistakes: ClassVar[str] = "Less than."
    order = MORE
    test: Literal["more_than"]


class LessThan(_OrderedValue):
    """The field is less than the value, or earlier than that day."""

    mistakes: ClassVar[str] = "More than."
    order = LESS
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
        """A blank end leaves the other to say no."""
        own, shape = row.values.get(self.field), place.shape(self.field)
        low, high = (value_of(end, shape, row, place) for end in (self.low, self.high))
        return both([AT_LEAST.of(own, low), AT_MOST.of(own, high)])

    def sql(self, place: Place) -> exp.Expr:
        low, high = (value_sql(end, place.shape(self.field), place) for end in (self.low, self.high))
        field = place.column(self.field)
        return exp.and_(exp.GTE(this=field, expression=low), exp.LTE(this=field.copy(), expression=high))

    def misfits(self, place: Place) -> Iterator[Complaint]:
        if is_over(self.low, self.high, place.register.fields.get(self.field), place):
            yield complaint("rule.between-nothing")


class _OrderedOther(WithOther):
    field: OrderedField

    def words(self, place: Place) -> Says:
        return _says(self.order, other_phrase(self.other, place), place.shape(self.field), written=False)

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(_TURNED_ROUND[type(self)])


class OnOrBefore(_OrderedOther):
    """The field is not later, or not more, than another."""

    mistakes: ClassVar[str] = "Not earlier."
    order = AT_MOST
    test: Literal["on_or_before"]


class OnOrAfter(_OrderedOther):
    """The field is not earlier, or not less, than another."""

    mistakes: ClassVar[str] = "Not later."
    order = AT_LEAST
    test: Literal["on_or_after"]


class SameAs(WithOther):
    """The field is equal to another."""

    mistakes: ClassVar[str] = "Not the same."
    order = EQUAL
    test: Literal["same_as"]

    def words(self, place: Place) -> Says:
        same = f"the same as {other_phrase(self.other, place)}"
        return Says(place.phrase(self.field), f"is {same}", f"is not {same}")

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield opposite_of(self)


_TURNED_ROUND: Mapping[type[Node], type[Node]] = {
    AtLeast: AtMost,
    AtMost: AtLeast,
    MoreThan: LessThan,
    LessThan: MoreThan,
    OnOrBefore: OnOrAfter,
    OnOrAfter: OnOrBefore,
}


def _says(order: Order, said: str, shape: FieldShape, *, written: bool) -> Says:
    kind = 0 if shape.type is FieldType.DATE else 1
    ways = [(each.written[kind], each.named[kind]) for each in (order, _OPPOSITE[order])]
    said, turned = (around.format(said) if written else f"is {named} than {said}" for around, named in ways)
    return Says(phrase_of(shape), said, turned, joins=True)
