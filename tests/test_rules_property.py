"""Words, meaning and SQL of random rules: the SQL on a real DuckDB says what the reference meaning says."""

import re
from dataclasses import replace
from itertools import islice

from hypothesis import example, given
from hypothesis import strategies as st
from tests import alternatives as shop
from tests.chance import drawing
from tests.strategies import checks, worlds
from tests.units import World, judged_in_python, judged_in_sql, opened, units

from policykit.model.registers import FieldShape, FieldType
from policykit.rules import Check, alternatives, faults, plain, reads, words_of
from policykit.rules.check import place_of
from policykit.rules.tests.lookups import can_be_unknown

CHECKS_IN_A_WORLD = 10
CHANGES_OF_A_CHECK = 100
LATE = {"test": "soon_after", "field": "back_on", "other": "due_on", "days": {"fact": "in_days"}}
WITHOUT_DAYS = replace(
    shop.SHOP,
    facts={"in_days": None},
    fact_shapes={"in_days": FieldShape(type=FieldType.INTEGER, means="Days we allow")},
)
"""What was found once and is tried for ever: a number that nobody has said, under a `not`."""
NOT_WORDS = re.compile(r"_|True|False|None|[{}]|\S  |\([^()]*\(|not not| [,;.]|,,|\.\.")


@st.composite
def rules(draw: st.DrawFn) -> tuple[World, list[Check]]:
    """A world and checks that fit it."""
    world = draw(worlds())
    return world, draw(st.lists(checks(world.setting.as_at), min_size=CHECKS_IN_A_WORLD, max_size=CHECKS_IN_A_WORLD))


@drawing(CHECKS_IN_A_WORLD)
@given(rules())
def test_sql_says_what_the_reference_meaning_says(case: tuple[World, list[Check]]) -> None:
    """Of every unit, for random rules over random records."""
    world, found = case
    with opened(world) as connection:
        for check in found:
            assert judged_in_sql(check, world, connection) == judged_in_python(check, world)


@drawing(CHECKS_IN_A_WORLD)
@given(rules())
def test_what_sql_takes_for_never_unknown_is_never_unknown(case: tuple[World, list[Check]]) -> None:
    """A lookup asks no second time where its conditions can always be told: so they can, for every unit there is."""
    world, found = case
    for check in found:
        place = place_of(check, world.setting)
        told = [node for node in (*check.where, *check.must) if not can_be_unknown([node], place)]
        assert None not in [node.holds(unit, place) for node in told for unit in units(check, world)]


@drawing(5 * CHECKS_IN_A_WORLD)
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


@drawing(5 * CHECKS_IN_A_WORLD)
@given(rules())
def test_rules_that_fit_have_no_faults(case: tuple[World, list[Check]]) -> None:
    """Nothing is refused that can be judged."""
    world, found = case
    for check in found:
        assert list(faults(check, world.setting)) == []


@example((World(WITHOUT_DAYS, {}), [shop.check(must=[{"test": "not", "of": [LATE]}])]))
@drawing(5 * CHECKS_IN_A_WORLD)
@given(rules())
def test_words_are_words(case: tuple[World, list[Check]]) -> None:
    """No rule has field names, codes of the language, brackets in brackets or doubled spaces in its words."""
    world, found = case
    for check in found:
        assert not NOT_WORDS.search(plain(words_of(check, world.setting)))


@drawing(10 * CHECKS_IN_A_WORLD)
@given(rules())
def test_small_changes_of_a_rule_are_words_too(case: tuple[World, list[Check]]) -> None:
    """What `prove` says was tried in place of a condition, with its numbers one off and its opposites."""
    world, found = case
    for check in found:
        for alternative in islice(alternatives(check, world.setting), CHANGES_OF_A_CHECK):
            assert not NOT_WORDS.search(alternative.say())
