"""Explaining one row: what is told adds up, comes to what the rule says, and needs no more than what is gathered."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.chance import drawing
from tests.people import REGISTERS, check_for, setting_for, typed
from tests.sites import POLICY, SECOND, Sources
from tests.strategies import checks, worlds
from tests.units import World

from policykit.model.registers import Value
from policykit.reading import example_case, load_pack
from policykit.rules import (
    Check,
    Explained,
    Explanation,
    Fetch,
    Row,
    Values,
    each_of,
    explain,
    gather,
    judge_unit,
    marker,
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[World, Check]:
    """A world and a check that fits it."""
    world = draw(worlds())
    return world, draw(checks(world.setting.as_at))


def units(world: World, check: Check) -> Iterator[Row]:
    """Every unit of a check: its rows, once for each value of its for_each."""
    each = each_of(check, world.setting)
    for values in world.tables[check.register_ or ""]:
        for code in (None,) if each is None else each.codes:
            yield Row(values, world.tables, code)


def every(part: Explained) -> Iterator[Explained]:
    """A part of an explanation and all parts below it."""
    yield part
    for inner in part.parts:
        yield from every(inner)


def told(explanation: Explanation) -> list[Explained]:
    """All parts of an explanation."""
    return [*every(explanation.scope), *every(explanation.must)]


def of(world: World) -> Fetch:
    """A stand-in for an engine: rows of whole registers, by the values that are asked for."""

    def fetch(register: str, wanted: Mapping[str, Value]) -> Iterator[Values]:
        rows = world.tables[register]
        return (dict(row) for row in rows if all(row.get(field) == value for field, value in wanted.items()))

    return fetch


@drawing(4)
@given(cases())
def test_an_explanation_comes_to_what_the_rule_says(case: tuple[World, Check]) -> None:
    """Whatever the rule and the records: the explanation ends where judging ends."""
    world, check = case
    for unit in units(world, check):
        assert explain(check, unit, world.setting).verdict == judge_unit(check, unit, world.setting)


@drawing(4)
@given(cases())
def test_what_is_gathered_explains_as_whole_registers_do(case: tuple[World, Check]) -> None:
    """The rows that are fetched for one record are all that its explanation needs."""
    world, check = case
    for unit in units(world, check):
        gathered = replace(unit, tables=gather(check, unit.values, world.setting, of(world)))
        assert explain(check, gathered, world.setting) == explain(check, unit, world.setting)


@pytest.mark.parametrize(
    "condition",
    [
        {"test": "exists_in", "register": "courses", "match": {"person": "ref", "kind": "kind"}},
        {"test": "unique", "fields": ["team", "kind"]},
    ],
    ids=lambda condition: condition["test"],
)
def test_what_a_blank_matches_is_not_fetched(condition: dict[str, Any]) -> None:
    """A blank is the same as nothing, so no row of anybody is fetched for it, whatever else would match."""
    case = {"condition": condition}
    here = {name: typed(name, [{"person": "P-1", "kind": "a"}, {"ref": "P-2", "team": "north"}]) for name in REGISTERS}
    world = World(setting_for(case), here)
    [own] = typed("people", [{"ref": "P-1", "team": "north"}])

    gathered = gather(check_for(case), own, world.setting, of(world))

    assert {key for rows in gathered.values() for row in rows for key in [row["ref"]]} == {"P-1"}


def test_what_a_row_that_is_looked_up_looks_up_itself_is_gathered() -> None:
    """The courses of somebody's manager, not their own."""
    courses_of = {"test": "exists_in", "register": "courses", "match": {"person": "ref"}}
    case = {"condition": {"test": "exists_in", "register": "people", "match": {"ref": "boss"}, "where": [courses_of]}}
    people = typed("people", [{"ref": "P-1", "boss": "P-2"}, {"ref": "P-2"}])
    world = World(setting_for(case), {"people": people, "courses": typed("courses", [{"person": "P-2"}]), "law": ()})

    gathered = gather(check_for(case), people[0], world.setting, of(world))

    assert explain(check_for(case), Row(people[0], gathered), world.setting).verdict == "pass"


def test_what_was_found_is_counted_by_what_it_comes_to() -> None:
    """Rows that hold, rows that nobody can tell, and rows that do not."""
    lookup = {"test": "exists_in", "register": "courses", "match": {"person": "ref"}}
    case = {"condition": {**lookup, "where": [{"test": "is", "field": "kind", "value": "a"}]}}
    courses = typed(
        "courses", [{"person": "P-1", **kind} for kind in ({"kind": "a"}, {"kind": "b"}, {"kind": "c"}, {})]
    )
    [person] = typed("people", [{"ref": "P-1"}])

    row = Row(person, {"people": (person,), "courses": courses})
    [part] = explain(check_for(case), row, setting_for(case)).must.parts

    assert ("found", "4 rows (1 true, 1 cannot tell, 2 false)") in {(seen.what, seen.value) for seen in part.seen}


def test_every_period_of_a_provision_is_gathered() -> None:
    """Law that ended and came back is told with both of its periods, and was law in the first."""
    case = {"condition": {"test": "in_force", "field": "act", "day": {"field": "started"}}}
    first, second = typed("law", [{"id": "ACT-1", "valid_from": begins} for begins in ("2010-01-01", "2021-01-01")])
    law = ({**first, "valid_to": date(2019, 12, 31)}, {**second, "valid_to": date.max})
    people = typed("people", [{"act": "ACT-1", "started": "2015-06-01"}])
    world = World(setting_for(case), {"people": people, "courses": (), "law": law})

    gathered = gather(check_for(case), people[0], world.setting, of(world))
    [part] = explain(check_for(case), Row(people[0], gathered), world.setting).must.parts

    assert part.truth is True
    assert ("law", "1 January 2010 to 31 December 2019; 1 January 2021 on") in {(s.what, s.value) for s in part.seen}


@drawing(4)
@given(cases())
def test_a_list_of_conditions_adds_up(case: tuple[World, Check]) -> None:
    """Where all of these have to hold, one that is false settles it, and one that cannot be told leaves it open."""
    world, check = case
    for unit in units(world, check):
        explanation = explain(check, unit, world.setting)
        for whole in (explanation.scope, explanation.must):
            truths = {part.truth for part in whole.parts}
            assert whole.truth is (False if False in truths else None if None in truths else True)
        for part in told(explanation):
            assert part.words


@drawing(4)
@given(cases(), st.data())
def test_what_cannot_be_read_is_never_guessed(case: tuple[World, Check], data: st.DataObject) -> None:
    """A row with a value that cannot be read is not judged, and no condition that looks at the value is decided."""
    world, check = case
    field = data.draw(st.sampled_from(("kind", "begun_on", "count", "open")))
    for unit in units(world, check):
        spoilt = replace(unit, values={**unit.values, field: None, marker(field): True})
        explanation = explain(check, spoilt, world.setting)
        decided = [part for part in (*explanation.scope.parts, *explanation.must.parts) if part.truth is not None]
        seen = [seen for part in decided for seen in part.seen if not part.words.startswith("there ")]
        assert "cannot be read" not in {each.value for each in seen}
        assert (explanation.verdict == "unreadable") == bool(explanation.unreadable)


@pytest.mark.parametrize(
    "condition",
    [
        {"test": "recorded", "field": "left"},
        {"test": "not_recorded", "field": "left"},
        {"test": "done_by", "field": "left", "due": "due"},
    ],
    ids=lambda condition: condition["test"],
)
def test_a_day_that_cannot_be_read_is_neither_recorded_nor_blank(condition: dict[str, Any]) -> None:
    """What a blank would decide is left open, as the row is."""
    case = {"condition": condition}
    [person] = typed("people", [{"ref": "P-1", "due": "2026-12-01"}])
    spoilt = {**person, marker("left"): True}

    explanation = explain(check_for(case), Row(spoilt, {"people": (spoilt,)}), setting_for(case))

    assert (explanation.must.truth, explanation.must.parts[0].truth) == (None, None)
    assert ("last day in post", "cannot be read") in {
        (seen.what, seen.value) for seen in explanation.must.parts[0].seen
    }


@pytest.mark.parametrize(("boss", "alike"), [("P-9", "2"), ("", "0")])
def test_rows_that_are_alike_are_counted_and_blanks_are_not_alike(boss: str, alike: str) -> None:
    """The row itself is one of them."""
    case = {"condition": {"test": "unique", "fields": ["boss"]}}
    rows = typed("people", [{"boss": boss}, {"boss": boss}])

    [part] = explain(check_for(case), Row(rows[0], {"people": rows}), setting_for(case)).must.parts

    assert ("rows with the same", alike) in {(seen.what, seen.value) for seen in part.seen}


def test_a_value_that_cannot_be_read_leaves_nothing_open_that_does_not_read_it() -> None:
    """A field of the same name in another register is another field."""
    lookup = {"test": "exists_in", "register": "courses", "match": {"person": "ref"}}
    case = {"condition": {**lookup, "where": [{"test": "is", "field": "kind", "value": "a"}]}}
    [person] = typed("people", [{"ref": "P-1"}])
    spoilt = {**person, marker("kind"): True}
    courses = typed("courses", [{"person": "P-1", "kind": "a"}])

    explanation = explain(check_for(case), Row(spoilt, {"people": (spoilt,), "courses": courses}), setting_for(case))

    assert (explanation.verdict, explanation.must.truth) == ("pass", True)


@pytest.mark.parametrize("sources", [POLICY, SECOND], ids=lambda sources: sources.name)
def test_every_example_is_explained(sources: Sources) -> None:
    """The packs' own examples come to what they claim, and every condition that looks at a value says which."""
    pack = load_pack(sources.policy)
    for check in pack.checks.values():
        for example in check.examples:
            row, setting = example_case(check, example, pack)
            explanation = explain(check, row, setting)
            assert explanation.verdict == example.expect
            wholes = (explanation.scope, explanation.must)
            found = [row for part in told(explanation) for row in part.parts if "found" in {s.what for s in part.seen}]
            silent = [part for part in told(explanation) if not (part.seen or part.parts)]
            assert all(part in (*wholes, *found) for part in silent), check.id
