"""The columns of a Parquet file: what each holds, as the file itself says, and whether a field can be read there.

Nothing is converted that could lose or invent something: a time of day is not cut off, a number is no reference.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policykit.engines.sql_columns import Holds
from policykit.model.registers import FieldType, Register

_HOLDS = {
    "VARCHAR": Holds.TEXT,
    '"NULL"': Holds.TEXT,  # a column without a single value, as some programs write it: blank whatever is needed
    "DATE": Holds.DAY,
    "BOOLEAN": Holds.FLAG,
    **dict.fromkeys(["TINYINT", "SMALLINT", "INTEGER", "BIGINT"], Holds.INTEGER),
    **dict.fromkeys(["UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"], Holds.INTEGER),
}
_READABLE = {
    FieldType.DATE: {Holds.TEXT, Holds.DAY},
    FieldType.INTEGER: {Holds.TEXT, Holds.INTEGER},
    FieldType.FLAG: {Holds.TEXT, Holds.FLAG},
}
_NEEDED = {
    FieldType.DATE: "days are",
    FieldType.INTEGER: "whole numbers are",
    FieldType.FLAG: "yes or no is",
}


class ParquetRefusedError(Exception):
    """The file cannot be read as the register; the message is a clause in our own words."""


@dataclass(frozen=True)
class ParquetColumn:
    """A column: what DuckDB calls it, which is not always what the file calls it, and what it holds."""

    name: str
    holds: Holds


def find_columns(
    register: Register, names: Sequence[str], described: Sequence[tuple[str, str]]
) -> Mapping[str, ParquetColumn]:
    """The column of each field; `names` are those of the file, `described` DuckDB's names and types, in one order.

    Raises ParquetRefusedError where a field has no column, or more than one, or one that holds something else.
    """
    missing = [field for field in register.fields if field not in names]
    if missing:
        raise ParquetRefusedError(_say_missing(missing))
    twice = next((field for field in register.fields if names.count(field) > 1), None)
    if twice:
        msg = f"two columns are called {twice}"
        raise ParquetRefusedError(msg)
    at = {field: described[names.index(field)] for field in register.fields}
    columns = {field: ParquetColumn(name, holds(kind)) for field, (name, kind) in at.items()}
    for why in _wrong_types(register, columns):
        raise ParquetRefusedError(why)
    return columns


def top_names(schema: Sequence[tuple[str, int | None]]) -> list[str]:
    """The names of the columns from the tree in the file: each node's name and how many children follow it."""
    names = []
    place = 1
    while place < len(schema):
        names.append(schema[place][0])
        place = _end_of(schema, place)
    return names


def holds(kind: str) -> Holds:
    """What a column of one of DuckDB's types holds."""
    return Holds.TIME if kind.startswith("TIME") else _HOLDS.get(kind, Holds.OTHER)


def _end_of(schema: Sequence[tuple[str, int | None]], place: int) -> int:
    """The place after a node and all that is below it."""
    left = 1
    while left and place < len(schema):
        left += (schema[place][1] or 0) - 1
        place += 1
    return place


def _wrong_types(register: Register, columns: Mapping[str, ParquetColumn]) -> Iterator[str]:
    for field, shape in register.fields.items():
        found = columns[field].holds
        if found not in _READABLE.get(shape.type, {Holds.TEXT}):
            yield f"the column {field} holds {found.value}, and {_NEEDED.get(shape.type, 'text is')} needed"


def _say_missing(fields: list[str]) -> str:
    if len(fields) == 1:
        return f"the column {fields[0]} is missing"
    return f"the columns {', '.join(fields[:-1])} and {fields[-1]} are missing"
