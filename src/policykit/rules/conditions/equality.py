"""Being equal to a value, or one of several."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from sqlglot import exp

from policykit.model.registers import FieldShape, FieldType
from policykit.rules.clauses import Says
from policykit.rules.conditions.node import N, Node, made
from policykit.rules.conditions.roles import Any, Value, Values
from policykit.rules.logic import Truth, negated, unknown_sql
from policykit.rules.operands import Form, OfFact, OfField, OfParameter, Without
from policykit.rules.phrases import apart, phrase_of, say_operand, say_values
from policykit.rules.setting import Place, Row
from policykit.rules.values import Written, constant, value_of, value_sql, values_of, values_sql


class Is(Node):
    """The field is equal to the value: same code points, case matters."""

    mistakes: ClassVar[str] = "Is not; or is another code."
    test: Literal["is"]
    field: Any
    value: Value

    def words(self, place: Place) -> Says:
        """Is held; a flag in its own words."""
        return _says_is(self.field, self.value, place)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where either is blank."""
        return _equal(row.values.get(self.field), value_of(self.value, place.shape(self.field), row, place))

    def sql(self, place: Place) -> exp.Expr:
        """`field = value`."""
        return exp.EQ(this=place.column(self.field), expression=value_sql(self.value, place.shape(self.field), place))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(IsNot)
        yield from super().alternatives(place)
        yield from _with_another(self.field, self.value, OneOf, place)


class IsNot(Node):
    """The field is not equal to the value."""

    mistakes: ClassVar[str] = "Is; nor is another code."
    test: Literal["is_not"]
    field: Any
    value: Value

    def words(self, place: Place) -> Says:
        """Is not held."""
        return _says_is(self.field, self.value, place).reversed()

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where either is blank."""
        return negated(_equal(row.values.get(self.field), value_of(self.value, place.shape(self.field), row, place)))

    def sql(self, place: Place) -> exp.Expr:
        """`field <> value`."""
        return exp.NEQ(this=place.column(self.field), expression=value_sql(self.value, place.shape(self.field), place))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(Is)
        yield from super().alternatives(place)
        yield from _with_another(self.field, self.value, NoneOf, place)


class OneOf(Node):
    """The field is one of the values."""

    mistakes: ClassVar[str] = "None of these; or is another code."
    test: Literal["one_of"]
    field: Any
    values: Values

    def words(self, place: Place) -> Says:
        """Is employee, agency worker or volunteer."""
        return _says_one_of(self.field, self.values, place)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where the field is blank, where there are no values, and where only a blank value could be it."""
        return _among(row.values.get(self.field), values_of(self.values, place.shape(self.field), row, place))

    def sql(self, place: Place) -> exp.Expr:
        """`field IN (values)`."""
        return _among_sql(self.field, self.values, place) or unknown_sql()

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(NoneOf)
        yield from super().alternatives(place)
        yield from _with_another(self.field, self.values, OneOf, place)


class NoneOf(Node):
    """The field is none of the values."""

    mistakes: ClassVar[str] = "One of these; nor is another code."
    test: Literal["none_of"]
    field: Any
    values: Values

    def words(self, place: Place) -> Says:
        """Is none of these."""
        return _says_one_of(self.field, self.values, place).reversed()

    def holds(self, row: Row, place: Place) -> Truth:
        """The opposite of `one_of`, so unknown where that is."""
        return negated(_among(row.values.get(self.field), values_of(self.values, place.shape(self.field), row, place)))

    def sql(self, place: Place) -> exp.Expr:
        """`NOT field IN (values)`."""
        among = _among_sql(self.field, self.values, place)
        return exp.not_(among) if among else unknown_sql()

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(OneOf)
        yield from super().alternatives(place)
        yield from _with_another(self.field, self.values, NoneOf, place)


def _with_another(field: str, written: Written, test: type[N], place: Place) -> Iterator[N]:
    """Each code of the field that is not written out, with those that are. What is on a list of ours is our choice."""
    listed = (written,) if isinstance(written, str) else written
    if isinstance(listed, tuple):
        others = (code for code in place.shape(field).values if code not in listed)
        yield from (made(test, field=field, values=(*listed, code)) for code in others)


def _equal(own: object, value: object) -> Truth:
    return None if own is None or value is None else own == value


def _among(own: object, values: tuple[object, ...]) -> Truth:
    if own is None or not values:
        return None
    if own in values:
        return True
    return None if None in values else False


def _among_sql(field: str, values: Written, place: Place) -> exp.Expr | None:
    listed = values_sql(values, place.shape(field), place)
    return exp.In(this=place.column(field), expressions=list(listed)) if listed else None


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
    known = values_of(values, shape, Row({}, {}), place)
    if isinstance(values, OfParameter) and len(known) == 1 and shape.type is FieldType.FLAG:
        return _says_is(field, values, place)
    said = say_values(known, shape, place.setting)
    if not known:
        said = f"on our list of {place.setting.declared[values.parameter].title}, which is empty"  # type: ignore[union-attr]
    return Says(phrase_of(shape), f"is {said}", f"is none of {said}" if len(known) > 1 else f"is not {apart(said)}")
