"""What is said of data that does not fit a format. The sentences are ours; pydantic's own are never shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from policykit.problems import Notice
from policykit.reading.composer import Data
from policykit.reading.flaws import Loc
from policykit.reading.keys import alike, field_at, keys_at
from policykit.reading.saying import listed, named, shown

Told = tuple[str, str, Notice]
"""What is wrong, what to do, and which notice it is."""

PATTERNS: Mapping[str, tuple[str, str]] = {
    r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$": ("is not an id", "use capitals and digits in groups joined by -, at most 60"),
    r"^[a-z][a-z0-9_]*$": ("is not a name", "use lower-case letters, digits and _, beginning with a letter"),
    r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?|unknown)$": ("is not a date of publication", "write 2015-01, or `unknown`"),
    r"^[0-9a-f]{12}$": ("is not the start of a digest", "write the first 12 hex digits of the segment's SHA-256"),
    r"^[0-9a-f]{64}$": ("is not a digest", "write the 64 hex digits of the text's SHA-256"),
    r"^https?://[^\s<>\"]+$": ("is not a web address", "begin it with https://"),
}
KINDS: Mapping[str, str] = {
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


@dataclass(frozen=True)
class Misfit:
    """One thing that does not fit: where (`kept` is the part of `loc` that exists in the data), and what stands there.

    `kind`, `context` and `message` are pydantic's; the message is only used where a model of ours wrote it.
    """

    model: type[BaseModel]
    kind: str
    loc: Loc
    kept: Loc
    value: Data
    context: Mapping[str, Any]
    message: str

    @property
    def name(self) -> str:
        """The key at fault."""
        return named(self.kept)


def told(misfit: Misfit) -> Told:
    """What is wrong and what to do."""
    return _TELLERS.get(misfit.kind, _value)(misfit)


def _missing(misfit: Misfit) -> Told:
    if isinstance(misfit.loc[-1], int):
        return _length(misfit)
    key = str(misfit.loc[-1])
    field = field_at(misfit.model, misfit.loc)
    remedy = f"add it: {field.description}" if field and field.description else "add it"
    where = f" in {misfit.name}" if misfit.kept and misfit.kept[-1] != key else ""
    return f"`{key}` is missing or blank{where}", remedy.rstrip("."), Notice.KEY_MISSING


def _extra(misfit: Misfit) -> Told:
    key, keys = str(misfit.loc[-1]), keys_at(misfit.model, misfit.loc[:-1])
    meant = alike(key, keys)
    remedy = f"did you mean `{meant}`?" if meant else f"take it out; the keys here are {listed(keys)}"
    return f"the key {shown(key)} is not known here", remedy, Notice.KEY_UNKNOWN


def _choice(misfit: Misfit) -> Told:
    remedy = _one_of(str(misfit.context["expected"]), str(misfit.value))
    return f"{misfit.name} cannot be {shown(misfit.value)}", remedy, Notice.VALUE_WRONG


def _tag(misfit: Misfit) -> Told:
    tag = str(misfit.context["tag"])
    return f"there is no test {shown(tag)}", _one_of(str(misfit.context["expected_tags"]), tag), Notice.VALUE_WRONG


def _one_of(expected: str, value: str) -> str:
    words = tuple(word.strip("' ") for word in expected.replace(" or ", ", ").split(", "))
    meant = alike(value, words)
    return f"did you mean {meant}?" if meant else f"use {listed(words, 'or')}"


def _untagged(misfit: Misfit) -> Told:
    return f"{misfit.name} does not say its `test`", "add `test:`, such as `test: recorded`", Notice.KEY_MISSING


def _pattern(misfit: Misfit) -> Told:
    what, remedy = PATTERNS.get(misfit.context["pattern"], ("is not written as it must be", _hint(misfit)))
    value = misfit.value if isinstance(misfit.value, str) else misfit.loc[-2]  # a key has its own place in a loc
    return f"{misfit.name}: {shown(value)} {what}", remedy, Notice.VALUE_WRONG


def _ours(misfit: Misfit) -> Told:
    said = str(misfit.context.get("error", misfit.message))
    if "HTML" in said:
        return f"{misfit.name} {said}", "write plain text", Notice.HTML
    if misfit.kind == "value_form":
        return f"{misfit.name} {said}", "write one of these", Notice.VALUE_WRONG
    value = f": {shown(misfit.value)}" if isinstance(misfit.value, str) and misfit.value.strip() else ""
    return f"{misfit.name}{value} {said}", _hint(misfit), Notice.VALUE_WRONG


def _length(misfit: Misfit) -> Told:
    if isinstance(misfit.value, str):
        return (
            f"{misfit.name} is longer than {misfit.context['max_length']} characters",
            "shorten it",
            Notice.VALUE_WRONG,
        )
    return f"{misfit.name} does not have as many values as it must have", _hint(misfit), Notice.VALUE_WRONG


def _value(misfit: Misfit) -> Told:
    match misfit.kind:
        case kind if kind in KINDS:
            what = f"must be {KINDS[kind]}, not {_kind_of(misfit.value)}"
        case "string_too_short" | "too_short":
            what = "is empty"
        case "greater_than_equal":
            what = f"is less than {misfit.context['ge']}"
        case _:
            what = "does not have the form that it must have"
    return f"{misfit.name} {what}", _hint(misfit), Notice.VALUE_WRONG


def _hint(misfit: Misfit) -> str:
    for end in range(len(misfit.kept), 0, -1):
        field = field_at(misfit.model, misfit.kept[:end])
        if field and field.description:
            return f"write here: {field.description}".rstrip(".")
    return "see the format"


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


_TELLERS: Mapping[str, Callable[[Misfit], Told]] = {
    "missing": _missing,
    "extra_forbidden": _extra,
    "literal_error": _choice,
    "enum": _choice,
    "union_tag_invalid": _tag,
    "union_tag_not_found": _untagged,
    "string_pattern_mismatch": _pattern,
    "value_error": _ours,
    "value_form": _ours,
    "too_long": _length,
    "string_too_long": _length,
}
