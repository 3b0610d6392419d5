"""References: every id that an item names exists, and no id names two things."""

from collections.abc import Iterable, Iterator
from typing import Any

from policykit.model.registers import item_of_register
from policykit.problems import Notice, Problem
from policykit.reading.draft import Draft
from policykit.reading.items import Item, Shelf
from policykit.reading.keys import alike
from policykit.reading.saying import listed, shown
from policykit.reading.unique import repeated, twice

MOST_LISTED = 6


def unknown(item: Item[Any], what: str, id_: str, known: Iterable[str], *loc: str | int) -> Problem:
    """A reference to something that is not there, with what was probably meant."""
    known = tuple(known)
    meant = alike(id_, known)
    others = f"use {listed(known, 'or')}" if 0 < len(known) <= MOST_LISTED else "name one that exists, or write it"
    remedy = f"did you mean {meant}?" if meant else others
    return item.problem(Notice.REFERENCE_UNKNOWN, f"{shown(id_)} is not {what}", remedy, *loc)


def missing(item: Item[Any], what: str, ids: Iterable[str], shelf: Shelf[Any], *loc: str) -> Iterator[Problem]:
    """A problem for each id of a list that no item of a kind has."""
    for number, id_ in enumerate(ids):
        if not shelf.knows(id_):
            yield unknown(item, what, id_, shelf.ids, *loc, number)


def ids_used_twice(draft: Draft) -> Iterator[Problem]:
    """Duties, clauses, provisions, checks and registers share one space of ids, because all are items of one handbook.

    Registers and lists share their names; parameters, populations, sources and tables have theirs for themselves.
    """
    needs = (draft.duties, draft.clauses, draft.provisions, draft.checks)
    named: list[tuple[str, Item[Any]]] = [(item.id, item) for shelf in needs for item in shelf.items]
    tables: list[Item[Any]] = [*draft.registers.items, *draft.lists.items]
    registers = {item.id: item for item in reversed(tables)}
    yield from repeated([*named, *((item_of_register(id_), item) for id_, item in registers.items())])
    yield from twice(draft.registers, draft.lists)
    for shelf in (draft.sources, draft.parameters, draft.populations, draft.decisions):
        yield from twice(shelf)


def clause_references(draft: Draft) -> Iterator[Problem]:
    """What clauses cite."""
    for item in draft.clauses.items:
        yield from missing(item, "a provision", item.model.cites, draft.provisions, "cites")


def provision_references(draft: Draft) -> Iterator[Problem]:
    """What came in a provision's place."""
    for item in draft.provisions.items:
        yield from missing(item, "a provision", item.model.superseded_by, draft.provisions, "superseded_by")


def duty_references(draft: Draft) -> Iterator[Problem]:
    """The clauses and provisions of duties."""
    for item in draft.duties.items:
        duty = item.model
        yield from missing(item, "a clause", duty.stated_in, draft.clauses, "stated_in")
        yield from missing(item, "a clause", duty.prompted_by, draft.clauses, "prompted_by")
        yield from missing(item, "a provision", duty.rests_on, draft.provisions, "rests_on")
        yield from missing(item, "a provision", duty.as_cited, draft.provisions, "as_cited")


def check_references(draft: Draft) -> Iterator[Problem]:
    """The duties that checks verify, and the sentences or provisions that they test."""
    for item in draft.checks.items:
        yield from missing(item, "a duty", item.model.verifies, draft.duties, "verifies")
        for number, id_ in enumerate(item.model.grounds):
            if not draft.clauses.knows(id_) and not draft.provisions.knows(id_):
                known = (*draft.clauses.ids, *draft.provisions.ids)
                yield unknown(item, "a clause or provision", id_, known, "grounds", number)


def decision_references(draft: Draft) -> Iterator[Problem]:
    """The duties that tables serve and the provisions that they rest on or offer."""
    for item in draft.decisions.items:
        table = item.model
        yield from missing(item, "a duty", table.duties, draft.duties, "duties")
        yield from missing(item, "a provision", table.rests_on, draft.provisions, "rests_on")
        for code, outcome in table.outcomes.items():
            offered = {"basis": outcome.basis, "special": outcome.special, "crime": outcome.crime}
            for key, ids in offered.items():
                yield from missing(item, "a provision", ids or (), draft.provisions, "outcomes", code, key)
