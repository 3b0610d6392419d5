"""Guidance and law: clauses in order of their text, each said completely; provisions with periods in order.

And the text of the guidance beside its clauses. The text is its publisher's and no part of a pack; who has it can check
that the clauses were cut from it. No word of it is ever shown.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path

from policykit.model.organisation import Roles
from policykit.model.sources import Clause, Period, Provision, Source
from policykit.problems import Notice, Problem, suggest
from policykit.reading.drafts import PackDraft, missing, unknown
from policykit.reading.files import FiledItem, RawItem, Reader, Shelf, raw_items
from policykit.reading.ground import Pack


def read_source(reader: Reader, name: str) -> tuple[Shelf[Source], Shelf[Clause]]:
    """A source and its clauses, each clause shaped by itself so that one bad clause hides nothing of the others."""
    composed = reader.composed(name)
    raw = composed.data
    if not isinstance(raw, dict) or not isinstance(raw.get("clauses"), list):
        return reader.alone(name, Source, composed), Shelf(whole=False)
    clauses = reader.shelve(name, Clause, raw_items(composed, "clauses"))
    flawed = not composed.whole or any(flaw.loc[:1] not in {(), ("clauses",)} for flaw in composed.flaws)
    head = reader.shelve(name, Source, [RawItem({**raw, "clauses": []}, composed.lines, flawed)])
    update = {"clauses": tuple(item.model for item in clauses.items)}
    return head.changed(lambda source: source.model_copy(update=update)), replace(clauses, whole=composed.whole)


def source_problems(draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with clauses, each by itself and beside its neighbours."""
    for item in draft.clauses.items:
        yield from missing(item, "a provision", item.model.cites, draft.provisions, "cites")
        yield from _complete(item)
    for _, clauses in groupby(draft.clauses.items, key=lambda item: item.path):
        yield from _spans(list(clauses))
    for source in draft.sources.items:
        for number, defect in enumerate(source.model.defects):
            if not draft.clauses.knows(defect.clause):
                yield unknown(source, "a clause", defect.clause, draft.clauses.ids, "defects", number, "clause")


def _complete(item: FiledItem[Clause]) -> Iterator[Problem]:
    clause = item.model
    if clause.currency in {"superseded", "wrong_today"} and clause.today is None:
        what = f"{item.id} is {clause.currency.replace('_', ' ')} and does not say what holds today"
        yield item.problem(Notice.CLAUSE_TREATMENT, what, "add `today`", "currency")
    if clause.currency == "wrong_today" and clause.notice is None:
        what = f"{item.id} is wrong today and has no sentence for the cards that lean on it"
        yield item.problem(Notice.CLAUSE_TREATMENT, what, "add `notice`", "currency")
    if clause.treated_as != "duty" and clause.why is None:
        what = f"{item.id} is treated as {clause.treated_as} and does not say why"
        yield item.problem(Notice.CLAUSE_TREATMENT, what, "add `why`", "treated_as")


def _spans(clauses: list[FiledItem[Clause]]) -> Iterator[Problem]:
    for item in clauses:
        first, end = item.model.span
        if not 0 <= first < end:
            remedy = "write the first code point and the one after the last"
            yield item.problem(Notice.CLAUSE_SPAN, f"the span of {item.id} holds no character", remedy, "span")
    for before, item in pairwise(clauses):
        if item.model.span[0] < before.model.span[1]:
            overlaps = item.model.span[1] > before.model.span[0]
            what = f"{item.id} {'overlaps' if overlaps else 'lies before'} {before.id}"
            yield item.problem(Notice.CLAUSE_SPAN, what, "put clauses in order of the text, none over another", "span")


def law_problems(draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with provisions: what came in their place, periods, verification, the roles they bind."""
    roles = draft.pack.policy.roles
    for item in draft.provisions.items:
        yield from missing(item, "a provision", item.model.superseded_by, draft.provisions, "superseded_by")
        yield from _periods(item)
        yield from _verification(item)
        yield from _binds(item, roles) if roles else ()


def _periods(item: FiledItem[Provision]) -> Iterator[Problem]:
    for number, period in enumerate(item.model.periods):
        if period.to and period.to < period.from_:
            what = f"a period of {item.id} ends before it begins"
            yield item.problem(Notice.PERIODS, what, "mend `from` or `to`", "periods", number, "to")
    for number, (before, period) in enumerate(pairwise(item.model.periods), 1):
        if said := _out_of_order(before, period):
            remedy = "put periods in order, each beginning after the one before has ended"
            yield item.problem(Notice.PERIODS, f"a period of {item.id} {said}", remedy, "periods", number, "from")


def _out_of_order(before: Period, period: Period) -> str | None:
    if period.from_ <= before.from_:
        return "does not begin after the one before"
    if before.to is None:
        return "begins although the one before has no last day"
    return "overlaps the one before" if period.from_ <= before.to else None


def _verification(item: FiledItem[Provision]) -> Iterator[Problem]:
    verification = item.model.verification
    for key in ("checked_on", "where") if verification.level != "unverified" else ():
        if getattr(verification, key) is None:
            what = f"{item.id} is verified by {verification.level} and does not say `{key}`"
            yield item.problem(Notice.VERIFICATION, what, f"add `{key}`", "verification")


def _binds(item: FiledItem[Provision], roles: Roles) -> Iterator[Problem]:
    for number, role in enumerate(item.model.binds):
        if role not in roles.known:
            remedy = suggest(role, roles.known, "add it to `roles` in policy.yaml", mark="`")
            yield item.problem(Notice.REFERENCE_UNKNOWN, f"`{role}` is not a role", remedy, "binds", number)


def source_text_problems(pack: Pack, file: Path) -> Iterator[Problem]:
    """Everything in which a text and the clauses of its source differ."""
    path = file.as_posix()
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8")
    except OSError:
        yield Problem(path, 0, "this file cannot be opened", "name the text", Notice.FILE_MISSING)
        return
    except UnicodeDecodeError:
        yield Problem(path, 0, "this is not UTF-8", "save the text as UTF-8", Notice.FILE_ENCODING)
        return
    digest = hashlib.sha256(raw).hexdigest()
    source = next((source for source in pack.sources.values() if source.sha256 == digest), None)
    if source is None:
        what = "this is not the text that the digest of a source was made from"
        yield Problem(
            path, 0, what, f"name the text of {', '.join(pack.sources)} as it was supplied", Notice.SOURCE_DIGEST
        )
        source = next(iter(pack.sources.values())) if len(pack.sources) == 1 else None
    if source:
        yield from _digests(pack, source, text)
        yield from _coverage(source, text, path)


def _digests(pack: Pack, source: Source, text: str) -> Iterator[Problem]:
    for clause in source.clauses:
        segment = text[slice(*clause.span)]
        if hashlib.sha256(segment.encode()).hexdigest()[:12] != clause.sha256:
            what = f"the digest of {clause.id} is not that of its span"
            yield pack.problem(clause.id, Notice.SOURCE_DIGEST, what, "mend the span or the digest")


def _coverage(source: Source, text: str, path: str) -> Iterator[Problem]:
    # Loading has seen to it that spans stand in order and none lies over another.
    edges = [0, *(edge for clause in source.clauses for edge in clause.span), len(text)]
    for number, (begin, end) in enumerate(pairwise(edges)):
        if number % 2 == 0 and (left := text[begin:end].strip()):
            at = begin + text[begin:end].index(left)
            what = f"the characters {at} to {at + len(left)} lie in no clause"
            line = text.count("\n", 0, at) + 1
            yield Problem(path, line, what, f"cut clauses of {source.id} there", Notice.SOURCE_COVERAGE)
