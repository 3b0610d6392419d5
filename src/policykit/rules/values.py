"""Value forms: what may stand where a rule needs a value, what it comes to for a row or a whole check, and as SQL."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag
from sqlglot import exp

from policykit.model.registers import FieldShape, FieldType, ParameterValue, Value, read_value
from policykit.model.scalars import Name, Record
from policykit.rules.language import NO_ROW, Node, Place, Purpose, Role, Row, Setting


class OfParameter(Record):
    """The value of a parameter."""

    parameter: Name = Field(description="The parameter's id.")


class OfFact(Record):
    """What the organisation says about itself."""

    fact: Name = Field(description="The fact's id.")


class OfEach(Record):
    """The value that the for_each stands at."""

    each: Name = Field(description="The name that the for_each gives it.")


class AsAt(Record):
    """The as-at date."""

    as_at: Literal["true"] = Field(description="Always `true`.")


class OfField(Record):
    """A field of the row one level out; of the same row for the `day` of `in_force`."""

    field: Name = Field(description="The field's id.")


class Moved(Record):
    """Another form's value, one more or one less; of a day the next one or the one before.

    No file can write it: alternatives of a rule are made of it. It has words and a meaning, and no SQL.
    """

    of: "str | OfParameter | OfFact | OfEach | AsAt | OfField"
    by: Literal[-1, 1]


class Without(Record):
    """The codes of a parameter but one. Like `Moved`, no file can write it."""

    of: OfParameter
    code: str


def _form(value: object) -> str | None:
    """Which form a value has: its only key says so, in a file as in a model."""
    if isinstance(value, str):
        return "literal"
    if isinstance(value, list | tuple):
        return "list"
    keys = list(value if isinstance(value, dict) else getattr(type(value), "model_fields", ()))
    return keys[0] if len(keys) == 1 else None


def _told(forms: str) -> Discriminator:
    return Discriminator(_form, custom_error_type="value_form", custom_error_message=f"is not {forms}")


Literally = Annotated[str, Tag("literal")]
Listed = Annotated[tuple[str, ...], Tag("list")]
_Parameter = Annotated[OfParameter, Tag("parameter")]
_Fact = Annotated[OfFact, Tag("fact")]
_Each = Annotated[OfEach, Tag("each")]
_AsAt = Annotated[AsAt, Tag("as_at")]
_Field = Annotated[OfField, Tag("field")]

Form = OfParameter | OfFact | OfEach | AsAt | OfField | Moved | Without
"""Any value form but one that is written out."""
Written = str | tuple[str, ...] | Form
"""Whatever stands where values may."""

Operand = Annotated[
    Literally | _Parameter | _Fact | _Each | _AsAt | _Field,
    _told("a value, nor one of {parameter: ...}, {fact: ...}, {each: ...}, {as_at: true} and {field: ...}"),
]
Operands = Annotated[
    Literally | Listed | _Parameter | _Fact | _Each | _AsAt | _Field,
    _told("a list of values, nor one of {parameter: ...}, {fact: ...}, {each: ...}, {as_at: true} and {field: ...}"),
]
"""Several values; one value counts as a list of one."""
Other = Annotated[Literally | _Field, _told("a field, nor {field: ...} for one of the row one level out")]
"""Another field: of the same row, or of the row one level out."""
Day = Annotated[_AsAt | _Field, _told("{as_at: true}, nor {field: ...} for a date of the same row")]
"""The day on which a provision must have been law."""
Quantity = Annotated[Literally | _Parameter, _told("a number, nor {parameter: ...}")]
"""A number that holds for the whole check."""
Listing = Annotated[Listed | _Parameter, _told("a list of codes, nor {parameter: ...}")]
"""The codes of a for_each."""

NUMBER = FieldShape(type=FieldType.INTEGER, means="Number")
"""The shape of a number that no field holds: days, months, rows."""
ANY_CODE = FieldShape(type=FieldType.CODE, means="Code")
"""The shape of a code that no field holds."""


def constant(operand: str | Form, shape: FieldShape, setting: Setting) -> ParameterValue | None:
    """The value that holds for the whole check; None where blank, and for a form that each row answers for itself."""
    match operand:
        case str():
            return read_value(shape, operand)
        case OfParameter():
            return setting.parameters[operand.parameter]
        case OfFact():
            return setting.facts.get(operand.fact)
        case AsAt():
            return setting.as_at
        case Moved():
            return shifted(constant(operand.of, shape, setting), operand.by)
        case _:
            return None


def value_of(operand: str | Form, shape: FieldShape, row: Row, place: Place) -> Value | None:
    """The value for one row; None where blank."""
    match operand:
        case OfEach():
            return row.each
        case OfField():
            return other_value(operand, row)
        case Moved():
            return _single(shifted(value_of(operand.of, shape, row, place), operand.by))
        case _:
            return _single(constant(operand, shape, place.setting))


def values_of(operands: Written, shape: FieldShape, row: Row, place: Place) -> tuple[Value | None, ...]:
    """The values for one row; none at all where a parameter is an empty list."""
    match operands:
        case tuple():
            return tuple(read_value(shape, each) for each in operands)
        case OfParameter():
            value = constant(operands, shape, place.setting)
            return value if isinstance(value, tuple) else (value,)
        case Without():
            return tuple(code for code in values_of(operands.of, shape, row, place) if code != operands.code)
        case _:
            return (value_of(operands, shape, row, place),)


def other_value(other: str | Form, row: Row) -> Value | None:
    """The value of another field, of the same row or of the row one level out; None where blank."""
    match other:
        case str():
            return row.values.get(other)
        case Moved():
            return _single(shifted(other_value(other.of, row), other.by))
        case OfField():
            return row.outer.values.get(other.field) if row.outer else None
        case _:
            return None


def values_sql(operands: Written, shape: FieldShape, place: Place) -> tuple[exp.Expr, ...]:
    """`values_of` as SQL: literals, or a column of the row one level out or of the for_each."""
    match operands:
        case OfEach():
            return (exp.column("value", table="each", quoted=True),)
        case OfField():
            return (other_column(operands, place),)
        case _:
            return tuple(map(exp.convert, values_of(operands, shape, NO_ROW, place)))


def value_sql(operand: str | Form, shape: FieldShape, place: Place) -> exp.Expr:
    """`value_of` as SQL. A list never stands where one value is needed: faults refuses it at load."""
    return values_sql(operand, shape, place)[0]


def other_column(other: str | OfField, place: Place) -> exp.Expr:
    """`other_value` as SQL."""
    if isinstance(other, OfField):
        return place.outer.column(other.field) if place.outer else exp.null()
    return place.column(other)


def shifted(value: ParameterValue | None, by: int) -> ParameterValue | None:
    """A number that much more, a day that much later; anything else, and the last day there is, stays as it is."""
    match value:
        case int() if not isinstance(value, bool):
            return value + by
        case date() if date.min < value < date.max:
            return value + timedelta(days=by)
        case _:
            return value


def _single(value: ParameterValue | None) -> Value | None:
    return None if isinstance(value, tuple) else value


def is_over(low: str | Form | None, high: str | Form | None, shape: FieldShape | None, place: Place) -> bool:
    """Whether both ends stand in the pack, and the wrong way round; facts and the as-at date are no part of it."""
    wanted = {FieldType.DATE: date, FieldType.INTEGER: int}.get(shape.type) if shape else None
    given = [end for end in (low, high) if isinstance(end, str | OfParameter)]
    try:
        least, most = (constant(end, shape or NUMBER, place.setting) for end in given)
    except (KeyError, ValueError):  # a name that nothing has, what cannot be read, or one end alone
        return False
    return type(least) is type(most) is wanted and least > most  # type: ignore[operator] # two dates, or two numbers


def both_sql(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """`both` as SQL."""
    return exp.and_(*found) if (found := tuple(conditions)) else exp.true()


def either_sql(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """`either` as SQL."""
    return exp.or_(*found) if (found := tuple(conditions)) else exp.false()


def unknown_sql() -> exp.Expr:
    """A condition that is unknown for every row, typed so that no engine takes it for a number."""
    return exp.cast(exp.null(), "boolean")


def case_sql(*branches: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr) -> exp.Expr:
    """The first branch whose condition is true decides."""
    case = exp.Case()
    for condition, result in branches:
        case = case.when(condition, result)
    return case.else_(otherwise)


def is_null(*expressions: exp.Expr) -> exp.Expr:
    """Whether one of them is blank; never unknown."""
    return either_sql(exp.Is(this=each.copy(), expression=exp.null()) for each in expressions)


def _near_values(written: Written, node: Node, place: Place) -> Iterator[Value]:
    """What the rule names for the field of the node, where that is known beforehand."""
    named = values_of(written, place.shape(getattr(node, "field", "")), NO_ROW, place)
    return (value for value in named if value is not None)


ORDERED = frozenset({FieldType.DATE, FieldType.INTEGER})
TEXTS = frozenset({FieldType.REF, FieldType.TEXT, FieldType.CODE})
_VALUE, _VALUES = Purpose(Role.VALUE, near=_near_values), Purpose(Role.VALUES, near=_near_values)

AnyField = Annotated[Name, Purpose(Role.FIELD), Field(description="A field of the row.")]
OrderedField = Annotated[
    Name, Purpose(Role.FIELD, ORDERED), Field(description="A field of the row: a date or an integer.")
]
RefField = Annotated[
    Name, Purpose(Role.FIELD, frozenset({FieldType.REF})), Field(description="A field of the row: a ref.")
]
OtherField = Annotated[
    Other,
    Purpose(Role.OTHER),
    Field(
        description="Another field of the row; inside another register also {field: name}, of the row one level out."
    ),
]
MaybeOtherField = Annotated[
    Other | None,
    Purpose(Role.OTHER),
    Field(description="The field that says by when; or the one from which days are counted."),
]
AnyValue = Annotated[Operand, _VALUE, Field(description="What it is compared with, in any form of a value.")]
AnyValues = Annotated[Operands, _VALUES, Field(description="What it may be: a list, or a parameter of codes.")]
