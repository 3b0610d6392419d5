"""Searching: rows near the examples of a check, with a few things changed, in an order that never varies."""

from collections.abc import Iterable, Iterator
from itertools import chain, combinations

from policykit.rules.alternatives import Slip
from policykit.rules.changing import Case, Change, Surroundings, unchanged
from policykit.rules.check import Check
from policykit.rules.conditions.lookups import all_hold
from policykit.rules.logic import Truth
from policykit.rules.remembering import Remembered
from policykit.rules.setting import Place, Row
from policykit.rules.usage import read_at, reads
from policykit.rules.walking import visit

Ways = frozenset[tuple[Truth, Truth]]
"""How a slip differs from the rule on a case: what the two come to, on each row on which they are not the same."""


class Neighbourhood:
    """The rows near some cases of a check; `given` are the registers whose rows an example may give.

    In every one of them, as in every example, keys are there and unique.
    """

    def __init__(self, check: Check, cases: tuple[Case, ...], given: frozenset[str]) -> None:
        self._all = reads(check, cases[0].setting)
        self._given = given
        registers = cases[0].setting.registers
        self._keys = tuple((each, registers[each].key) for each in self._all if each in given)
        self._around = tuple(Surroundings(check, case, cases, given) for case in cases)

    def rows(self) -> Iterator[Case]:
        """The cases themselves, then rows with one thing changed anywhere."""
        changed = (change(near.case) for near in self._around for change in near.changes(self._all))
        return filter(self._keys_fit, chain((near.case for near in self._around), changed))

    def rows_where(self, slip: Slip) -> Iterator[tuple[Case, bool]]:
        """Rows in which a slip could matter: one thing changed where it stands, then others anywhere besides.

        Each with whether the slip differs from the rule there. Where it does not, the alternative cannot.
        """
        search = _Search(slip, self._around, self._given)
        return ((case, bool(search.ways(case))) for case in search.rows() if self._keys_fit(case))

    def _keys_fit(self, case: Case) -> bool:
        for register, key in self._keys:
            rows = case.row.tables[register]
            keys = {row[key] for row in rows}
            if len(keys) < len(rows) or None in keys:
                return False
        return True


class _Search:
    """The search for rows in which one slip could matter."""

    def __init__(self, slip: Slip, around: tuple[Surroundings, ...], given: frozenset[str]) -> None:
        nodes = (*slip.nodes, *slip.instead)
        self._focus, self._around, self._place = read_at(visit(nodes, slip.place)), around, slip.place

        def truths(row: Row, place: Place) -> tuple[Truth, Truth]:
            return all_hold(slip.nodes, row, place), all_hold(slip.instead, row, place)

        self._truths = Remembered(truths, nodes, slip.place, given)

    def ways(self, case: Case) -> Ways:
        """How the slip differs from the rule on a case; nothing where it does not."""
        found = (self._truths.at(row, case.setting) for row in self._place.rows_at(case.row))
        return frozenset(truths for truths in found if truths[0] != truths[1])

    def rows(self) -> Iterator[Case]:
        """Rows with one change, with two near every case, then with more near the first."""
        for near in self._around:
            yield from (change(near.case) for change in near.changes(self._focus))
        for near in self._around:
            yield from _changed((other(near.case) for other in near.few), self._telling(near))
        near = self._around[0]
        yield from _changed((other(near.case) for other in near.few), tuple(near.changes(self._focus)))
        yield from _changed((one(other(near.case)) for one, other in combinations(near.few, 2)), self._telling(near))

    def _telling(self, near: Surroundings) -> tuple[Change, ...]:
        """A change for each way in which the slip can differ from the rule here, be it no change at all."""
        found: dict[Ways, Change] = {}
        for change in (unchanged, *near.changes(self._focus)):
            if ways := self.ways(change(near.case)):
                found.setdefault(ways, change)
        return tuple(found.values())


def _changed(cases: Iterable[Case], changes: tuple[Change, ...]) -> Iterator[Case]:
    """Each case with each change."""
    return (change(case) for case in cases for change in changes)
