"""The columns of a table in a database: what each holds, as its catalogue says, and whether a field can be read there.

Nothing is converted that could lose or invent something: a time of day is not cut off, a number is no reference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from policykit.model.registers import FieldType, Register


class Holds(Enum):
    """What a column holds."""

    TEXT = "text"
    PADDED = "text filled up with spaces"
    """They are no part of the value; only PostgreSQL hands them out."""
    DAY = "days"
    INTEGER = "whole numbers"
    FLAG = "yes or no"
    ANYTHING = "values of any type"
    """As each value says of itself: only SQLite has such columns."""
    TIME = "a time of day"
    FOLDED = "text that takes capital letters for small ones"
    OTHER = "values of another type"


@dataclass(frozen=True)
class TableColumns:
    """The table as a query may name it, and what each of its columns holds. Closed columns may not be read."""

    schema: str
    name: str
    columns: Mapping[str, Holds]
    closed: frozenset[str] = frozenset()


TEXTS = frozenset({Holds.TEXT, Holds.PADDED, Holds.ANYTHING})
"""What text of any kind can be read from."""

_READABLE = {
    FieldType.REF: TEXTS,
    FieldType.TEXT: TEXTS,
    FieldType.CODE: TEXTS,
    FieldType.DATE: TEXTS | {Holds.DAY},
    FieldType.INTEGER: TEXTS | {Holds.INTEGER},
    FieldType.FLAG: TEXTS | {Holds.FLAG, Holds.INTEGER},
}
_NEEDED = {
    FieldType.DATE: "days are",
    FieldType.INTEGER: "a whole number is",
    FieldType.FLAG: "yes or no is",
}


def misfit(register: Register, table: TableColumns) -> str | None:
    """Why the register cannot be read from the table, with the remedy; None where it can."""
    missing = [name for name in register.fields if name not in table.columns]
    if missing:
        return _say_missing(missing)
    closed = [name for name in register.fields if name in table.closed]
    if closed:
        return f"the database does not let its user read the column {closed[0]}"
    return next(_wrong_types(register, table.columns), None)


def _wrong_types(register: Register, columns: Mapping[str, Holds]) -> Iterator[str]:
    for name, shape in register.fields.items():
        if columns[name] is Holds.FOLDED:
            yield f"the column {name} takes capital letters for small ones: name a view that tells them apart"
        elif columns[name] not in _READABLE[shape.type]:
            needed = _NEEDED.get(shape.type, "text is")
            yield f"the column {name} holds {columns[name].value}, and {needed} needed: name a view that gives it so"


def _say_missing(fields: list[str]) -> str:
    if len(fields) == 1:
        return f"the column {fields[0]} is missing"
    return f"the columns {', '.join(fields[:-1])} and {fields[-1]} are missing"
