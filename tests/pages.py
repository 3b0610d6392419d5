"""Built pages read as a reader follows them: ids, cards, and where each link leads."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urldefrag, urlsplit

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


@dataclass(frozen=True)
class Anchor:
    """A link as written: the cards that it stands in, outermost first, and its target below the site's folder."""

    inside: tuple[str, ...]
    page: str
    fragment: str


@dataclass
class Page(HTMLParser):
    """One page: every id on it, its cards with their kinds, and the links that stay in the handbook."""

    path: str
    ids: list[str] = field(default_factory=list)
    cards: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, str] = field(default_factory=dict)
    inside: dict[str, tuple[str, ...]] = field(default_factory=dict)
    anchors: list[Anchor] = field(default_factory=list)
    _open: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start the parser with nothing open."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element's id, its card and its link."""
        said = {name: value or "" for name, value in attrs}
        here = said.get("id", "")
        if here:
            self.ids.append(here)
        if card := here if "data-kind" in said else None:
            self.cards[card], self.inside[card] = said["data-kind"], self._around()
            self.outcomes |= {card: said["data-outcome"]} if "data-outcome" in said else {}
        if tag == "a" and "href" in said:
            self._follow(said["href"])
        if tag not in VOID:
            self._open.append(card)

    def handle_endtag(self, tag: str) -> None:
        """Close the element."""
        if tag not in VOID:
            self._open.pop()

    def _around(self) -> tuple[str, ...]:
        return tuple(card for card in self._open if card)

    def _follow(self, href: str) -> None:
        address, fragment = urldefrag(href)
        if urlsplit(href).scheme or address.startswith("//"):
            return
        target = normpath(join(dirname(self.path), unquote(address))) if address else self.path
        self.anchors.append(Anchor(self._around(), target, unquote(fragment)))


def read_page(folder: Path, path: str) -> Page:
    """Read one page of a site; `path` is its address below the folder."""
    page = Page(path)
    page.feed((folder / path).read_text("utf-8"))
    page.close()
    return page


def leads(pages: dict[str, Page]) -> Iterator[tuple[str, str]]:
    """Give each step from one card to another that a reader can take: along a link, or to a card inside or around."""
    for page in pages.values():
        for anchor in page.anchors:
            target = pages.get(anchor.page)
            if target and anchor.fragment in target.cards:
                yield from ((card, anchor.fragment) for card in anchor.inside)
        for card, around in page.inside.items():
            yield from ((outer, card) for outer in around)
            yield from ((card, outer) for outer in around)
