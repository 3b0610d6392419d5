"""A pack as far as it could be read: shelves of items, before anybody asked whether they fit together.

And what all kinds of items are asked alike: whether every id that they name exists, and whether an id names one thing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

from policykit.model.duties import Applies, Decision, Duty
from policykit.model.organisation import PolicyFile
from policykit.model.registers import FieldShape, ListOfRows, Parameter, Register, item_of_register, read_value
from policykit.model.sources import Clause, Provision, Source
from policykit.problems import Notice, Problem, shown, suggest
from policykit.reading.files import FiledItem, Folder, Shelf
from policykit.reading.ground import Pack, Position
from policykit.reading.shapes import listed
from policykit.rules import Check, Population

NO_POLICY = PolicyFile(id="UNREAD", title="Not read", edition="0", organisation="example")
"""Stands in for a policy.yaml that could not be read, so that everything else can still be looked at."""

MOST_LISTED = 6


@dataclass(frozen=True)
class PackDraft:
    """All items of a pack by kind. Clauses are items of their own here, with the path of their source."""

    folder: Folder
    policy: Shelf[PolicyFile]
    sources: Shelf[Source]
    clauses: Shelf[Clause]
    provisions: Shelf[Provision]
    parameters: Shelf[Parameter]
    lists: Shelf[ListOfRows]
    populations: Shelf[Population]
    registers: Shelf[Register]
    duties: Shelf[Duty]
    checks: Shelf[Check]
    decisions: Shelf[Decision]

    @cached_property
    def pack(self) -> Pack:
        """The pack of all items that could be read."""
        return Pack(
            folder=self.folder.given,
            policy=next((item.model for item in self.policy.items), NO_POLICY),
            sources=self.sources.models,
            provisions=self.provisions.models,
            parameters=self.parameters.models,
            lists=self.lists.models,
            populations=self.populations.models,
            registers=self.registers.models,
            duties=self.duties.models,
            checks=self.checks.models,
            decisions=self.decisions.models,
            places=dict(self._places()),
            digest=self.folder.digest(),
        )

    def _places(self) -> Iterator[tuple[str, Position]]:
        # Names of different kinds may be alike; a register's place matters more than a parameter's.
        items: Iterable[FiledItem[Any]] = chain(
            *(self.parameters.items, self.populations.items, self.lists.items, self.registers.items),
            *(self.policy.items, self.sources.items, self.clauses.items, self.provisions.items),
            *(self.duties.items, self.checks.items, self.decisions.items),
        )
        for item in items:
            yield item.id, Position(item.path.removeprefix(f"{self.folder.shown('')}/"), item.lines.line)


def unknown(item: FiledItem[Any], what: str, id_: str, known: Iterable[str], *loc: str | int) -> Problem:
    """A reference to something that is not there, with what was probably meant."""
    known = tuple(known)
    others = f"use {listed(known, 'or')}" if 0 < len(known) <= MOST_LISTED else "name one that exists, or write it"
    return item.problem(Notice.REFERENCE_UNKNOWN, f"{shown(id_)} is not {what}", suggest(id_, known, others), *loc)


def missing(item: FiledItem[Any], what: str, ids: Iterable[str], shelf: Shelf[Any], *loc: str) -> Iterator[Problem]:
    """A problem for each id of a list that no item of a kind has."""
    for number, id_ in enumerate(ids):
        if not shelf.knows(id_):
            yield unknown(item, what, id_, shelf.ids, *loc, number)


def ids_used_twice(draft: PackDraft) -> Iterator[Problem]:
    """Duties, clauses, provisions, checks and registers share one space of ids, because all are items of one handbook.

    Registers and lists share their names; parameters, populations, sources and tables have theirs for themselves.
    """
    needs = (draft.duties, draft.clauses, draft.provisions, draft.checks)
    named: list[tuple[str, FiledItem[Any]]] = [(item.id, item) for shelf in needs for item in shelf.items]
    tables: list[FiledItem[Any]] = [*draft.registers.items, *draft.lists.items]
    registers = {item.id: item for item in reversed(tables)}
    yield from _repeated([*named, *((item_of_register(id_), item) for id_, item in registers.items())])
    yield from twice(draft.registers, draft.lists)
    for shelf in (draft.sources, draft.parameters, draft.populations, draft.decisions):
        yield from twice(shelf)


def twice(*shelves: Shelf[Any]) -> Iterator[Problem]:
    """A problem for every item whose id another item on these shelves has, but for the first of them."""
    return _repeated((item.id, item) for shelf in shelves for item in shelf.items)


def _repeated(named: Iterable[tuple[str, FiledItem[Any]]]) -> Iterator[Problem]:
    first: dict[str, FiledItem[Any]] = {}
    for id_, item in named:
        if earlier := first.get(id_):
            where = f"{earlier.path}:{earlier.lines.at(('id',))}"
            yield item.problem(Notice.ID_TWICE, f"the id {id_} is used already, in {where}", "choose another id", "id")
        else:
            first[id_] = item


def applies_problems(item: FiledItem[Any], applies: Applies | None, draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with for whom and when a duty or check counts: facts that exist, days in order."""
    if applies is None:
        return
    if applies.otherwise is None and (applies.when or applies.from_ or applies.to):
        what = f"{item.id} does not say what is shown where it does not apply"
        yield item.problem(Notice.KEY_MISSING, what, "add `otherwise`, one sentence", "applies")
    if applies.from_ and applies.to and applies.to < applies.from_:
        what = f"{item.id} ends before it begins"
        yield item.problem(Notice.DUTY_PERIOD, what, "mend `from` or `to`", "applies", "to")
    facts = draft.pack.policy.facts
    for fact, values in applies.when.items() if draft.policy.items else ():
        if fact not in facts:
            yield unknown(item, "a fact of policy.yaml", fact, facts, "applies", "when", fact)
            continue
        for number, value in enumerate(values):
            if not value.strip(" ") or unreadable(facts[fact], value):
                what = f"the fact `{fact}` cannot be {shown(value)}"
                loc = ("applies", "when", fact, number)
                yield item.problem(Notice.VALUE_WRONG, what, possible(facts[fact]), *loc)


def unreadable(shape: FieldShape, written: str | None) -> str | None:
    """Why a field cannot have this value, in words; None where it can."""
    try:
        read_value(shape, written)
    except ValueError as error:
        return str(error)
    return None


def possible(shape: FieldShape) -> str:
    """What can be written for a field."""
    return f"use {listed(shape.values, 'or')}" if shape.values else f"write a {shape.type}"
