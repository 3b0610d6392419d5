"""Remembering: what conditions come to on row after row of a search, worked out once for all that they read alike.

A search looks at thousands of rows that differ in little. What is remembered is the meaning of conditions; it is looked
up by all that they read: the day and the facts, the values of the row and of those around it, and rows looked up.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from policykit.rules.changing import Case
from policykit.rules.check import Check
from policykit.rules.conditions.node import Node
from policykit.rules.conditions.roles import Role, parts
from policykit.rules.judging import Judgement, is_unit, judgement_of
from policykit.rules.logic import Truth, both
from policykit.rules.setting import Place, Row, Setting
from policykit.rules.usage import place_of, read_at
from policykit.rules.walking import Standing, visit

T = TypeVar("T")
_LOOKED_UP = frozenset({Role.REGISTER, Role.FIELDS, Role.DAY})


class Remembered(Generic[T]):
    """What is found from conditions at one place; `given` are the registers whose rows can change."""

    def __init__(
        self, find: Callable[[Row, Place], T], nodes: Iterable[Node], place: Place, given: frozenset[str]
    ) -> None:
        self._find, self._place = find, place
        standings = tuple(visit(nodes, place))
        fields = {register: tuple(sorted(read)) for register, read in read_at(standings).items()}
        self._levels = tuple(fields.get(register, ()) for register in _outwards(place))
        self._tables = [(each, fields[each]) for each in fields if each in given] if _looks_up(standings) else []
        self._known: dict[int, tuple[Setting, dict[object, T]]] = {}

    def at(self, row: Row, setting: Setting) -> T:
        """What it comes to for a row at the place."""
        _, known = self._known.setdefault(id(setting), (setting, {}))
        key = self._key(row)
        if key not in known:
            known[key] = self._find(row, self._place.under(setting))
        return known[key]

    def _key(self, row: Row) -> tuple[object, ...]:
        """The values of the row and of those around it, outwards; then the rows that are looked up."""
        seen: list[object] = [row.each]
        at: Row | None = row
        for fields in self._levels:
            if at is not None:
                seen.extend(map(at.values.get, fields))
                at = at.outer
        for register, fields in self._tables:
            seen.append(len(row.tables[register]))
            for values in row.tables[register]:
                seen.extend(map(values.get, fields))
        return tuple(seen)


class Meanings:
    """What a check, and versions of it that share conditions, say of many rows: the same as `judge_unit`."""

    def __init__(self, check: Check, setting: Setting, given: frozenset[str]) -> None:
        self._place, self._given = place_of(check, setting), given
        self._truths: dict[int, tuple[Node, Remembered[Truth]]] = {}

    def judged(self, check: Check, case: Case) -> Judgement:
        """What the check says of the case."""
        if not is_unit(check, case.row, case.setting):
            return "out"

        def all_hold(nodes: Iterable[Node]) -> Truth:
            return both(self._truth(node).at(case.row, case.setting) for node in nodes)

        return judgement_of(check, all_hold)

    def _truth(self, node: Node) -> Remembered[Truth]:
        """By identity, which is quick; the node is kept, so that no other can come to stand in its place."""
        if id(node) not in self._truths:
            self._truths[id(node)] = node, Remembered(node.holds, (node,), self._place, self._given)
        return self._truths[id(node)][1]


def _outwards(place: Place) -> Iterator[str]:
    yield place.register.id
    if place.outer:
        yield from _outwards(place.outer)


def _looks_up(standings: Iterable[Standing]) -> bool:
    return any(part.role in _LOOKED_UP for node, _ in standings for part in parts(node))
