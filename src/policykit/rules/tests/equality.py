"""Being equal to a value or to one of several, and beginning like one."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field
from sqlglot import exp

from policykit.model.registers import FieldType
from policykit.model.scalars import Name
from policykit.model.values import WHITE_SPACE
from policykit.rules.language import NO_ROW, Node, Place, Purpose, Role, Row, Truth, made, negated, parts
from policykit.rules.tests.order import EQUAL, UNEQUAL, WithValue
from policykit.rules.values import (
    AnyField,
    AnyValues,
    Form,
    Literally,
    OfFact,
    OfField,
    OfParameter,
    Without,
    Written,
    constant,
    unknown_sql,
    values_of,
    values_sql,
)
from policykit.rules.words import Says, phrase_of
from policykit.rules.words.phrases import apart, say_operand, say_values

_TEXTS = frozenset({FieldType.REF, FieldType.TEXT})


class Choice(Node):
    """The field is what is written, or one of several, or (not `yes`) is not; unknown where it is blank."""

    yes: ClassVar[bool]
    field: AnyField

    @property
    def written(self) -> Written:
        """What it is to be, or is not to be."""
        written: Written = next(part.value for part in parts(self) if part.role in {Role.VALUE, Role.VALUES})
        return written


class _Equality(WithValue, Choice):
    def words(self, place: Place) -> Says:
        said = _says_is(self.field, self.value, place)
        return said if self.yes else said.reversed()

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(IsNot if self.yes else Is)
        if isinstance(self.value, str):
            listed = OneOf if self.yes else NoneOf
            others = (code for code in place.shape(self.field).values if code != self.value)
            yield from (made(listed, field=self.field, values=(self.value, code)) for code in others)


class Is(_Equality):
    """The field is equal to the value: same code points, case matters."""

    mistakes: ClassVar[str] = "Is not; or is another code."
    yes, order = True, EQUAL
    test: Literal["is"]


class IsNot(_Equality):
    """The field is not equal to the value."""

    mistakes: ClassVar[str] = "Is; nor is another code."
    yes, order = False, UNEQUAL
    test: Literal["is_not"]


class Membership(Choice):
    """The field is one of the values, or none of them."""

    values: AnyValues

    def words(self, place: Place) -> Says:
        said = _says_one_of(self.field, self.values, place)
        return said if self.yes else said.reversed()

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the field is blank, where there are no values, and where only a blank value could be it."""
        own, values = row.values.get(self.field), values_of(self.values, place.shape(self.field), row, place)
        if own is None or not values:
            return None
        among = own in values or (None if None in values else False)
        return among if self.yes else negated(among)

    def sql(self, place: Place) -> exp.Expr:
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
    yes = True
    test: Literal["one_of"]


class NoneOf(Membership):
    """The field is none of the values."""

    mistakes: ClassVar[str] = "One of these; nor is another code."
    yes = False
    test: Literal["none_of"]


class _Beginning(Node):
    yes: ClassVar[bool]
    field: Annotated[Name, Purpose(Role.FIELD, _TEXTS), Field(description="A field of the row: a ref or a text.")]
    value: Annotated[Literally, Purpose(Role.VALUE), Field(description="How it begins, written out.")]

    def words(self, place: Place) -> Says:
        said = self._beginning(place)
        told = Says(place.phrase(self.field), f"starts with “{said}”", f"does not start with “{said}”")
        return told if self.yes else told.reversed()

    def holds(self, row: Row, place: Place) -> Truth:
        own = row.values.get(self.field)
        found = own.startswith(self._beginning(place)) if isinstance(own, str) else None
        return found if self.yes else negated(found)

    def sql(self, place: Place) -> exp.Expr:
        """As many characters from the first on, compared: not every engine has a function of its own for it."""
        said = self._beginning(place)
        first = exp.Substring(this=place.column(self.field), start=exp.convert(1), length=exp.convert(len(said)))
        return (exp.EQ if self.yes else exp.NEQ)(this=first, expression=exp.convert(said))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(NotStartsWith if self.yes else StartsWith)
        yield made(Is if self.yes else IsNot, field=self.field, value=self.value)
        if shorter := self._shorter(place):
            yield self.model_copy(update={"value": shorter})

    def near(self, place: Place) -> Iterator[str]:
        """The beginning alone, with a letter more, with the last one less, and something that begins otherwise."""
        said = self._beginning(place)
        other = "B" if said.startswith("A") else "A"
        yield from filter(None, (said, f"{said}A", self._shorter(place), f"{other}{said}"))

    def _beginning(self, place: Place) -> str:
        return str(constant(self.value, place.shape(self.field), place.setting))

    def _shorter(self, place: Place) -> str:
        """The beginning without its last character; a record never ends in a space."""
        return self._beginning(place)[:-1].rstrip(WHITE_SPACE)


class StartsWith(_Beginning):
    """The field begins with the value: same code points, case matters."""

    mistakes: ClassVar[str] = "Does not start with it; is it, with nothing after; starts with a character less."
    yes = True
    test: Literal["starts_with"]


class NotStartsWith(_Beginning):
    """The field does not begin with the value."""

    mistakes: ClassVar[str] = "Starts with it; is not it, with nothing after; does not start with a character less."
    yes = False
    test: Literal["not_starts_with"]


def _says_is(field: str, value: str | Form, place: Place) -> Says:
    shape = place.shape(field)
    known = None if isinstance(value, OfFact) else constant(value, shape, place.setting)
    if isinstance(known, bool):
        own = shape.when_yes and shape.when_no and Says("", shape.when_yes, shape.when_no)
        yes = own or Says(phrase_of(shape), "is yes", "is no")
        return yes if known else yes.reversed()
    said = say_operand(value, shape, place)
    same = "the same as " if isinstance(value, OfFact | OfField) else ""
    return Says(phrase_of(shape), f"is {same}{said}", f"is not {same}{apart(said)}")


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
