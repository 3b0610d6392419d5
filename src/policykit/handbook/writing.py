"""Writing pages: cards and views as HTML, and what the search index finds in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.writers.html5 import HTML5Translator

from policykit.handbook import cards
from policykit.handbook.book import Book
from policykit.handbook.directives import FRONT_DOOR
from policykit.handbook.items import KINDS
from policykit.handbook.nodes import Placed, Words
from policykit.handbook.placing import Places, view_name

_VIEW = "view:"
_COMMANDS = "policykit.commands"


@dataclass(frozen=True)
class Way:
    """The way from the page that the builder is at to every item and view: what cards call their link."""

    places: Places
    builder: StandaloneHTMLBuilder

    def __call__(self, item: str) -> str | None:
        """The address, relative to the page; None where the item, or the view `view:NAME`, stands nowhere."""
        is_view = item.startswith(_VIEW)
        place = self.places.views.get(item.removeprefix(_VIEW)) if is_view else self.places.items.get(item)
        if place is None:
            return None
        here = self.builder.current_docname
        page = "" if place.docname == here else self.builder.get_relative_uri(here, place.docname)
        return page or "#" if is_view else f"{page}#{item}"

    def alone(self, item: str) -> bool:
        """Whether a directive of its own places the item."""
        return item in self.places.singly


class Writer:
    """Turns what a page places into HTML when the page is written, in whichever process that is."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._page: cards.Page

    def begin(self, _app: Sphinx, builder: Builder) -> None:
        """On `write-started`: make the one page that all cards of the build are given."""
        if isinstance(builder, StandaloneHTMLBuilder):
            self._page = cards.Page(self._book.trace, Way(self._book.places, builder), _commands())

    def resolve(self, _app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """On `doctree-resolved`: take out what has its place elsewhere; give the rest its words for the search index.

        Words are titles and texts, never a result.
        """
        for node in list(doctree.findall(Placed)):
            if self._is_its_place(node, docname):
                node.extend(self._words(node, docname))
            else:
                node.parent.remove(node)

    def visit(self, translator: HTML5Translator, node: Placed) -> None:
        """Write a card or a view as HTML; its words are for the search index only."""
        level = max(translator.section_level, 1) + 1
        translator.body += [self._above(node, translator.document), self._render(node, level)]
        raise nodes.SkipNode

    def _above(self, node: Placed, page: nodes.document) -> str:
        """Before the first duty of a section: all its duties with their results."""
        duties = [other for other in node.parent.children if isinstance(other, Placed) and other["what"] == "duty"]
        if not duties or duties[0] is not node:
            return ""
        begins_page = node is next(other for other in page.findall(Placed) if other["what"] == "duty")
        ids = [duty["argument"] for duty in duties]
        return cards.render_here(ids, self._page, begins_page=begins_page)

    def _render(self, node: Placed, level: int) -> str:
        what, argument = node["what"], node["argument"]
        if what in KINDS:
            return cards.render_card(what, argument, self._page, level=level)
        if what == FRONT_DOOR:
            return cards.render_front(self._page, level=level)
        return cards.render_view(what, argument, self._page, level=level)

    def _is_its_place(self, node: Placed, docname: str) -> bool:
        name = node["argument"] if node["what"] in KINDS else view_name(node["what"], node["argument"])
        return self._book.places.is_place_of(name, docname, node.where)

    def _words(self, node: Placed, docname: str) -> Iterator[Words]:
        for name in self._book.places.standing_at.get((docname, node.where), ()):
            item = self._book.known[name]
            yield Words(name, item.title, cards.search_words(item.kind, name, self._book.trace.pack))


def fit_tables(_app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """On `doctree-resolved`, after sphinx-needs: let the browser find the widths of columns, and a wide table scroll.

    Widths that are written out would be inline styles, which the pages' security policy refuses.
    """
    for number, table in enumerate(list(doctree.findall(nodes.table)), start=1):
        given = [name for name in table["classes"] if not name.startswith("colwidths-")]
        table["classes"] = [*given, "colwidths-auto"]
        # A part that scrolls has to be reached by keyboard, and what is reached has to have a name.
        region = f'<div class="scroll" role="region" aria-label="Table {number}" tabindex="0">'
        place = table.parent.index(table)
        table.parent.insert(place + 1, nodes.raw("", "</div>", format="html"))
        table.parent.insert(place, nodes.raw("", region, format="html"))


def _commands() -> tuple[cards.Command, ...]:
    # Asked for by name, because the handbook knows nothing of the terminal.
    found = entry_points(group=_COMMANDS)
    return tuple(command for point in found for command in point.load()())
