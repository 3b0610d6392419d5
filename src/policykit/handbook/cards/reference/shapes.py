"""The keys of a model, read from its own JSON schema: name, type in words, whether it is required, what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policykit.handbook.cards.saying import listed

_SCALARS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
_PATTERNS = {"^[A-Z]": "id", "^[a-z]": "name", "^https?": "web address", "^[0-9a-f]": "digest"}

Schema = Mapping[str, Any]
"""A part of a JSON schema, as pydantic makes it."""


@dataclass(frozen=True)
class KeyLine:
    """One key of a format."""

    name: str
    type: str
    required: bool
    means: str


def key_lines(schema: Schema) -> tuple[KeyLine, ...]:
    """The keys of an object."""
    required = set(schema.get("required", ()))
    return tuple(
        KeyLine(name, type_words(part), name in required, str(part.get("description", "")))
        for name, part in schema.get("properties", {}).items()
    )


def type_words(part: Schema) -> str:
    """The type of a value in words."""
    if "$ref" in part:
        return _named(str(part["$ref"]))
    if "discriminator" in part:
        return "condition"
    if "anyOf" in part or "oneOf" in part:
        return _any_of([*part.get("anyOf", ()), *part.get("oneOf", ())])
    if "const" in part or "enum" in part:
        return listed([str(code) for code in part.get("enum", [part.get("const")])], "or")
    return _container(part) or _scalar(part)


def _named(ref: str) -> str:
    name = ref.rsplit("/", 1)[-1]
    return "".join(" " + letter.lower() if letter.isupper() else letter for letter in name).strip()


def _any_of(parts: list[Schema]) -> str:
    words = dict.fromkeys(type_words(part) for part in parts if part.get("type") != "null")
    return listed(list(words), "or")


def _container(part: Schema) -> str:
    if part.get("type") == "array":
        if "prefixItems" in part:
            return f"list of {len(part['prefixItems'])}: {listed([type_words(item) for item in part['prefixItems']])}"
        return f"list of: {type_words(part.get('items', {}))}"
    if part.get("type") == "object":
        inner = part.get("additionalProperties") or next(iter(part.get("patternProperties", {}).values()), None)
        return f"names with: {type_words(inner)}" if isinstance(inner, Mapping) else "names with values"
    return ""


def _scalar(part: Schema) -> str:
    if part.get("format") == "date":
        return "day"
    pattern = str(part.get("pattern", ""))
    return next((words for start, words in _PATTERNS.items() if pattern.startswith(start)), None) or _SCALARS.get(
        str(part.get("type")), "value"
    )
