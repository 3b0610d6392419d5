"""What is written: cards and views as HTML, what search finds in them, and around them the menus and the masthead.

And the folder that it is written to, which after every build is as after a clean one: every page is written from the
policy as it is, and what a build before left behind, and writing would not replace, is removed.
"""

import shutil
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from importlib.metadata import entry_points
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.util.fileutil import copy_asset
from sphinx.writers.html5 import HTML5Translator

from policykit.english import say
from policykit.handbook import cards
from policykit.handbook.book import Book
from policykit.handbook.items import KINDS, Placement, Places
from policykit.handbook.pages import Placed, SearchWords, placement_of

_VIEW = "view:"
_COMMANDS = "policykit.commands"
_STATIC = PurePosixPath("_static")
_OWN = {
    "handbook.css",
    "handbook.js",
    "sphinx-needs/libs/html/needstable.css",  # only asked for where a page has such a table
    "sphinx-needs/libs/html/needstable.js",
}

# Folders of Sphinx's own that every build fills anew.
_FILLED_ANEW = ("_images", "_downloads", "_sources", "_static")

# The index is loaded and pruned where it is found, and keeps words that no page has any more.
_INDEX = "searchindex.js"
_INDEX_STORES = (
    *("titles", "filenames", "mapping", "title_mapping"),
    *("all_titles", "index_entries", "objtypes", "objnames"),
)

# Written beside the pages, of no use to readers: one holds times, one an inline script.
_LEFT_OVER = ("schema_violations.json", ".buildinfo.bak", "permalink.html")


class _File(Protocol):
    filename: str | PathLike[str]


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


@dataclass(frozen=True)
class Chapter:
    """A page in the handbook's menu; `inside` is empty but around the page being written."""

    title: str
    href: str
    is_current: bool
    inside: tuple["Chapter", ...] = ()


class Layout:
    """Turns what a page places into HTML when the page is written, in whichever process that is, and frames it."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._page: cards.Page

    def begin(self, _app: Sphinx, builder: Builder) -> None:
        """On `write-started`: make the one page that all cards of the build are given."""
        if isinstance(builder, StandaloneHTMLBuilder):
            # Asked for by name, because the handbook knows nothing of the terminal.
            commands = (command for point in entry_points(group=_COMMANDS) for command in point.load()())
            way = Way(self._book.places, builder)
            self._page = cards.Page(self._book.trace, way, tuple(commands), self._book.remembered)

    def resolve(self, _app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """On `doctree-resolved`: take out what has its place elsewhere; give the rest its words for the search index.

        Words are titles and texts, never a result.
        """
        for node in list(doctree.findall(Placed)):
            placement = placement_of(node, docname)
            if self._book.places.counts(placement):
                node.extend(self._words(placement))
            else:
                node.parent.remove(node)

    def visit(self, translator: HTML5Translator, node: Placed) -> None:
        """Write a card or a view as HTML; its words are for the search index only."""
        level = max(translator.section_level, 1) + 1
        render = cards.render_card if node["what"] in KINDS else cards.render_view
        card = render(node["what"], node["argument"], self._page, level=level)
        translator.body += [self._above(node, translator.document), card]
        raise nodes.SkipNode

    def _above(self, node: Placed, page: nodes.document) -> str:
        """Before the first duty of a section: all its duties with their results."""
        duties = [other for other in node.parent.children if isinstance(other, Placed) and other["what"] == "duty"]
        if not duties or duties[0] is not node:
            return ""
        begins_page = node is next(other for other in page.findall(Placed) if other["what"] == "duty")
        ids = [duty["argument"] for duty in duties]
        return cards.render_here(ids, self._page, begins_page=begins_page)

    def _words(self, placement: Placement) -> Iterator[SearchWords]:
        for name in self._book.places.standing_at.get((placement.docname, placement.where), ()):
            item = self._book.known[name]
            yield SearchWords(name, item.title, item.searched)

    def frame(
        self, app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
    ) -> None:
        """On `html-page-context`, after all others: the menus, the facts, the marks in use, the files."""
        wanted = _OWN | _names(app.config.html_css_files, app.config.html_js_files)
        for key in ("css_files", "script_files"):
            context[key] = [file for file in context[key] if _name(file) in wanted]
        context["say"] = cards.say_in_html
        context["frame"] = cards.page_frame(self._book.trace)
        context["sprite"] = cards.sprite(context.get("body", ""), ages=bool(self._book.trace.until))
        context["site_menu"] = tuple(_Menu(app, pagename).groups())
        context["page_menu"] = tuple(self._entries(doctree)) if doctree else ()

    def _entries(self, doctree: nodes.document) -> Iterator[cards.Entry]:
        # The page's own title needs no line in its menu.
        for section in doctree.children:
            if isinstance(section, nodes.section):
                yield from self._inside(section)

    def _inside(self, parent: nodes.Element) -> Iterator[cards.Entry]:
        for node in parent.children:
            if isinstance(node, nodes.section):
                yield cards.Entry(node["ids"][0], node[0].astext(), tuple(self._inside(node)))
            elif isinstance(node, Placed):
                yield from cards.contents(node["what"], node["argument"], self._book.trace.pack)


class _Menu:
    """The handbook's menu as one page shows it: all chapters, and the pages inside those that are open."""

    def __init__(self, app: Sphinx, pagename: str) -> None:
        self._env = app.env
        self._builder = app.builder
        self._page = pagename
        self._open = _way_down(app.env, pagename)

    def groups(self, depth: int = 0) -> Iterator[tuple[str, tuple[Chapter, ...]]]:
        """Captions with their chapters in the contents of the open page at that depth; 0 is the first page."""
        docname = self._open[depth] if depth else self._env.config.root_doc
        for tree in self._env.tocs[docname].findall(addnodes.toctree):
            pages = [(title, page) for title, page in tree["entries"] if page in self._env.titles]
            yield tree.get("caption") or "", tuple(self._chapter(*page, depth + 1) for page in pages)

    def _chapter(self, title: str | None, docname: str, depth: int) -> Chapter:
        is_open = self._open[depth : depth + 1] == (docname,)
        inside = (chapter for _, chapters in self.groups(depth) for chapter in chapters) if is_open else ()
        return Chapter(
            title=title or self._env.titles[docname].astext(),
            href=self._builder.get_relative_uri(self._page, docname) or "#",
            is_current=docname == self._page,
            inside=tuple(inside),
        )


def _way_down(env: BuildEnvironment, docname: str) -> tuple[str, ...]:
    """The pages that lead to a page, from the first one on; contents that go round in a circle are followed once."""
    parents = {child: parent for parent, children in env.toctree_includes.items() for child in children}
    way = [docname]
    while (parent := parents.get(way[0])) and parent not in way:
        way.insert(0, parent)
    return tuple(way)


def _name(file: _File) -> str:
    path = PurePosixPath(str(file.filename))
    return str(path.relative_to(_STATIC)) if path.is_relative_to(_STATIC) else str(path)


def _names(*listed: list[Any]) -> set[str]:
    """The files that conf.py adds: names, or names with attributes."""
    return {file if isinstance(file, str) else file[0] for files in listed for file in files}


def fit_tables(_app: Sphinx, doctree: nodes.document, _docname: str) -> None:
    """On `doctree-resolved`, after sphinx-needs: let the browser find the widths of columns, and a wide table scroll.

    Widths that are written out would be inline styles, which the pages' security policy refuses.
    """
    for number, table in enumerate(list(doctree.findall(nodes.table)), start=1):
        given = [name for name in table["classes"] if not name.startswith("colwidths-")]
        table["classes"] = [*given, "colwidths-auto"]
        # A part that scrolls has to be reached by keyboard, and what is reached has to have a name.
        name = say("handbook.table", n=number)
        region = f'<div class="scroll" role="region" aria-label="{name}" tabindex="0">'
        place = table.parent.index(table)
        table.parent.insert(place + 1, nodes.raw("", "</div>", format="html"))
        table.parent.insert(place, nodes.raw("", region, format="html"))


def write_literal(translator: HTML5Translator, node: nodes.literal) -> None:
    """Short code as one element: the three that Sphinx writes are a quarter of a page that is full of it."""
    if {"code", "kbd"} & {*node["classes"]}:
        HTML5Translator.visit_literal(translator, node)
        return
    translator.body.append(f"<code>{translator.encode(node.astext())}</code>")
    raise nodes.SkipNode


def remove_pages(
    app: Sphinx,
    _env: BuildEnvironment,
    _added: AbstractSet[str],
    _changed: AbstractSet[str],
    removed: Iterable[str],
) -> list[str]:
    """On `env-get-outdated`: remove the files of pages that are gone. No further page is to be read."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        for docname in removed:
            Path(app.builder.get_output_path(docname)).unlink(missing_ok=True)
    return []


def write_all(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """On `env-updated`, before any other extension fills them: empty the folders. Every page is to be written."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        for folder in _FILLED_ANEW:
            shutil.rmtree(app.outdir / folder, ignore_errors=True)
    return sorted(env.found_docs)


def renew(app: Sphinx, builder: Builder) -> None:
    """On `write-started`: forget the old index and bring our own files."""
    if not isinstance(builder, StandaloneHTMLBuilder):
        return
    (app.outdir / _INDEX).unlink(missing_ok=True)
    for store in _INDEX_STORES:
        getattr(app.env, f"_search_index_{store}").clear()
    copy_asset(Path(__file__).parent / "static", app.outdir / "_static", force=True)


def tidy(app: Sphinx, _exception: Exception | None) -> None:
    """On `build-finished`: remove what is written beside the pages and not meant for readers."""
    for name in _LEFT_OVER:
        (app.outdir / name).unlink(missing_ok=True)
