"""Where rules draw their lines: the fields that are measured in months from the as-at date, and how many."""

from collections.abc import Iterator

from policykit.rules.check import Check
from policykit.rules.conditions.dating import LongerAgo, Upcoming, Within
from policykit.rules.setting import Setting
from policykit.rules.usage import standing
from policykit.rules.values import NUMBER, constant


def month_limits(check: Check, setting: Setting) -> Iterator[tuple[str, str, int]]:
    """The register, the field and the months of each line that a check draws.

    Months before the as-at date are negative. Numbers that stand in a fact or a field are left out.
    """
    for node, place in standing(check, setting):
        if isinstance(node, Within | LongerAgo | Upcoming) and node.months is not None:
            number = constant(node.months, NUMBER, setting)
            if isinstance(number, int):
                yield place.register.id, node.field, number if isinstance(node, Upcoming) else -number
