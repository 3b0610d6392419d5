"""The English of cards is that of the rules: articles, first letters and the words of codes."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.cards_seen import Anchors, kitchens, render_card, render_front, see

from policykit.model.duties import Applies
from policykit.model.registers import FieldShape, FieldType
from policykit.tracing import Trace


def with_pack(trace: Trace, **changed: Any) -> Trace:  # noqa: ANN401 - parts of a pack, each of its own type
    """The trace of the same pack with some parts changed."""
    return replace(trace, ground=replace(trace.ground, pack=replace(trace.pack, **changed)))


@pytest.mark.parametrize("bearer", ["an NHS manager", "a MARAC chair", "a user", "an operator", "a landlord"])
def test_the_first_door_is_that_of_whoever_bears_the_duties(bearer: str) -> None:
    """Whoever it is, with the article that every rule would give them."""
    named = {"bearer": bearer.partition(" ")[2]}
    duties = {name: duty.model_copy(update=named) for name, duty in kitchens().pack.duties.items()}

    words = see(render_front(with_pack(kitchens(), duties=duties), Anchors())).words

    assert f"I am {bearer} What to do" in words


@pytest.mark.parametrize(("means", "said"), [("MARAC chair", "MARAC chair"), ("Kind of caterer", "kind of caterer")])
def test_whom_a_duty_is_for_is_said_with_the_letters_of_an_abbreviation(means: str, said: str) -> None:
    """What an organisation says about itself, in the middle of a sentence."""
    trace = kitchens()
    fact = FieldShape(type=FieldType.CODE, values=("own", "shared", "none_yet"), labels={"own": "our own"}, means=means)
    policy = trace.pack.policy.model_copy(update={"facts": {**trace.pack.policy.facts, "asked": fact}})
    applies = Applies(when={"asked": ("own", "shared", "none_yet")}, otherwise="It is not for us.")
    first, *_ = trace.pack.checks.values()
    checks = {**trace.pack.checks, first.id: first.model_copy(update={"applies": applies})}

    html = render_card("check", first.id, with_pack(trace, policy=policy, checks=checks), Anchors())

    assert f"Where the {said} is our own, shared or none yet" in see(html).words


def test_a_value_is_called_what_the_rule_calls_it() -> None:
    """The table under a result has the words of the field that the rule compares, whoever else has the same code."""
    trace = kitchens()
    name, result = next((name, result) for name, result in trace.checks.items() if result.by)
    codes: Mapping[str, str] = {code: f"another {code}" for code in result.by or {}}
    other = FieldShape(type=FieldType.CODE, values=tuple(codes), labels=dict(codes), means="Something else")
    first, *_ = trace.pack.registers.values()
    changed = first.model_copy(update={"fields": {"something_else": other, **first.fields}})
    registers = {**trace.pack.registers, first.id: changed}

    html = render_card("check", name, with_pack(trace, registers=registers), Anchors())

    assert see(html).words == see(render_card("check", name, trace, Anchors())).words
