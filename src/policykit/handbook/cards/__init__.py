"""Cards and views of the handbook: pure functions from the trace to HTML. Nothing here knows Sphinx."""

from collections.abc import Callable, Mapping, Sequence

from policykit.handbook.cards.check import check_card
from policykit.handbook.cards.clause import clause_card
from policykit.handbook.cards.due import due_view
from policykit.handbook.cards.duty import duty_card
from policykit.handbook.cards.entries import Entry, contents, search_words
from policykit.handbook.cards.frame import Frame, page_frame
from policykit.handbook.cards.front import front
from policykit.handbook.cards.gaps import gaps_view
from policykit.handbook.cards.here import here
from policykit.handbook.cards.law import law_register
from policykit.handbook.cards.ledger import ledger
from policykit.handbook.cards.marks import sprite
from policykit.handbook.cards.matrix import matrix
from policykit.handbook.cards.page import Command, Link, Page
from policykit.handbook.cards.provision import provision_card
from policykit.handbook.cards.reference import REFERENCES
from policykit.handbook.cards.register import register_card
from policykit.tracing.standing import Trace

CARDS: Mapping[str, Callable[[str, Page, int], str]] = {
    "duty": duty_card,
    "check": check_card,
    "clause": clause_card,
    "provision": provision_card,
    "register": register_card,
}
"""The card of each kind of item."""

VIEWS: Mapping[str, Callable[[Page, int], str]] = {
    "duties-due": due_view,
    "source-ledger": ledger,
    "law-register": law_register,
    "trace-matrix": matrix,
    "gaps": gaps_view,
}
"""The views that take no argument, by their directive's name."""


def render_card(kind: str, item: str, trace: Trace, link: Link, *, level: int = 3) -> str:
    """The card of one item as HTML: its outermost element has the item's id. Its title is a heading of that level."""
    return str(CARDS[kind](item, Page(trace, link), level))


def render_view(
    name: str, argument: str | None, trace: Trace, link: Link, *, commands: tuple[Command, ...] = (), level: int = 2
) -> str:
    """A view as HTML; `argument` says which reference, `commands` what the reference of commands shows."""
    page = Page(trace, link, commands)
    return str(REFERENCES[argument or ""](page, level) if name == "reference" else VIEWS[name](page, level))


def render_front(trace: Trace, link: Link, *, level: int = 2) -> str:
    """The front door as HTML."""
    return str(front(Page(trace, link), level))


def render_here(duties: Sequence[str], trace: Trace, link: Link, *, begins_page: bool = True) -> str:
    """What stands above the first duty of a section: its duties with their results, where there are several.

    Above the first of a page it also says, once, what a blank counts as.
    """
    return str(here(duties, Page(trace, link), begins_page=begins_page))


__all__ = [
    "CARDS",
    "REFERENCES",
    "VIEWS",
    "Command",
    "Entry",
    "Frame",
    "Link",
    "contents",
    "page_frame",
    "render_card",
    "render_front",
    "render_here",
    "render_view",
    "search_words",
    "sprite",
]
