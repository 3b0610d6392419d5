"""Words, meaning and SQL of random rules: the SQL on a real DuckDB says what the reference meaning says."""

import os
import re
from dataclasses import replace
from itertools import islice

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.strategies import checks, worlds
from tests.units import World, judged_in_python, judged_in_sql, opened

from policykit.rules import Check, alternatives, faults, plain, reads, words_of

CHECKS_IN_A_WORLD = 10
CHANGES_OF_A_CHECK = 100
CHECKS = int(os.environ.get("POLICYKIT_PROPERTY_CHECKS", "200"))


def over(number: int) -> settings:
    """Settings for a test that is to see so many random checks."""
    return settings(
        max_examples=max(1, number // CHECKS_IN_A_WORLD),
        deadline=None,
        derandomize="CI" in os.environ,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


NOT_WORDS = re.compile(r"_|True|False|None|[{}]|\S  |\([^()]*\(|not not| [,;.]|,,|\.\.")


@st.composite
def rules(draw: st.DrawFn) -> tuple[World, list[Check]]:
    """A world and checks that fit it."""
    world = draw(worlds())
    return world, draw(st.lists(checks(world.setting.as_at), min_size=CHECKS_IN_A_WORLD, max_size=CHECKS_IN_A_WORLD))


@over(CHECKS)
@given(rules())
def test_sql_says_what_the_reference_meaning_says(case: tuple[World, list[Check]]) -> None:
    """Of every unit, for random rules over random records."""
    world, found = case
    with opened(world) as connection:
        for check in found:
            assert judged_in_sql(check, world, connection) == judged_in_python(check, world)


@over(CHECKS // 5)
@given(rules())
def test_a_check_reads_no_more_than_it_says(case: tuple[World, list[Check]]) -> None:
    """Without the fields that `reads` leaves out nothing changes, so nothing else has to be opened or asked for."""
    world, found = case
    for check in found:
        read = {**dict.fromkeys(world.tables, frozenset[str]()), **reads(check, world.setting)}
        less = {
            name: tuple({field: row[field] for field in row if field in read[name] | {"ref"}} for row in rows)
            for name, rows in world.tables.items()
        }
        assert judged_in_python(check, replace(world, tables=less)) == judged_in_python(check, world)


@over(CHECKS // 5)
@given(rules())
def test_rules_that_fit_have_no_faults(case: tuple[World, list[Check]]) -> None:
    """Nothing is refused that can be judged."""
    world, found = case
    for check in found:
        assert list(faults(check, world.setting)) == []


@over(CHECKS // 5)
@given(rules())
def test_words_are_words(case: tuple[World, list[Check]]) -> None:
    """No rule has field names, codes of the language, brackets in brackets or doubled spaces in its words."""
    world, found = case
    for check in found:
        assert not NOT_WORDS.search(plain(words_of(check, world.setting)))


@over(CHECKS // 10)
@given(rules())
def test_small_changes_of_a_rule_are_words_too(case: tuple[World, list[Check]]) -> None:
    """What `prove` says was tried in place of a condition, with its numbers one off and its opposites."""
    world, found = case
    for check in found:
        for alternative in islice(alternatives(check, world.setting), CHANGES_OF_A_CHECK):
            assert not NOT_WORDS.search(alternative.say())
