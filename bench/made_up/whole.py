"""Breaches by the organisation itself, which has one row: what its rule looks up is changed, as little as does it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random

from bench.made_up.clean import breaches
from bench.made_up.clusters import Piece
from bench.made_up.moving import shift_to
from bench.made_up.original import Original, Texts
from bench.made_up.variants import Template, failing_examples

from policykit.exports.example import NotMadeError
from policykit.rules import Check, Example, Row, Values, each_of, judge_unit, reads

Spot = tuple[str, int]
"""A row of the example: its register and its place there."""


def judges_the_whole(check: Check) -> bool:
    """Whether a check judges the organisation itself, by the rows of its registers."""
    return check.method == "rule" and check.register_ == "organisation"


def spoil(base: Original, check: Check, random: Random) -> Original:
    """The example changed so that it breaches a check. Raises NotMadeError where no failing example does that."""
    only = {check.id, *Whole(base).breached}
    found: list[tuple[int, Original]] = []
    for example in failing_examples(check, random):
        if changed := _after(base, check, example):
            others = breaches(changed).keys() - only
            if not others:
                return changed
            found.append((len(others), changed))
    if not found:
        msg = f"No failing example of {check.id} can be planted in the example organisation."
        raise NotMadeError(msg)
    return min(found, key=lambda one: one[0])[1]


class Whole:
    """The organisation as a whole, as the checks see it that judge its one row."""

    def __init__(self, base: Original) -> None:
        self._base = base
        self._checks = [check for check in base.checks() if judges_the_whole(check)]
        self._tables = {name: [base.typed(name, row) for row in rows] for name, rows in base.tables.items()}
        self.breached = frozenset(check.id for check in self._checks if self._finds(check, ()))

    def breached_with(self, pieces: Sequence[Piece]) -> frozenset[str]:
        """The checks that find something once the organisation has these rows too."""
        return frozenset(check.id for check in self._checks if self._finds(check, pieces))

    def _finds(self, check: Check, pieces: Sequence[Piece]) -> bool:
        names = reads(check, self._base.setting).keys() & self._tables.keys()
        if pieces and not any(register in names for register, _ in pieces):
            return check.id in self.breached
        tables = {name: list(self._tables[name]) for name in names}
        for register, row in pieces:
            if register in names:
                tables[register].append(self._base.typed(register, row))
        return bool({"fail", "unknown"} & _verdicts(self._base, check, tables))


def _verdicts(base: Original, check: Check, tables: Mapping[str, list[Values]]) -> set[str]:
    """What a check says of the organisation with these rows, once for each value of its for_each."""
    each = each_of(check, base.setting)
    row = Row(base.built_in["organisation"][0], {**tables, **base.built_in})
    return {judge_unit(check, replace(row, each=code), base.setting) for code in (each.codes if each else (None,))}


def _after(base: Original, check: Check, example: Example) -> Original | None:
    """What an example says of related rows, said of as few rows as make the check fail; None where all do not."""
    scene = _Scene(base, check, example)
    spoilt = frozenset((register, place) for register in scene.changes for place in range(len(base.tables[register])))
    if not scene.fails(spoilt):
        return None
    several = len(spoilt)
    while several:
        spots = sorted(spoilt)
        for start in range(0, len(spots), several):
            fewer = spoilt - set(spots[start : start + several])
            spoilt = fewer if scene.fails(fewer) else spoilt
        several //= 2
    return replace(base, tables={**base.tables, **{name: scene.rows(name, spoilt) for name in scene.changes}})


@dataclass(frozen=True)
class _Scene:
    """The example organisation, some of whose rows are changed as a failing example has them."""

    base: Original
    check: Check
    example: Example

    @cached_property
    def changes(self) -> Mapping[str, Texts | None]:
        """By register, what each changed row says instead; None where it is taken out."""
        base, related = self.base, self.example.related
        shift = shift_to(base, self.check.examples_at or base.as_at, base.as_at)
        template = Template(base, self.check, self.example, shift, base.organisation.profile.id)
        keys = {name: base.pack.registers[name].key for name in related if name in base.tables}
        return {
            name: template.text(name, {field: text for field, text in related[name][0].items() if field != key})
            if related[name]
            else None
            for name, key in keys.items()
        }

    def rows(self, register: str, spoilt: frozenset[Spot]) -> tuple[Texts, ...]:
        """The rows of a register when some are changed."""
        change = self.changes[register]
        rows = enumerate(self.base.tables[register])
        if change is None:
            return tuple(row for place, row in rows if (register, place) not in spoilt)
        return tuple({**row, **change} if (register, place) in spoilt else row for place, row in rows)

    @cached_property
    def _read(self) -> Collection[str]:
        return reads(self.check, self.base.setting).keys()

    def fails(self, spoilt: frozenset[Spot]) -> bool:
        """Whether the organisation then breaches the check."""
        tables = {
            name: [self.base.typed(name, row) for row in (self.rows(name, spoilt) if name in self.changes else rows)]
            for name, rows in self.base.tables.items()
            if name in self._read
        }
        return "fail" in _verdicts(self.base, self.check, tables)
