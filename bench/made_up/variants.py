"""A failing example of a check, worked into rows that hold: what is wrong with it, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bench.made_up.clusters import Piece
from bench.made_up.moving import Shift
from bench.made_up.original import Original, Texts

from policykit.exports.example import dates_of
from policykit.rules import Check, Example, Typical

_MOST_TRIED = 14


def failing_examples(check: Check, random: Random) -> Sequence[Example]:
    """Failing examples of the organisation's own day and settings, in an order of this seed."""
    own = [
        example
        for example in check.examples
        if example.expect == "fail" and not (example.as_at or example.parameters or example.facts)
    ]
    return random.sample(own, len(own))


@dataclass(frozen=True)
class Template:
    """A failing example, in the names and on the day of the organisation whose row it is worked into."""

    base: Original
    check: Check
    example: Example
    shift: Shift
    own_name: str

    @property
    def register(self) -> str:
        """The register whose row breaches."""
        return self.check.register_ or ""

    @property
    def typical(self) -> Typical:
        """What the example starts from."""
        return self.check.typical or Typical()

    def variants(self, cluster: Sequence[Piece]) -> Iterator[tuple[Piece, ...]]:
        """Ways to work it into a row and what belongs to it, the row first; the gentlest first."""
        if cluster:
            for place in (*range(_MOST_TRIED), None):
                yield tuple(self._with_differences(cluster, place))
        yield tuple(self._whole(cluster))

    def _with_differences(self, cluster: Sequence[Piece], place: int | None) -> Iterator[Piece]:
        """Only what the example says differently; of a related register in the row at that place, None for all."""
        (register, own), *others = cluster
        yield register, {**own, **self.text(register, self.example.row)}
        places: dict[str, int] = {}
        for other, row in others:
            at = places[other] = places.get(other, -1) + 1
            given = self.example.related.get(other)
            if given is None:
                yield other, row
            elif given:
                yield other, {**row, **(self.text(other, given[0]) if place in {None, at} else {})}

    def _whole(self, cluster: Sequence[Piece]) -> Iterator[Piece]:
        """All that the example says, and of the organisation's rows what it leaves open."""
        own = dict(cluster[0][1]) if cluster else {}
        row = self.text(self.register, {**self.typical.row, **self.example.row})
        yield self.register, {**own, **row, self.base.pack.registers[self.register].key: self.own_name}
        given = {**self.typical.related, **self._laid()}
        for register, row in cluster[1:]:
            if register not in given:
                yield register, row
        for register, rows in given.items():
            if register in self.base.tables:
                like = next((dict(row) for other, row in cluster[1:] if other == register), {})
                yield from ((register, {**like, **self.text(register, row)}) for row in rows)

    def _laid(self) -> Mapping[str, tuple[Mapping[str, str | None], ...]]:
        typical = self.typical.related
        return {
            register: tuple({**(typical.get(register) or ({},))[0], **row} for row in rows)
            for register, rows in self.example.related.items()
        }

    def text(self, register: str, row: Mapping[str, str | None]) -> Texts:
        """The row of an example as records have it: our names, our days."""
        named = {field: self._name(register, field, value or "") for field, value in row.items()}
        return self.shift.row(named, register, dates_of(self.base, register))

    def _name(self, register: str, field: str, value: str) -> str:
        """The example's own row has the name of the row it is worked into; others have names nobody else has."""
        if value in self.base.fixed or not self.base.is_reference(register, field):
            return value
        key = self.base.pack.registers[self.register].key
        return self.own_name if value == self.typical.row.get(key) else f"X-{value}"
