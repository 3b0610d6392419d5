"""What may lead out of the handbook, and the prose of duties: CommonMark without HTML and images."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ALLOWED = ("http:", "https:", "mailto:")
_DEEPEST = 6


def is_web_address(text: str) -> bool:
    """Whether the text is an address that may become a link out of the handbook."""
    return text.lower().startswith(("http://", "https://"))


def report_href(address: str | None, subject: str) -> str:
    """The way to report a mistake: a page on the web, or a letter with that subject; empty without an address."""
    if not address:
        return ""
    return address if is_web_address(address) else f"mailto:{quote(address, safe='@')}?subject={quote(subject)}"


def is_safe_link(target: str) -> bool:
    """Whether prose may link there: http, https, mailto, or a place in this handbook."""
    scheme = _SCHEME.match(target)
    if scheme is not None:
        return scheme.group().lower() in _ALLOWED
    return not target.startswith("//")


class _Parser(MarkdownIt):
    """CommonMark that links to safe places only."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's own name for it
        """Whether the parser may make a link to that address."""
        return is_safe_link(url)


_PARSER = _Parser("commonmark", {"html": False}).disable("image")


@dataclass(frozen=True)
class Prose:
    """A text as HTML, and how many items the lists in it have."""

    html: Markup
    items: int


def render_prose(text: str, link: Callable[[str], str | None], level: int) -> Prose:
    """The text as HTML. Its headings stand at `level`; `#ID` of an item becomes the way to its card."""
    tokens = _PARSER.parse(text)
    for token in _all_tokens(tokens):
        if token.type == "link_open":
            _follow(token, link)
        elif token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(_DEEPEST, level)}"
    items = sum(token.type == "list_item_open" and token.level == 1 for token in tokens)
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Prose(Markup(html), items)  # noqa: S704 - the renderer has escaped all text


def _all_tokens(tokens: Sequence[Token]) -> list[Token]:
    return [inner for token in tokens for inner in (token, *(token.children or ()))]


def _follow(token: Token, link: Callable[[str], str | None]) -> None:
    target = str(token.attrGet("href") or "")
    if target.startswith("#"):
        token.attrSet("href", link(target[1:]) or target)
