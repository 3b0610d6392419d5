"""The frame of a page: the two menus, the masthead's facts, and only the files that the page needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import PurePosixPath
from typing import Any, Protocol

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from policykit.handbook import cards
from policykit.handbook.book import Book
from policykit.handbook.cards import Entry
from policykit.handbook.nodes import Placed

_STATIC = PurePosixPath("_static")
_OWN = {
    "handbook.css",
    "handbook.js",
    "sphinx-needs/libs/html/needstable.css",  # only asked for where a page has such a table
    "sphinx-needs/libs/html/needstable.js",
}


class _File(Protocol):
    filename: str | PathLike[str]


@dataclass(frozen=True)
class Chapter:
    """A page in the handbook's menu; `inside` is empty but around the page being written."""

    title: str
    href: str
    is_current: bool
    inside: tuple["Chapter", ...] = ()


@dataclass(frozen=True)
class Group:
    """Pages under one caption."""

    caption: str
    chapters: tuple[Chapter, ...]


class Framer:
    """Gives each page what layout.html asks for."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def frame(
        self, app: Sphinx, pagename: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
    ) -> None:
        """On `html-page-context`, after all others: the menus, the facts, the marks in use, the files."""
        wanted = _OWN | _names(app.config.html_css_files, app.config.html_js_files)
        for key in ("css_files", "script_files"):
            context[key] = [file for file in context[key] if _name(file) in wanted]
        context["frame"] = cards.page_frame(self._book.trace)
        context["sprite"] = cards.sprite(context.get("body", ""))
        context["site_menu"] = tuple(_Menu(app, pagename).groups())
        context["page_menu"] = tuple(self._entries(doctree)) if doctree else ()

    def _entries(self, doctree: nodes.document) -> Iterator[Entry]:
        # The page's own title needs no line in its menu.
        for section in doctree.children:
            if isinstance(section, nodes.section):
                yield from self._inside(section)

    def _inside(self, parent: nodes.Element) -> Iterator[Entry]:
        for node in parent.children:
            if isinstance(node, nodes.section):
                yield Entry(node["ids"][0], node[0].astext(), tuple(self._inside(node)))
            elif isinstance(node, Placed):
                yield from cards.contents(node["what"], node["argument"], self._book.trace.pack)


class _Menu:
    """The handbook's menu as one page shows it: all chapters, and the pages inside those that are open."""

    def __init__(self, app: Sphinx, pagename: str) -> None:
        self._env = app.env
        self._builder = app.builder
        self._page = pagename
        self._open = _way_down(app.env, pagename)

    def groups(self, depth: int = 0) -> Iterator[Group]:
        """The groups of chapters in the contents of the open page at that depth; 0 is the first page."""
        docname = self._open[depth] if depth else self._env.config.root_doc
        for tree in self._env.tocs[docname].findall(addnodes.toctree):
            pages = [(title, page) for title, page in tree["entries"] if page in self._env.titles]
            yield Group(tree.get("caption") or "", tuple(self._chapter(*page, depth + 1) for page in pages))

    def _chapter(self, title: str | None, docname: str, depth: int) -> Chapter:
        is_open = self._open[depth : depth + 1] == (docname,)
        inside = (chapter for group in self.groups(depth) for chapter in group.chapters) if is_open else ()
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
