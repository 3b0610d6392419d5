"""What stands above the duties of a section: each of them with its result."""

from collections.abc import Sequence

from markupsafe import Markup

from policykit.handbook.cards.page import Page
from policykit.handbook.cards.rendering import render


def here(duties: Sequence[str], page: Page, *, begins_page: bool) -> Markup:
    """The duties as a list of links, none for a single one; above the first of a page also what a blank counts as."""
    lines = [(page.duty(duty), page.trace.duties[duty].outcome) for duty in duties]
    return render("here.html", lines=lines if len(lines) > 1 else [], begins_page=begins_page)
