"""Looking up rows of a register, often another one."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field
from sqlglot import exp

from policykit.model.scalars import Name
from policykit.rules.clauses import Told
from policykit.rules.conditions.grouping import Not, all_of, opposite_of
from policykit.rules.conditions.lookups import all_sql, can_be_unknown, matching, ours_blank_sql, pairs_sql
from policykit.rules.conditions.node import Node, made
from policykit.rules.conditions.related import say_count, say_existence
from policykit.rules.conditions.roles import MaybeCount, Role
from policykit.rules.logic import Truth, both, both_sql, case_sql, either, is_null, negated, unknown_sql
from policykit.rules.operands import Form
from policykit.rules.setting import Place, Row
from policykit.rules.values import NUMBER, value_of, value_sql

if TYPE_CHECKING:
    from policykit.rules.conditions import Condition


class ExistsIn(Node):
    """Some row there matches and makes its conditions true."""

    mistakes: ClassVar[str] = "No row there; every row that matches in place of one."
    test: Literal["exists_in"]
    register_: Annotated[Name, Role.REGISTER] = Field(alias="register", description="The register that is looked up.")
    match: Annotated[Mapping[Name, Name], Role.MATCH] = Field(
        default={}, description="Their field and our field, which have to be the same."
    )
    where: Annotated[tuple["Condition", ...], Role.OTHER_ROWS] = Field(
        default=(), description="What has to hold for a row found there."
    )

    def words(self, place: Place) -> Told:
        """There is a completed course with the same person reference, and what its conditions say."""
        return say_existence(self, place)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where one of our match fields is blank, or a matching row can not be told and none is true."""
        found = matching(self, row, place)
        return None if found is None else either(found)

    def sql(self, place: Place) -> exp.Expr:
        """Two EXISTS: for a row that is true, then for one that is unknown."""
        there = place.into(self.register_)
        pairs, where = pairs_sql(self, place, there), all_sql(self.where, there)
        branches: list[tuple[exp.Expr, exp.Expr]] = [(there.exists(both_sql([*pairs, where])), exp.true())]
        if self.match:
            branches.insert(0, (ours_blank_sql(self, place), unknown_sql()))
        if can_be_unknown(self.where, there):
            unknown = is_null(exp.paren(where))
            branches.append((there.exists(both_sql([*pairs, unknown])), unknown_sql()))
        return case_sql(*branches, otherwise=exp.false())

    def of_every_row(self) -> Node:
        """Every row that matches makes its conditions true, and there is one."""
        wrong = (made(Not, of=self.where),)
        return all_of(self, made(CountOf, register_=self.register_, match=self.match, where=wrong, at_most="0"))

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        yield opposite_of(self)
        yield from super().alternatives(place)


class CountOf(Node):
    """At least, or at most, so many rows there match and make their conditions true."""

    mistakes: ClassVar[str] = "At most for at least."
    test: Literal["count_of"]
    register_: Annotated[Name, Role.REGISTER] = Field(alias="register", description="The register that is looked up.")
    match: Annotated[Mapping[Name, Name], Role.MATCH] = Field(
        default={}, description="Their field and our field, which have to be the same."
    )
    where: Annotated[tuple["Condition", ...], Role.OTHER_ROWS] = Field(
        default=(), description="What has to hold for a row found there."
    )
    at_least: MaybeCount = None
    at_most: MaybeCount = None

    def words(self, place: Place) -> Told:
        """There are at least 2 completed courses with the same person reference, and what their conditions say."""
        return say_count(self, place, self.at_least, self.at_most)

    def holds(self, row: Row, place: Place) -> Truth:
        """Unknown where one of our match fields or a number is blank, or rows that cannot be told would decide."""
        found = matching(self, row, place)
        if found is None:
            return None
        sure, possible = found.count(True), len(found) - found.count(False)
        least, most = (_number(end, row, place) for end in (self.at_least, self.at_most))
        reached = True if self.at_least is None else _reaches(least, sure, possible)
        passed = False if self.at_most is None else _reaches(None if most is None else most + 1, sure, possible)
        return both([reached, negated(passed)])

    def sql(self, place: Place) -> exp.Expr:
        """Two counts: of the rows that are true, and of those that are true or unknown."""
        there = place.into(self.register_)
        pairs, where = pairs_sql(self, place, there), all_sql(self.where, there)
        sure = _count_sql(there, [*pairs, where])
        possible = _count_sql(there, [*pairs, exp.Coalesce(this=where, expressions=[exp.true()])])
        ends = []
        if self.at_least is not None:
            ends.append(_reaches_sql(value_sql(self.at_least, NUMBER, place), sure, possible))
        if self.at_most is not None:
            beyond = exp.Add(this=value_sql(self.at_most, NUMBER, place), expression=exp.convert(1))
            ends.append(exp.not_(_reaches_sql(beyond, sure, possible)))
        counted = both_sql(ends)
        return case_sql((ours_blank_sql(self, place), unknown_sql()), otherwise=counted) if self.match else counted

    def alternatives(self, place: Place) -> Iterator[Node]:
        """What `mistakes` says, and what is one off."""
        if self.at_least is None or self.at_most is None:
            yield self.model_copy(update={"at_least": self.at_most, "at_most": self.at_least})
        yield from super().alternatives(place)


def _number(end: str | Form | None, row: Row, place: Place) -> int | None:
    number = None if end is None else value_of(end, NUMBER, row, place)
    return number if isinstance(number, int) else None


def _reaches(number: int | None, sure: int, possible: int) -> Truth:
    """Whether so many rows are true; unknown where those that cannot be told decide."""
    if number is None:
        return None
    if sure >= number:
        return True
    return False if possible < number else None


def _count_sql(there: Place, conditions: list[exp.Expr]) -> exp.Expr:
    return there.rows(exp.Count(this=exp.Star()), both_sql(conditions)).subquery()


def _reaches_sql(number: exp.Expr, sure: exp.Expr, possible: exp.Expr) -> exp.Expr:
    return case_sql(
        (exp.GTE(this=sure.copy(), expression=number), exp.true()),
        (exp.LT(this=possible.copy(), expression=number.copy()), exp.false()),
        otherwise=unknown_sql(),
    )
