"""Cards and views of the handbook as HTML: what a page shows of the policy. Nothing here knows Sphinx.

Templates are given the page and take from it what they show: one for each kind of item, for the front door, for the
overviews and for the reference. What is to be decided about their words is decided in the modules.
"""

from collections.abc import Mapping, Sequence

from policykit.handbook.cards import check, duty, grounds, overview, prose, reference
from policykit.handbook.cards.check import sprite
from policykit.handbook.cards.frame import Entry, Frame, contents, page_frame, search_words
from policykit.handbook.cards.page import Command, Link, Page, render, say_in_html, share_with_templates
from policykit.handbook.cards.reference import REFERENCES

share_with_templates(check, duty, grounds, overview, prose, reference)
VIEWS: Mapping[str, tuple[str, str]] = {
    "front-door": ("front", "door"),
    "duties-due": ("overview", "due"),
    "source-ledger": ("clause", "ledger"),
    "law-register": ("provision", "register"),
    "trace-matrix": ("overview", "matrix"),
    "gaps": ("overview", "gaps"),
}
"""The views that take no argument, by their directive's name: the template and the part of it."""


def render_card(kind: str, item: str, page: Page, *, level: int = 3) -> str:
    """The card of one item: its outermost element has the item's id. Its title is a heading of that level."""
    return render(kind, "card", item=item, page=page, level=level)


def render_view(name: str, argument: str | None, page: Page, *, level: int = 2) -> str:
    """A view, its headings beginning at that level; `argument` says which reference."""
    if name == "reference" and argument:
        return render("reference", argument, entries=REFERENCES[argument](page), page=page, level=level)
    return render(*VIEWS[name], page=page, level=level)


def render_here(duties: Sequence[str], page: Page, *, begins_page: bool = True) -> str:
    """What stands above the first duty of a section: its duties with their results, where there are several.

    Above the first of a page it also says, once, what a blank counts as.
    """
    return render("duty", "here", duties=duties, page=page, begins_page=begins_page)


__all__ = [
    "REFERENCES",
    "VIEWS",
    "Command",
    "Entry",
    "Frame",
    "Link",
    "Page",
    "contents",
    "page_frame",
    "render_card",
    "render_here",
    "render_view",
    "say_in_html",
    "search_words",
    "sprite",
]
