"""Looking at single records: which units of a check do not conform, and the rows that hold certain values.

Only two commands ask for this, each for the person at the terminal: everything else lives on counts.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlglot import exp

from policykit.engines.counting import State, units_query
from policykit.engines.engine import Unit
from policykit.engines.names import column_named, quoted
from policykit.model.registers import FieldShape, FieldType, Register, Value
from policykit.rules import Check, Setting, Values, each_of, marker

_LISTED = {State.VIOLATE: "violate", State.UNKNOWN: "unknown"}


def keys_query(check: Check, setting: Setting, marked: Mapping[str, frozenset[str]], limit: int) -> exp.Select:
    """The query for units that violate or cannot be told: their key, their value and their state."""
    units = units_query(check, setting, marked, keyed=True).subquery(quoted("units"), copy=False)
    value = exp.cast(exp.null(), "VARCHAR") if each_of(check, setting) is None else column_named("value")
    state = exp.In(this=column_named("state"), expressions=[exp.Literal.number(int(state)) for state in _LISTED])
    columns = [column_named("key"), exp.Alias(this=value, alias=quoted("value")), column_named("state")]
    return exp.select(*columns).from_(units, copy=False).where(state, copy=False).limit(limit, copy=False)


def read_units(lines: Iterable[tuple[Any, ...]]) -> tuple[Unit, ...]:
    """The units from the answer to `keys_query`."""
    return tuple(Unit(key, value, _LISTED[State(state)]) for key, value, state in lines)  # type: ignore[arg-type]


def rows_query(register: Register, values: Mapping[str, Value], marked: Iterable[str], limit: int | None) -> exp.Select:
    """The query for the rows of a register that hold these values; a blank is no value.

    Its columns are the fields of the register, and behind them the markers of `marked`, in order.
    """
    columns = [*register.fields, *map(marker, marked)]
    rows = exp.select(*map(column_named, columns)).from_(exp.table_(register.id, quoted=True), copy=False)
    for field, value in values.items():
        rows = rows.where(exp.EQ(this=column_named(field), expression=exp.convert(value)), copy=False)
    return rows if limit is None else rows.limit(limit, copy=False)


def read_rows(register: Register, marked: Iterable[str], lines: Iterable[tuple[Any, ...]]) -> tuple[Values, ...]:
    """The rows from the answer to `rows_query`, typed as the register says."""
    markers = tuple(map(marker, marked))
    return tuple(_read_row(register, markers, line) for line in lines)


def _read_row(register: Register, markers: tuple[str, ...], line: tuple[Any, ...]) -> Values:
    values = {name: _typed(shape, held) for (name, shape), held in zip(register.fields.items(), line, strict=False)}
    unreadable = {name: True for name, is_so in zip(markers, line[len(values) :], strict=True) if is_so}
    return {**values, **unreadable}


def _typed(shape: FieldShape, held: Any) -> Value | None:  # noqa: ANN401 - whatever a database's driver makes of it
    """The value of a field; some databases have no dates, and no yes and no."""
    match shape.type, held:
        case _, None:
            return None
        case FieldType.DATE, str():
            return date.fromisoformat(held)
        case FieldType.FLAG, _:
            return bool(held)
        case FieldType.DATE, date():
            return held
        case FieldType.INTEGER, _:
            return int(held)
        case _:
            return str(held)
