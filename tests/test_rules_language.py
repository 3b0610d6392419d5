"""Whatever is added to the rule language is asked for everywhere: of random rules, of the oracle, and of the cases."""

import random

from tests import random_packs
from tests.covering import NODES, Feature, forty, held_by, language
from tests.people import cases, check_for
from tests.reference_rules import TESTS

from policykit.rules import Check

IN_PACKS = 900
"""How many checks of random packs are looked at; each pack has some thirty."""
FOR_EACH = frozenset({("VALUE", "each"), ("VALUES", "each")})
"""What only a check with a for_each can hold: a case is one condition."""


def test_the_random_rules_hold_every_test_and_every_form_of_a_value() -> None:
    """What the properties of rules, words and SQL are tried on."""
    assert language() - held_by_all(forty()) == set()


def test_the_random_packs_hold_every_test_and_every_form_of_a_value() -> None:
    """What every engine is held beside the oracle on."""
    chance = random.Random(0)  # noqa: S311 - a seed, so that everybody sees the same
    found = [Check.model_validate(random_packs.check(f"CHK-{number}", chance)) for number in range(IN_PACKS)]

    assert language() - held_by_all(found) == set()


def test_the_oracle_knows_every_test() -> None:
    """Each test has its meaning a second time; the forms of values come to it in the random packs."""
    assert {node.test_name() for node in NODES} == set(TESTS)


def test_the_cases_of_rules_hold_every_test_and_every_form_of_a_value() -> None:
    """What each test means is shown where anybody can read it."""
    assert language() - held_by_all([check_for(case) for case in cases("rules").values()]) == FOR_EACH


def held_by_all(checks: list[Check]) -> frozenset[Feature]:
    """What some checks hold together."""
    return frozenset[Feature]().union(*map(held_by, checks))
