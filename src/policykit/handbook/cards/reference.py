"""The reference: what rules, files, notices, commands and registers are, made from their own definitions.

One walker reads the JSON schemas that models make of themselves: each key with its type in words and what it means.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from policykit.english import humanised, in_digits, listed, say, say_day
from policykit.exports import LISTS, MAPPINGS
from policykit.handbook.cards.duty import BEST_FIRST
from policykit.handbook.cards.page import Page
from policykit.model.registers import Parameter, ParameterValue, item_of_register
from policykit.model.results import Outcome, Stored
from policykit.model.scalars import Record
from policykit.problems import Notice
from policykit.rules import Population, Words, common_mistakes, words_of
from policykit.running import Results

_FILES = (
    ("policy", "policy/policy.yaml", "mapping"),
    ("source", "policy/sources/*.yaml", "mappings"),
    ("law", "policy/law.yaml", "list"),
    ("parameters", "policy/parameters.yaml", "list"),
    ("list", "policy/lists/*.yaml", "mappings"),
    ("populations", "policy/populations.yaml", "list"),
    ("registers", "policy/registers.yaml", "list"),
    ("duty", "policy/duties/*.md", "front-matter"),
    ("checks", "policy/checks/*.yaml", "lists"),
    ("decision", "policy/decisions/*.yaml", "mappings"),
    ("retired", "policy/retired.yaml", "list"),
    ("organisation", "organisation.yaml", "own-mapping"),
    ("waivers", "waivers.yaml", "own-list"),
    ("attestations", "attestations.yaml", "own-list"),
    ("departures", "departures.yaml", "own-list"),
    ("results", "results.json", "results"),
)
_MODELS: Mapping[str, type[Record | Stored]] = {**MAPPINGS, **LISTS, "results": Results}
_FORMS = ("parameter", "fact", "each", "as_at", "field")
_PATTERNS = {"^[A-Z]": "id", "^[a-z]": "name", "^https?": "web-address", "^[0-9a-f]": "digest"}
_OPERAND = "OfParameter"
"""Where this form may stand, every form of a value may."""

Schema = Mapping[str, Any]
"""A part of a JSON schema, as pydantic makes it."""


@dataclass(frozen=True)
class Key:
    """One key of a format."""

    name: str
    type: str
    required: bool
    means: str


@dataclass(frozen=True)
class FormatShape:
    """One mapping of a format: its name, what it is, and its keys; for a test also what is taken for it by mistake."""

    name: str
    about: str
    keys: tuple[Key, ...]
    mistakes: str = ""


@dataclass(frozen=True)
class _Walker:
    """Reads the parts of one schema; `definitions` are those that its parts refer to."""

    definitions: Mapping[str, Schema]

    def keys(self, schema: Schema) -> tuple[Key, ...]:
        """The keys of an object."""
        required = set(schema.get("required", ()))
        return tuple(
            Key(name, self._type(part), name in required, str(part.get("description", "")))
            for name, part in schema.get("properties", {}).items()
        )

    def shape(self, name: str, schema: Schema) -> FormatShape:
        """An object under its class's name."""
        return FormatShape(_spaced(name).capitalize(), _summary_of(schema), self.keys(schema))

    def _type(self, part: Schema) -> str:
        """The type of a value in words."""
        if "$ref" in part:
            return self._named(str(part["$ref"]).rsplit("/", 1)[-1])
        if "discriminator" in part:
            return say("handbook.type.condition")
        if "anyOf" in part or "oneOf" in part:
            return self._any_of([*part.get("anyOf", ()), *part.get("oneOf", ())])
        if "const" in part or "enum" in part:
            return listed([str(code) for code in part.get("enum", [part.get("const")])], "or")
        return self._container(part) or _scalar(part)

    def _named(self, name: str) -> str:
        if name == _OPERAND:
            return say("handbook.type.value")
        definition = self.definitions.get(name, {})
        return self._type(definition) if "enum" in definition else _spaced(name)

    def _any_of(self, parts: list[Schema]) -> str:
        words = dict.fromkeys(self._type(part) for part in parts if part.get("type") != "null")
        value = say("handbook.type.value")
        return value if value in words else listed(list(words), "or")

    def _container(self, part: Schema) -> str:
        if part.get("type") == "array":
            items = [self._type(item) for item in part.get("prefixItems", ())]
            return listed(items) if items else say("handbook.type.list", inner=self._type(part.get("items", {})))
        if part.get("type") == "object":
            inner = part.get("additionalProperties") or next(iter(part.get("patternProperties", {}).values()), None)
            if isinstance(inner, Mapping):
                return say("handbook.type.each", inner=self._type(inner))
            return say("handbook.type.names")
        return ""


def _scalar(part: Schema) -> str:
    pattern = str(part.get("pattern", ""))
    found = next((name for start, name in _PATTERNS.items() if pattern.startswith(start)), None)
    name = "date" if part.get("format") == "date" else found or part.get("type", "value")
    return say(f"handbook.type.{name}")


def _summary_of(schema: Schema) -> str:
    """What a model is: the first paragraph of its docstring, in one line."""
    return " ".join(str(schema.get("description", "")).split("\n\n")[0].split())


def _spaced(name: str) -> str:
    """A class's name in words: field shape."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _rules(_: Page) -> tuple[list[tuple[str, str]], list[FormatShape]]:
    """The forms in which a value may be written, each with what it is; and every test, by name."""
    definitions = Population.model_json_schema(by_alias=True)["$defs"]
    return list(_forms(definitions)), sorted(_tests(definitions), key=lambda test: test.name)


def _forms(definitions: Mapping[str, Schema]) -> Iterator[tuple[str, str]]:
    yield say("handbook.rules.constant"), say("handbook.rules.constant-about")
    for form in _FORMS:
        for part in definitions.values():
            if list(part.get("properties", {})) == [form]:
                yield f"{{{form}: {'true' if form == 'as_at' else 'name'}}}", _summary_of(part)


def _tests(definitions: Mapping[str, Schema]) -> Iterator[FormatShape]:
    walker, mistakes = _Walker(definitions), common_mistakes()
    for part in definitions.values():
        test = part.get("properties", {}).get("test")
        if test is not None:
            name, keys = str(test["const"]), tuple(key for key in walker.keys(part) if key.name != "test")
            yield FormatShape(name, _summary_of(part), keys, mistakes.get(name, ""))


def _formats(_: Page) -> list[tuple[str, str, list[FormatShape]]]:
    """Every file: its path, whether it holds one mapping or a list, and every mapping that occurs in it."""
    return [(path, holds, list(_shapes(_MODELS[name]))) for name, path, holds in _FILES]


def _shapes(model: type[Record | Stored]) -> Iterator[FormatShape]:
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})
    walker = _Walker(definitions)
    yield walker.shape(model.__name__, schema)
    for name, part in definitions.items():
        if part.get("type") == "object" and not _is_part_of_a_rule(part):
            yield walker.shape(name, part)


def _is_part_of_a_rule(definition: Schema) -> bool:
    """Whether a definition is a test or a form of a value, which the page of the rule language tells."""
    properties = definition.get("properties", {})
    return "test" in properties or (len(properties) == 1 and not {*_FORMS}.isdisjoint(properties))


def _registers(page: Page) -> list[tuple[str, list[str]]]:
    """The registers of each origin, as items."""
    lists, own = page.pack.lists, page.pack.registers
    built_in = [name for name in page.setting.registers if name not in own and name not in lists]
    origins: dict[str, Iterable[str]] = {"kept": own, "lists": lists, "built-in": built_in}
    return [(origin, list(map(item_of_register, names))) for origin, names in origins.items() if names]


def _populations(page: Page) -> list[Words]:
    """Every named population in words, once."""
    told = (words_of(check, page.setting) for check in page.pack.checks.values() if check.method == "rule")
    return list(dict.fromkeys(population for words in told for population in words.populations))


def value_in_words(value: ParameterValue, parameter: Parameter) -> str:
    """What holds here, or the pack's own value, which stands in it as text."""
    match value:
        case tuple():
            return listed([humanised(code) for code in value]) or say("handbook.parameters.none")
        case bool():
            return say("handbook.parameters.yes") if value else say("handbook.parameters.no")
        case date():
            return say_day(value)
        case _:
            said, unit = in_digits(value) if isinstance(value, int) else humanised(value), parameter.unit
            return say("handbook.parameters.number", number=said, unit=unit) if unit else said


REFERENCES: Mapping[str, Callable[[Page], object]] = {
    "rules": _rules,
    "formats": _formats,
    "notices": lambda _: sorted(Notice, key=lambda notice: notice.code),
    "commands": lambda page: page.commands,
    "registers": _registers,
    "parameters": lambda page: page.pack.parameters.values(),
    "checks": lambda page: sorted(page.trace.checks.values(), key=lambda result: result.outcome.badness),
    "results": lambda _: sorted(BEST_FIRST, key=lambda outcome: outcome not in {Outcome.PASS, Outcome.ATTESTED}),
    "populations": _populations,
}
"""What the reference directive can show, by its argument, with what its part of the template is given."""
