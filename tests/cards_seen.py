"""What tests of cards share: both packs as judged on their records, and a card's HTML read as a reader sees it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser

from tests.judging import run, traced
from tests.sites import POLICY, SECOND

from policykit.handbook import cards
from policykit.handbook.cards import Command, Page
from policykit.tracing import Trace

_SPACES = re.compile(r"\s+")
_HEADING = re.compile(r"h[1-6]")
_VOID = frozenset({"br", "path", "circle", "rect", "use", "line"})
_INLINE = frozenset({"a", "b", "code", "small", "span", "strong", "svg", "time", "use"})


@cache
def housing() -> Trace:
    """The first pack, judged on the records of its made-up landlord."""
    return traced(POLICY.policy, POLICY.organisation, run(POLICY.policy, POLICY.organisation))


@cache
def kitchens() -> Trace:
    """The second pack, judged on the records of its made-up firm."""
    return traced(SECOND.policy, SECOND.organisation, run(SECOND.policy, SECOND.organisation))


@dataclass(frozen=True)
class Anchors:
    """A handbook of one page: every item is at `#ID`, except those that stand nowhere."""

    singly: frozenset[str] = frozenset()
    nowhere: frozenset[str] = frozenset()

    def __call__(self, item: str) -> str | None:
        """The way to an item."""
        return None if item in self.nowhere else f"#{item}"

    def alone(self, item: str) -> bool:
        """Whether it is placed by itself."""
        return item in self.singly


@dataclass(frozen=True)
class Element:
    """One element: its name and its attributes."""

    tag: str
    attributes: dict[str, str]

    @property
    def id(self) -> str:
        """Its id, empty where it has none."""
        return self.attributes.get("id", "")


@dataclass
class Seen(HTMLParser):
    """HTML as it is seen: its elements in order, and its words."""

    elements: list[Element] = field(default_factory=list)
    text: str = ""
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start the parser."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))
        self.text += "" if tag in _INLINE else " "
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last; anything else is broken HTML."""
        if tag not in _VOID:
            assert self._open.pop() == tag
        self.text += "" if tag in _INLINE else " "

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.text += data

    @property
    def words(self) -> str:
        """Every word, with single spaces."""
        return _SPACES.sub(" ", self.text).strip()

    @property
    def is_closed(self) -> bool:
        """Whether every element that was opened was closed."""
        return not self._open

    def cards(self) -> Iterator[Element]:
        """The cards."""
        return (element for element in self.elements if "data-kind" in element.attributes)

    def headings(self) -> list[int]:
        """The levels of all headings, in order."""
        return [int(element.tag[1]) for element in self.elements if _HEADING.fullmatch(element.tag)]

    def links(self) -> list[str]:
        """Where all links lead."""
        return [element.attributes["href"] for element in self.elements if element.tag == "a"]


def see(html: str) -> Seen:
    """HTML as a reader sees it."""
    seen = Seen()
    seen.feed(str(html))  # what templates make escapes whatever is added to it
    seen.close()
    assert seen.is_closed
    return seen


def render_card(kind: str, item: str, trace: Trace, way: Anchors, *, level: int = 3) -> str:
    """The card of one item on a page of its own."""
    return cards.render_card(kind, item, Page(trace, way), level=level)


def render_view(
    name: str, argument: str | None, trace: Trace, way: Anchors, *, commands: tuple[Command, ...] = ()
) -> str:
    """A view on a page of its own."""
    return cards.render_view(name, argument, Page(trace, way, commands))


def render_front(trace: Trace, way: Anchors) -> str:
    """The front door."""
    return cards.render_view("front-door", None, Page(trace, way))


def render_here(duties: list[str], trace: Trace, way: Anchors, *, begins_page: bool = True) -> str:
    """What stands above the duties of a section."""
    return cards.render_here(duties, Page(trace, way), begins_page=begins_page)
