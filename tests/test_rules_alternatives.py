"""Alternatives: what is tried in place of each condition, and whether the examples of real rules tell it apart."""

import shutil
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from tests.alternatives import SHOP, check
from tests.sites import POLICY
from tests.test_rules_property import CHECKS, NOT_WORDS, over, rules
from tests.units import World, units

from policykit.loading import example_case, load_pack
from policykit.rules import Check, Condition, alternatives, judge_unit

CASES = Path(__file__).parent / "cases" / "alternatives"


def cases(name: str) -> list[dict[str, Any]]:
    """Cases that anybody can read and add to; every scalar is text, as in the files of a pack."""
    found: list[dict[str, Any]] = yaml.load((CASES / name).read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    return found


@pytest.mark.parametrize("case", cases("changes.yaml"), ids=lambda case: case["condition"]["test"])
def test_each_test_has_its_small_changes(case: dict[str, Any]) -> None:
    """A boundary moved, a comparison turned round, a value, a field, a clause or a match left out: told in words."""
    found = [each.say() for each in alternatives(check(must=[case["condition"]]), SHOP)]

    assert found == case["changes"]


def test_no_test_is_without_changes() -> None:
    """A test that is added to the language needs a case."""
    tests = {get_args(each.model_fields["test"].annotation)[0] for each in get_args(get_args(Condition)[0])}

    assert {case["condition"]["test"] for case in cases("changes.yaml")} == tests


@pytest.mark.parametrize("case", cases("wrong_versions.yaml"), ids=lambda case: f"{case['check']}: {case['why']}")
def test_wrong_versions_of_real_rules_are_told_apart(case: dict[str, str], tmp_path: Path) -> None:
    """A mistake that somebody made by hand makes an example of the check come out otherwise."""
    shutil.copytree(POLICY.policy, tmp_path / "policy")
    right = load_pack(tmp_path / "policy")
    check = right.checks[case["check"]]
    path = tmp_path / "policy" / right.places[check.id].path
    before, _, after = path.read_text("utf-8").partition(f"- id: {check.id}\n")
    assert after.count(case["was"]) >= 1
    path.write_text(f"{before}- id: {check.id}\n{after.replace(case['was'], case['is'], 1)}", "utf-8")
    wrong = load_pack(tmp_path / "policy").checks[check.id]

    told = [judge_unit(wrong, *example_case(check, each, right)) != each.expect for each in check.examples]
    assert wrong != check
    assert any(told)


@over(CHECKS // 5)
@given(rules())
def test_alternatives_of_random_rules_can_be_judged_and_said(case: tuple[World, list[Check]]) -> None:
    """Whatever a rule is made of: its alternatives come to something for every unit, and their words are words."""
    world, found = case
    for rule in found:
        for other in alternatives(rule, world.setting):
            assert not NOT_WORDS.search(other.say())
            for row in units(rule, world):
                judged, meant = (judge_unit(each, row, world.setting) for each in (other.it, rule))
                assert judged == meant or list(other.slip.differences(row, world.setting))
