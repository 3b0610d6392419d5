"""What a check uses, and the digest that changes with it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.people import check_for, setting_for

from policykit.reading import Pack, built_in_rows, load_pack, setting_of
from policykit.rules import (
    Check,
    Setting,
    Values,
    each_of,
    facts_used,
    on_fixed_days,
    parameters_used,
    quantity,
    reads,
    rule_digest,
)

POLICY = Path(__file__).parent.parent / "policy"
AS_AT = date(2026, 11, 1)


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The pack of this repository."""
    return load_pack(POLICY)


@pytest.fixture
def setting(pack: Pack) -> Setting:
    """Its defaults on 1 November 2026."""
    return setting_of(pack, None, AS_AT)


def test_reads_names_every_register_and_field(pack: Pack, setting: Setting) -> None:
    """Those of populations, of both sides of a match and of lists too; the own register first, its key only if read."""
    found = reads(pack.checks["CHK-S115-RECIPIENT"], setting)
    assert found == {
        "decisions": {"decision", "power", "on_behalf", "recipient_kind", "decided_on"},
        "section_115_recipients": {"recipient_kind", "valid_from", "valid_to"},
    }
    assert list(found) == ["decisions", "section_115_recipients"]
    staff = reads(pack.checks["CHK-TRAIN-TOPICS"], setting)["staff"]
    assert staff == {"person_ref", "employment", "started_on", "left_on", "long_leave"}


def test_reads_knows_the_law(pack: Pack, setting: Setting) -> None:
    """`in_force` looks the provision up."""
    assert reads(pack.checks["CHK-LAW-ON-THE-DAY"], setting) == {
        "decisions": {"decision", "lawful_basis", "decided_on", "power"},
        "law": {"id", "valid_from", "valid_to"},
    }


def test_what_is_read_of_the_row_one_level_out_is_of_its_register() -> None:
    """A number of days that stands in the record of a person is read there, not where their courses are."""
    where = [{"test": "soon_after", "field": "done", "other": {"field": "started"}, "days": {"field": "weeks"}}]
    case = {"condition": {"test": "exists_in", "register": "courses", "match": {"person": "ref"}, "where": where}}
    assert reads(check_for(case), setting_for(case)) == {
        "people": {"ref", "started", "weeks"},
        "courses": {"person", "done"},
    }


def test_a_statement_reads_nothing(pack: Pack, setting: Setting) -> None:
    """An attestation has no rule."""
    check = pack.checks["CHK-RELEVANT-SAMPLE"]
    assert (dict(reads(check, setting)), parameters_used(check, setting)) == ({}, ())


def test_parameters_come_from_everywhere(pack: Pack, setting: Setting) -> None:
    """From the for_each, from conditions, and from those of populations; in order."""
    found = parameters_used(pack.checks["CHK-TRAIN-INDUCTION"], setting)
    assert found == ("induction_days", "required_topics", "staff_kinds", "starter_window_months")
    raw = pack.checks["CHK-TRAIN-INDUCTION"].model_dump(by_alias=True, exclude_none=True)
    check = Check.model_validate(
        raw | {"minimum": {"parameter": "log_months"}, "max_age_days": {"parameter": "contact_max_age_days"}}
    )
    assert {"log_months", "contact_max_age_days"} <= {*parameters_used(check, setting)}
    assert quantity(check.minimum, setting) == 12


def test_codes_of_a_for_each(pack: Pack, setting: Setting) -> None:
    """From the parameter, with the noun or else the name."""
    each = each_of(pack.checks["CHK-VOLUNTARY-REACH"], setting)
    assert each is not None
    assert (each.name, each.noun, each.codes[0]) == ("support", "kind of support", "support_domestic_abuse")
    assert each_of(pack.checks["CHK-CONTRACTORS"], setting) is None


def test_facts_used(pack: Pack, setting: Setting) -> None:
    """Facts that a condition names."""
    check = pack.checks["CHK-AREA-PROCEDURES"]
    raw = check.model_dump(by_alias=True, exclude_none=True)
    raw["must"] = [{"test": "at_least", "field": "homes", "value": {"fact": "homes"}}]
    assert facts_used(check, setting) == ()
    assert facts_used(Check.model_validate(raw), setting) == ("homes",)


def test_conditions_on_a_fixed_day_are_those_whose_day_does_not_move() -> None:
    """A day that is written out, wherever it stands; not today, not another field, not what is no date."""
    fixed = {"test": "at_least", "field": "done", "value": "2026-06-19"}
    moving = (
        {"test": "at_most", "field": "done", "value": value} for value in ({"as_at": "true"}, {"field": "started"})
    )
    number = {"test": "at_least", "field": "cost", "value": "3"}
    either = {"test": "any", "of": [fixed, number, *moving, {"test": "past", "field": "done"}]}
    case = {"condition": {"test": "exists_in", "register": "courses", "where": [either]}}

    found = on_fixed_days(check_for(case), setting_for(case))

    assert [(place.register.id, node.test) for node, place in found] == [("courses", "at_least")]


def digest(pack: Pack, setting: Setting, check: str, **rows: tuple[Values, ...]) -> str:
    """The digest of a rule of the pack."""
    built_in: Mapping[str, tuple[Values, ...]] = {**built_in_rows(pack, {}, "EXAMPLE", AS_AT), **rows}
    return rule_digest(pack.checks[check], setting, built_in)


def test_the_digest_changes_with_what_the_rule_uses_and_with_nothing_else(pack: Pack, setting: Setting) -> None:
    """A parameter, a population, a field, a row of a list: each that it uses, and none that it does not."""
    recipients, topics = "CHK-S115-RECIPIENT", "CHK-TRAIN-TOPICS"
    months = replace(setting, parameters={**setting.parameters, "induction_days": 31})
    assert digest(pack, setting, topics).startswith("sha256:")
    assert digest(pack, months, topics) != digest(pack, setting, topics)
    assert digest(pack, months, recipients) == digest(pack, setting, recipients)
    people = pack.populations["people_in_post"]
    away = people.where[-1].model_copy(update={"value": "true"})
    others = people.model_copy(update={"where": (*people.where[:-1], away)})
    assert digest(pack, replace(setting, populations={"people_in_post": others}), topics) != digest(
        pack, setting, topics
    )
    assert digest(pack, setting, recipients, section_115_recipients=()) != digest(pack, setting, recipients)
    assert digest(pack, setting, topics, section_115_recipients=()) == digest(pack, setting, topics)


def test_the_digest_changes_with_what_the_rule_reads_of_a_row_and_with_nothing_else(
    pack: Pack, setting: Setting
) -> None:
    """A day of law that it asks for; not the day of the last change, which this rule does not ask for."""
    first, *others = built_in_rows(pack, {}, "EXAMPLE", AS_AT)["law"]

    def digest_with(field: str) -> str:
        return digest(pack, setting, "CHK-LAW-ON-THE-DAY", law=({**first, field: date(1999, 1, 1)}, *others))

    now = digest(pack, setting, "CHK-LAW-ON-THE-DAY")
    assert digest_with("valid_from") != now
    assert digest_with("last_changed_on") == now


def test_the_digest_changes_with_what_we_say_of_ourselves(pack: Pack, setting: Setting) -> None:
    """With a fact that the rule names, and with no other."""
    others = replace(setting, facts={**setting.facts, "homes": 9})
    raw = pack.checks["CHK-CONTRACTORS"].model_dump(by_alias=True, exclude_none=True)
    raw["must"] = [{"test": "count_of", "register": "staff", "at_most": {"fact": "homes"}}]
    check = Check.model_validate(raw)
    assert rule_digest(check, others, {}) != rule_digest(check, setting, {})
    assert digest(pack, others, "CHK-CONTRACTORS") == digest(pack, setting, "CHK-CONTRACTORS")


@pytest.mark.parametrize(
    ("register", "field", "update"),
    [
        ("staff", "employment", {"labels": {"employee": "somebody else"}}),
        ("training", "topic", {"values": ("induction",)}),
        ("staff", "started_on", {"means": "Another day"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_digest_changes_with_the_shape_of_a_field_that_is_read(
    pack: Pack, setting: Setting, register: str, field: str, update: dict[str, object]
) -> None:
    """Codes, their labels and what a field means are part of what a result says: an older one is no longer shown."""
    ours = setting.registers[register]
    shapes = {**ours.fields, field: ours.fields[field].model_copy(update=update)}
    others = replace(setting, registers={**setting.registers, register: ours.model_copy(update={"fields": shapes})})
    assert digest(pack, others, "CHK-TRAIN-TOPICS") != digest(pack, setting, "CHK-TRAIN-TOPICS")
    assert digest(pack, others, "CHK-CONTRACTORS") == digest(pack, setting, "CHK-CONTRACTORS")


def test_the_digest_is_the_same_whatever_the_order(pack: Pack, setting: Setting) -> None:
    """Of rows, of parameters, of registers."""
    turned = replace(
        setting,
        parameters=dict(reversed(list(setting.parameters.items()))),
        registers=dict(reversed(list(setting.registers.items()))),
    )
    rows = built_in_rows(pack, {}, "EXAMPLE", AS_AT)["law"]
    assert digest(pack, turned, "CHK-MODULE-LAW", law=rows[::-1]) == digest(pack, setting, "CHK-MODULE-LAW")
