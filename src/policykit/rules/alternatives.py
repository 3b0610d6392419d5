"""Alternatives of a check: the same check with one small thing wrong, and what is wrong in plain English.

Each condition knows what is easily written in its place; here every condition of a rule is reached, through groups,
lookups and populations, and clauses and matching fields are left out. The wrong version is a check like any other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, TypeVar

from policykit.rules.check import Check
from policykit.rules.conditions.equality import OneOf
from policykit.rules.conditions.grouping import Any, all_of, any_of
from policykit.rules.conditions.lookups import all_hold
from policykit.rules.conditions.node import Node
from policykit.rules.conditions.roles import Part, Role, parts
from policykit.rules.logic import Truth
from policykit.rules.phrases import in_relative_clause, in_sentence, phrase_of, say_values
from policykit.rules.sentences import inline
from policykit.rules.setting import Place, Row, Setting
from policykit.rules.usage import place_of
from policykit.rules.values import values_of

T = TypeVar("T")
U = TypeVar("U")
Nodes = tuple[Node, ...]


@dataclass(frozen=True)
class Alternative(Generic[T]):
    """Something a little wrong, to stand in place of what stands in the rule, and how to say what is wrong with it.

    The words are made when they are asked for: of most alternatives nobody ever reads them.
    """

    it: T
    say: Callable[[], str]
    slip: "Slip"

    def inside(self, put: Callable[[T], U]) -> "Alternative[U]":
        """The same slip, seen from what holds it."""
        return Alternative(put(self.it), self.say, self.slip)


@dataclass(frozen=True)
class Slip:
    """Where an alternative differs from the rule: the conditions there, and those that stand in their place."""

    nodes: Nodes
    instead: Nodes
    place: Place

    def differences(self, row: Row, setting: Setting) -> Iterator[tuple[Truth, Truth]]:
        """What the two come to where they differ: on the row, or on rows that could be looked up from it.

        Where they differ nowhere, the rules do not either.
        """
        place = self.place.under(setting)
        for at in place.rows_at(row):
            truths = all_hold(self.nodes, at, place), all_hold(self.instead, at, place)
            if truths[0] != truths[1]:
                yield truths


def alternatives(check: Check, setting: Setting) -> Iterator[Alternative[Check]]:
    """Small wrong versions of a check's rule, in the order in which it is written."""
    place = place_of(check, setting)
    for key in ("where", "must"):
        for slip in _of_list(getattr(check, key), place):
            yield slip.inside(lambda nodes, key=key: check.model_copy(update={key: nodes}))  # type: ignore[misc]


def _of_list(nodes: Nodes, place: Place, *, least: int = 0, either: bool = False) -> Iterator[Alternative[Nodes]]:
    """A list of conditions with one changed, one left out, or all that have to hold for one that has to."""
    for number, node in enumerate(nodes):
        before, after = nodes[:number], nodes[number + 1 :]
        for slip in _of_node(node, place):
            yield slip.inside(lambda it, before=before, after=after: (*before, it, *after))  # type: ignore[misc]
        if len(nodes) > least:
            gone = Slip((node,), (any_of(),) if either else (), place)
            yield Alternative((*before, *after), partial(_say_without, node, place), gone)
    if len(nodes) > 1:
        one, every = any_of(*nodes), all_of(*nodes)
        swapped = Slip((one,), (every,), place)
        yield Alternative((every if either else one,), partial(_say_joined, nodes, place, either=either), swapped)


def _of_node(node: Node, place: Place) -> Iterator[Alternative[Node]]:
    for other in node.alternatives(place):
        yield Alternative(other, partial(_say_replaced, node, other, place), Slip((node,), (other,), place))
    for part in parts(node):
        yield from _of_part(part, node, place)


def _of_part(part: Part, node: Node, place: Place) -> Iterator[Alternative[Node]]:
    """A condition with something changed in what one of its keys holds."""
    put = partial(node.with_key, part.name)
    match part.role, part.value:
        case Role.SAME_ROW, tuple() as nodes:
            yield from (slip.inside(put) for slip in _of_list(nodes, place, least=1, either=isinstance(node, Any)))
        case Role.OTHER_ROWS, tuple() as nodes:
            there = place.into(str(getattr(node, "register_", "")))
            yield from (slip.inside(put) for slip in _of_list(nodes, there))
        case Role.POPULATION, str() as name:
            population = place.setting.populations[name]
            for slip in _of_list(population.where, place):
                inside = partial(_say_inside, population.noun, slip.say)
                yield replace(slip, say=inside).inside(lambda nodes: all_of(*nodes))
        case Role.MATCH, pairs:
            there = place.into(str(getattr(node, "register_", "")))
            for theirs, ours in pairs.items():
                other = put({key: value for key, value in pairs.items() if key != theirs})
                told = partial(_say_unmatched, theirs, ours, place, there)
                yield Alternative(other, told, Slip((node,), (other,), place))
        case _:
            pass


def _said(node: Node, place: Place) -> str:
    """The condition on its own: a sentence about the check's own row, a relative clause about a row looked up."""
    voice = in_relative_clause(place.register) if place.outer else in_sentence(place.register)
    return inline(node.words(place), voice)


def _say_without(node: Node, place: Place) -> str:
    return f"without “{_said(node, place)}”"


def _say_replaced(node: Node, other: Node, place: Place) -> str:
    left_out = _left_out(node, other, place)
    if left_out:
        what = f"the {phrase_of(place.shape(getattr(node, 'field', '')))}"
        return f"“{left_out}” left out of what {what} may {'' if isinstance(node, OneOf) else 'not '}be"
    return f"“{_said(other, place)}” in place of “{_said(node, place)}”"


def _left_out(node: Node, other: Node, place: Place) -> str:
    """The value that is missing from a list of values; nothing where the two differ otherwise."""
    shape = place.shape(getattr(node, "field", "")) if hasattr(node, "values") else None
    if shape is None or other.test != node.test:
        return ""
    kept, listed = (values_of(getattr(each, "values"), shape, Row({}, {}), place) for each in (other, node))  # noqa: B009
    return say_values((value for value in listed if value not in kept), shape, place.setting)


def _say_joined(nodes: Nodes, place: Place, *, either: bool) -> str:
    wanted, found = ("all", "one") if either else ("one", "all")
    said = "; ".join(f"“{_said(node, place)}”" for node in nodes)
    return f"{wanted} in place of {found} of these: {said}"


def _say_inside(noun: str, say: Callable[[], str]) -> str:
    return f"in what “{noun}” means: {say()}"


def _say_unmatched(theirs: str, ours: str, place: Place, there: Place) -> str:
    their, our = phrase_of(there.shape(theirs)), phrase_of(place.shape(ours))
    same = f"the same {their}" if their == our else f"its {their} being the {our} of the {place.register.row}"
    return f"any {there.register.row} in place of one with {same}"
