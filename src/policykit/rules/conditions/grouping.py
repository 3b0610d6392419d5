"""Conditions made of conditions on the same row."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field
from sqlglot import exp

from policykit.model.scalars import Name
from policykit.rules.clauses import Clause, Conditional, Joined, Says, not_all, together
from policykit.rules.conditions.lookups import all_hold, all_sql
from policykit.rules.conditions.node import Node, made
from policykit.rules.conditions.roles import Role
from policykit.rules.english import with_article
from policykit.rules.logic import Truth, either, either_sql, negated
from policykit.rules.setting import Place, Row

if TYPE_CHECKING:
    from policykit.rules.conditions import Condition


class Named(Node):
    """The row belongs to a population."""

    mistakes: ClassVar[str] = "Does not belong to it."
    never_unknown = True
    test: Literal["named"]
    population: Annotated[Name, Role.POPULATION] = Field(
        description="A list of conditions that populations.yaml names."
    )

    def words(self, place: Place) -> Says:
        """Who is a person in post."""
        noun = with_article(place.setting.populations[self.population].noun)
        return Says("", f"is {noun}", f"is not {noun}")

    def holds(self, row: Row, place: Place) -> Truth:
        """What the population's conditions come to."""
        return all_hold(place.setting.populations[self.population].where, row, place)

    def sql(self, place: Place) -> exp.Expr:
        """The population's conditions."""
        return all_sql(place.setting.populations[self.population].where, place)

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield opposite_of(self)
        yield from super().alternatives(place)


class All(Node):
    """All of these hold."""

    never_unknown = True
    test: Literal["all"]
    of: Annotated[tuple["Condition", ...], Role.SAME_ROW] = Field(min_length=1, description="The conditions.")

    def words(self, place: Place) -> Clause:
        """One and the other."""
        return together(tuple(node.words(place) for node in self.of))

    def holds(self, row: Row, place: Place) -> Truth:
        """False if one is false, else unknown if one is unknown."""
        return all_hold(self.of, row, place)

    def sql(self, place: Place) -> exp.Expr:
        """The conditions with AND."""
        return all_sql(self.of, place)


class Any(Node):
    """One of these holds."""

    never_unknown = True
    test: Literal["any"]
    of: Annotated[tuple["Condition", ...], Role.SAME_ROW] = Field(min_length=1, description="The conditions.")

    def words(self, place: Place) -> Clause:
        """Either one or the other."""
        said = tuple(node.words(place) for node in self.of)
        return said[0] if len(said) == 1 else Joined("or", said)

    def holds(self, row: Row, place: Place) -> Truth:
        """True if one is true, else unknown if one is unknown."""
        return either(node.holds(row, place) for node in self.of)

    def sql(self, place: Place) -> exp.Expr:
        """The conditions with OR."""
        return either_sql(node.sql(place) for node in self.of)


class Not(Node):
    """Not all of these hold."""

    mistakes: ClassVar[str] = "All of these hold."
    never_unknown = True
    test: Literal["not"]
    of: Annotated[tuple["Condition", ...], Role.SAME_ROW] = Field(min_length=1, description="The conditions.")

    def words(self, place: Place) -> Clause:
        """The opposite of the one; of several: not all of these hold."""
        return not_all(tuple(node.words(place) for node in self.of))

    def holds(self, row: Row, place: Place) -> Truth:
        """The opposite; of unknown, unknown."""
        return negated(all_hold(self.of, row, place))

    def sql(self, place: Place) -> exp.Expr:
        """NOT over the conditions with AND."""
        return exp.not_(all_sql(self.of, place))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield self.as_test(All)
        yield from super().alternatives(place)


class If(Node):
    """Where all of the first hold, all of the second hold too."""

    mistakes: ClassVar[str] = "The second hold, whatever becomes of the first."
    never_unknown = True
    test: Literal["if"]
    when: Annotated[tuple["Condition", ...], Role.SAME_ROW] = Field(
        min_length=1, description="The conditions that decide whether the others count."
    )
    then: Annotated[tuple["Condition", ...], Role.SAME_ROW] = Field(
        min_length=1, description="The conditions that have to hold then."
    )

    def words(self, place: Place) -> Clause:
        """If this, then that."""
        return Conditional(*(tuple(node.words(place) for node in nodes) for nodes in (self.when, self.then)))

    def holds(self, row: Row, place: Place) -> Truth:
        """True where the first does not hold, as long as it can be told."""
        return either([negated(all_hold(self.when, row, place)), all_hold(self.then, row, place)])

    def sql(self, place: Place) -> exp.Expr:
        """NOT the first OR the second."""
        return either_sql([exp.not_(all_sql(self.when, place)), all_sql(self.then, place)])

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield all_of(*self.then)
        yield from super().alternatives(place)


def all_of(*nodes: Node) -> All:
    """All of these hold."""
    return made(All, of=nodes)


def any_of(*nodes: Node) -> Any:
    """One of these holds."""
    return made(Any, of=nodes)


def opposite_of(node: Node) -> Not:
    """The condition does not hold."""
    return made(Not, of=(node,))
