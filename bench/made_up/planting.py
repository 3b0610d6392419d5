"""Breaches to be planted: rows that one check finds and no other does, where there are such rows."""

from collections.abc import Iterator, Mapping
from itertools import islice
from random import Random

from bench.made_up.clusters import Neighbours, Piece, key_of
from bench.made_up.effects import Effects, Plot
from bench.made_up.moving import shift_to
from bench.made_up.original import Original
from bench.made_up.variants import Template, failing_examples

from policykit.exports.example import NotMadeError
from policykit.rules import Check, Example

_HOSTS = 4
_ENOUGH = 6


class Planter:
    """Finds plots in an example organisation in which no row breaches anything."""

    def __init__(self, base: Original, random: Random) -> None:
        self._base = base
        self._random = random
        self._near = Neighbours.of(base)
        self._effects = Effects(base, self._near)

    def plots(self, check: Check) -> tuple[Plot, ...]:
        """The best plots for a check. Raises NotMadeError where none of its examples can be planted."""
        found: list[Plot] = []
        for example in failing_examples(check, self._random):
            found += self._first(check, example)
            if sum(not plot.also for plot in found) >= _ENOUGH:
                break
        if not found:
            msg = f"No failing example of {check.id} can be planted in the example organisation."
            raise NotMadeError(msg)
        least = min(len(plot.also) for plot in found)
        return tuple(plot for plot in found if len(plot.also) == least)

    def _first(self, check: Check, example: Example) -> list[Plot]:
        """The first plot that only this check finds, else the best one; none where it does not find it."""
        tried: list[Plot] = []
        for variant in self._variants(check, example):
            plot = self._effects.plot(check, variant)
            tried += [plot] if plot else []
            if plot and not plot.also:
                break
        return sorted(tried, key=lambda plot: len(plot.also))[:1]

    def _variants(self, check: Check, example: Example) -> Iterator[tuple[Piece, ...]]:
        register = check.register_ or ""
        shift = shift_to(self._base, check.examples_at or self._base.as_at, self._base.as_at)
        parents = {*example.related, *(check.typical.related if check.typical else ())}
        for host in self._hosts(check):
            template = Template(self._base, check, example, shift, key_of(self._base, (register, host)))
            yield from template.variants(self._near.cluster((register, host), parents))
        yield from Template(self._base, check, example, shift, f"X-{register}").variants(())

    def _hosts(self, check: Check) -> list[Mapping[str, str]]:
        """Some rows that conform, so that nothing but the example is wrong with what is made of them."""
        register = check.register_ or ""
        rows = self._base.tables[register]
        drawn = self._random.sample(rows, len(rows))
        return list(islice((row for row in drawn if self._effects.conforms(check, (register, row))), _HOSTS))
