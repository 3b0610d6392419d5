"""Walking rules: every condition with the place it stands in, through groups, lookups and populations."""

from collections.abc import Iterable, Iterator

from policykit.rules.conditions.node import Node
from policykit.rules.conditions.roles import Role, parts
from policykit.rules.setting import Place

Standing = tuple[Node, Place]


def visit(nodes: Iterable[Node], place: Place) -> Iterator[Standing]:
    """Every condition in and below these, each with its place, outermost first. Names must be known, no cycles."""
    for node in nodes:
        yield node, place
        for inner, there in below(node, place):
            yield from visit(inner, there)


def below(node: Node, place: Place) -> Iterator[tuple[tuple[Node, ...], Place]]:
    """The lists of conditions that a condition holds or names, each with its place."""
    there = place
    for part in parts(node):
        match part.role:
            case Role.REGISTER:
                there = place.into(str(part.value))
            case Role.POPULATION:
                yield place.setting.populations[str(part.value)].where, place
            case Role.SAME_ROW | Role.OTHER_ROWS if isinstance(part.value, tuple):
                yield part.value, there
            case _:
                pass
