"""A pack as far as it could be read: shelves of items, before anybody asked whether they fit together."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from policykit.model.decisions import Decision
from policykit.model.duties import Duty, FrontMatter
from policykit.model.law import Provision
from policykit.model.parameters import Parameter
from policykit.model.policy import PolicyFile
from policykit.model.registers import ListOfRows, Register
from policykit.model.sources import Clause, Source
from policykit.problems import Notice, Problem
from policykit.reading.folder import Folder
from policykit.reading.items import Item, Shelf
from policykit.reading.pack import Pack, Place
from policykit.reading.prose import read_duty
from policykit.reading.reader import Entry, Reader, entries, joined
from policykit.rules import Check, Population

NO_POLICY = PolicyFile(id="UNREAD", title="Not read", edition="0", organisation="example")
"""Stands in for a policy.yaml that could not be read, so that everything else can still be looked at."""


@dataclass(frozen=True)
class Draft:
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
            places={item.id: self._place(item) for item in self._placed()},
            digest=self.folder.digest(),
        )

    def _placed(self) -> Iterator[Item]:  # type: ignore[type-arg] # items of every kind
        # Names of different kinds may be alike; a register's place matters more than a parameter's.
        return chain(
            *(self.parameters.items, self.populations.items, self.lists.items, self.registers.items),
            *(self.policy.items, self.sources.items, self.clauses.items, self.provisions.items),
            *(self.duties.items, self.checks.items, self.decisions.items),
        )

    def _place(self, item: Item) -> Place:  # type: ignore[type-arg] # items of every kind
        return Place(item.path.removeprefix(f"{self.folder.given.as_posix()}/"), item.lines.line)


def read_draft(folder: Folder) -> tuple[Draft, tuple[Problem, ...]]:
    """Every file of a pack's folder, and all that is wrong with each taken by itself."""
    reader = Reader(folder)
    sources, clauses = _sources(reader)
    draft = Draft(
        folder=folder,
        policy=reader.one("policy.yaml", PolicyFile),
        sources=sources,
        clauses=clauses,
        provisions=reader.many("law.yaml", Provision, required=True),
        parameters=reader.many("parameters.yaml", Parameter),
        lists=reader.each(folder.names("lists", ".yaml"), ListOfRows),
        populations=reader.many("populations.yaml", Population),
        registers=reader.many("registers.yaml", Register, required=True),
        duties=joined((_duty(reader, name) for name in folder.names("duties", ".md", required=True)), required=True),
        checks=joined(
            (reader.many(name, Check) for name in folder.names("checks", ".yaml", required=True)), required=True
        ),
        decisions=reader.each(folder.names("decisions", ".yaml"), Decision),
    )
    return draft, (*folder.problems, *reader.problems)


def _sources(reader: Reader) -> tuple[Shelf[Source], Shelf[Clause]]:
    pairs = [_source(reader, name) for name in reader.folder.names("sources", ".yaml", required=True)]
    sources, clauses = zip(*pairs, strict=True) if pairs else ((), ())
    return joined(sources, required=True), joined(clauses, required=True)


def _source(reader: Reader, name: str) -> tuple[Shelf[Source], Shelf[Clause]]:
    """A source and its clauses, each clause shaped by itself so that one bad clause hides nothing of the others."""
    composed = reader.composed(name)
    raw = composed.data
    if not isinstance(raw, dict) or not isinstance(raw.get("clauses"), list):
        return reader.alone(name, Source, composed), Shelf(whole=False)
    clauses = reader.shelve(name, Clause, entries(composed, "clauses"))
    flawed = not composed.whole or any(flaw.loc[:1] not in {(), ("clauses",)} for flaw in composed.flaws)
    head = reader.shelve(name, Source, [Entry({**raw, "clauses": []}, composed.lines, flawed)])
    update = {"clauses": tuple(item.model for item in clauses.items)}
    return head.changed(lambda source: source.model_copy(update=update)), replace(clauses, whole=composed.whole)


def _duty(reader: Reader, name: str) -> Shelf[Duty]:
    text = reader.folder.text(name)
    if text is None:
        return Shelf(whole=False)
    path, found = reader.folder.shown(name), read_duty(text)
    if found is None:
        remedy = "begin the file with a line of ---, the keys, and another line of ---"
        reader.problems.append(Problem(path, 1, "there is no front matter", remedy, Notice.FRONT_MATTER))
        return Shelf(whole=False)
    flaws = (*found.front.flaws, *found.flaws)
    reader.problems.extend(flaw.within(path) for flaw in flaws)
    front = reader.alone(name, FrontMatter, found.front)
    return front.changed(lambda matter: Duty.model_construct(**dict(matter), sections=found.sections))
