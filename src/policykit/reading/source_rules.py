"""Rules that the guidance keeps: clauses in order, each said completely."""

from collections.abc import Iterator
from itertools import groupby, pairwise

from policykit.model.sources import Clause
from policykit.problems import Notice, Problem
from policykit.reading.draft import Draft
from policykit.reading.items import Item
from policykit.reading.references import unknown


def source_problems(draft: Draft) -> Iterator[Problem]:
    """Everything wrong with clauses, each by itself and beside its neighbours."""
    for item in draft.clauses.items:
        yield from _complete(item)
    for _, clauses in groupby(draft.clauses.items, key=lambda item: item.path):
        yield from _spans(list(clauses))
    yield from _defects(draft)


def _complete(item: Item[Clause]) -> Iterator[Problem]:
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


def _spans(clauses: list[Item[Clause]]) -> Iterator[Problem]:
    for item in clauses:
        first, end = item.model.span
        if not 0 <= first < end:
            what = f"the span of {item.id} holds no character"
            remedy = "write the first code point and the one after the last"
            yield item.problem(Notice.CLAUSE_SPAN, what, remedy, "span")
    for before, item in pairwise(clauses):
        if item.model.span[0] < before.model.span[1]:
            overlaps = item.model.span[1] > before.model.span[0]
            what = f"{item.id} overlaps {before.id}" if overlaps else f"{item.id} lies before {before.id}"
            yield item.problem(Notice.CLAUSE_SPAN, what, "put clauses in order of the text, none over another", "span")


def _defects(draft: Draft) -> Iterator[Problem]:
    for item in draft.sources.items:
        for number, defect in enumerate(item.model.defects):
            if not draft.clauses.knows(defect.clause):
                yield unknown(item, "a clause", defect.clause, draft.clauses.ids, "defects", number, "clause")
