"""Duties: front matter, then prose by heading; a reason, a strength that the text bears out, law that holds."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from policykit.english import say_day
from policykit.model.duties import Duty, FrontMatter, Section, Strength, Today
from policykit.model.sources import Provision
from policykit.problems import Problem, complaint
from policykit.reading.drafts import PackDraft, applies_problems
from policykit.reading.files import FiledItem, Folder, Shelf, mentions
from policykit.reading.yaml import Composed, Flaw, clean, compose

if TYPE_CHECKING:
    from markdown_it.token import Token

BINDING = frozenset({"duty", "prohibition", "standard"})

_PARTS = re.compile(r"---[ ]*\n(.*?)^---[ ]*(?:\n|\Z)(.*)\Z", re.DOTALL | re.MULTILINE)
_CODE_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"## +(.*?)(?: +#+)? *")


def read_duty(folder: Folder, name: str) -> Shelf[Duty]:
    """The duty in a file."""
    text = folder.text(name)
    found = None if text is None else parts_of(text)
    if found is None:
        if text is not None:
            folder.note(name, 1, "front-matter.missing")
        return Shelf(whole=False)
    composed, sections = found
    front = folder.one(name, FrontMatter, folder.flawed(name, composed))
    return front.changed(lambda matter: Duty.model_construct(**dict(matter), sections=sections))


def parts_of(text: str) -> tuple[Composed, tuple[Section, ...]] | None:
    """The front matter of a duty's file, with the flaws of all of the file, and its prose, CommonMark without HTML.

    None where the file does not begin with front matter between two lines of `---`.
    """
    found = _PARTS.match(text)
    if found is None:
        return None
    first_line = text.count("\n", 0, found.start(2)) + 1
    body, flaws = clean(found[2], first_line)
    html = _html(body, first_line) if "<" in body else ()
    front = compose(found[1], first_line=2)
    return replace(front, flaws=(*front.flaws, *flaws, *html)), tuple(_sections(body))


def _sections(body: str) -> Iterator[Section]:
    """The prose by its second-level headings; what stands before the first one has an empty heading."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    fence = ""
    for line in body.split("\n"):
        fence = _fence_after(line, fence)
        if not fence and (found := _HEADING.fullmatch(line)):
            parts.append((found[1], []))
        else:
            parts[-1][1].append(line)
    for heading, lines in parts:
        text = "\n".join(lines).strip("\n")
        if heading or text.strip():
            yield Section.model_construct(heading=heading, text=text)


def _fence_after(line: str, fence: str) -> str:
    """The code fence that is open after a line; a heading inside code is no heading."""
    found = _CODE_FENCE.match(line)
    if not found or not fence:
        return found[1] if found else fence
    closes = found[1].startswith(fence) and not line.strip().strip(fence[0])
    return "" if closes else fence


def _html(body: str, first_line: int) -> Iterator[Flaw]:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - slow to import, and few bodies hold a tag

    for token in MarkdownIt("commonmark").parse(body):
        if token.type == "html_block" or any(child.type == "html_inline" for child in token.children or ()):
            yield Flaw(_line(token, body) + first_line, complaint("html.prose"))


def _line(token: "Token", body: str) -> int:
    """The line of the first tag in a block, from 0; inline tokens do not keep their own."""
    begin, end = token.map or (0, 1)
    tag = next((child.content for child in token.children or () if child.type == "html_inline"), "<").split("\n")[0]
    lines = enumerate(body.split("\n")[begin:end], begin)
    return next((number for number, line in lines if tag in line), begin)


def duty_problems(draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with duties, and clauses that ask for a duty and have none."""
    for item in draft.duties.items:
        if PurePosixPath(item.path).name != f"{item.id}.md":
            yield item.problem("id-file.other-name", "id", id=item.id)
        yield from _stated(item, draft)
        yield from _today(item, item.model.today, draft) if item.model.today else ()
        yield from _law(item, draft)
        yield from applies_problems(item, item.model.applies, draft)
    yield from _clauses_without_duty(draft)


def _stated(item: FiledItem[Duty], draft: PackDraft) -> Iterator[Problem]:
    duty, clauses = item.model, draft.clauses.models
    if not duty.stated_in and duty.why_here is None:
        yield item.problem("duty-without-reason.no-clause", "stated_in", id=item.id)
    if not all(id_ in clauses for id_ in duty.stated_in):
        return  # told already, or the clause itself is at fault
    said = {strength for id_ in duty.stated_in for strength in clauses[id_].strength}
    if duty.strength is not Strength.NONE:
        if duty.strength not in said:
            yield item.problem("duty-strength.unsaid", "strength", id=item.id, strength=duty.strength)
        return
    if said:
        yield item.problem("duty-strength.none", "strength", id=item.id, strength=min(said))
    if duty.today is None:
        yield item.problem("duty-today.missing", "strength", id=item.id)
    if duty.stated_in and not duty.prompted_by and duty.why_here is None:
        yield item.problem("duty-without-reason.not-asked", "strength", id=item.id)


def _today(item: FiledItem[Duty], today: Today, draft: PackDraft) -> Iterator[Problem]:
    for number, id_ in enumerate(today.from_):
        if draft.provisions.knows(id_) and id_ not in item.model.rests_on:
            yield item.problem("duty-today.not-rested-on", "today", "from", number, id=item.id, provision=id_)
    provisions = [found for id_ in today.from_ if (found := draft.provisions.models.get(id_))]
    if len(provisions) < len(today.from_):
        return
    if _none_is_verified(provisions):
        yield item.problem("duty-today.unverified", "today", "from", id=item.id)
    if today.strength is Strength.MUST and not any(provision.kind in BINDING for provision in provisions):
        yield item.problem("duty-today.not-binding", "today", "strength", id=item.id)


def _none_is_verified(provisions: list[Provision]) -> bool:
    return all(provision.verification.level == "unverified" for provision in provisions)


def _law(item: FiledItem[Duty], draft: PackDraft) -> Iterator[Problem]:
    found: list[Provision] = []
    for number, id_ in enumerate(item.model.rests_on):
        provision = draft.provisions.models.get(id_)
        found += [provision] if provision else []
        if provision and not provision.periods:
            yield item.problem("duty-law.no-period", "rests_on", number, id=item.id, provision=id_)
    if not found or len(found) < len(item.model.rests_on):
        return
    first, last = _own_days(item.model)
    periods = (period for provision in found for period in provision.periods)
    if first <= last and not any(each.from_ <= last and first <= (each.to or date.max) for each in periods):
        yield item.problem("duty-law.not-in-force", "rests_on", id=item.id, day=say_day(first))
    if _none_is_verified(found):
        yield item.problem("duty-law.unverified", "rests_on", id=item.id)


def _own_days(duty: Duty) -> tuple[date, date]:
    """The days of a duty's own period from its last review on, which is when somebody vouched for its law.

    A pack is read without an as-at date. So law that has ended is seen here, while a rebuild of an earlier year does
    not fail, and neither does a duty that waits for its law.
    """
    first = duty.applies.from_ if duty.applies else None
    last = (duty.applies.to if duty.applies else None) or date.max
    reviewed = min(duty.reviewed_on, last)
    return max(reviewed, first or reviewed), last


def _clauses_without_duty(draft: PackDraft) -> Iterator[Problem]:
    stated = {id_ for duty in draft.duties.models.values() for id_ in duty.stated_in}
    stated |= {text for raw in draft.duties.failed for text in mentions(raw)}
    for item in draft.clauses.items if draft.duties.whole else ():
        if item.model.treated_as == "duty" and item.id not in stated:
            yield item.problem("clause-without-duty.not-stated", "treated_as", id=item.id)
