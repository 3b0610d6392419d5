"""Breaches to be planted: rows that one check finds and no other does, where there are such rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from policykit.exports.made_up.clusters import Neighbours, Piece, key_of, names_in
from policykit.exports.made_up.days import move_to
from policykit.exports.made_up.original import NotMadeError, Original
from policykit.exports.made_up.variants import Template
from policykit.loading import built_in_rows, setting_of
from policykit.model.outcomes import Outcome
from policykit.model.registers import read_value
from policykit.rules import Check, Example, Row, Setting, Values, each_of, judge_unit
from policykit.tracing import judge_check

_HOSTS = 4
_ENOUGH = 6


@dataclass(frozen=True)
class Plot:
    """Rows to be planted, the row that breaches first, and the other checks that find something in them too."""

    pieces: tuple[Piece, ...]
    names: frozenset[str]
    also: tuple[str, ...]


class Planter:
    """Finds plots in an example organisation that breaches nothing."""

    def __init__(self, base: Original, random: Random) -> None:
        self._base = base
        self._random = random
        self._near = Neighbours.of(base)
        self._setting: Setting = setting_of(base.pack, base.organisation, base.as_at)
        facts, own = base.organisation.facts, base.organisation.profile.id
        self._built_in = built_in_rows(base.pack, facts, own, base.as_at)

    def plots(self, check: Check) -> tuple[Plot, ...]:
        """The best plots for a check. Raises NotMadeError where none of its examples can be planted."""
        self._refuse_what_is_not_found(check)
        found: list[Plot] = []
        for example in self._examples(check):
            found += self._first(check, example)
            if sum(not plot.also for plot in found) >= _ENOUGH:
                break
        if not found:
            msg = f"No failing example of {check.id} can be planted in the example organisation."
            raise NotMadeError(msg)
        least = min(len(plot.also) for plot in found)
        return tuple(plot for plot in found if len(plot.also) == least)

    def _refuse_what_is_not_found(self, check: Check) -> None:
        if check.method != "rule" or check.register_ not in self._base.tables:
            msg = f"Breaches of {check.id} cannot be planted: it judges no row of a register of the organisation."
            raise NotMadeError(msg)
        outcome = judge_check(check, None, self._base.pack, self._base.organisation, self._base.as_at).outcome
        if outcome is Outcome.NOT_APPLICABLE:
            msg = f"Breaches of {check.id} cannot be planted: it does not apply to the example organisation."
            raise NotMadeError(msg)

    def _examples(self, check: Check) -> Sequence[Example]:
        """Failing examples of this organisation's own settings, in an order of this seed."""
        own = [
            example
            for example in check.examples
            if example.expect == "fail" and not (example.as_at or example.parameters or example.facts)
        ]
        return self._random.sample(own, len(own))

    def _first(self, check: Check, example: Example) -> list[Plot]:
        """The first plot that only this check finds, else the best one; none where it does not find it."""
        tried: list[Plot] = []
        for variant in self._variants(check, example):
            also = self._found_also(check, variant)
            if also is not None:
                tried.append(Plot(variant, self._names_of(variant), also))
                if not also:
                    break
        return sorted(tried, key=lambda plot: len(plot.also))[:1]

    def _variants(self, check: Check, example: Example) -> Iterator[tuple[Piece, ...]]:
        register = check.register_ or ""
        move = move_to(self._base, check.examples_at or self._base.as_at, self._base.as_at)
        parents = {*example.related, *(check.typical.related if check.typical else ())}
        for host in self._hosts(check):
            template = Template(self._base, check, example, move, key_of(self._base, (register, host)))
            yield from template.variants(self._near.cluster((register, host), parents))
        yield from Template(self._base, check, example, move, f"X-{register}").variants(())

    def _hosts(self, check: Check) -> list[Mapping[str, str]]:
        """Some rows that conform, so that nothing but the example is wrong with what is made of them."""
        register = check.register_ or ""
        rows = self._base.tables[register]
        drawn = (
            row
            for row in self._random.sample(rows, len(rows))
            if self._verdicts(check, (register, row), self._tables([(register, row)], frozenset())) == {"pass"}
        )
        return list(islice(drawn, _HOSTS))

    def _found_also(self, check: Check, pieces: tuple[Piece, ...]) -> tuple[str, ...] | None:
        """The other checks that find something in the rows; None where this one does not find exactly the first."""
        tables = self._tables(pieces, self._names_of(pieces))
        if "fail" not in self._verdicts(check, pieces[0], tables):
            return None
        also = {
            other.id
            for number, piece in enumerate(pieces)
            for other in self._base.pack.checks.values()
            if other.register_ == piece[0] and (number or other is not check)
            if {"fail", "unknown"} & self._verdicts(other, piece, tables)
        }
        unknown = {"unknown"} & self._verdicts(check, pieces[0], tables)
        return tuple(sorted(also | ({check.id} if unknown else set())))

    def _verdicts(self, check: Check, piece: Piece, tables: Mapping[str, Sequence[Values]]) -> set[str]:
        each = each_of(check, self._setting)
        values = self._typed(piece)
        codes = each.codes if each else (None,)
        return {judge_unit(check, Row(values, tables, code), self._setting) for code in codes}

    def _tables(self, pieces: Sequence[Piece], own_names: frozenset[str]) -> Mapping[str, Sequence[Values]]:
        """The rows that rules may come upon from these: themselves, and those of the example without their own names.

        What they are made from has these names, and will not belong to them once they are planted under others.
        """
        ours = {(piece[0], key_of(self._base, piece)) for piece in pieces}
        others = (piece for piece in self._near.around(pieces) if (piece[0], key_of(self._base, piece)) not in ours)
        strange = (piece for piece in others if not own_names & set(names_in(self._base, *piece)))
        tables: dict[str, list[Values]] = {name: [] for name in self._base.pack.registers}
        for piece in (*pieces, *strange):
            tables[piece[0]].append(self._typed(piece))
        return {**tables, **self._built_in}

    def _names_of(self, pieces: Sequence[Piece]) -> frozenset[str]:
        """What gets a new name in each planting: the keys of the rows, and names that only examples use."""
        keys = {key_of(self._base, piece) for piece in pieces}
        names = {name for register, row in pieces for name in names_in(self._base, register, row)}
        return frozenset(keys | {name for name in names if name.startswith("X-")})

    def _typed(self, piece: Piece) -> Values:
        shapes = self._base.pack.registers[piece[0]].fields
        return {name: read_value(shape, piece[1].get(name, "")) for name, shape in shapes.items()}
