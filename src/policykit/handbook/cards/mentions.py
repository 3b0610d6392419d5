"""Items that a sentence names by their id become links that say what they are."""

import re

from markupsafe import Markup, escape

from policykit.handbook.cards.page import Page

_ID = re.compile(r"\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+\b")


def with_links(text: str, page: Page) -> Markup:
    """The text, escaped, with every item of the handbook that it names under its title."""
    parts, end = [], 0
    for found in _ID.finditer(text):
        ref = page.item(found.group())
        if ref.href is not None:
            parts += [escape(text[end : found.start()]), Markup('<a href="{}">{}</a>').format(ref.href, ref.text)]
            end = found.end()
    return Markup("").join([*parts, escape(text[end:])])
