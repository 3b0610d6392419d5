"""How deep lookups nest, and which populations lead to which."""

from policykit.rules.conditions.node import Node
from policykit.rules.conditions.roles import Role, parts
from policykit.rules.setting import Setting

DEEPEST = 4
"""How many exists_in and count_of may stand inside one another."""

_HOLDING = frozenset({Role.SAME_ROW, Role.OTHER_ROWS})


def depth(nodes: tuple[Node, ...], setting: Setting, seen: frozenset[str]) -> int:
    """How many exists_in and count_of stand inside one another, through populations not seen yet."""
    return max((_depth_of(node, setting, seen) for node in nodes), default=0)


def _depth_of(node: Node, setting: Setting, seen: frozenset[str]) -> int:
    deepest = 0
    for part in parts(node):
        if part.role in _HOLDING and isinstance(part.value, tuple):
            deepest = max(deepest, depth(part.value, setting, seen) + (part.role is Role.OTHER_ROWS))
        elif part.role is Role.POPULATION and part.value not in seen:
            name = str(part.value)
            deepest = max(deepest, depth(_where(name, setting), setting, seen | {name}))
    return deepest


def named_below(nodes: tuple[Node, ...], setting: Setting, seen: frozenset[str] = frozenset()) -> frozenset[str]:
    """Every population that conditions lead to, and those seen already."""
    for node in nodes:
        for part in parts(node):
            if part.role in _HOLDING and isinstance(part.value, tuple):
                seen = named_below(part.value, setting, seen)
            elif part.role is Role.POPULATION and part.value not in seen:
                name = str(part.value)
                seen = named_below(_where(name, setting), setting, seen | {name})
    return seen


def _where(population: str, setting: Setting) -> tuple[Node, ...]:
    named = setting.populations.get(population)
    return named.where if named else ()
