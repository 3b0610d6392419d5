"""Whether the keys of one condition go together."""

from collections.abc import Iterator
from datetime import date

from policykit.model.registers import FieldShape
from policykit.rules.conditions.comparing import Between
from policykit.rules.conditions.dating import LongerAgo, Upcoming, Within
from policykit.rules.conditions.deadlines import DoneBy
from policykit.rules.conditions.node import Node
from policykit.rules.conditions.relating import CountOf
from policykit.rules.fitting.values import Misfit, misfits
from policykit.rules.operands import AsAt, Form, OfFact
from policykit.rules.setting import Place
from policykit.rules.values import NUMBER, constant


def node_misfits(node: Node, place: Place) -> Iterator[Misfit]:
    """Keys that are missing beside others, keys that exclude one another, and a low end over the high one."""
    match node:
        case Within() | LongerAgo() | Upcoming() if (node.days is None) == (node.months is None):
            yield f"`{node.test}` needs a number of days or of months, and not both", "write `days` or `months`"
        case DoneBy() if not _is_due(node):
            yield "`done_by` needs the day it is due", "write `due`, or `other` and `days`"
        case CountOf(at_least=None, at_most=None):
            yield "`count_of` says neither at least nor at most how many", "write `at_least`, `at_most` or both"
        case CountOf() if _is_over(node.at_least, node.at_most, NUMBER, place):
            yield "`at_least` is more than `at_most`", "exchange them"
        case Between() if _is_over(node.low, node.high, place.register.fields.get(node.field), place):
            yield "`low` is over `high`, so nothing could ever be between them", "exchange them"
        case _:
            pass


def _is_due(node: DoneBy) -> bool:
    in_parts = (node.other is not None, node.days is not None)
    return in_parts == (node.due is None, node.due is None)


def _is_over(low: str | Form | None, high: str | Form | None, shape: FieldShape | None, place: Place) -> bool:
    """Whether both ends stand in the pack, and the wrong way round; facts and the as-at date are no part of it."""
    if low is None or high is None or shape is None:
        return False
    if any(True for end in (low, high) for _ in misfits(end, shape, place)):
        return False
    least, most = (
        None if isinstance(end, OfFact | AsAt) else constant(end, shape, place.setting) for end in (low, high)
    )
    if isinstance(least, date) and isinstance(most, date):
        return least > most
    return isinstance(least, int) and isinstance(most, int) and least > most
