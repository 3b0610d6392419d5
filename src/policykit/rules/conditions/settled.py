"""What is settled before a condition is asked: by what stands beside it, and by what a row in scope has to be."""

from collections.abc import Iterable, Iterator, Mapping

from policykit.model.registers import Value
from policykit.rules.conditions.equality import Is, IsNot, NoneOf, OneOf
from policykit.rules.conditions.grouping import If, Named
from policykit.rules.conditions.node import Node
from policykit.rules.conditions.recording import NotRecorded, Recorded
from policykit.rules.setting import Place, Row
from policykit.rules.values import values_of


def settled_beside(others: Iterable[Node], place: Place, *, either: bool) -> Iterator[str]:
    """The fields whose blank decides a list whatever another condition in it says; `either`: one is enough.

    One that must be recorded makes the list false, one that may be blank makes it true; and where one is enough, what
    is unknown for the same blank keeps it unknown.
    """
    for node in others:
        if either:
            yield from [node.field] if isinstance(node, NotRecorded) else node.blanks()
        else:
            yield from _asked_for(node, place)


def settled_by_scope(where: Iterable[Node], place: Place) -> Iterator[str]:
    """The fields whose blank keeps a row from being in scope, so that nothing else is asked about it."""
    for node in where:
        yield from _asked_for(node, place)
        yield from node.blanks()
        if isinstance(node, Named):
            yield from settled_by_scope(_of_population(node, place), place)


def codes_in_scope(where: Iterable[Node], place: Place) -> Mapping[str, frozenset[Value | None]]:
    """The only values of some fields that rows in scope have."""
    found: dict[str, frozenset[Value | None]] = {}
    for node in where:
        if isinstance(node, Named):
            found |= codes_in_scope(_of_population(node, place), place)
        elif isinstance(node, Is | OneOf):
            found[node.field] = codes_of(node, place)
    return found


def codes_of(node: Node, place: Place) -> frozenset[Value | None]:
    """The values that a field may be, or may not be, as far as they hold for the whole check."""
    if not isinstance(node, Is | IsNot | OneOf | NoneOf):
        return frozenset()
    written = node.value if isinstance(node, Is | IsNot) else node.values
    return frozenset(values_of(written, place.shape(node.field), Row({}, {}), place))


def settled_inside(node: Node, name: str, place: Place) -> Iterator[str]:
    """The fields that the first part of an `if` asks for, seen from its second."""
    if isinstance(node, If) and name == "then":
        yield from settled_beside(node.when, place, either=False)


def _asked_for(node: Node, place: Place) -> Iterator[str]:
    if isinstance(node, Recorded):
        yield node.field
    elif isinstance(node, Named):
        yield from settled_beside(_of_population(node, place), place, either=False)


def _of_population(named: Named, place: Place) -> tuple[Node, ...]:
    return place.setting.populations[named.population].where
