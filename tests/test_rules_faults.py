"""What is refused before any record is read, each at its place; cases as files."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.people import cases, check_for, setting_for

from policykit.rules import Check, Fault, Population, faults

REFUSED = cases("refused_rules")
FITTING = cases("fitting_rules")


def placed(fault: Fault, *, in_condition: bool) -> str:
    """Where a fault is, as the cases write it: keys and numbers, from the condition or from the whole check."""
    loc = fault.loc[2:] if in_condition else fault.loc
    return "/".join(map(str, loc)) or "."


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_it_is_refused_at_its_place_with_a_remedy(case: Mapping[str, Any]) -> None:
    """The fault comes first, where the case says, in the words that it says, and with something to do."""
    found = list(faults(whole_check(case), setting_for(case)))
    (place, said), *_ = case["refused"].items()
    assert found
    assert placed(found[0], in_condition="check" not in case) == place
    assert found[0].what.startswith(said)
    assert found[0].remedy


@pytest.mark.parametrize("case", FITTING.values(), ids=FITTING)
def test_the_limit_itself_is_not_refused(case: Mapping[str, Any]) -> None:
    """What lies at the end of a range is in it."""
    assert list(faults(whole_check(case), setting_for(case))) == []


def whole_check(case: Mapping[str, Any]) -> Check:
    """A check with the condition of a case, or a plain one, and with the keys that the case gives the check itself."""
    check = check_for({"condition": {"test": "recorded", "field": "ref"}, **case})
    return Check.model_validate({**check.model_dump(by_alias=True, exclude_unset=True), **case.get("check", {})})


def population(name: str, *conditions: Mapping[str, Any]) -> Population:
    """A population of people."""
    return Population.model_validate(
        {"id": name, "register": "people", "noun": "one", "plural": "several", "where": conditions}
    )


def test_a_population_that_leads_back_to_itself_is_refused() -> None:
    """Also over another one, and inside a lookup."""
    lookup = {"test": "exists_in", "register": "people", "where": [{"test": "named", "population": "first"}]}
    both = {
        "first": population("first", {"test": "recorded", "field": "ref"}, {"test": "named", "population": "second"}),
        "second": population("second", lookup),
    }
    setting = replace(setting_for({}), populations=both)
    assert [fault.what for fault in faults(both["first"], setting)] == ["the population `first` is explained by itself"]


@pytest.mark.parametrize("value", [{"each": "topic"}, {"field": "team"}], ids=["for_each", "outer row"])
def test_a_population_knows_neither_for_each_nor_outer_row(value: Mapping[str, str]) -> None:
    """It means the same wherever it is named."""
    one = population("one", {"test": "is", "field": "team", "value": value})
    assert [fault.loc for fault in faults(one, setting_for({}))] == [("where", 0, "value")]


def test_lookups_in_a_population_count_where_it_is_named() -> None:
    """Three lookups around a population that looks up twice are five."""
    nested: Mapping[str, Any] = {"test": "named", "population": "deep"}
    for _ in range(3):
        nested = {"test": "exists_in", "register": "people", "where": [nested]}
    inside = {"test": "exists_in", "register": "people", "where": [{"test": "exists_in", "register": "courses"}]}
    setting = replace(setting_for({}), populations={"deep": population("deep", inside)})
    (fault,) = faults(check_for({"condition": nested}), setting)
    assert fault.what.startswith("with the population `deep` exists_in and count_of stand more than 4 deep")
