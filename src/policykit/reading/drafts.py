"""A pack as far as it could be read: shelves of items, before anybody asked whether they fit together.

And what all kinds of items are asked alike: whether every id that they name exists, and whether an id names one thing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, product
from typing import Any

from policykit.english import listed, say
from policykit.model.duties import Applies, Decision, Duty, Retired
from policykit.model.organisation import PolicyFile
from policykit.model.registers import FieldShape, ListOfRows, Parameter, item_of_register, read_value
from policykit.model.results import Outcome
from policykit.model.sources import Clause, Provision, Source
from policykit.model.values import stripped
from policykit.problems import Problem, complaint, shown
from policykit.reading.files import FiledItem, Folder, Shelf
from policykit.reading.ground import Pack, Position
from policykit.reading.yaml import Data, Loc
from policykit.rules import Check, DeclaredRegister, Population

NO_POLICY = PolicyFile(id="UNREAD", title="UNREAD", edition="0", organisation="example")
"""Stands in for a policy.yaml that could not be read, so that everything else can still be looked at."""

PLACED = (
    *("retired", "parameters", "populations", "lists", "registers", "policy", "sources", "clauses", "provisions"),
    *("duties", "checks", "decisions"),
)
"""All kinds of items. Names of different kinds may be alike; a register's place matters more than a parameter's."""

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
    registers: Shelf[DeclaredRegister]
    duties: Shelf[Duty]
    checks: Shelf[Check]
    decisions: Shelf[Decision]
    retired: Shelf[Retired]

    @cached_property
    def pack(self) -> Pack:
        """The pack of all items that could be read."""
        return Pack(
            folder=self.folder.given,
            policy=next((item.model for item in self.policy.items), NO_POLICY),
            places={id_: place for kind in PLACED for id_, place in self._places(getattr(self, kind))},
            digest=self.folder.digest(),
            **{kind: getattr(self, kind).models for kind in PLACED if kind not in {"policy", "clauses"}},
        )

    def _places(self, shelf: Shelf[Any]) -> Iterator[tuple[str, Position]]:
        for item in shelf.items:
            yield item.id, Position(item.path.removeprefix(f"{self.folder.shown('')}/"), item.lines.line)


REFERENCES: Mapping[str, Mapping[str, str]] = {
    "sources": {"defects.clause": "clause"},
    "clauses": {"cites": "provision"},
    "provisions": {"superseded_by": "provision"},
    "parameters": {"source.from": "clause-or-provision"},
    "duties": {
        "stated_in": "clause",
        "prompted_by": "clause",
        "rests_on": "provision",
        "as_cited": "provision",
        "today.from": "provision",
    },
    "checks": {"verifies": "duty", "grounds": "clause-or-provision"},
    "decisions": {
        "duties": "duty",
        "rests_on": "provision",
        "outcomes.*.basis": "provision",
        "outcomes.*.special": "provision",
        "outcomes.*.crime": "provision",
    },
}
"""Which key of which items names what, by the way to the key: lists are gone through, `*` is any key."""

_KINDS = {
    "clause": ("clauses",),
    "clause-or-provision": ("clauses", "provisions"),
    "duty": ("duties",),
    "provision": ("provisions",),
}


def reference_problems(draft: PackDraft) -> Iterator[Problem]:
    """A problem for every id that an item names and that no item has."""
    for shelf, keys in REFERENCES.items():
        for item, (way, kind) in product(getattr(draft, shelf).items, keys.items()):
            for loc, id_ in _ids(item.raw, way.split("."), ()):
                yield from unless_known(item, kind, id_, draft, *loc)


def unless_known(item: FiledItem[Any], kind: str, id_: str, draft: PackDraft, *loc: str | int) -> Iterator[Problem]:
    """A problem where no item of a kind has the id, or the sentence that has it no such part."""
    shelves = [getattr(draft, shelf) for shelf in _KINDS[kind]]
    named, _, part = id_.partition("#")
    clause = draft.clauses.models.get(named)
    parts = [each.id for each in clause.parts] if clause else []
    if not any(shelf.knows(named) for shelf in shelves):
        yield unknown(item, kind, named, chain.from_iterable(shelf.ids for shelf in shelves), *loc)
    elif part and part not in parts and (clause or named in draft.provisions.models):
        yield unknown(item, "part", part, parts, *loc, id=named)


def _ids(data: Data, way: Sequence[str], loc: Loc) -> Iterator[tuple[Loc, str]]:
    """The texts to which a way leads, each with its place."""
    if isinstance(data, list):
        for number, part in enumerate(data):
            yield from _ids(part, way, (*loc, number))
    elif isinstance(data, dict) and way:
        for key in data if way[0] == "*" else {way[0]} & data.keys():
            yield from _ids(data[key], way[1:], (*loc, key))
    elif isinstance(data, str):
        yield loc, data


def unknown(
    item: FiledItem[Any], kind: str, id_: str, known: Iterable[str], *loc: str | int, **places: object
) -> Problem:
    """A reference to something that is not there, with what was probably meant."""
    known, said = tuple(known), complaint(f"reference-unknown.{kind}", word=shown(id_), **places)
    if 0 < len(known) <= MOST_LISTED:
        said = said._replace(remedy=say("reading.remedy.use", words=listed(known, "or")))
    return said.or_meant(id_, known).at(*item.place_of(*loc))


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
        earlier = first.setdefault(id_, item)
        if earlier is not item:
            place = f"{earlier.path}:{earlier.lines.at(('id',))}"
            yield item.problem("id-twice.elsewhere", "id", id=id_, place=place)


_RETIRED = {"duty": "duties", "check": "checks", "sentence": "clauses", "register": "registers"}


def retired_problems(draft: PackDraft) -> Iterator[Problem]:
    """What is retired is there no more, and what replaces it is. Waivers are asked for with their organisation."""
    yield from twice(draft.retired)
    there = {id_ for shelf in (*_RETIRED.values(), "provisions") for id_ in getattr(draft, shelf).ids}
    for item in draft.retired.items:
        kind, replacing = item.model.kind, item.model.replaced_by
        if item.id in there:
            yield item.problem("retired.there", "id", id=item.id)
        if replacing and kind in _RETIRED and not getattr(draft, _RETIRED[kind]).knows(replacing):
            yield unknown(item, kind, replacing, getattr(draft, _RETIRED[kind]).ids, "replaced_by", check=replacing)


def applies_problems(item: FiledItem[Any], applies: Applies | None, draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with for whom and when a duty or check counts: facts that exist, days in order."""
    if applies is None:
        return
    if applies.otherwise is None and (applies.when or applies.from_ or applies.to):
        yield item.problem("key-missing.otherwise", "applies", id=item.id)
    for outcome in Outcome:
        if re.search(rf"\b{outcome.word}\b", " ".join((applies.otherwise or "").split()), re.IGNORECASE):
            yield item.problem("value-wrong.outcome", "applies", "otherwise", id=item.id, outcome=outcome.word)
    if applies.from_ and applies.to and applies.to < applies.from_:
        yield item.problem("duty-period.ends-first", "applies", "to", id=item.id)
    facts = draft.pack.policy.facts
    for fact, values in applies.when.items() if draft.policy.items else ():
        if fact not in facts:
            yield unknown(item, "fact-of-policy", fact, facts, "applies", "when", fact)
            continue
        for number, value in enumerate(values):
            if not stripped(value) or unreadable(facts[fact], value):
                loc, can = ("applies", "when", fact, number), possible(facts[fact])
                yield item.problem("value-wrong.fact", *loc, fact=fact, value=shown(value), possible=can)


def unreadable(shape: FieldShape, written: str | None) -> str | None:
    """Why a field cannot have this value, in words; None where it can."""
    try:
        read_value(shape, written)
    except ValueError as error:
        return str(error)
    return None


def possible(shape: FieldShape) -> str:
    """What can be written for a field."""
    if shape.values:
        return say("reading.remedy.use", words=listed(shape.values, "or"))
    return say("reading.remedy.type", type=shape.type)
