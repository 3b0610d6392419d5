"""The packs that are there: they load whole, their examples are right, and rules find what they may look up."""

from datetime import date
from pathlib import Path

import pytest

from policykit.reading import (
    Ground,
    Pack,
    built_in_rows,
    example_case,
    load_organisation,
    load_pack,
    registers_of,
    setting_of,
)
from policykit.rules import judge_unit

PACKS = {
    "policy": ("policy", "policy/example"),
    "kitchens": ("tests/packs/kitchens/policy", "tests/packs/kitchens/larkrise"),
    "pool": ("tests/cases/loading/good/policy", "tests/cases/loading/good/organisation"),
}
AS_AT = date(2026, 11, 1)


@pytest.fixture(scope="module")
def policy() -> Pack:
    """The handbook's own pack."""
    return load_pack(Path("policy"))


def test_the_policy_loads_whole(policy: Pack) -> None:
    """Every clause, duty, check and table of the guidance for housing managers."""
    counts = (len(policy.clauses), len(policy.duties), len(policy.checks), len(policy.decisions))
    assert counts == (22, 18, 39, 5)
    assert [check.id for check in policy.checks.values() if check.method == "attestation"] == ["CHK-RELEVANT-SAMPLE"]


@pytest.mark.parametrize("name", PACKS)
def test_every_example_gives_the_outcome_it_claims(name: str) -> None:
    """Judged by the reference meaning of its rule."""
    pack = load_pack(Path(PACKS[name][0]))
    wrong = [
        (check.id, example.because, found, example.expect)
        for check in pack.checks.values()
        for example in check.examples
        if (found := judge_unit(check, *example_case(check, example, pack))) != example.expect
    ]
    assert wrong == []


@pytest.mark.parametrize("name", PACKS)
def test_every_organisation_fits_its_pack(name: str) -> None:
    """Facts and parameters are typed, in the order of the pack, defaults among them."""
    pack = load_pack(Path(PACKS[name][0]))
    organisation = load_organisation(Path(PACKS[name][1]), pack)
    assert list(organisation.facts) == list(pack.policy.facts)
    assert list(organisation.parameters) == list(pack.parameters)


def test_an_organisation_sets_its_own_parameters(policy: Pack) -> None:
    """The setting knows which values are its own; without an organisation they are the pack's, and facts are blank."""
    organisation = load_organisation(Path("policy/example"), policy)
    own, none = setting_of(policy, organisation, AS_AT), setting_of(policy, None, AS_AT)
    assert (own.parameters["refresh_months"], none.parameters["refresh_months"]) == (24, 36)
    assert (own.own_parameters, none.own_parameters) == (frozenset({"refresh_months"}), frozenset())
    assert (own.facts["homes"], none.facts["homes"]) == (8400, None)
    assert own.cited_as["CDA1998-S115"] == "CDA 1998 section 115"


def test_without_an_organisation_a_pack_stands_on_the_ground_of_one_that_says_nothing(policy: Pack) -> None:
    """It has the id of examples, no fact is known, and law and lists are there as for anybody."""
    organisation = load_organisation(Path("policy/example"), policy)
    none, own = Ground.of(policy, None, AS_AT), Ground.of(policy, organisation, AS_AT)
    assert none.built_in["organisation"] == ({"id": "EXAMPLE", **dict.fromkeys(policy.policy.facts)},)
    assert {**none.built_in, "organisation": ()} == {**own.built_in, "organisation": ()}
    assert (none.as_at, none.setting) == (AS_AT, setting_of(policy, None, AS_AT))


def test_every_place_is_that_of_the_item(policy: Pack) -> None:
    """The file relative to the pack, and the line that the item begins at."""
    for id_ in ("CDA1998-S115", "CHK-TRAIN-TOPICS", "SCIE53-HM-SI-P4-S1", "staff"):
        place = policy.places[id_]
        line = (policy.folder / place.path).read_text("utf-8").splitlines()[place.line - 1]
        assert line.strip() == f"- id: {id_}"


def test_the_prose_of_a_duty_is_kept_by_heading(policy: Pack) -> None:
    """In the order of the file, without the headings themselves."""
    sections = policy.duties["DUTY-PUBLISH"].sections
    assert [section.heading for section in sections] == [
        "What good looks like",
        "What to do this week",
        "What to do when it is not met",
        "By kind of landlord",
    ]
    assert sections[1].text == "- Open the two pages as a tenant would."


def test_law_has_a_row_for_each_period(policy: Pack) -> None:
    """An open period ends on 31 December 9999; the last change is that of the latest period begun."""
    rows = [row for row in built_in_rows(policy, {}, "X", date(2026, 1, 1))["law"] if row["id"] == "UKGDPR"]
    assert [row["valid_from"] for row in rows] == [date(2018, 5, 25), date(2020, 12, 31), date(2026, 2, 5)]
    assert rows[-1]["valid_to"] == date(9999, 12, 31)
    assert {row["last_changed_on"] for row in rows} == {date(2020, 12, 31)}


def test_a_provision_that_has_not_begun_has_never_changed(policy: Pack) -> None:
    """Before its first period the day of the last change is blank."""
    rows = [row for row in built_in_rows(policy, {}, "X", date(2000, 1, 1))["law"] if row["id"] == "UKGDPR-ART8A"]
    assert [row["last_changed_on"] for row in rows] == [None]


def test_our_organisation_and_lists_are_rows_too(policy: Pack) -> None:
    """One row of facts, and the typed rows of every list; a field that a row leaves out is blank."""
    rows = built_in_rows(policy, {"landlord_type": "council"}, "US", AS_AT)
    assert rows["organisation"] == ({"id": "US", "landlord_type": "council", "homes": None},)
    first = rows["section_115_recipients"][0]
    assert (first["entry"], first["valid_from"], first["valid_to"]) == ("A", date(1998, 9, 30), None)
    assert set(registers_of(policy)) == {*policy.registers, *rows}


def test_an_example_says_only_what_differs(policy: Pack) -> None:
    """Its row, and each row of a related register, is laid over the first typical one; null blanks a field."""
    check = policy.checks["CHK-TRAIN-REFRESH"]
    newest = next(example for example in check.examples if example.because == "the newest of two counts")
    row, setting = example_case(check, newest, policy)
    keys = [(r["record_ref"], r["person_ref"], r["completed_on"]) for r in row.tables["training"]]
    assert keys == [("T-1", "P-1", date(2020, 1, 10)), ("T-2", "P-1", date(2026, 11, 1))]
    assert (row.each, row.values["person_ref"], row.tables["staff"]) == ("confidentiality", "P-1", (row.values,))
    assert (row.tables["documents"], setting.as_at) == ((), AS_AT)


def test_a_changed_check_has_a_digest_of_its_own(policy: Pack) -> None:
    """Also under the id of another: no result of the one may pass for a result of the other."""
    ground, check = Ground.of(policy, None, AS_AT), policy.checks["CHK-TRAIN-TOPICS"]
    changed = check.model_copy(update={"must": ()})
    digests = [ground.rule_digest(each) for each in (check, changed, check)]
    assert digests[0] == digests[2] != digests[1]
