"""Scalars as the files write them: every value arrives as text and is given its type here, by our own patterns."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
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

FIRST_YEAR, LAST_YEAR = 1900, 9998
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_TAG = re.compile(r"<[A-Za-z/!?]")


def read_day(text: str) -> date:
    """A real day written as 2026-11-01, from 1900 to 9998; raises ValueError for anything else."""
    if not _DAY.fullmatch(text) or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise ValueError("is not a day written as 2026-11-01")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a day of the calendar") from None


def read_integer(text: str) -> int:
    """A whole number of at most 18 ASCII digits; raises ValueError for anything else."""
    if not _INTEGER.fullmatch(text):
        raise ValueError("is not a whole number")
    return int(text)


def read_boolean(text: str) -> bool:
    """`true` or `false`, as YAML files write them; raises ValueError for anything else."""
    if text not in {"true", "false"}:
        raise ValueError("is neither true nor false")
    return text == "true"


def _refuse_tags(text: str) -> str:
    if not text.strip():
        raise ValueError("holds only spaces")
    if _TAG.search(text):
        raise ValueError("holds HTML")
    return text


def _reader(read: Callable[[str], object]) -> BeforeValidator:
    def convert(value: object) -> object:
        return read(value) if isinstance(value, str) else value

    return BeforeValidator(convert)


@dataclass(frozen=True)
class Form:
    """How all of a text must be written: a pattern, what is said of a text that does not fit, and what to do."""

    pattern: str
    said: str
    remedy: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^{self.pattern}$"}

    def _checked(self, text: str) -> str:
        if not re.fullmatch(self.pattern, text):
            raise PydanticCustomError("form", "{said}", {"said": self.said, "remedy": self.remedy})
        return text


Day = Annotated[date, _reader(read_day)]
Integer = Annotated[int, _reader(read_integer)]
Boolean = Annotated[bool, _reader(read_boolean)]
Id = Annotated[
    str,
    StringConstraints(max_length=60),
    Form(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*", "is not an id", "use capitals and digits in groups joined by -, at most 60"),
]
Name = Annotated[
    str,
    StringConstraints(max_length=60),
    Form(r"[a-z][a-z0-9_]*", "is not a name", "use lower-case letters, digits and _, beginning with a letter"),
]
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
