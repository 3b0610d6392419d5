"""A row of the example with the rows that belong to it, and the rows that a rule may come upon from there."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bench.made_up.original import Original, Texts

Piece = tuple[str, Texts]
"""A row with the register it is in."""

_LARGEST = 400


@dataclass(frozen=True)
class Neighbours:
    """The rows of the example by the names that stand in them."""

    base: Original
    by_name: Mapping[str, tuple[Piece, ...]]
    """Names of provisions and of rows of lists among them."""

    @classmethod
    def of(cls, base: Original) -> "Neighbours":
        """Look at every reference of every row once."""
        found: defaultdict[str, list[Piece]] = defaultdict(list)
        for register, rows in base.tables.items():
            for row in rows:
                for name in _all_names(base, register, row):
                    found[name].append((register, row))
        return cls(base, {name: tuple(pieces) for name, pieces in found.items()})

    def cluster(self, host: Piece, parents: Container[str]) -> tuple[Piece, ...]:
        """A row, the rows that name it, those that name these, and the rows of `parents` that any of them names."""
        found: dict[tuple[str, str], Piece] = {}
        left = [host]
        while left and len(found) < _LARGEST:
            register, row = piece = left.pop(0)
            key = key_of(self.base, piece)
            if (register, key) not in found:
                found[register, key] = piece
                left += [other for other in self.by_name.get(key, ()) if key_of(self.base, other) != key]
                named = (self.by_name.get(name, ()) for name in names_in(self.base, register, row) if name != key)
                left += [other for others in named for other in others if self._is_named(piece, other, parents)]
        return tuple(found.values())

    def around(self, pieces: Iterable[Piece]) -> Iterator[Piece]:
        """The rows of the example that share a name with these, and those that share one with them."""
        seen: dict[tuple[str, str], Piece] = {}
        edge = list(pieces)
        for names_of in (_all_names, names_in):
            names = {name for register, row in edge for name in names_of(self.base, register, row)}
            edge = [piece for name in sorted(names) for piece in self.by_name.get(name, ())]
            seen.update({(piece[0], key_of(self.base, piece)): piece for piece in edge})
        yield from seen.values()

    def _is_named(self, piece: Piece, other: Piece, parents: Container[str]) -> bool:
        return other[0] in parents and key_of(self.base, other) in set(names_in(self.base, *piece))


def key_of(base: Original, piece: Piece) -> str:
    """The key of a row."""
    return piece[1].get(base.pack.registers[piece[0]].key, "")


def names_in(base: Original, register: str, row: Texts) -> Iterator[str]:
    """The names in a row that the organisation gave."""
    return (name for name in _all_names(base, register, row) if name not in base.fixed)


def _all_names(base: Original, register: str, row: Texts) -> Iterator[str]:
    fields = (field for field in base.pack.registers[register].fields if base.is_reference(register, field))
    return (name for field in fields if (name := row.get(field, "")))
