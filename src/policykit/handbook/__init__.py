"""The handbook: a Sphinx extension that shows a pack, an organisation and its results.

`extensions = ["policykit.handbook"]` is all that a conf.py needs. Read `setup` as the table of contents. One rule is
behind it all: a page that was read holds nothing of the policy, only which items it places; everything else is worked
out from the pack and the results when pages are written, and every build writes every page.
"""

from functools import partial

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from policykit import __version__
from policykit.door import clock
from policykit.handbook import config, guard, needs, pages, publishing, writing
from policykit.handbook.book import VALID_UNTIL, Book
from policykit.handbook.pages import Placed

_KEPT_FORMAT = 5
"""The number to raise when what is kept of a page between builds changes its shape."""


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect every part of the handbook to Sphinx, in the order in which a build comes to it."""
    app.setup_extension("myst_parser")
    app.setup_extension(needs.EXTENSION)
    book = Book(clock)
    _open_the_book(app, book)
    _note_what_pages_place(app)
    _refuse_what_is_not_for_pages(app, book)
    app.connect(needs.FILLED, book.settle)
    app.add_event(VALID_UNTIL)
    _write_pages(app, book)
    return {
        "version": __version__,
        "env_version": _KEPT_FORMAT,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def _open_the_book(app: Sphinx, book: Book) -> None:
    """Before anything is read: what conf.py need not say, then the pack, the organisation and the results."""
    config.declare(app)
    app.connect("config-inited", config.settle, priority=5)
    app.connect("config-inited", book.open, priority=6)
    app.connect("config-inited", pages.register, priority=700)


def _note_what_pages_place(app: Sphinx) -> None:
    """Reading pages: what each one places. Every page is then written, whatever was read anew."""
    app.connect("env-get-outdated", writing.remove_pages)
    app.connect("env-purge-doc", pages.forget)
    app.connect("doctree-read", pages.note)
    app.connect("env-merge-info", pages.merge)
    app.connect("env-updated", writing.write_all, priority=100)


def _refuse_what_is_not_for_pages(app: Sphinx, book: Book) -> None:
    """While pages are read, before any is written, and when all are: nothing is run, nothing private is published."""
    app.connect("config-inited", guard.settle, priority=5)
    app.connect("builder-inited", guard.close)
    app.add_source_parser(guard.PageParser, override=True)
    app.add_source_parser(guard.PlainPageParser, override=True)
    gatekeeper = publishing.Gatekeeper(book)
    app.connect("doctree-read", publishing.note)
    app.connect("env-before-read-docs", gatekeeper.leave_out)
    app.connect("env-updated", gatekeeper.look, priority=50)
    app.connect("build-finished", gatekeeper.look_again, priority=950)


def _write_pages(app: Sphinx, book: Book) -> None:
    """Writing pages, now that it is settled where everything stands."""
    layout = writing.Layout(book)
    app.connect("write-started", writing.renew)
    app.connect("write-started", layout.begin)
    app.connect("doctree-resolved", needs.strip, priority=100)
    app.connect("doctree-resolved", layout.resolve)
    app.connect("doctree-resolved", writing.fit_tables, priority=900)
    app.add_node(Placed, html=(layout.visit, None))
    app.add_node(nodes.literal, override=True, html=(writing.write_literal, HTML5Translator.depart_literal))
    app.add_css_file("handbook.css")
    app.add_js_file("handbook.js", loading_method="defer")
    app.connect("html-page-context", layout.frame, priority=900)
    app.connect("build-finished", writing.tidy, priority=900)
    app.connect("build-finished", partial(publishing.seal, book), priority=990)
