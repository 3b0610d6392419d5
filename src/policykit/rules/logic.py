"""Three-valued logic after Kleene, in Python and as SQL: a blank never counts as yes, nor as no."""

from collections.abc import Iterable

from sqlglot import exp

Truth = bool | None
"""True, False, or None where it cannot be told."""


def both(truths: Iterable[Truth]) -> Truth:
    """Whether all hold: false if one is false, else unknown if one is unknown; true of nothing at all."""
    found: Truth = True
    for truth in truths:
        if truth is False:
            return False
        found = found and truth
    return found


def either(truths: Iterable[Truth]) -> Truth:
    """Whether one holds: true if one is true, else unknown if one is unknown; false of nothing at all."""
    return negated(both(negated(truth) for truth in truths))


def negated(truth: Truth) -> Truth:
    """The opposite; of unknown, unknown."""
    return None if truth is None else not truth


def both_sql(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """`both` as SQL."""
    listed = tuple(conditions)
    return exp.and_(*listed) if listed else exp.true()


def either_sql(conditions: Iterable[exp.Expr]) -> exp.Expr:
    """`either` as SQL."""
    listed = tuple(conditions)
    return exp.or_(*listed) if listed else exp.false()


def unknown_sql() -> exp.Expr:
    """A condition that is unknown for every row, typed so that no engine takes it for a number."""
    return exp.cast(exp.null(), "boolean")


def case_sql(*branches: tuple[exp.Expr, exp.Expr], otherwise: exp.Expr) -> exp.Expr:
    """The first branch whose condition is true decides."""
    case = exp.Case()
    for condition, result in branches:
        case = case.when(condition, result)
    return case.else_(otherwise)


def is_null(*expressions: exp.Expr) -> exp.Expr:
    """Whether one of them is blank; never unknown."""
    return either_sql(exp.Is(this=each.copy(), expression=exp.null()) for each in expressions)
