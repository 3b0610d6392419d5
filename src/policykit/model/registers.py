"""Registers: the shape that an organisation's records must have."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field

from policykit.model.scalars import Boolean, Name, Record, Text, read_day, read_integer

Value = str | int | date | bool
"""A value of a field, once read; None stands for blank wherever a value may be missing."""


class FieldType(StrEnum):
    """The types a field can have; one value per field."""

    REF = "ref"
    TEXT = "text"
    CODE = "code"
    DATE = "date"
    FLAG = "flag"
    INTEGER = "integer"


class FieldShape(Record):
    """One field of a register, or one fact that an organisation says about itself."""

    type: FieldType = Field(description="ref, text, code, date, flag or integer.")
    means: Text = Field(description="What it means, for those who fill it in.")
    values: tuple[str, ...] = Field(default=(), description="The codes it can have; required for a code.")
    labels: dict[str, Text] = Field(default={}, description="Codes in words; by default underscores become spaces.")
    phrase: Text | None = Field(
        default=None, description="The field inside a sentence; by default `means` in lower case."
    )
    when_yes: Text | None = Field(default=None, description="A flag that is yes, inside a sentence.")
    when_no: Text | None = Field(default=None, description="A flag that is no, inside a sentence.")
    personal: Boolean = Field(default=False, description="Whether it points at a person.")


class Register(Record):
    """The shape of one kind of record. Built-in registers and lists of the pack have the same shape."""

    id: Name = Field(description="The register's id.")
    title: Text = Field(description="What it holds.")
    row: Text = Field(default="row", description="What one row is, inside a sentence.")
    about: Literal["person", "organisation", "event", "document"] = Field(description="What a row is about.")
    key: Name = Field(description="The field, of type ref, that tells rows apart.")
    usual_system: Text | None = Field(default=None, description="Where organisations usually keep it.")
    fields: Mapping[Name, FieldShape] = Field(description="Its fields.")


class ListOfRows(Record):
    """A register of the pack: its rows stand in the file."""

    id: Name = Field(description="The list's id.")
    title: Text = Field(description="What it holds.")
    row: Text = Field(default="row", description="What one row is, inside a sentence.")
    key: Name = Field(description="The field, of type ref, that tells rows apart.")
    fields: Mapping[Name, FieldShape] = Field(description="Its fields.")
    rows: tuple[Mapping[str, str | None], ...] = Field(description="Its rows; a field that a row leaves out is blank.")


def item_of_register(name: str) -> str:
    """The id of a register as an item of the handbook: REG-BOARD-REQUESTS for board_requests."""
    return "REG-" + name.upper().replace("_", "-")


def read_value(shape: FieldShape, text: str | None) -> Value | None:
    """The text of one field as its type; None where blank. Raises ValueError where it cannot be read, never guesses.

    Spaces (U+0020) at both ends are removed and only text that is then empty is blank.
    """
    stripped = "" if text is None else text.strip(" ")
    if not stripped:
        return None
    match shape.type:
        case FieldType.REF | FieldType.TEXT:
            return stripped
        case FieldType.CODE:
            return _read_code(shape, stripped)
        case FieldType.DATE:
            return read_day(stripped)
        case FieldType.INTEGER:
            return read_integer(stripped)
        case FieldType.FLAG:
            return _read_flag(stripped)


def _read_code(shape: FieldShape, text: str) -> str:
    if text not in shape.values:
        raise ValueError("is not one of the codes of this field")
    return text


def _read_flag(text: str) -> bool:
    # ASCII only: str.lower() would fold letters of other scripts into yes and true.
    if not text.isascii() or text.lower() not in {"yes", "no", "true", "false"}:
        raise ValueError("is neither yes nor no")
    return text.lower() in {"yes", "true"}
