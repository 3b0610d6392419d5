"""For whom and when a duty or check counts: facts that exist, values they can have, days in order."""

from collections.abc import Iterator
from typing import Any

from policykit.model.duties import Applies
from policykit.model.registers import FieldShape, read_value
from policykit.problems import Notice, Problem
from policykit.reading.draft import Draft
from policykit.reading.items import Item
from policykit.reading.references import unknown
from policykit.reading.saying import listed, shown


def applies_problems(item: Item[Any], applies: Applies | None, draft: Draft) -> Iterator[Problem]:
    """Everything wrong with an `applies`."""
    if applies is None:
        return
    if applies.otherwise is None and (applies.when or applies.from_ or applies.to):
        what = f"{item.id} does not say what is shown where it does not apply"
        yield item.problem(Notice.KEY_MISSING, what, "add `otherwise`, one sentence", "applies")
    if applies.from_ and applies.to and applies.to < applies.from_:
        what = f"{item.id} ends before it begins"
        yield item.problem(Notice.DUTY_PERIOD, what, "mend `from` or `to`", "applies", "to")
    if draft.policy.items:
        yield from _when(item, applies, draft.pack.policy.facts)


def _when(item: Item[Any], applies: Applies, facts: dict[str, FieldShape]) -> Iterator[Problem]:
    for fact, values in applies.when.items():
        if fact not in facts:
            yield unknown(item, "a fact of policy.yaml", fact, facts, "applies", "when", fact)
            continue
        for number, value in enumerate(values):
            if not _possible(facts[fact], value):
                codes = facts[fact].values
                remedy = f"use {listed(codes, 'or')}" if codes else f"write a {facts[fact].type}"
                what = f"the fact `{fact}` cannot be {shown(value)}"
                yield item.problem(Notice.VALUE_WRONG, what, remedy, "applies", "when", fact, number)


def _possible(shape: FieldShape, value: str) -> bool:
    try:
        return read_value(shape, value) is not None
    except ValueError:
        return False
