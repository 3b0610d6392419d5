"""The language of rules: every test with its keys and every form of a value, from the classes that carry them out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policykit.handbook.cards.page import Page
from policykit.handbook.cards.reference.shapes import KeyLine, Schema, Shapes, summary_of
from policykit.handbook.cards.rendering import render
from policykit.rules import Population, common_mistakes

_FORMS = ("parameter", "fact", "each", "as_at", "field")


@dataclass(frozen=True)
class Form:
    """One form in which a value may be written."""

    written: str
    means: str


@dataclass(frozen=True)
class Tested:
    """One test of the language: its name, when it is true, its keys, and what is taken for it by mistake."""

    name: str
    about: str
    keys: tuple[KeyLine, ...]
    mistakes: str


def rules(page: Page, level: int) -> str:
    """Every test of the language; the same for every pack, so `page` is not used."""
    del page
    definitions = Population.model_json_schema(by_alias=True)["$defs"]
    tests = sorted(_tests(definitions), key=lambda tested: tested.name)
    return render("rules.html", tests=tests, forms=list(_forms(definitions)), level=level)


def is_part_of_a_rule(definition: Schema) -> bool:
    """Whether a definition is a test or a form of a value, which the page of the rule language tells."""
    properties = definition.get("properties", {})
    return "test" in properties or (len(properties) == 1 and not {*_FORMS}.isdisjoint(properties))


def _tests(definitions: Mapping[str, Schema]) -> Iterator[Tested]:
    shapes, mistakes = Shapes(definitions), common_mistakes()
    for part in definitions.values():
        test = part.get("properties", {}).get("test")
        if test is not None:
            keys = tuple(key for key in shapes.key_lines(part) if key.name != "test")
            name = str(test["const"])
            yield Tested(name, summary_of(part), keys, mistakes.get(name, ""))


def _forms(definitions: Mapping[str, Schema]) -> Iterator[Form]:
    yield Form("5, 2026-11-01, true, current", "The value itself, read as the type of the field.")
    for form in _FORMS:
        for part in definitions.values():
            if list(part.get("properties", {})) == [form]:
                yield Form(f"{{{form}: {'true' if form == 'as_at' else 'name'}}}", summary_of(part))
