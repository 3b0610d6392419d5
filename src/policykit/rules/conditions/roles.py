"""Roles: what each key of a condition is for. Whoever checks, lists or walks rules goes by roles, not by tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Annotated
from typing import Any as Anything

from pydantic import Field

from policykit.model.scalars import Name, Record
from policykit.rules.operands import Day, Operand, Operands, Other


class Role(Enum):
    """What a key of a condition holds."""

    FIELD = auto()
    """A field of the row, of any type."""
    ORDERED_FIELD = auto()
    """A field of the row, a date or an integer."""
    DATE_FIELD = auto()
    """A field of the row, a date."""
    REF_FIELD = auto()
    """A field of the row, a ref."""
    FIELDS = auto()
    """Several fields of the row."""
    OTHER = auto()
    """Another field of the same type as the node's own."""
    VALUE = auto()
    """A value of the type of the node's own field."""
    VALUES = auto()
    """Values of the type of the node's own field."""
    DAYS = auto()
    """A number of days, 0 to 36,500."""
    MONTHS = auto()
    """A number of months, 0 to 1,200."""
    COUNT = auto()
    """A number of rows."""
    DAY = auto()
    """The as-at date, or a date of the same row."""
    REGISTER = auto()
    """The register that is looked up."""
    MATCH = auto()
    """Pairs of their field and our field."""
    POPULATION = auto()
    """A population of the register that the node stands in."""
    SAME_ROW = auto()
    """Conditions on the same row."""
    OTHER_ROWS = auto()
    """Conditions on the rows that are looked up."""


OWN_FIELDS = frozenset({Role.FIELD, Role.ORDERED_FIELD, Role.DATE_FIELD, Role.REF_FIELD})

Any = Annotated[Name, Role.FIELD, Field(description="A field of the row.")]
Ordered = Annotated[Name, Role.ORDERED_FIELD, Field(description="A field of the row: a date or an integer.")]
Dated = Annotated[Name, Role.DATE_FIELD, Field(description="A field of the row: a date.")]
Referring = Annotated[Name, Role.REF_FIELD, Field(description="A field of the row: a ref.")]
Fields = Annotated[tuple[Name, ...], Role.FIELDS, Field(description="The fields that no other row may have alike.")]
Alike = Annotated[
    Other,
    Role.OTHER,
    Field(
        description="Another field of the row; inside another register also {field: name}, of the row one level out."
    ),
]
Value = Annotated[Operand, Role.VALUE, Field(description="What it is compared with, in any form of a value.")]
Values = Annotated[Operands, Role.VALUES, Field(description="What it may be: a list, or a parameter of codes.")]
Days = Annotated[Operand, Role.DAYS, Field(description="How many days, 0 to 36,500.")]
MaybeDays = Annotated[Operand | None, Role.DAYS, Field(description="How many days, 0 to 36,500.")]
MaybeMonths = Annotated[
    Operand | None,
    Role.MONTHS,
    Field(description="How many months, 0 to 1,200. A shorter month counts to its last day."),
]
MaybeCount = Annotated[Operand | None, Role.COUNT, Field(description="How many rows, this number included.")]
MaybeAlike = Annotated[
    Other | None, Role.OTHER, Field(description="The field that says by when; or the one from which days are counted.")
]
OnDay = Annotated[
    Day, Role.DAY, Field(description="The day it is asked for: {as_at: true}, or {field: name} of the same row.")
]


@dataclass(frozen=True)
class Part:
    """One key of a condition: its name in the model and as it is written, what it is for, and what stands there."""

    name: str
    key: str
    role: Role
    value: Anything


def parts(node: Record) -> Iterator[Part]:
    """The keys of a condition that are given, in the order of the format."""
    for name, key, role in _keys(type(node)):
        value = getattr(node, name)
        if value is not None:
            yield Part(name, key, role, value)


@cache
def _keys(test: type[Record]) -> tuple[tuple[str, str, Role], ...]:
    """The name in the model, the key as it is written, and the role of each key that has one."""
    found = (
        (name, info.alias or name, next((mark for mark in info.metadata if isinstance(mark, Role)), None))
        for name, info in test.model_fields.items()
    )
    return tuple((name, key, role) for name, key, role in found if role)
