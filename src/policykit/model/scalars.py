"""Scalars as the files write them: every value arrives as text and is given its type here, by our own patterns.

And days counted: months that clamp, and days that stay within the calendar.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from policykit.english import say

FIRST_YEAR, LAST_YEAR = 1900, 9998
LONGEST_DAYS, LONGEST_MONTHS = 36_500, 1_200
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"-?[0-9]{1,18}")


def refused(why: str) -> ValueError:
    """The error that a reader or validator raises, with a phrase of the catalogue that follows the name of a key."""
    return ValueError(say(f"model.refused.{why}"))


def read_day(text: str) -> date:
    """A real day written as 2026-11-01, from 1900 to 9998; raises ValueError for anything else."""
    if not _DAY.fullmatch(text) or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise refused("day")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refused("calendar") from None


def read_integer(text: str) -> int:
    """A whole number of at most 18 ASCII digits; raises ValueError for anything else."""
    if not _INTEGER.fullmatch(text):
        raise refused("integer")
    return int(text)


def read_boolean(text: str) -> bool:
    """`true` or `false`, as YAML files write them; raises ValueError for anything else."""
    if text not in {"true", "false"}:
        raise refused("boolean")
    return text == "true"


def _refuse_tags(text: str) -> str:
    if not text.strip():
        raise refused("spaces")
    if re.search(r"<[A-Za-z/!?]", text):
        raise refused("html")
    return text


def _reader(read: Callable[[str], object]) -> BeforeValidator:
    return BeforeValidator(lambda value: read(value) if isinstance(value, str) else value)


@dataclass(frozen=True)
class TextForm:
    """How all of a text must be written: a pattern, and the name under which the catalogue says what does not fit."""

    pattern: str
    form: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^{self.pattern}$"}

    def _checked(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text):
            said, remedy = say(f"model.form.{self.form}"), say(f"model.form.{self.form}-remedy")
            raise PydanticCustomError("form", "{said}", {"said": said, "remedy": remedy})
        return text


Day = Annotated[date, _reader(read_day)]
Integer = Annotated[int, _reader(read_integer)]
Boolean = Annotated[bool, _reader(read_boolean)]
Id = Annotated[str, StringConstraints(max_length=60), TextForm(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*", "id")]
Name = Annotated[str, StringConstraints(max_length=60), TextForm(r"[a-z][a-z0-9_]*", "name")]
GroundId = Annotated[
    str, StringConstraints(max_length=121), TextForm(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*(#[a-z][a-z0-9_]*)?", "ground")
]
"""The id of a sentence or provision, or of one part of a sentence: `LETTER-S1#spelling`."""
Text = Annotated[str, StringConstraints(min_length=1), AfterValidator(_refuse_tags)]


class Record(BaseModel):
    """What all nouns share: frozen, unknown keys refused, a blank key is the same as a missing one."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _blank_is_missing(cls, data: Any) -> Any:  # noqa: ANN401 - pydantic hands over whatever stood there
        if isinstance(data, dict) and None in data.values():
            known = {info.alias or name for name, info in cls.model_fields.items()}
            return {key: value for key, value in data.items() if value is not None or key not in known}
        return data


def months_from(day: date, months: int) -> date:
    """The same day `months` later (earlier when negative), or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if not MINYEAR <= year <= MAXYEAR:
        return date.max if months > 0 else date.min
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def days_from(day: date, days: int) -> date:
    """The day `days` later (earlier when negative), never past the calendar's own ends."""
    ordinal = day.toordinal() + days
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal()))


def days_between(earlier: date, later: date) -> int:
    """Whole days from one day to a later one; negative when it is not later."""
    return (later - earlier).days
