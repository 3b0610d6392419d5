"""Tests made of conditions on the same row: all of them, one of them, not all; if these then those; a population."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field
from sqlglot import exp

from policykit.english import with_article
from policykit.model.scalars import Name
from policykit.rules.language import Node, Place, Purpose, Role, Row, Truth, all_hold, either, made, negated
from policykit.rules.values import both_sql, either_sql
from policykit.rules.words import Clause, Conditional, Joined, Says, not_all, together

if TYPE_CHECKING:
    from policykit.rules.language import Condition

_SAME_ROW = Purpose(Role.SAME_ROW)


def all_sql(nodes: Iterable[Node], place: Place) -> exp.Expr:
    """`all_hold` as SQL."""
    return both_sql(node.sql(place) for node in nodes)


class Named(Node):
    """The row belongs to a population."""

    mistakes: ClassVar[str] = "Does not belong to it."
    never_unknown: ClassVar[bool] = True
    test: Literal["named"]
    population: Annotated[Name, Purpose(Role.POPULATION)] = Field(
        description="A list of conditions that populations.yaml names."
    )

    def words(self, place: Place) -> Says:
        noun = with_article(place.setting.populations[self.population].noun)
        return Says("", f"is {noun}", f"is not {noun}")

    def conditions(self, place: Place) -> tuple[Node, ...]:
        return place.setting.populations[self.population].where

    def holds(self, row: Row, place: Place) -> Truth:
        return all_hold(self.conditions(place), row, place)

    def sql(self, place: Place) -> exp.Expr:
        return all_sql(self.conditions(place), place)

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield opposite_of(self)


def _said(nodes: Iterable[Node], place: Place) -> tuple[Clause, ...]:
    return tuple(node.words(place) for node in nodes)


class _Group(Node):
    never_unknown = True
    of: Annotated[tuple["Condition", ...], _SAME_ROW] = Field(min_length=1, description="The conditions.")


class All(_Group):
    """All of these hold."""

    gist: ClassVar[str] = "all of these hold"
    test: Literal["all"]

    def words(self, place: Place) -> Clause:
        return together(_said(self.of, place))

    def holds(self, row: Row, place: Place) -> Truth:
        return all_hold(self.of, row, place)

    def sql(self, place: Place) -> exp.Expr:
        return all_sql(self.of, place)


class Any(_Group):
    """One of these holds."""

    gist: ClassVar[str] = "at least one of these holds"
    test: Literal["any"]

    def words(self, place: Place) -> Clause:
        said = _said(self.of, place)
        return said[0] if len(said) == 1 else Joined("or", said)

    def holds(self, row: Row, place: Place) -> Truth:
        return either(node.holds(row, place) for node in self.of)

    def sql(self, place: Place) -> exp.Expr:
        return either_sql(node.sql(place) for node in self.of)


class Not(_Group):
    """Not all of these hold."""

    mistakes: ClassVar[str] = "All of these hold."
    gist: ClassVar[str] = "not all of these hold"
    test: Literal["not"]

    def words(self, place: Place) -> Clause:
        return not_all(_said(self.of, place))

    def holds(self, row: Row, place: Place) -> Truth:
        return negated(all_hold(self.of, row, place))

    def sql(self, place: Place) -> exp.Expr:
        return exp.not_(all_sql(self.of, place))

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield self.as_test(All)


class If(Node):
    """Where all of the first hold, all of the second hold too."""

    mistakes: ClassVar[str] = "The second hold, whatever becomes of the first."
    never_unknown: ClassVar[bool] = True
    gist: ClassVar[str] = "if the first holds, so does the second"
    test: Literal["if"]
    when: Annotated[tuple["Condition", ...], _SAME_ROW] = Field(
        min_length=1, description="The conditions that decide whether the others count."
    )
    then: Annotated[tuple["Condition", ...], _SAME_ROW] = Field(
        min_length=1, description="The conditions that have to hold then."
    )

    def words(self, place: Place) -> Clause:
        return Conditional(_said(self.when, place), _said(self.then, place))

    def holds(self, row: Row, place: Place) -> Truth:
        return either([negated(all_hold(self.when, row, place)), all_hold(self.then, row, place)])

    def sql(self, place: Place) -> exp.Expr:
        return either_sql([exp.not_(all_sql(self.when, place)), all_sql(self.then, place)])

    def alternatives(self, place: Place) -> Iterator[Node]:
        yield all_of(*self.then)


def all_of(*nodes: Node) -> All:
    """All of these hold."""
    return made(All, of=nodes)


def any_of(*nodes: Node) -> Any:
    """One of these holds."""
    return made(Any, of=nodes)


def opposite_of(node: Node) -> Not:
    """The condition does not hold."""
    return made(Not, of=(node,))
