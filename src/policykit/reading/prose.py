"""The file of a duty: front matter, then prose by heading. Prose is CommonMark without HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from policykit.model.duties import Section
from policykit.problems import Notice
from policykit.reading.characters import clean, tabs
from policykit.reading.composer import Composed, compose
from policykit.reading.flaws import Flaw

if TYPE_CHECKING:
    from markdown_it.token import Token

_PARTS = re.compile(r"---[ ]*\n(.*?)^---[ ]*(?:\n|\Z)(.*)\Z", re.DOTALL | re.MULTILINE)
_CODE_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"## +(.*?)(?: +#+)? *")


@dataclass(frozen=True)
class DutyText:
    """One file of a duty: its front matter composed, its prose, and what is wrong with the prose."""

    front: Composed
    sections: tuple[Section, ...]
    flaws: tuple[Flaw, ...]


def read_duty(text: str) -> DutyText | None:
    """The parts of a duty's file; None where it does not begin with front matter between two lines of `---`."""
    found = _PARTS.match(text)
    if found is None:
        return None
    front, prose = compose(found[1], first_line=2), found[2]
    body, flaws = clean(prose)
    above = text.count("\n", 0, found.start(2))
    told = (*flaws, *tabs(body), *(_html(body) if "<" in body else ()))
    shifted = (Flaw(flaw.line + above, flaw.what, flaw.remedy, flaw.notice) for flaw in told)
    return DutyText(front, tuple(_sections(body)), tuple(shifted))


def _sections(body: str) -> Iterator[Section]:
    """The prose by its second-level headings; what stands before the first one has an empty heading."""
    heading, lines, fence = "", list[str](), ""
    fenced = "```" in body or "~~~" in body
    for line in body.split("\n"):
        fence = _fence_after(line, fence) if fenced else ""
        if line.startswith("## ") and not fence and (found := _HEADING.fullmatch(line)):
            yield from _section(heading, lines)
            heading, lines = found[1], []
        else:
            lines.append(line)
    yield from _section(heading, lines)


def _section(heading: str, lines: list[str]) -> Iterator[Section]:
    text = "\n".join(lines).strip("\n")
    if heading or text.strip():
        yield Section.model_construct(heading=heading, text=text)


def _fence_after(line: str, fence: str) -> str:
    """The code fence that is open after a line; a heading inside code is no heading."""
    found = _CODE_FENCE.match(line)
    if not found:
        return fence
    if not fence:
        return found[1]
    closes = found[1].startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence


def _html(body: str) -> Iterator[Flaw]:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - slow to import, and few bodies hold a tag

    for token in MarkdownIt("commonmark").parse(body):
        if token.type == "html_block" or any(child.type == "html_inline" for child in token.children or ()):
            remedy = "write it in Markdown, code between backticks"
            yield Flaw(_line(token, body), "HTML in the prose", remedy, Notice.HTML)


def _line(token: "Token", body: str) -> int:
    """The line of the first tag in a block; inline tokens do not keep their own."""
    begin, end = token.map or (0, 1)
    lines = body.split("\n")[begin:end]
    tag = next((c.content for c in token.children or () if c.type == "html_inline"), "<")
    within = next((number for number, line in enumerate(lines) if tag.split("\n")[0] in line), 0)
    return begin + within + 1
