"""Guidance and law: clauses in order of their text, each said completely; provisions with periods in order.

And the text of the guidance beside its clauses. The text is its publisher's and no part of a pack; who has it can check
that the clauses were cut from it. No word of it is ever shown.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path

from policykit.english import humanised
from policykit.model.organisation import Roles
from policykit.model.sources import Clause, Period, Provision, Source
from policykit.problems import Problem
from policykit.reading.drafts import PackDraft
from policykit.reading.files import FiledItem, Folder, Shelf
from policykit.reading.ground import Pack

MOST_BETWEEN = 3
"""Code points that may lie between two clauses: a line's end, an empty line, a space."""


def read_source(folder: Folder, name: str) -> tuple[Shelf[Source], Shelf[Clause]]:
    """A source and its clauses, each clause shaped by itself so that one bad clause hides nothing of the others."""
    composed = folder.composed(name)
    raw = composed.data
    found = raw.get("clauses") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or not isinstance(found, list):
        return folder.one(name, Source, composed), Shelf(whole=False)
    clauses = folder.listed(name, Clause, composed, found, "clauses")
    above = tuple(flaw for flaw in composed.flaws if flaw.loc[:1] != ("clauses",))
    head = folder.one(name, Source, replace(composed, data={**raw, "clauses": []}, flaws=above))
    update = {"clauses": tuple(item.model for item in clauses.items)}
    return head.changed(lambda source: source.model_copy(update=update)), clauses


def source_problems(draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with clauses, each by itself and beside its neighbours."""
    for item in draft.clauses.items:
        yield from _complete(item)
    heads = {item.path: item for item in draft.sources.items}
    for path, found in groupby(draft.clauses.items, key=lambda item: item.path):
        clauses, head = list(found), heads.get(path)
        misplaced = [*_spans(clauses, head)]
        yield from misplaced
        # A clause that could not be read or stands at the wrong place leaves a gap, too.
        if head and not misplaced and not draft.clauses.failed and draft.clauses.whole:
            yield from _gaps(clauses, head)


def _complete(item: FiledItem[Clause]) -> Iterator[Problem]:
    clause = item.model
    if clause.currency is None and clause.claims:
        yield item.problem("clause-treatment.currency", id=item.id)
    if clause.currency == "wrong_today" and not clause.claims:
        yield item.problem("clause-treatment.claims", "currency", id=item.id, kind=clause.clause_class)
    if clause.currency in {"superseded", "wrong_today"} and clause.today is None:
        yield item.problem("clause-treatment.today", "currency", id=item.id, currency=humanised(clause.currency))
    if clause.currency == "wrong_today" and clause.notice is None:
        yield item.problem("clause-treatment.notice", "currency", id=item.id)
    if clause.treated_as != "duty" and clause.why is None:
        yield item.problem("clause-treatment.why", "treated_as", id=item.id, treated=clause.treated_as)
    if clause.parts and not clause.strength:
        yield item.problem("clause-treatment.parts", "parts", id=item.id)
    for number, part in enumerate(clause.parts):
        if part.id in {earlier.id for earlier in clause.parts[:number]}:
            yield item.problem("id-twice.in-table", "parts", number, "id", id=part.id, key="parts")


def _spans(clauses: list[FiledItem[Clause]], head: FiledItem[Source] | None) -> Iterator[Problem]:
    for item in clauses:
        first, end = item.model.span
        if not 0 <= first < end:
            yield item.problem("clause-span.empty", "span", id=item.id)
        elif head and end > head.model.length:
            yield item.problem("clause-span.outside", "span", id=item.id, length=head.model.length)
    for before, item in pairwise(clauses):
        if item.model.span[0] < before.model.span[1]:
            overlaps = item.model.span[1] > before.model.span[0]
            message = "clause-span.overlap" if overlaps else "clause-span.before"
            yield item.problem(message, "span", id=item.id, other=before.id)


def _gaps(clauses: list[FiledItem[Clause]], head: FiledItem[Source]) -> Iterator[Problem]:
    """Every part of the text that lies in no clause and is longer than what parts two sentences."""
    places = [item.place_of("span") for item in clauses] + [head.place_of("length")]
    for number, (begin, end) in enumerate(_outside([item.model for item in clauses], head.model.length)):
        if end - begin > MOST_BETWEEN:
            message = "clause-span.gap" if number < len(clauses) else "clause-span.gap-at-end"
            beside = clauses[min(number, len(clauses) - 1)].id
            yield Problem.at(*places[number], message, begin=begin, end=end, id=beside, most=MOST_BETWEEN)


def _outside(clauses: Sequence[Clause], length: int) -> Iterator[tuple[int, int]]:
    """First and last code point, the end excluded, of what lies before each clause, and after the last."""
    edges = [0, *(edge for clause in clauses for edge in clause.span), length]
    return zip(edges[::2], edges[1::2], strict=True)


def law_problems(draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with provisions: periods, verification, the roles they bind."""
    roles = draft.pack.policy.roles
    for item in draft.provisions.items:
        yield from _periods(item)
        yield from _verification(item)
        yield from _binds(item, roles) if roles else ()


def _periods(item: FiledItem[Provision]) -> Iterator[Problem]:
    for number, period in enumerate(item.model.periods):
        if period.to and period.to < period.from_:
            yield item.problem("periods.ends-first", "periods", number, "to", id=item.id)
    for number, (before, period) in enumerate(pairwise(item.model.periods), 1):
        if message := _out_of_order(before, period):
            yield item.problem(message, "periods", number, "from", id=item.id)


def _out_of_order(before: Period, period: Period) -> str | None:
    if period.from_ <= before.from_:
        return "periods.order"
    if before.to is None:
        return "periods.after-open"
    return "periods.overlap" if period.from_ <= before.to else None


def _verification(item: FiledItem[Provision]) -> Iterator[Problem]:
    verification = item.model.verification
    for key in ("checked_on", "where") if verification.level != "unverified" else ():
        if getattr(verification, key) is None:
            yield item.problem("verification.incomplete", "verification", id=item.id, level=verification.level, key=key)


def _binds(item: FiledItem[Provision], roles: Roles) -> Iterator[Problem]:
    for number, role in enumerate(item.model.binds):
        if role not in roles.known:
            yield item.unknown("reference-unknown.role", role, roles.known, "binds", number, mark="`", role=role)


def source_text_problems(pack: Pack, file: Path) -> Iterator[Problem]:
    """Everything in which a text and the clauses of its source differ."""
    path = file.as_posix()
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8")
    except OSError:
        yield Problem.at(path, 0, "file-missing.text")
        return
    except UnicodeDecodeError:
        yield Problem.at(path, 0, "file-encoding.text")
        return
    digest = hashlib.sha256(raw).hexdigest()
    source = next((source for source in pack.sources.values() if source.sha256 == digest), None)
    if source is None:
        yield Problem.at(path, 0, "source-digest.text", sources=", ".join(pack.sources))
        source = next(iter(pack.sources.values())) if len(pack.sources) == 1 else None
    elif source.length != len(text):
        yield pack.problem(source.id, "source-digest.length", id=source.id, length=source.length, found=len(text))
    if source:
        yield from _cut(pack, source, text, path)


def _cut(pack: Pack, source: Source, text: str, path: str) -> Iterator[Problem]:
    """Whether each clause was cut from where it says, and nothing lies in none."""
    for clause in source.clauses:
        segment = text[slice(*clause.span)]
        if hashlib.sha256(segment.encode()).hexdigest()[:12] != clause.sha256:
            yield pack.problem(clause.id, "source-digest.clause", id=clause.id)
    # Loading has seen to it that spans stand in order and none lies over another.
    for begin, end in _outside(source.clauses, len(text)):
        if left := text[begin:end].strip():
            at = begin + text[begin:end].index(left)
            places = {"begin": at, "end": at + len(left), "source": source.id}
            yield Problem.at(path, text.count("\n", 0, at) + 1, "source-coverage.outside", **places)
