"""Parameters: the numbers and lists that an organisation may set."""

from typing import Literal

from pydantic import Field

from policykit.model.scalars import Boolean, Name, Record, Text
from policykit.model.registers import Value

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
