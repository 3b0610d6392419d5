"""Alternatives: what is tried in place of each condition, and whether the examples of real rules tell it apart."""

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from tests.alternatives import SHOP, check
from tests.chance import drawing
from tests.test_rules_property import CHECKS_IN_A_WORLD, NOT_WORDS, rules
from tests.units import World, units

from policykit.rules import Check, Condition, alternatives, judge_unit

CASES = Path(__file__).parent / "cases" / "alternatives"


def cases(name: str) -> list[dict[str, Any]]:
    """Cases that anybody can read and add to; every scalar is text, as in the files of a pack."""
    found: list[dict[str, Any]] = yaml.load((CASES / name).read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    return found


@pytest.mark.parametrize("case", cases("changes.yaml"), ids=lambda case: str(case["condition"]))
def test_each_test_has_its_small_changes(case: dict[str, Any]) -> None:
    """A boundary moved, a comparison turned round, a value, a field, a clause or a match left out: told in words."""
    found = [each.say() for each in alternatives(check(must=[case["condition"]]), SHOP)]

    assert found == case["changes"]


def test_no_test_is_without_changes() -> None:
    """A test that is added to the language needs a case."""
    tests = {get_args(each.model_fields["test"].annotation)[0] for each in get_args(get_args(Condition)[0])}

    assert {case["condition"]["test"] for case in cases("changes.yaml")} == tests


def said(**keys: Any) -> list[str]:  # noqa: ANN401 - keys of a check
    """The small changes to a check on loans."""
    return [each.say() for each in alternatives(check(**keys), SHOP)]


def test_every_code_of_a_for_each_is_left_out_once() -> None:
    """A unit that is not looked at passes for one that conforms."""
    must = [{"test": "is", "field": "kind", "value": {"each": "kind"}}]

    found = said(for_each={"name": "kind", "in": {"parameter": "kinds"}}, must=must)
    assert found[-2:] == ["without the kind “road”", "without the kind “cargo”"]
    alone = said(for_each={"name": "kind", "in": ["road"]}, must=must)
    assert [each for each in alone if "without the kind" in each] == []


def test_what_the_rule_settles_already_is_not_tried() -> None:
    """A blank that something beside it asks for, and a code that no loan in scope has, change nothing."""
    where = [{"test": "one_of", "field": "kind", "values": ["road", "cargo"]}]
    paid = [{"test": "recorded", "field": "paid"}, {"test": "is", "field": "paid", "value": "true"}]

    found = said(where=where, must=[*paid, {"test": "is", "field": "kind", "value": "road"}])
    # Child is added to the scope alone: no loan in scope has it. Cargo is added to what must hold.
    assert [each for each in found if "added to what the kind may be" in each] == [
        "“child” added to what the kind may be",
        "“cargo” added to what the kind may be",
    ]
    assert not [each for each in found if "whether it is paid and" in each]
    assert len([each for each in found if "the kind is recorded and" in each]) == 1


def test_a_blank_that_is_enough_is_not_tried() -> None:
    """Where one of two is enough, and a blank is one of them, what the other makes of a blank changes nothing."""
    back = {"field": "back_on"}
    found = said(must=[{"test": "any", "of": [{"test": "not_recorded", **back}, {"test": "past", **back}]}])

    assert found
    assert [each for each in found if "is recorded and" in each] == []


@drawing(5 * CHECKS_IN_A_WORLD)
@given(rules())
def test_alternatives_of_random_rules_can_be_judged_and_said(case: tuple[World, list[Check]]) -> None:
    """Whatever a rule is made of: its alternatives come to something for every unit, and their words are words."""
    world, found = case
    for rule in found:
        for other in alternatives(rule, world.setting):
            assert not NOT_WORDS.search(other.say())
            for row in units(rule, world):
                judged, meant = (judge_unit(each, row, world.setting) for each in (other.it, rule))
                assert judged == meant or other.slip.differs(row, world.setting)
