"""Searching: rows near the examples of a check, with a few things changed, in an order that never varies."""

from collections.abc import Iterator
from itertools import chain, combinations

from policykit.rules.alternatives import Slip
from policykit.rules.changing import Case, Fields, Surroundings
from policykit.rules.check import Check
from policykit.rules.usage import read_at, reads
from policykit.rules.walking import visit


class Neighbourhood:
    """The rows near some cases of a check; `given` are the registers whose rows an example may give.

    In every one of them, as in every example, keys are there and unique.
    """

    def __init__(self, check: Check, cases: tuple[Case, ...], given: frozenset[str]) -> None:
        self._all = reads(check, cases[0].setting)
        self._keyed = tuple(register for register in self._all if register in given)
        self._around = tuple(Surroundings(check, case, cases, given) for case in cases)

    def rows(self) -> Iterator[Case]:
        """The cases themselves, then rows with one thing changed anywhere."""
        changed = (change(near.case) for near in self._around for change in near.changes(self._all))
        return filter(self._keys_fit, chain((near.case for near in self._around), changed))

    def rows_where(self, slip: Slip) -> Iterator[Case]:
        """Rows in which a slip could matter: one thing changed where it stands, then others anywhere besides."""
        focus = read_at(visit((*slip.nodes, *slip.instead), slip.place))
        found = (self._with_one_change(focus), self._with_two(focus, slip), self._with_more(focus, slip))
        return filter(self._keys_fit, chain.from_iterable(found))

    def _with_one_change(self, focus: Fields) -> Iterator[Case]:
        for near in self._around:
            yield from (change(near.case) for change in near.changes(focus))

    def _with_two(self, focus: Fields, slip: Slip) -> Iterator[Case]:
        """Each way in which the slip can differ from the rule, and whatever could let that be seen."""
        for near in self._around:
            ways = near.telling(focus, slip)
            yield from (way(other(near.case)) for other in near.few for way in ways)

    def _with_more(self, focus: Fields, slip: Slip) -> Iterator[Case]:
        """Near the first case: every change where the slip stands and any other; then each way and any two others."""
        near = self._around[0]
        everything, ways = tuple(near.changes(focus)), near.telling(focus, slip)
        yield from (change(other(near.case)) for other in near.few for change in everything)
        yield from (way(one(other(near.case))) for one, other in combinations(near.few, 2) for way in ways)

    def _keys_fit(self, case: Case) -> bool:
        for register in self._keyed:
            key = case.setting.registers[register].key
            keys = {row[key] for row in case.row.tables[register]}
            if None in keys or len(keys) < len(case.row.tables[register]):
                return False
        return True
