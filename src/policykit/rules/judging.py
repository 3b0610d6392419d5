"""The reference meaning: what a rule says of one unit, and the same as SQL."""

from collections.abc import Callable
from typing import Literal

from sqlglot import exp

from policykit.rules.check import Check
from policykit.rules.conditions.lookups import all_hold, all_sql
from policykit.rules.conditions.node import Node
from policykit.rules.logic import Truth
from policykit.rules.setting import Row, Setting
from policykit.rules.usage import each_of, place_of

Judgement = Literal["pass", "fail", "unknown", "out"]


def judge_unit(check: Check, row: Row, setting: Setting) -> Judgement:
    """What the check says of one unit: a row, with the for_each value in `row.each` where there is one.

    A value that is none of the for_each's makes no unit, so it is out.
    """
    if not is_unit(check, row, setting):
        return "out"
    place = place_of(check, setting)
    return judgement_of(check, lambda nodes: all_hold(nodes, row, place))


def is_unit(check: Check, row: Row, setting: Setting) -> bool:
    """Whether the row's value is one of the for_each's, where there is one, and it has any."""
    each = each_of(check, setting)
    return each is None or not each.codes or row.each in {*each.codes, None}


def judgement_of(check: Check, all_hold: Callable[[tuple[Node, ...]], Truth]) -> Judgement:
    """What the check says of one unit of which one can ask whether all of some conditions hold."""
    in_scope = all_hold(check.where)
    if in_scope is not True:
        return "unknown" if in_scope is None else "out"
    holds = all_hold(check.must)
    return "unknown" if holds is None else "pass" if holds else "fail"


def scope_sql(check: Check, setting: Setting) -> exp.Expr:
    """Whether a unit is in scope: TRUE, FALSE or NULL for the row "r0" and, with a for_each, "each"."value"."""
    return all_sql(check.where, place_of(check, setting))


def must_sql(check: Check, setting: Setting) -> exp.Expr:
    """Whether what must hold holds: TRUE, FALSE or NULL, as `scope_sql`."""
    return all_sql(check.must, place_of(check, setting))
