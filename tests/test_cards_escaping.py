"""No text of a pack, an organisation or a result can become anything but text on a page."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel
from tests.cards_seen import Anchors, housing, kitchens, render_card, render_front, render_view, see

from policykit.handbook.cards import REFERENCES, VIEWS, page_frame
from policykit.handbook.cards.duty import render_prose
from policykit.model.registers import item_of_register
from policykit.reading import setting_of
from policykit.tracing import Change, Gone, Trace

POISON = ' <b onclick="alert(1)">&\'</b>'
KEPT = frozenset(
    {"lists", "id", "item", "check", "at", "span", "sha256", "digest", "uri", "url", "test", "method", "type"}
)
"""Fields that hold ids, codes and digests, which loading holds to patterns of their own; and lists, which are made into
registers, and registers refuse HTML already when they are made."""

TEXTS = frozenset(
    [
        "title",
        "gist",
        "today",
        "notice",
        "why",
        "note",
        "why_here",
        "summary",
        "short",
        "owner",
        "bearer",
        "effect",
        "instrument",
        "cited_as",
        "change",
        "amended_by",
        "where",
        "means",
        "row",
        "usual_system",
        "phrase",
        "when_yes",
        "when_no",
        "noun",
        "plural",
        "limits",
        "reason",
        "instead",
        "accepted_by",
        "statement",
        "by",
        "basis",
        "name",
        "publisher",
        "disclaimer",
        "urgent",
        "edition",
        "unit",
        "because",
        "otherwise",
        "heading",
        "text",
        "what",
        "said",
    ]
)
LINKS = yaml.safe_load((Path(__file__).parent / "cases" / "cards" / "links.yaml").read_text("utf-8"))


def poisoned(value: Any, *, text: bool = False) -> Any:  # noqa: ANN401 - any part of a trace
    """The same value with every text in it made hostile."""
    if isinstance(value, BaseModel):
        return value.model_copy(update=_poisoned_parts(value, type(value).model_fields))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **_poisoned_parts(value, [field.name for field in fields(value)]))
    if isinstance(value, Mapping):
        return {key: poisoned(part, text=text) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(poisoned(part, text=text) for part in value)
    is_text = isinstance(value, str) and not isinstance(value, Enum)
    return value + POISON if text and is_text else value


def _poisoned_parts(value: object, names: Iterable[str]) -> dict[str, Any]:
    return {name: poisoned(getattr(value, name), text=name in TEXTS) for name in names if name not in KEPT}


@cache
def hostile(name: str) -> Trace:
    """One of the packs as judged, every text in it hostile."""
    trace: Trace = poisoned({"housing": housing, "kitchens": kitchens}[name]())
    day = trace.as_at
    gone = Gone("duty", "DUTY-GONE", POISON, day, None, must=False)
    changes = (Change("setting", "days", "setting", POISON, POISON, day, weaker=weaker) for weaker in (True, False))
    return replace(trace, gone=(gone,), changes=tuple(changes))


PACKS = pytest.mark.parametrize("pack", ["housing", "kitchens"])


def assert_is_text(html: str) -> None:
    """The poison stands on the page as words and nowhere as an element or an attribute of its own."""
    seen = see(html)

    assert POISON not in html
    assert not [element for element in seen.elements if "onclick" in element.attributes]
    assert POISON.strip() in seen.words


@PACKS
def test_cards_escape_every_text(pack: str) -> None:
    """Whatever stands in a duty, a check, a clause, a provision or a register is shown as it is written."""
    trace = hostile(pack)
    registers = setting_of(trace.pack, trace.organisation, trace.as_at).registers
    kinds = {"duty": trace.duties, "check": trace.checks, "clause": trace.pack.clauses, "provision": trace.provisions}
    items = [(kind, item) for kind, ids in kinds.items() for item in ids]
    items += [("register", item_of_register(name)) for name in registers if name not in {"law", "organisation"}]
    for kind, item in items:
        assert_is_text(render_card(kind, item, trace, Anchors()))


@PACKS
@pytest.mark.parametrize("name", VIEWS)
def test_views_escape_every_text(pack: str, name: str) -> None:
    """Whatever stands in a pack is shown as it is written in each view."""
    assert_is_text(render_view(name, None, hostile(pack), Anchors()))


@PACKS
@pytest.mark.parametrize("name", sorted(set(REFERENCES) - {"commands", "formats", "notices", "results", "rules"}))
def test_references_escape_every_text(pack: str, name: str) -> None:
    """References that show something of the pack show it as it is written."""
    assert_is_text(render_view("reference", name, hostile(pack), Anchors()))


@PACKS
def test_the_front_door_escapes_every_text(pack: str) -> None:
    """The first page shows names, owners and reasons as they are written."""
    assert_is_text(render_front(hostile(pack), Anchors()))


def test_an_address_for_mistakes_is_only_an_address() -> None:
    """What a pack gives as an address becomes a letter's address, whatever it looks like."""
    trace = housing()
    policy = trace.pack.policy.model_copy(update={"report_to": "javascript:alert(1)//\" onclick='x"})
    pack = replace(trace.pack, policy=policy)
    frame = page_frame(replace(trace, ground=replace(trace.ground, pack=pack)))

    assert frame.report_href.startswith("mailto:javascript%3A")
    assert not {'"', "'", " "} & set(frame.report_href)


def test_an_address_of_the_law_is_a_link_only_on_the_web() -> None:
    """A uri that is neither http nor https is never a link."""
    trace = housing()
    standing = trace.provisions["CDA1998-S115"]
    for uri in ("urn:example:1", "javascript:alert(1)", "data:text/html,x"):
        changed = replace(standing, provision=standing.provision.model_copy(update={"uri": uri}))
        seen = see(
            render_card(
                "provision",
                "CDA1998-S115",
                replace(trace, provisions={**trace.provisions, "CDA1998-S115": changed}),
                Anchors(),
            )
        )
        assert uri not in seen.links()


@pytest.mark.parametrize("case", LINKS, ids=[case["target"] for case in LINKS])
def test_prose_links_to_safe_places_only(case: dict[str, Any]) -> None:
    """A link in the prose of a duty leads to the web, to a letter or to a place in the handbook; else it is text."""
    prose = render_prose(f"See [here]({case['target']}).", Anchors(), level=3)

    assert bool(see(prose.html).links()) == case["link"]


def test_prose_shows_html_and_images_as_text() -> None:
    """Neither an element nor a picture can be brought in by the prose of a duty."""
    seen = see(render_prose("<script>alert(1)</script> ![a](https://example.org/a.png)", Anchors(), level=3).html)

    assert {element.tag for element in seen.elements} <= {"p", "a"}
    assert "<script>alert(1)</script>" in seen.words


def test_prose_keeps_its_headings_below_the_part_it_stands_in() -> None:
    """A heading inside a part takes the level that the part gives it."""
    assert see(render_prose("### Small\n\nText", Anchors(), level=5).html).headings() == [5]
