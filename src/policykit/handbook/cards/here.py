"""The duties of one page with their results, to stand above them."""

from collections.abc import Sequence

from policykit.handbook.cards.page import Page
from policykit.handbook.cards.rendering import render


def here(duties: Sequence[str], page: Page) -> str:
    """The duties as a list of links, each with its result; nothing for a single one."""
    lines = [(page.duty(duty), page.trace.duties[duty].outcome) for duty in duties]
    return render("here.html", lines=lines) if len(lines) > 1 else ""
