"""The search for missing examples: what it remembers of conditions is what they mean, on every row that it looks at."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from hypothesis import given
from tests.alternatives import GIVEN as OF_THE_SHOP
from tests.chance import drawing
from tests.random_fields import REGISTERS
from tests.test_proving_walk import CASES, rule_of, start_of
from tests.test_rules_property import CHECKS_IN_A_WORLD, rules
from tests.units import World, units

from policykit.model.registers import FieldShape, FieldType, Register
from policykit.rules import Case, Check, Example, alternatives, judge_unit
from policykit.rules.proving.search import Meanings, Neighbourhood

STARTS, RULES, SLIPS, ROWS = 2, 4, 12, 30
"""How many cases the search starts at, and how many rules, alternatives of each and rows for each are looked at."""

GIVEN = frozenset(REGISTERS)


def starts(rule: Check, world: World) -> Iterator[Case]:
    """Units of a rule as cases, in a world in which there is an organisation to say facts about."""
    fields = {"id": FieldShape(type=FieldType.REF, means="Id"), **world.setting.fact_shapes}
    ourselves = Register(id="organisation", title="Us", about="organisation", key="id", fields=fields)
    setting = replace(world.setting, registers={**world.setting.registers, "organisation": ourselves})
    tables = {**world.tables, "organisation": ({"id": "US", **world.setting.facts},)}
    for row in islice(units(rule, world), STARTS):
        own = str(rule.register_)
        others = tuple(values for values in tables[own] if values is not row.values)
        seen = replace(row, tables={**tables, own: (row.values, *others)})
        yield Case(Example(expect="pass", because="made up"), seen, setting)


@drawing(2 * CHECKS_IN_A_WORLD)
@given(rules())
def test_what_the_search_remembers_is_what_rules_mean(case: tuple[World, list[Check]]) -> None:
    """The rule and its alternatives, and where these differ from it: the same as with nothing remembered."""
    world, found = case
    for rule in found[:RULES]:
        if cases := tuple(starts(rule, world)):
            near, meanings = Neighbourhood(rule, cases, GIVEN), Meanings(rule, cases[0].setting, GIVEN)
            for other in islice(alternatives(rule, world.setting), SLIPS):
                for row, differs in islice(near.rows_where(other.slip), ROWS):
                    assert differs == other.slip.differs(row.row, row.setting)
                    for version in (rule, other.it):
                        assert meanings.judged(version, row) == judge_unit(version, row.row, row.setting)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_what_the_walk_remembers_is_what_its_rules_mean(case: dict[str, Any]) -> None:
    """Of each rule of the walks: with another row beside, another row outside, another value of its for_each."""
    rule, start = rule_of(case), start_of(case)
    near, meanings = Neighbourhood(rule, (start,), OF_THE_SHOP), Meanings(rule, start.setting, OF_THE_SHOP)
    for other in alternatives(rule, start.setting):
        for row, differs in islice(near.rows_where(other.slip), 5 * ROWS):
            assert differs == other.slip.differs(row.row, row.setting)
            for version in (rule, other.it):
                assert meanings.judged(version, row) == judge_unit(version, row.row, row.setting)
