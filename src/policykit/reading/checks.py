"""Checks and populations: the keys of their method, a severity that duties bear, conditions that fit the registers.

And whether their examples can be judged: fields, codes and keys that exist, every value given.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import chain
from typing import Any

from policykit.model.duties import Duty, Strength
from policykit.model.registers import FieldShape, ParameterValue, read_parameter
from policykit.model.values import stripped
from policykit.problems import Notice, Problem, shown
from policykit.reading.drafts import PackDraft, applies_problems, possible, unknown, unreadable
from policykit.reading.examples import Texts, each_of, related_of, row_of
from policykit.reading.files import FiledItem, mentions
from policykit.reading.ground import BUILT_IN, LAW, Ground, Pack, registers_of
from policykit.reading.registers import unsound
from policykit.reading.yaml import Loc
from policykit.rules import Check, DeclaredRegister, Example, Population, Setting, Typical, faults, quantity

OLDEST = 400
"""Records may be this many days old without a word; who lets them be older says why."""

ASKED = ("register", "noun", "plural", "key", "must", "max_age_days", "examples_at")
USELESS = {
    "rule": ("words", "reads"),
    "python": ("for_each", "where", "must"),
    "attestation": ("register", "key", "for_each", "where", "must", "typical", "examples", "words", "reads"),
}
"""The keys that each method has no use for."""


class DraftGround:
    """What the rules of a draft stand on: the setting, and the names that cannot be relied on.

    A rule that names an item which failed is not looked at: it would be blamed for what is not its fault.
    """

    def __init__(self, draft: PackDraft) -> None:
        self.draft = draft
        self.registers = registers_of(draft.pack)
        self._named = (draft.registers, draft.lists, draft.parameters, draft.populations)
        self.whole = all(shelf.certain for shelf in self._named) and bool(draft.policy.items)
        """Whether every file was read that a rule takes names from."""

    @cached_property
    def setting(self) -> Setting:
        """The setting with the pack's defaults; the day changes nothing about what fits."""
        pack = self.draft.pack
        sound = {id_: parameter for id_, parameter in pack.parameters.items() if id_ not in self.shaky}
        return Ground.of(replace(pack, parameters=sound), None, date.min).setting

    @cached_property
    def shaky(self) -> frozenset[str]:
        """Names that cannot be relied on: items that failed or are at fault, and populations that name one of these."""
        items = self.draft.populations.items
        names = {id_ for shelf in self._named for id_ in shelf.lost} | unsound(self.draft)
        names |= {item.id for item in items if item.model.register_ not in self.registers}
        populations = {item.id: set(mentions(item.raw)) for item in items}
        while more := {id_ for id_, said in populations.items() if id_ not in names and said & names}:
            names |= more
        return frozenset(names)

    @cached_property
    def fits(self) -> bool:
        """Whether nothing is wrong with any population."""
        items = self.draft.populations.items
        return all(self.carries(item) and next(faults(item.model, self.setting), None) is None for item in items)

    def carries(self, item: FiledItem[Any]) -> bool:
        """Whether everything that an item names could be read."""
        return self.whole and self.shaky.isdisjoint(mentions(item.raw))

    def faults(self, item: FiledItem[Check] | FiledItem[DeclaredRegister] | FiledItem[Population]) -> Iterator[Problem]:
        """What is wrong with the conditions of a check, a population or a register."""
        for fault in faults(item.model, self.setting):
            yield Problem(*item.place_of(*fault.loc), fault.what, fault.remedy, Notice.RULE)


def check_problems(draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with checks and populations."""
    ground = DraftGround(draft)
    for population in draft.populations.items:
        yield from _population(population, ground)
    for register in draft.registers.items:
        if register.id not in ground.shaky and ground.carries(register):
            yield from ground.faults(register)
    for item in draft.checks.items:
        yield from _severity(item, draft)
        yield from applies_problems(item, item.model.applies, draft)
        yield from _keys(item)
        yield from _age(item, ground)
        if item.model.method == "rule":
            yield from _rule(item, ground)
        elif item.model.method == "python":
            yield from _opened(item, ground)


def _severity(item: FiledItem[Check], draft: PackDraft) -> Iterator[Problem]:
    duties = [draft.duties.models.get(id_) for id_ in item.model.verifies]
    if item.model.severity is None or not all(duties):
        return
    strongest = _strongest(duty for duty in duties if duty)
    if Strength(item.model.severity).rank > strongest.rank:
        said = {"severity": item.model.severity, "strongest": strongest}
        yield item.problem("check-severity.above-duties", "severity", id=item.id, **said)


def declared_severity(check: Check, pack: Pack) -> Strength:
    """The severity of a check, whatever law is in force: its own, or else that of its strongest duty."""
    return Strength(check.severity) if check.severity else _strongest(pack.duties[duty] for duty in check.verifies)


def _strongest(duties: Iterable[Duty]) -> Strength:
    strengths = (duty.today.strength if duty.today else duty.strength for duty in duties)
    return max(strengths, key=lambda strength: strength.rank)


def _age(item: FiledItem[Check], ground: DraftGround) -> Iterator[Problem]:
    if ground.carries(item) and (days := unexplained_age(item.model, ground.setting)):
        yield item.problem("check-keys.max-age", "max_age_days", id=item.id, days=days, most=OLDEST)


def unexplained_age(check: Check, setting: Setting) -> int | None:
    """How old the records of a check may be, where that is over a year and its month and nobody says why."""
    days = quantity(check.max_age_days, setting) if check.max_age_days is not None else None
    return days if days is not None and days > OLDEST and check.max_age_why is None else None


def _keys(item: FiledItem[Check]) -> Iterator[Problem]:
    raw = item.raw if isinstance(item.raw, dict) else {}
    for key in ASKED if item.model.method == "rule" else ():
        if not raw.get(key):
            yield item.problem("check-keys.missing", id=item.id, key=key)
    for key in filter(raw.get, USELESS[item.model.method]):
        yield item.problem(f"check-keys.{item.model.method}", key, id=item.id, key=key)


def _population(item: FiledItem[Population], ground: DraftGround) -> Iterator[Problem]:
    if ground.whole and item.model.register_ not in {*ground.registers, *ground.shaky}:
        yield unknown(item, "register", item.model.register_, ground.registers, "register")
    yield from ground.faults(item) if ground.carries(item) else ()


def _rule(item: FiledItem[Check], ground: DraftGround) -> Iterator[Problem]:
    check = item.model
    if check.register_ is None or not ground.carries(item):
        return
    register = ground.registers.get(check.register_)
    if check.register_ == LAW:
        yield item.problem("check-keys.law", "register")
    elif register is None:
        yield unknown(item, "register", check.register_, ground.registers, "register")
    else:
        if check.key not in {None, register.key}:
            yield item.problem("check-keys.key", "key", register=register.id, key=register.key)
        found = tuple(ground.faults(item))
        yield from found
        yield from _examples(item, ground, fits=ground.fits and not found)


def _opened(item: FiledItem[Check], ground: DraftGround) -> Iterator[Problem]:
    """The registers that a test function may open."""
    named = [("register", item.model.register_), *(("reads", name) for name in item.model.reads)]
    for key, name in named if ground.carries(item) else ():
        if name is not None and name not in ground.registers:
            yield unknown(item, "register", name, ground.registers, key)


def _examples(item: FiledItem[Check], ground: DraftGround, *, fits: bool) -> Iterator[Problem]:
    """Everything wrong with the typical row and the examples; `fits` where nothing is wrong with any rule used."""
    typical = list(_Given(item, ground, ("typical",)).rows(item.model.typical or Typical()))
    yield from typical
    for number, example in enumerate(item.model.examples):
        given = _Given(item, ground, ("examples", number))
        found = list(given.rows(example))
        yield from found
        if not typical and not found:
            yield from given.keys(example)
            yield from given.each(example)
        yield from given.cells(example.facts, ground.draft.pack.policy.facts, "example.fact", "facts")
        yield from given.parameters(example, fits=fits)


class _Given:
    """What the typical row or one example gives, cell by cell; each method says what is wrong with a part of it."""

    def __init__(self, item: FiledItem[Check], ground: DraftGround, loc: Loc) -> None:
        self._item, self._pack, self._setting, self._loc = item, ground.draft.pack, ground.setting, loc
        self._own = item.model.register_ or ""

    def problem(self, message: str, /, *loc: str | int, **places: object) -> Problem:
        return self._item.problem(message, *self._loc, *loc, **places)

    def _unknown(self, message: str, known: Mapping[str, object], *loc: str | int, **places: object) -> Problem:
        name = str(loc[-1])
        return self._item.unknown(message, name, known, *self._loc, *loc, mark="`", name=name, **places)

    def cells(
        self, written: Texts, known: Mapping[str, FieldShape], message: str, *loc: str | int, **places: object
    ) -> Iterator[Problem]:
        """Names that are known, with values that they can have."""
        for name, text in written.items():
            if name not in known:
                yield self._unknown(message, known, *loc, name, **places)
            elif why := unreadable(known[name], text):
                value, can = shown(text), possible(known[name])
                yield self.problem("example.value", *loc, name, name=name, value=value, why=why, possible=can)

    def _row(self, register: str, row: Texts, *loc: str | int) -> Iterator[Problem]:
        fields = self._setting.registers[register].fields
        return self.cells(row, fields, "example.field", *loc, register=register)

    def rows(self, given: Typical) -> Iterator[Problem]:
        yield from self._row(self._own, given.row, "row")
        for name, rows in given.related.items():
            if name in BUILT_IN or name in self._pack.lists:
                yield self.problem("example.built-in", "related", name, register=name)
            elif name not in self._pack.registers:
                yield self._unknown("example.register", self._pack.registers, "related", name)
            else:
                for number, row in enumerate(rows):
                    yield from self._row(name, row, "related", name, number)

    def keys(self, example: Example) -> Iterator[Problem]:
        """Keys of an example are there and unique."""
        related = related_of(self._item.model, example)
        own = (row_of(self._item.model, example), *related.get(self._own, ()))
        for name, rows in {**related, self._own: own}.items():
            key = self._setting.registers[name].key
            keys = [stripped(row.get(key)) for row in rows]
            if not all(keys):
                yield self.problem("example.key-missing", register=name, key=key)
            elif len(set(keys)) < len(keys):
                yield self.problem("example.key-twice", register=name, key=key)

    def each(self, example: Example) -> Iterator[Problem]:
        """Each example says which value of the for_each it is about, and no other."""
        check = self._item.model
        given, asked = each_of(check, example), check.for_each.name if check.for_each else None
        for name in given.keys() - {asked}:
            message = "example.each" if asked else "example.no-each"
            yield self.problem(message, "each", name, name=name, asked=asked)
        if asked and asked not in given:
            yield self.problem("example.each-missing", name=asked)

    def parameters(self, example: Example, *, fits: bool) -> Iterator[Problem]:
        """The parameters exist, with values that they can have and that fit the rules."""
        changed: dict[str, ParameterValue] = {}
        for id_, value in example.parameters.items():
            parameter = self._pack.parameters.get(id_)
            if parameter is None:
                yield self._unknown("example.parameter", self._pack.parameters, "parameters", id_)
                continue
            try:
                changed[id_] = read_parameter(parameter, value)
            except ValueError as error:
                said = {"name": id_, "why": error, "type": parameter.type}
                yield self.problem("example.parameter-value", "parameters", id_, **said)
        if fits and changed:
            there = replace(self._setting, parameters={**self._setting.parameters, **changed})
            rules: list[Check | Population] = [self._item.model, *self._pack.populations.values()]
            for fault in chain.from_iterable(faults(rule, there) for rule in rules):
                place = self._item.place_of(*self._loc, "parameters")
                yield Problem(*place, fault.what, fault.remedy, Notice.EXAMPLE)
