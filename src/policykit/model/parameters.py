"""Parameters: the numbers and lists that an organisation may set."""

from typing import Literal

from pydantic import Field

from policykit.model.registers import FieldShape, FieldType, Value, read_value
from policykit.model.scalars import Boolean, Name, Record, Text

ParameterValue = Value | tuple[str, ...]
"""The value of a parameter: one value, or a list of codes."""


class Parameter(Record):
    """One number, day, flag, code or list of codes that rules use by name."""

    id: Name = Field(description="The parameter's id.")
    title: Text = Field(description="What it sets.")
    type: Literal["integer", "date", "code", "codes", "flag"] = Field(description="The type of its value.")
    unit: Text | None = Field(default=None, description="What a number counts: days, months.")
    default: str | tuple[str, ...] = Field(description="The pack's own value.")
    source: Text = Field(description="Where the value comes from; the id of a clause or provision where it has one.")
    statutory: Boolean = Field(default=False, description="Set by law: stricter is possible, looser is refused.")
    at_least: str | None = Field(default=None, description="The least an organisation may set.")
    at_most: str | None = Field(default=None, description="The most an organisation may set.")


def read_parameter(parameter: Parameter, written: str | tuple[str, ...]) -> ParameterValue:
    """What is written for a parameter, as its type. Raises ValueError where it cannot be read."""
    if parameter.type == "codes":
        return _read_codes(written)
    if not isinstance(written, str):
        raise ValueError("is a list, and one value is needed")  # noqa: TRY004 - the value is wrong, not the caller
    if parameter.type == "code":
        value: Value | None = written.strip(" ") or None
    else:
        value = read_value(FieldShape(type=FieldType(parameter.type), means=parameter.title), written)
    if value is None:
        raise ValueError("is empty")
    return value


def _read_codes(written: str | tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(written, str):
        raise ValueError("is one value, and a list of codes is needed")  # noqa: TRY004 - as above
    if not all(code.strip(" ") for code in written):
        raise ValueError("holds a code without a name")
    if len(set(written)) < len(written):
        raise ValueError("holds a code twice")
    return written
