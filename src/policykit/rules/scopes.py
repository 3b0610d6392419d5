"""What of a register rules look at: the rows in scope of checks, those that no check need look at, and lookups."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from pydantic import Field
from sqlglot import exp

from policykit.model.registers import ExpectedOfFact, Register
from policykit.model.scalars import Record, Text
from policykit.rules.check import Check, each_of, place_of, read_at, scope_sql, standing
from policykit.rules.language import Place, Setting, visit
from policykit.rules.tests import Condition
from policykit.rules.tests.groups import all_sql


class Outside(Record):
    """Rows of a register that no check need look at."""

    where: tuple[Condition, ...] = Field(min_length=1, description="Which rows: all must hold.")
    why: Text = Field(description="Why no check looks at them.")


class DeclaredRegister(Register):
    """A register that organisations keep, as the pack declares it."""

    expect: ExpectedOfFact | None = Field(default=None, description="How many rows there are at least.")
    outside: tuple[Outside, ...] = Field(default=(), description="Rows that no check need look at.")


def row_scope_sql(check: Check, setting: Setting) -> exp.Expr:
    """Whether a row is in scope with any code of the for_each: TRUE, FALSE or NULL for the row "r0"."""
    scope, each = scope_sql(check, setting), each_of(check, setting)
    if each is None:
        return scope
    return _any_sql([_with_code(scope, code) for code in each.codes])


def _any_sql(conditions: list[exp.Expr]) -> exp.Expr:
    """One of these; never true of none. Not every database knows FALSE."""
    number = exp.Literal.number
    return exp.or_(*conditions) if conditions else exp.EQ(this=number(1), expression=number(0))


def _with_code(scope: exp.Expr, code: str) -> exp.Expr:
    """A condition on one code of the for_each."""

    def replaced(node: exp.Expr) -> exp.Expr:
        return exp.Literal.string(code) if isinstance(node, exp.Column) and node.table == "each" else node

    return scope.copy().transform(replaced)


def outside_sql(register: DeclaredRegister, setting: Setting) -> exp.Expr:
    """Whether the pack says why no check need look at a row: TRUE, FALSE or NULL for the row "r0"."""
    place = Place(setting, register)
    return _any_sql([all_sql(rest.where, place) for rest in register.outside])


def read_by_scopes(
    checks: Iterable[Check], register: DeclaredRegister, setting: Setting
) -> Mapping[str, frozenset[str]]:
    """Registers and the fields of theirs by which checks, and the pack, say which rows of a register they mean."""
    place = Place(setting, register)
    outside = (visit(rest.where, place) for rest in register.outside)
    scopes = (visit(check.where, place_of(check, setting)) for check in checks)
    return {register.id: frozenset(), **read_at(chain.from_iterable((*outside, *scopes)))}


class Pair(NamedTuple):
    """How rows of one register are looked up for rows of another: pairs of their field and our field."""

    register: str
    ours: str
    match: tuple[tuple[str, str], ...]


def pairs_of(check: Check, setting: Setting) -> Iterator[Pair]:
    """How a check looks up rows of other registers, where they have to match."""
    for node, place in standing(check, setting):
        looked_up, match = getattr(node, "register_", None), getattr(node, "match", None)
        if looked_up and match and looked_up != place.register.id:
            yield Pair(looked_up, place.register.id, tuple(sorted(match.items())))
