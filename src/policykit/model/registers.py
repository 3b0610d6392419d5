"""Registers: the shape that an organisation's records must have; and parameters: the values that it may set."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field, PrivateAttr, model_validator

from policykit.model.scalars import Boolean, Id, Integer, Name, Record, Text, read_day, read_integer, refused
from policykit.model.values import AS_IT_STANDS, MIDNIGHT, Reading, folded, stripped

ORGANISATION = "organisation"
"""The built-in register of one row: what the organisation says about itself."""

Value = str | int | date | bool
"""A value of a field, once read; None stands for blank wherever a value may be missing."""

ParameterValue = Value | tuple[str, ...]
"""The value of a parameter: one value, or a list of codes."""

Leaning = Literal["same", "stricter", "looser", "other"]
"""How an organisation's value compares with the pack's own; `other` where nobody can tell which of them is weaker."""


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
    _reading: Reading = PrivateAttr(default=AS_IT_STANDS)

    @property
    def reading(self) -> Reading:
        """What the organisation whose records are opened says of the words in them; no file of a pack says that."""
        return self._reading

    def read_by(self, reading: Reading) -> "Register":
        """The same register, for records in which words are read so."""
        register = self.model_copy()
        register._reading = reading  # noqa: SLF001 - of its own class
        return register


class ExpectedOfFact(Record):
    """How many rows a register has at least, as a share of a number that every organisation says of itself."""

    rows: dict[Literal["fact"], Name] = Field(min_length=1, description="The fact, a whole number: `{fact: homes}`.")
    percent: Integer = Field(default=100, ge=1, description="The share of it, in percent.")


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


def read_value(shape: FieldShape, text: str | None, reading: Reading = AS_IT_STANDS) -> Value | None:
    """The text of one field as its type; None where blank. Raises ValueError where it cannot be read, never guesses.

    What is blank, and what no reference and no text can be, stands in `policykit.model.values`.
    """
    cell = stripped(text)
    if reading.is_blank(cell):
        return None
    match shape.type:
        case FieldType.REF | FieldType.TEXT:
            if not reading.is_readable(cell):
                raise refused("nothing")
            return cell
        case FieldType.CODE:
            if cell not in shape.values:
                raise refused("code")
            return cell
        case FieldType.DATE:
            return read_day(re.sub(f"(?<=^.{{10}}){MIDNIGHT}$", "", cell))
        case FieldType.INTEGER:
            return read_integer(cell)
        case FieldType.FLAG:
            return _read_flag(cell)


def _read_flag(text: str) -> bool:
    # Of the letters A to Z alone: str.lower() would fold letters of other scripts into yes and true.
    if folded(text) not in {"yes", "no", "true", "false"}:
        raise refused("flag")
    return folded(text) in {"yes", "true"}


class ParameterSource(Record):
    """Where a value comes from: what the guidance or the law says, our own choice and its reason, or both."""

    from_: tuple[Id, ...] = Field(default=(), alias="from", description="Ids of the clauses or provisions that say it.")
    why: Text | None = Field(default=None, description="What of it is our own choice, and why.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "ParameterSource":
        if not self.from_ and self.why is None:
            raise refused("no-origin")
        return self


class Parameter(Record):
    """One number, day, flag, code or list of codes that rules use by name."""

    id: Name = Field(description="The parameter's id.")
    title: Text = Field(description="What it sets.")
    type: Literal["integer", "date", "code", "codes", "flag"] = Field(description="The type of its value.")
    unit: Text | None = Field(default=None, description="What a number counts: days, months.")
    default: str | tuple[str, ...] = Field(description="The pack's own value.")
    source: ParameterSource = Field(
        description="Where it comes from: `{from: [clauses or provisions], why: our choice}`."
    )
    floor: tuple[str, ...] | None = Field(default=None, description="The codes of `default` that may not be dropped.")
    weaker: Literal["more", "less", "add", "drop"] | None = Field(default=None, description="Which values are weaker.")
    statutory: Boolean = Field(default=False, description="Set by law: stricter is possible, looser is refused.")
    at_least: str | None = Field(default=None, description="The least an organisation may set.")
    at_most: str | None = Field(default=None, description="The most an organisation may set.")

    @property
    def may_be_set(self) -> bool:
        """Whether an organisation may set it: unless the law sets it, and leaves no room."""
        return not self.statutory or self.at_least is not None or self.at_most is not None

    @property
    def kept(self) -> frozenset[str]:
        """The codes that an organisation may not drop."""
        is_given = self.type == "codes" and self.weaker != "add" and bool(self.source.from_) and not self.source.why
        return frozenset(self.default if self.floor is None and is_given else self.floor or ())

    def leaning(self, value: ParameterValue) -> Leaning:
        """How a value of its type compares with the pack's own. Raises ValueError where that cannot be read."""
        default = read_parameter(self, self.default)
        if isinstance(value, tuple) and isinstance(default, tuple):
            dropped, added = set(default) - set(value), set(value) - set(default)
            is_same = not dropped | added
            is_looser = bool(dropped & self.kept or (self.weaker and (added if self.weaker == "add" else dropped)))
        else:
            is_same, is_more = value == default, value > default  # type: ignore[operator] # both are of one type
            is_looser = self.weaker is not None and is_more == (self.weaker == "more")
        if is_same:
            return "same"
        return "looser" if is_looser else "stricter" if self.weaker else "other"

    def undercuts(self, value: ParameterValue) -> bool:
        """Whether a value is weaker than what the guidance or the law says, of codes without one of the floor."""
        if isinstance(value, tuple) and (self.floor is not None or self.kept):
            return not self.kept <= set(value)
        return bool(self.source.from_) and self.leaning(value) == "looser"


def read_parameter(parameter: Parameter, written: str | tuple[str, ...]) -> ParameterValue:
    """What is written for a parameter, as its type. Raises ValueError where it cannot be read."""
    if parameter.type == "codes":
        return _read_codes(written)
    if not isinstance(written, str):
        raise refused("list-for-value")
    # Which codes there are is asked where the parameter is used.
    shape = FieldShape(type=FieldType(parameter.type), means=parameter.id, values=(stripped(written),))
    value = read_value(shape, written)
    if value is None:
        raise refused("empty")
    return value


def _read_codes(written: str | tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(written, str):
        raise refused("value-for-list")
    if not all(map(stripped, written)):
        raise refused("code-without-name")
    if len(set(written)) < len(written):
        raise refused("code-twice")
    return written
