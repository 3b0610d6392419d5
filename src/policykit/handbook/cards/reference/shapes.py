"""The keys of a model, read from its own JSON schema: name, type in words, whether it is required, what it means."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policykit.handbook.cards.saying import listed

_SCALARS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
_PATTERNS = {"^[A-Z]": "id", "^[a-z]": "name", "^https?": "web address", "^[0-9a-f]": "digest"}
_OPERAND = "OfParameter"
"""Where this form may stand, every form of a value may."""

Schema = Mapping[str, Any]
"""A part of a JSON schema, as pydantic makes it."""


@dataclass(frozen=True)
class KeyLine:
    """One key of a format."""

    name: str
    type: str
    required: bool
    means: str


@dataclass(frozen=True)
class Shapes:
    """The definitions that the parts of one schema refer to."""

    definitions: Mapping[str, Schema]

    def key_lines(self, schema: Schema) -> tuple[KeyLine, ...]:
        """The keys of an object."""
        required = set(schema.get("required", ()))
        return tuple(
            KeyLine(name, self.type_words(part), name in required, str(part.get("description", "")))
            for name, part in schema.get("properties", {}).items()
        )

    def type_words(self, part: Schema) -> str:
        """The type of a value in words."""
        if "$ref" in part:
            return self._named(str(part["$ref"]).rsplit("/", 1)[-1])
        if "discriminator" in part:
            return "condition"
        if "anyOf" in part or "oneOf" in part:
            return self._any_of([*part.get("anyOf", ()), *part.get("oneOf", ())])
        if "const" in part or "enum" in part:
            return listed([str(code) for code in part.get("enum", [part.get("const")])], "or")
        return self._container(part) or _scalar(part)

    def _named(self, name: str) -> str:
        if name == _OPERAND:
            return "value"
        definition = self.definitions.get(name, {})
        return self.type_words(definition) if "enum" in definition else spaced(name)

    def _any_of(self, parts: list[Schema]) -> str:
        words = dict.fromkeys(self.type_words(part) for part in parts if part.get("type") != "null")
        return "value" if "value" in words else listed(list(words), "or")

    def _container(self, part: Schema) -> str:
        if part.get("type") == "array":
            items = [self.type_words(item) for item in part.get("prefixItems", ())]
            return listed(items) if items else f"list of: {self.type_words(part.get('items', {}))}"
        if part.get("type") == "object":
            inner = part.get("additionalProperties") or next(iter(part.get("patternProperties", {}).values()), None)
            return f"names, each with: {self.type_words(inner)}" if isinstance(inner, Mapping) else "names with values"
        return ""


def summary_of(schema: Schema) -> str:
    """What a model is: the first paragraph of its docstring, in one line."""
    return " ".join(str(schema.get("description", "")).split("\n\n")[0].split())


def spaced(name: str) -> str:
    """A class's name in words: field shape."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _scalar(part: Schema) -> str:
    if part.get("format") == "date":
        return "day"
    pattern = str(part.get("pattern", ""))
    by_pattern = next((words for start, words in _PATTERNS.items() if pattern.startswith(start)), None)
    return by_pattern or _SCALARS.get(str(part.get("type")), "value")
