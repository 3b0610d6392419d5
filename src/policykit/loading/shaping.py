"""Data into nouns: what does not fit becomes problems in our own words, each at its line."""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from policykit.errors import Notice, Problem
from policykit.loading.composer import Data, Lines
from policykit.loading.flaws import Loc
from policykit.loading.keys import alike, field_at, keys_at
from policykit.loading.saying import listed, named, shown

M = TypeVar("M", bound=BaseModel)

PATTERNS = {
    r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$": ("is not an id", "use capitals and digits in groups joined by -, at most 60"),
    r"^[a-z][a-z0-9_]*$": ("is not a name", "use lower-case letters, digits and _, beginning with a letter"),
    r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?|unknown)$": ("is not a date of publication", "write 2015-01, or `unknown`"),
    r"^[0-9a-f]{12}$": ("is not the start of a digest", "write the first 12 hex digits of the segment's SHA-256"),
    r"^[0-9a-f]{64}$": ("is not a digest", "write the 64 hex digits of the text's SHA-256"),
    r'^https?://[^\s<>\"]+$': ("is not a web address", "begin it with https://"),
}
KINDS = {
    "string_type": "one text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "keys with values",
    "mapping_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "date_type": "a day",
    "int_type": "a whole number",
    "bool_type": "true or false",
}


def shape(model: type[M], data: Data, lines: Lines, path: str) -> tuple[M | None, tuple[Problem, ...]]:
    """The data as a noun, or None and a problem for each thing that does not fit."""
    try:
        return model.model_validate(data, by_alias=True, by_name=False), ()
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        found = (_Misfit(model, data, detail) for detail in details)
        return None, tuple(dict.fromkeys(misfit.problem(lines, path) for misfit in found))


class _Misfit:
    """One thing that does not fit, in our words. pydantic's own sentence is never shown."""

    def __init__(self, model: type[BaseModel], data: Data, detail: ErrorDetails) -> None:
        self.model, self.type, self.loc = model, detail["type"], detail["loc"]
        self.context: dict[str, Any] = detail.get("ctx", {})
        self.message = detail["msg"]
        self.kept = tuple(_existing(data, self.loc))
        self.value = _value(data, self.kept)

    def problem(self, lines: Lines, path: str) -> Problem:
        tell = _TELLERS.get(self.type, _Misfit._other)
        what, remedy, notice = tell(self)
        return Problem(path, lines.at(self.kept), what, remedy, notice)

    @property
    def name(self) -> str:
        return named(self.kept)

    def _missing(self) -> tuple[str, str, Notice]:
        if isinstance(self.loc[-1], int):
            return self._length()
        key = str(self.loc[-1])
        field = field_at(self.model, self.loc)
        remedy = f"add it: {field.description}" if field and field.description else "add it"
        where = "" if len(self.kept) < 1 or self.kept[-1] == key else f" in {self.name}"
        return f"`{key}` is missing or blank{where}", remedy.rstrip("."), Notice.KEY_MISSING

    def _extra(self) -> tuple[str, str, Notice]:
        key, keys = str(self.loc[-1]), keys_at(self.model, self.loc[:-1])
        meant = alike(key, keys)
        remedy = f"did you mean `{meant}`?" if meant else f"take it out; the keys here are {listed(keys)}"
        return f"the key `{key[:60]}` is not known here", remedy, Notice.KEY_UNKNOWN

    def _choice(self) -> tuple[str, str, Notice]:
        words = _words(self.context.get("expected", self.context.get("expected_tags", "")))
        if self.type == "union_tag_invalid":
            self.value = str(self.context.get("tag", ""))
        meant = alike(str(self.value), words)
        remedy = f"did you mean {meant}?" if meant else f"use {listed(words, 'or')}"
        return f"{self.name} cannot be {shown(self.value)}", remedy, Notice.VALUE_WRONG

    def _untagged(self) -> tuple[str, str, Notice]:
        return f"{self.name} does not say its `test`", "add `test:`, such as `test: recorded`", Notice.KEY_MISSING

    def _pattern(self) -> tuple[str, str, Notice]:
        what, remedy = PATTERNS.get(self.context["pattern"], ("is not written as it must be", "see the format"))
        return f"{self.name}: {shown(self.value)} {what}", remedy, Notice.VALUE_WRONG

    def _kind(self) -> tuple[str, str, Notice]:
        stands = _kind_of(self.value)
        return f"{self.name} must be {KINDS[self.type]}, not {stands}", self._hint(), Notice.VALUE_WRONG

    def _length(self) -> tuple[str, str, Notice]:
        return f"{self.name} does not have as many values as it must have", self._hint(), Notice.VALUE_WRONG

    def _long(self) -> tuple[str, str, Notice]:
        most = self.context["max_length"]
        return f"{self.name} is longer than {most} characters", "shorten it", Notice.VALUE_WRONG

    def _short(self) -> tuple[str, str, Notice]:
        return f"{self.name} is empty", self._hint(), Notice.VALUE_WRONG

    def _small(self) -> tuple[str, str, Notice]:
        return f"{self.name} is less than {self.context['ge']}", self._hint(), Notice.VALUE_WRONG

    def _ours(self) -> tuple[str, str, Notice]:
        said = str(self.context.get("error", self.message))
        notice = Notice.HTML if "HTML" in said else Notice.VALUE_WRONG
        value = f" {shown(self.value)}" if isinstance(self.value, str) and notice is not Notice.HTML else ""
        return f"{self.name}:{value} {said}" if value else f"{self.name} {said}", self._hint(), notice

    def _other(self) -> tuple[str, str, Notice]:
        return f"{self.name} does not have the form that it must have", self._hint(), Notice.VALUE_WRONG

    def _hint(self) -> str:
        for end in range(len(self.kept), 0, -1):
            field = field_at(self.model, self.kept[:end])
            if field and field.description:
                return f"it says: {field.description}".rstrip(".")
        return "see the format"


_TELLERS: dict[str, Callable[[_Misfit], tuple[str, str, Notice]]] = {
    "missing": _Misfit._missing,
    "extra_forbidden": _Misfit._extra,
    "literal_error": _Misfit._choice,
    "enum": _Misfit._choice,
    "union_tag_invalid": _Misfit._choice,
    "union_tag_not_found": _Misfit._untagged,
    "string_pattern_mismatch": _Misfit._pattern,
    "string_too_long": _Misfit._long,
    "string_too_short": _Misfit._short,
    "too_short": _Misfit._short,
    "too_long": _Misfit._length,
    "greater_than_equal": _Misfit._small,
    "value_error": _Misfit._ours,
    "value_form": _Misfit._ours,
} | dict.fromkeys(KINDS, _Misfit._kind)


def _existing(data: Data, loc: Loc) -> Iterator[str | int]:
    """The parts of a loc that exist in the data: pydantic puts the tags of unions among them."""
    here = data
    for part in loc:
        if isinstance(here, dict) and isinstance(part, str) and part in here:
            here = here[part]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            continue
        yield part


def _value(data: Data, loc: Loc) -> Data:
    for part in loc:
        data = data[part]  # type: ignore[index, call-overload] # every part of it exists
    return data


def _words(expected: str) -> tuple[str, ...]:
    return tuple(word.strip("' ") for word in expected.replace(" or ", ", ").split(", "))


def _kind_of(value: Data) -> str:
    match value:
        case None:
            return "blank"
        case str():
            return f"the text {shown(value)}"
        case list():
            return "a list"
        case dict():
            return "keys with values"
