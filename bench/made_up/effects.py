"""What becomes of an organisation when rows are planted in it: what checks find in them, and in the rows around."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.made_up.clusters import Neighbours, Piece, key_of, names_in
from bench.made_up.original import Original
from bench.made_up.whole import Whole

from policykit.rules import Check, Row, Values, each_of, judge_unit

Tables = Mapping[str, Sequence[Values]]


@dataclass(frozen=True)
class Plot:
    """Rows to be planted, the row that breaches first, and the other checks that find something in them too."""

    pieces: tuple[Piece, ...]
    names: frozenset[str]
    also: tuple[str, ...]

    def planted(self, base: Original, ending: str) -> tuple[Piece, ...]:
        """The rows of one planting: their own names end so."""
        return tuple((register, self._renamed(base, register, row, ending)) for register, row in self.pieces)

    def _renamed(self, base: Original, register: str, row: Mapping[str, str], ending: str) -> Mapping[str, str]:
        own = (field for field in base.pack.registers[register].fields if base.is_reference(register, field))
        return {**row, **{field: row[field] + ending for field in own if row.get(field) in self.names}}


class Effects:
    """Judges plots in an example organisation in which no row breaches anything."""

    def __init__(self, base: Original, near: Neighbours) -> None:
        self._base = base
        self._near = near
        self._checks = tuple(base.checks())
        self._whole = Whole(base)

    def plot(self, check: Check, pieces: tuple[Piece, ...]) -> Plot | None:
        """Rows as a plot, with what else finds them; None where the check does not find exactly the first of them.

        They are planted twice, because a second planting must not get in the way of the first.
        """
        keys = {key_of(self._base, piece) for piece in pieces}
        names = {name for register, row in pieces for name in names_in(self._base, register, row)}
        plot = Plot(pieces, frozenset(keys | {name for name in names if name.startswith("X-")}), ())
        first, second = (plot.planted(self._base, ending) for ending in ("-B0-1", "-B0-2"))
        others = self._around(first)
        tables = self._tables((*first, *second, *others))
        breached = self._whole.breached_with(first)
        if "fail" not in self.verdicts(check, first[0], tables) or not self._whole.breached <= breached:
            return None
        also = {*self._found_in(check, first, tables), *self._disturbed(first, others, tables)}
        return Plot(pieces, plot.names, tuple(sorted(also | breached - self._whole.breached)))

    def conforms(self, check: Check, piece: Piece) -> bool:
        """Whether a row of the organisation, as it is, is in scope of a check and all of it conforms."""
        return self.verdicts(check, piece, self._tables((piece, *self._around((piece,))))) == {"pass"}

    def verdicts(self, check: Check, piece: Piece, tables: Tables) -> set[str]:
        """What a check says of a row, once for each value of its for_each."""
        each = each_of(check, self._base.setting)
        values = self._base.typed(*piece)
        codes = each.codes if each else (None,)
        return {judge_unit(check, Row(values, tables, code), self._base.setting) for code in codes}

    def _found_in(self, check: Check, pieces: Sequence[Piece], tables: Tables) -> set[str]:
        """The checks that find something in planted rows, other than that the first breaches the check itself."""
        own, *others = pieces
        found = {other.id for piece in others for other in self._of(piece) if self._finds(other, piece, tables)}
        found |= {other.id for other in self._of(own) if other is not check and self._finds(other, own, tables)}
        return found | ({check.id} if "unknown" in self.verdicts(check, own, tables) else set())

    def _disturbed(self, pieces: Sequence[Piece], others: Sequence[Piece], tables: Tables) -> set[str]:
        """The checks that find something in rows that share a name with planted ones, and did not before."""
        names = {name for piece in pieces for name in names_in(self._base, *piece)}
        beside = [piece for piece in others if not names.isdisjoint(names_in(self._base, *piece))]
        before = self._tables(others)
        return {
            check.id
            for piece in beside
            for check in self._of(piece)
            if self._finds(check, piece, tables) and not self._finds(check, piece, before)
        }

    def _finds(self, check: Check, piece: Piece, tables: Tables) -> bool:
        return bool({"fail", "unknown"} & self.verdicts(check, piece, tables))

    def _of(self, piece: Piece) -> Sequence[Check]:
        return [check for check in self._checks if check.register_ == piece[0]]

    def _around(self, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        """The rows of the organisation that rules may come upon from these."""
        ours = {(piece[0], key_of(self._base, piece)) for piece in pieces}
        return tuple(piece for piece in self._near.around(pieces) if (piece[0], key_of(self._base, piece)) not in ours)

    def _tables(self, pieces: Sequence[Piece]) -> Tables:
        tables: dict[str, list[Values]] = {name: [] for name in self._base.pack.registers}
        for piece in pieces:
            tables[piece[0]].append(self._base.typed(*piece))
        return {**tables, **self._base.built_in}
