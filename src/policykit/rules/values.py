"""What value forms come to: for a row, for the whole check, and as SQL."""

from datetime import date, timedelta

from sqlglot import exp

from policykit.model.parameters import ParameterValue
from policykit.model.registers import FieldShape, FieldType, Value, read_value
from policykit.rules.operands import AsAt, Form, Moved, OfEach, OfFact, OfField, OfParameter, Without
from policykit.rules.setting import Place, Row, Setting

NUMBER = FieldShape(type=FieldType.INTEGER, means="Number")
"""The shape of a number that no field holds: days, months, rows."""

Written = str | tuple[str, ...] | Form


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
            return row.outer.values.get(operand.field) if row.outer else None
        case Moved():
            return _single(shifted(value_of(operand.of, shape, row, place), operand.by))
        case _:
            return _single(constant(operand, shape, place.setting))


def values_of(operands: Written, shape: FieldShape, row: Row, place: Place) -> tuple[Value | None, ...]:
    """The values for one row; none at all where a parameter is an empty list."""
    if isinstance(operands, tuple):
        return tuple(read_value(shape, each) for each in operands)
    if isinstance(operands, OfParameter):
        return _several(constant(operands, shape, place.setting))
    if isinstance(operands, Without):
        return tuple(code for code in values_of(operands.of, shape, row, place) if code != operands.code)
    return (value_of(operands, shape, row, place),)


def value_sql(operand: str | Form, shape: FieldShape, place: Place) -> exp.Expr:
    """`value_of` as SQL: a literal, or a column of the row one level out or of the for_each."""
    match operand:
        case OfEach():
            return exp.column("value", table="each", quoted=True)
        case OfField():
            return place.outer.column(operand.field) if place.outer else exp.null()
        case _:
            return exp.convert(_single(constant(operand, shape, place.setting)))


def values_sql(operands: Written, shape: FieldShape, place: Place) -> tuple[exp.Expr, ...]:
    """`values_of` as SQL."""
    if isinstance(operands, tuple):
        return tuple(exp.convert(read_value(shape, each)) for each in operands)
    if isinstance(operands, OfParameter):
        return tuple(exp.convert(value) for value in _several(constant(operands, shape, place.setting)))
    if isinstance(operands, Without):
        return tuple(exp.convert(value) for value in values_of(operands, shape, Row({}, {}), place))
    return (value_sql(operands, shape, place),)


def other_value(other: str | Form, row: Row) -> Value | None:
    """The value of another field, of the same row or of the row one level out; None where blank."""
    match other:
        case Moved():
            return _single(shifted(other_value(other.of, row), other.by))
        case OfField():
            return row.outer.values.get(other.field) if row.outer else None
        case str():
            return row.values.get(other)
        case _:
            return None


def shifted(value: ParameterValue | None, by: int) -> ParameterValue | None:
    """A number that much more, a day that much later; anything else, and the last day there is, stays as it is."""
    match value:
        case bool() | None:
            return value
        case int():
            return value + by
        case date() if date.min < value < date.max:
            return value + timedelta(days=by)
        case _:
            return value


def other_column(other: str | OfField, place: Place) -> exp.Expr:
    """`other_value` as SQL."""
    if isinstance(other, OfField):
        return place.outer.column(other.field) if place.outer else exp.null()
    return place.column(other)


def _several(value: ParameterValue | None) -> tuple[Value | None, ...]:
    return value if isinstance(value, tuple) else (value,)


def _single(value: ParameterValue | None) -> Value | None:
    """A list never stands where one value is needed: faults refuses it at load."""
    return None if isinstance(value, tuple) else value
