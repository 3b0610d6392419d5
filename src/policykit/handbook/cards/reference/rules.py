"""The language of rules: every test with its keys, from the classes that carry it out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from policykit.handbook.cards.page import Page
from policykit.handbook.cards.reference.shapes import KeyLine, key_lines
from policykit.handbook.cards.rendering import render
from policykit.rules import Condition

_VALUES = (
    ("a literal", "5, 2026-11-01, true, current", "typed as the field it is compared with"),
    ("{parameter: id}", "{parameter: refresh_months}", "a number or list that an organisation may set"),
    ("{fact: name}", "{fact: landlord_type}", "what the organisation says about itself"),
    ("{each: name}", "{each: topic}", "the value of the for_each"),
    ("{as_at: true}", "{as_at: true}", "the day as of which everything is judged"),
    ("{field: name}", "{field: started_on}", "inside exists_in and count_of: a field of the row one level out"),
)


@dataclass(frozen=True)
class TestView:
    """One test of the language: its names, when it is true, its keys, and a line of this pack that uses it."""

    __test__ = False

    names: tuple[str, ...]
    about: str
    keys: tuple[KeyLine, ...]


def rules(page: Page, level: int) -> str:
    """Every test of the language; the same for every pack, so `page` is not used."""
    del page
    schema = TypeAdapter(Condition).json_schema(by_alias=True)
    return render("rules.html", tests=list(_tests(schema["$defs"])), values=_VALUES, level=level)


def _tests(definitions: Mapping[str, Mapping[str, Any]]) -> Iterator[TestView]:
    for part in definitions.values():
        test = part.get("properties", {}).get("test")
        if test is not None:
            keys = tuple(_shorter(key) for key in key_lines(part) if key.name != "test")
            about = str(part.get("description", "")).split("\n\n")[0].replace("\n", " ")
            yield TestView(tuple(test.get("enum", [test.get("const")])), about, keys)


def _shorter(key: KeyLine) -> KeyLine:
    """A value may be written in many ways, which are told once above."""
    return replace(key, type="value") if " or " in key.type and "text" in key.type else key
