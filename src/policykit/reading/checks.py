"""Checks and populations: the keys of their method, a severity that duties bear, conditions that fit the registers."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from policykit.model.registers import Register
from policykit.model.strength import Strength
from policykit.problems import Notice, Problem
from policykit.reading.drafts import PackDraft, applies_problems, missing, unknown
from policykit.reading.examples import example_problems
from policykit.reading.files import FiledItem, mentions
from policykit.reading.ground import LAW, Ground, registers_of
from policykit.reading.registers import unsound
from policykit.rules import Check, Population, Setting, faults

ASKED = ("register", "noun", "plural", "key", "must", "max_age_days", "examples_at")
RULE_ONLY = ("register", "key", "for_each", "where", "must", "typical", "examples")
PYTHON_ONLY = ("words", "reads")

_USELESS = {
    "rule": ("is a rule", PYTHON_ONLY, "python"),
    "python": ("is carried out by a test function", ("for_each", "where", "must"), "rule"),
    "attestation": ("is confirmed by a statement", (*RULE_ONLY, *PYTHON_ONLY), "rule"),
}
"""The keys that each method has no use for: why, which, and the method that has."""


class DraftGround:
    """What the rules of a draft stand on: the setting, and the names that cannot be relied on.

    A rule that names an item which failed is not looked at: it would be blamed for what is not its fault.
    """

    def __init__(self, draft: PackDraft) -> None:
        self.draft = draft
        self._named = (draft.registers, draft.lists, draft.parameters, draft.populations)

    @cached_property
    def whole(self) -> bool:
        """Whether every file was read that a rule takes names from."""
        return all(shelf.certain for shelf in self._named) and bool(self.draft.policy.items)

    @cached_property
    def setting(self) -> Setting:
        """The setting with the pack's defaults; the day changes nothing about what fits."""
        pack = self.draft.pack
        sound = {id_: parameter for id_, parameter in pack.parameters.items() if id_ not in self.shaky}
        return Ground.of(replace(pack, parameters=sound), None, date.min).setting

    @cached_property
    def registers(self) -> Mapping[str, Register]:
        """Every register that was read, and those that are always there."""
        return registers_of(self.draft.pack)

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

    def faults(self, item: FiledItem[Check] | FiledItem[Population]) -> Iterator[Problem]:
        """What is wrong with the conditions of a check or population."""
        for fault in faults(item.model, self.setting):
            yield item.problem(Notice.RULE, fault.what, fault.remedy, *fault.loc)


def check_problems(draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with checks and populations."""
    ground = DraftGround(draft)
    for population in draft.populations.items:
        yield from _population(population, ground)
    for item in draft.checks.items:
        yield from _references(item, draft)
        yield from _severity(item, draft)
        yield from applies_problems(item, item.model.applies, draft)
        yield from _keys(item)
        if item.model.method == "rule":
            yield from _rule(item, ground)
        elif item.model.method == "python":
            yield from _opened(item, ground)


def _references(item: FiledItem[Check], draft: PackDraft) -> Iterator[Problem]:
    yield from missing(item, "a duty", item.model.verifies, draft.duties, "verifies")
    for number, id_ in enumerate(item.model.grounds):
        if not draft.clauses.knows(id_) and not draft.provisions.knows(id_):
            known = (*draft.clauses.ids, *draft.provisions.ids)
            yield unknown(item, "a clause or provision", id_, known, "grounds", number)


def _severity(item: FiledItem[Check], draft: PackDraft) -> Iterator[Problem]:
    duties = [draft.duties.models.get(id_) for id_ in item.model.verifies]
    if item.model.severity is None or not all(duties):
        return
    strengths = [duty.today.strength if duty.today else duty.strength for duty in duties if duty]
    strongest = max(strengths, key=lambda strength: strength.rank)
    if Strength(item.model.severity).rank > strongest.rank:
        what = f"{item.id} is of severity {item.model.severity}, and its duties say no more than {strongest}"
        yield item.problem(Notice.CHECK_SEVERITY, what, f"write `severity: {strongest}`, or leave it out", "severity")


def _keys(item: FiledItem[Check]) -> Iterator[Problem]:
    raw = item.raw if isinstance(item.raw, dict) else {}
    for key in ASKED if item.model.method == "rule" else ():
        if not raw.get(key):
            what = f"`{key}` is missing or blank in {item.id}"
            yield item.problem(Notice.CHECK_KEYS, what, f"add `{key}`: a rule needs it")
    why, useless, other = _USELESS[item.model.method]
    for key in filter(raw.get, useless):
        remedy = f"take it out, or write `method: {other}`"
        yield item.problem(Notice.CHECK_KEYS, f"{item.id} {why} and has no `{key}`", remedy, key)


def _population(item: FiledItem[Population], ground: DraftGround) -> Iterator[Problem]:
    if ground.whole and item.model.register_ not in {*ground.registers, *ground.shaky}:
        yield unknown(item, "a register", item.model.register_, ground.registers, "register")
    yield from ground.faults(item) if ground.carries(item) else ()


def _rule(item: FiledItem[Check], ground: DraftGround) -> Iterator[Problem]:
    check = item.model
    if check.register_ is None or not ground.carries(item):
        return
    register = ground.registers.get(check.register_)
    if check.register_ == LAW:
        what = "the register `law` is looked up, and has no key to be judged by"
        yield item.problem(Notice.CHECK_KEYS, what, "judge another register", "register")
    elif register is None:
        yield unknown(item, "a register", check.register_, ground.registers, "register")
    else:
        if check.key not in {None, register.key}:
            what = f"the key of `{register.id}` is `{register.key}`"
            yield item.problem(Notice.CHECK_KEYS, what, f"write `key: {register.key}`", "key")
        found = tuple(ground.faults(item))
        yield from found
        yield from example_problems(item, ground.draft.pack, ground.setting, fits=ground.fits and not found)


def _opened(item: FiledItem[Check], ground: DraftGround) -> Iterator[Problem]:
    """The registers that a test function may open."""
    named = [("register", item.model.register_), *(("reads", name) for name in item.model.reads)]
    for key, name in named if ground.carries(item) else ():
        if name is not None and name not in ground.registers:
            yield unknown(item, "a register", name, ground.registers, key)
