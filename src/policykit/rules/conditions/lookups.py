"""Looking up rows of a register: which rows match, and what their conditions come to."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from sqlglot import exp

from policykit.rules.conditions.node import Node
from policykit.rules.logic import Truth, both, both_sql, is_null
from policykit.rules.setting import Place, Row
from policykit.rules.walking import visit


class Lookup(Protocol):
    """What `exists_in` and `count_of` share."""

    @property
    def register_(self) -> str:
        """The register that is looked up."""

    @property
    def match(self) -> Mapping[str, str]:
        """Pairs of their field and our field."""

    @property
    def where(self) -> tuple[Node, ...]:
        """The conditions on their rows."""


def all_hold(nodes: Iterable[Node], row: Row, place: Place) -> Truth:
    """Whether all conditions hold for a row."""
    return both(node.holds(row, place) for node in nodes)


def all_sql(nodes: Iterable[Node], place: Place) -> exp.Expr:
    """`all_hold` as SQL."""
    return both_sql(node.sql(place) for node in nodes)


def matching(lookup: Lookup, row: Row, place: Place) -> list[Truth] | None:
    """What the conditions come to for each matching row; None where one of our own fields is blank."""
    rows, there = matching_rows(lookup, row), place.into(lookup.register_)
    return None if rows is None else [all_hold(lookup.where, each, there) for each in rows]


def matching_rows(lookup: Lookup, row: Row) -> list[Row] | None:
    """The matching rows; None where one of our own fields is blank."""
    ours = {their: row.values.get(our) for their, our in lookup.match.items()}
    if None in ours.values():
        return None
    return [
        row.into(values)
        for values in row.tables[lookup.register_]
        if all(values.get(their) == value for their, value in ours.items())
    ]


def pairs_sql(lookup: Lookup, place: Place, there: Place) -> list[exp.Expr]:
    """Each pair of fields that must be equal; a blank in either matches nothing."""
    return [exp.EQ(this=there.column(their), expression=place.column(our)) for their, our in lookup.match.items()]


def ours_blank_sql(lookup: Lookup, place: Place) -> exp.Expr:
    """Whether one of our own fields is blank."""
    return is_null(*map(place.column, lookup.match.values()))


def can_be_unknown(nodes: Iterable[Node], place: Place) -> bool:
    """Whether some row could make these conditions unknown."""
    return not all(node.never_unknown for node, _ in visit(nodes, place))
