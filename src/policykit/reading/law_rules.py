"""Rules that the law register keeps: periods in order, verification told, roles known."""

from collections.abc import Iterator
from itertools import pairwise

from policykit.model.law import Period, Provision
from policykit.model.policy import Roles
from policykit.problems import Notice, Problem
from policykit.reading.draft import Draft
from policykit.reading.items import Item
from policykit.reading.keys import alike


def law_problems(draft: Draft) -> Iterator[Problem]:
    """Everything wrong with provisions."""
    roles = draft.pack.policy.roles
    for item in draft.provisions.items:
        yield from _periods(item)
        yield from _verification(item)
        if roles:
            yield from _binds(item, roles)


def _periods(item: Item[Provision]) -> Iterator[Problem]:
    for number, period in enumerate(item.model.periods):
        if period.to and period.to < period.from_:
            what = f"a period of {item.id} ends before it begins"
            yield item.problem(Notice.PERIODS, what, "mend `from` or `to`", "periods", number, "to")
    for number, (before, period) in enumerate(pairwise(item.model.periods), 1):
        if said := _out_of_order(before, period):
            what = f"a period of {item.id} {said}"
            remedy = "put periods in order, each beginning after the one before has ended"
            yield item.problem(Notice.PERIODS, what, remedy, "periods", number, "from")


def _out_of_order(before: Period, period: Period) -> str | None:
    if period.from_ <= before.from_:
        return "does not begin after the one before"
    if before.to is None:
        return "begins although the one before has no last day"
    return "overlaps the one before" if period.from_ <= before.to else None


def _verification(item: Item[Provision]) -> Iterator[Problem]:
    verification = item.model.verification
    if verification.level == "unverified":
        return
    for key in ("checked_on", "where"):
        if getattr(verification, key) is None:
            what = f"{item.id} is verified by {verification.level} and does not say `{key}`"
            yield item.problem(Notice.VERIFICATION, what, f"add `{key}`", "verification")


def _binds(item: Item[Provision], roles: Roles) -> Iterator[Problem]:
    known = tuple(dict.fromkeys([role for kind in roles.of.values() for role in kind] + list(roles.others)))
    for number, role in enumerate(item.model.binds):
        if role not in known:
            meant = alike(role, known)
            remedy = f"did you mean `{meant}`?" if meant else "add it to `roles` in policy.yaml"
            what = f"`{role}` is not a role"
            yield item.problem(Notice.REFERENCE_UNKNOWN, what, remedy, "binds", number)
