"""Being equal to a value, to one of several, or to another field."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Literal

from sqlglot import exp

from policykit.model.registers import FieldShape, FieldType
from policykit.rules.language import NO_ROW, Node, Place, Row, Truth, made, negated
from policykit.rules.tests.groups import opposite_of
from policykit.rules.values import (
    AnyField,
    AnyValue,
    AnyValues,
    Form,
    OfFact,
    OfField,
    OfParameter,
    OtherField,
    Without,
    Written,
    constant,
    other_column,
    other_value,
    unknown_sql,
    value_of,
    value_sql,
    values_of,
    values_sql,
)
from policykit.rules.words import Says
from policykit.rules.words.phrases import apart, other_phrase, phrase_of, say_operand, say_values


class Choice(Node):
    """The field is what is written, or one of several, or (not `yes`) is not; unknown where it is blank."""

    yes: ClassVar[bool]
    field: AnyField

    @property
    @abstractmethod
    def written(self) -> Written:
        """What it is to be, or is not to be."""


class _Equality(Choice):
    value: AnyValue

    @property
    def written(self) -> Written:
        return self.value

    def words(self, place: Place) -> Says:
        said = _says_is(self.field, self.value, place)
        return said if self.yes else said.reversed()

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where either is blank."""
        equal = _equal(row.values.get(self.field), value_of(self.value, place.shape(self.field), row, place))
        return equal if self.yes else negated(equal)

    def sql(self, place: Place) -> exp.Expr:
        """`field = value`, or `field <> value`."""
        value = value_sql(self.value, place.shape(self.field), place)
        return (exp.EQ if self.yes else exp.NEQ)(this=place.column(self.field), expression=value)

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(IsNot if self.yes else Is)
        if isinstance(self.value, str):
            listed = OneOf if self.yes else NoneOf
            others = (code for code in place.shape(self.field).values if code != self.value)
            yield from (made(listed, field=self.field, values=(self.value, code)) for code in others)


class Is(_Equality):
    """The field is equal to the value: same code points, case matters."""

    mistakes: ClassVar[str] = "Is not; or is another code."
    yes: ClassVar[bool] = True
    test: Literal["is"]


class IsNot(_Equality):
    """The field is not equal to the value."""

    mistakes: ClassVar[str] = "Is; nor is another code."
    yes: ClassVar[bool] = False
    test: Literal["is_not"]


class Membership(Choice):
    """The field is one of the values, or none of them."""

    values: AnyValues

    @property
    def written(self) -> Written:
        return self.values

    def words(self, place: Place) -> Says:
        said = _says_one_of(self.field, self.values, place)
        return said if self.yes else said.reversed()

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the field is blank, where there are no values, and where only a blank value could be it."""
        among = _among(row.values.get(self.field), values_of(self.values, place.shape(self.field), row, place))
        return among if self.yes else negated(among)

    def sql(self, place: Place) -> exp.Expr:
        """`field IN (values)`, or NOT that."""
        listed = values_sql(self.values, place.shape(self.field), place)
        if not listed:
            return unknown_sql()
        among = exp.In(this=place.column(self.field), expressions=list(listed))
        return among if self.yes else exp.not_(among)

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(NoneOf if self.yes else OneOf)


class OneOf(Membership):
    """The field is one of the values."""

    mistakes: ClassVar[str] = "None of these; or is another code."
    yes: ClassVar[bool] = True
    test: Literal["one_of"]


class NoneOf(Membership):
    """The field is none of the values."""

    mistakes: ClassVar[str] = "One of these; nor is another code."
    yes: ClassVar[bool] = False
    test: Literal["none_of"]


class SameAs(Node):
    """The field is equal to another."""

    mistakes: ClassVar[str] = "Not the same."
    test: Literal["same_as"]
    field: AnyField
    other: OtherField

    def words(self, place: Place) -> Says:
        same = f"the same as {other_phrase(self.other, place)}"
        return Says(phrase_of(place.shape(self.field)), f"is {same}", f"is not {same}")

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where either is blank."""
        return _equal(row.values.get(self.field), other_value(self.other, row))

    def sql(self, place: Place) -> exp.Expr:
        """`field = other`."""
        return exp.EQ(this=place.column(self.field), expression=other_column(self.other, place))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield opposite_of(self)


def _equal(own: object, value: object) -> Truth:
    return None if own is None or value is None else own == value


def _among(own: object, values: tuple[object, ...]) -> Truth:
    if own is None or not values:
        return None
    if own in values:
        return True
    return None if None in values else False


def _says_is(field: str, value: str | Form, place: Place) -> Says:
    shape = place.shape(field)
    known = None if isinstance(value, OfFact) else constant(value, shape, place.setting)
    if isinstance(known, bool):
        return _says_flag(shape, yes=known)
    said = say_operand(value, shape, place)
    same = "the same as " if isinstance(value, OfFact | OfField) else ""
    return Says(phrase_of(shape), f"is {same}{said}", f"is not {same}{apart(said)}")


def _says_flag(shape: FieldShape, *, yes: bool) -> Says:
    if shape.when_yes and shape.when_no:
        predicates = (shape.when_yes, shape.when_no)
        return Says("", *(predicates if yes else reversed(predicates)))
    said, other = ("yes", "no") if yes else ("no", "yes")
    return Says(phrase_of(shape), f"is {said}", f"is {other}")


def _says_one_of(field: str, values: Written, place: Place) -> Says:
    shape = place.shape(field)
    if isinstance(values, tuple) and len(values) == 1:
        return _says_is(field, values[0], place)
    if not isinstance(values, tuple | OfParameter | Without):
        return _says_is(field, values, place)
    known = values_of(values, shape, NO_ROW, place)
    if isinstance(values, OfParameter) and len(known) == 1 and shape.type is FieldType.FLAG:
        return _says_is(field, values, place)
    said = say_values(known, shape, place.setting)
    if not known:
        said = f"on our list of {place.setting.declared[values.parameter].title}, which is empty"  # type: ignore[union-attr]
    return Says(phrase_of(shape), f"is {said}", f"is none of {said}" if len(known) > 1 else f"is not {apart(said)}")
