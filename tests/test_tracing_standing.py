"""Which results may be shown, and how provisions, waivers, dates and gaps stand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.standing_cases import (
    AS_AT,
    THEN,
    cases,
    digest_of,
    found,
    found_by,
    kitchens,
    results_of,
    taken,
    used,
    with_check,
)

from policykit.model.results import CheckResult, Finding, FunctionCode, Outcome
from policykit.model.sources import Period
from policykit.reading import Ground, Organisation, Pack
from policykit.rules import each_of
from policykit.running import Results, dated, judge
from policykit.tracing import DueKind, Force, GapKind, Reach, Trace, WaiverState, trace

NOW = digest_of("now")
FAILING = {"CHK-DISH-SHEET": 2, "CHK-TRAIN-TOPICS": 3}
Change = Callable[[Results], Results]


@cache
def everything() -> Results:
    """Results of every check: two fail as in the firm's records, the others hold."""
    pack, organisation = kitchens()
    return results_of(pack, organisation, [_judged(name, pack, organisation) for name in pack.checks])


def _judged(name: str, pack: Pack, organisation: Organisation) -> CheckResult:
    check, ground = pack.checks[name], Ground.of(pack, organisation, AS_AT)
    finding = found_by(each_of(check, ground.setting), {"conform": 9, "violate": FAILING.get(name, 0)})
    rows = 9 + FAILING.get(name, 0)
    records = tuple(used(register, day, rows=rows) for register, day in dated(check, ground).items())
    return judge(check, finding.model_copy(update={"records": records}), ground)


def shown(results: Results | None = None, as_at: date = AS_AT, digests: dict[str, str | None] | None = None) -> Trace:
    """The second pack with these results, by default all of them."""
    pack, organisation = kitchens()
    return trace(Ground.of(pack, organisation, as_at), results or everything(), digests or {}, elsewhere=True)


def of_run(**update: object) -> Change:
    """Results of another run."""
    return lambda results: results.model_copy(update={"run": results.run.model_copy(update=update)})


def of_another(part: str, **update: object) -> Change:
    """Results of another pack or organisation."""
    return lambda results: of_run(**{part: getattr(results.run, part).model_copy(update=update)})(results)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (of_another("pack", id="OTHER"), "the last run was of another pack"),
        (of_another("pack", digest="sha256:old"), "the policy was changed after the last run"),
        (of_another("organisation", id="OTHER"), "the last run was of another organisation"),
        (of_another("organisation", folder="elsewhere"), "the last run was of another folder of this organisation"),
        (of_another("organisation", digest="sha256:old"), "the organisation's files were changed after the last run"),
        (of_run(as_at=date(2026, 10, 14)), "the last run was as at 14 October 2026"),
        (of_run(as_at=date(2026, 10, 16)), "the last run was as at 16 October 2026"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_results_of_something_else_are_not_shown(change: Change, why: str) -> None:
    """Of another pack, organisation or day no result is shown: every check is Not checked, and says why."""
    standing = shown(change(everything()))

    assert {(result.outcome, result.reason) for result in standing.checks.values()} == {(Outcome.NOT_RUN, why)}
    assert (standing.run, standing.valid_until) == (None, None)


def test_without_results_nothing_is_checked() -> None:
    """No file means every check is Not checked, also where it would not apply."""
    pack, organisation = kitchens()

    standing = trace(Ground.of(pack, organisation, AS_AT), None, {})

    said = {(result.outcome, result.reason) for result in standing.checks.values()}
    assert said == {(Outcome.NOT_RUN, "no check has been run")}


def test_a_result_of_another_rule_is_not_shown() -> None:
    """A check whose rule was changed is Not checked; the others stay."""
    changed = tuple(
        result.model_copy(update={"rule_digest": "sha256:old"}) if result.id == "CHK-LEADS" else result
        for result in everything().checks
    )

    checks = shown(everything().model_copy(update={"checks": changed})).checks

    assert checks["CHK-LEADS"].outcome is Outcome.NOT_RUN
    assert checks["CHK-LEADS"].reason == "its rule was changed after the last run"
    assert checks["CHK-DISH-LAW"].outcome is Outcome.PASS


def test_a_result_from_before_a_label_changed_is_not_shown() -> None:
    """The results name other rows than the reader would think: the checks that read the field are Not checked."""
    results, (pack, organisation) = everything(), kitchens()
    dishes = pack.registers["dishes"]
    status = dishes.fields["status"].model_copy(update={"labels": {"withdrawn": "on trial"}})
    changed = dishes.model_copy(update={"fields": {**dishes.fields, "status": status}})
    pack = replace(pack, registers={**pack.registers, "dishes": changed})

    checks = trace(Ground.of(pack, organisation, AS_AT), results, {}, elsewhere=True).checks

    assert checks["CHK-DISH-SHEET"].reason == "its rule was changed after the last run"
    assert checks["CHK-FRIDGES"].outcome is Outcome.PASS


@pytest.mark.parametrize("register", ["people", "courses"])
@pytest.mark.parametrize(("digest", "outcome"), [(THEN, Outcome.FAIL), (NOW, Outcome.NOT_RUN), (None, Outcome.FAIL)])
def test_a_result_of_other_records_is_not_shown(register: str, digest: str | None, outcome: Outcome) -> None:
    """Where the records are at hand they still have the bytes that were counted, those looked up as well."""
    assert shown(digests={register: digest}).checks["CHK-TRAIN-TOPICS"].outcome is outcome


@pytest.mark.parametrize(("elsewhere", "outcome"), [(False, Outcome.NOT_RUN), (True, Outcome.FAIL)])
def test_records_that_are_not_at_hand_leave_their_checks_not_checked(
    elsewhere: bool,  # noqa: FBT001 - a case of its own
    outcome: Outcome,
) -> None:
    """Nobody can tell whether a file that is not here is still the same, unless it is said to be kept elsewhere."""
    pack, organisation = kitchens()

    seen = trace(Ground.of(pack, organisation, AS_AT), everything(), {}, elsewhere=elsewhere)

    assert seen.checks["CHK-TRAIN-TOPICS"].outcome is outcome
    assert any("kept elsewhere" in note for note in seen.notes) is elsewhere


@pytest.mark.parametrize(("text", "outcome"), [("then", Outcome.PASS), ("now", Outcome.NOT_RUN), (None, Outcome.PASS)])
def test_a_result_of_other_code_is_not_shown(text: str | None, outcome: Outcome, tmp_path: Path) -> None:
    """Where the module of a test function is at hand it is still the one that was run."""
    pack, organisation = kitchens()
    check = pack.checks["CHK-LEADS"].model_copy(update={"method": "python"})
    pack = replace(with_check(pack, check), folder=tmp_path / "policy")
    organisation = replace(organisation, folder=tmp_path / "firm")
    if text:
        (tmp_path / "test_leads.py").write_text(text, "utf-8")
    ground = Ground.of(pack, organisation, AS_AT)
    records = tuple(used(register, day, rows=9) for register, day in dated(check, ground).items())
    code = FunctionCode(path="test_leads.py", sha256=digest_of("then"))
    finding = found({"conform": 9}).model_copy(update={"records": records, "code": code})

    seen = trace(ground, results_of(pack, organisation, [judge(check, finding, ground)]), {}, elsewhere=True)

    assert seen.checks["CHK-LEADS"].outcome is outcome


def test_a_check_that_the_run_left_out_is_not_checked() -> None:
    """What is missing from the results was not checked."""
    fewer = tuple(result for result in everything().checks if result.id != "CHK-LEADS")

    checks = shown(everything().model_copy(update={"checks": fewer})).checks

    assert checks["CHK-LEADS"].reason == "it was not part of the last run"


@pytest.mark.parametrize("case", cases("provisions"), ids=lambda case: f"{case['provision']}, {case['as_at']}")
def test_a_provision_stands_as_on_the_day(case: dict[str, object]) -> None:
    """Whether it is law, since and until when without a break, in these words since, and what it is to us."""
    day = case["as_at"]
    assert isinstance(day, date)
    standing = shown(as_at=day).provisions[str(case["provision"])]

    assert standing.force is Force(str(case["force"]))
    assert standing.reach is Reach(str(case["reach"]))
    assert (standing.since, standing.until) == (case.get("since"), case.get("until"))
    assert standing.words_since == case.get("words_since")


@pytest.mark.parametrize("case", cases("periods"), ids=lambda case: case["why"])
def test_periods_that_follow_each_other_are_one_run(case: dict[str, Any]) -> None:
    """An amendment does not end a provision, a day without it does: in force since the first of an unbroken run."""
    pack, organisation = kitchens()
    periods = tuple(Period(from_=begins, to=ends) for begins, ends in case["periods"])
    changed = pack.provisions["MEALS2010-S1"].model_copy(update={"periods": periods})
    pack = replace(pack, provisions={**pack.provisions, changed.id: changed})

    standing = trace(Ground.of(pack, organisation, case["as_at"]), None, {}).provisions[changed.id]

    assert (standing.since, standing.until) == (case.get("since"), case.get("until"))
    assert standing.words_since == case["words_since"]
    assert standing.current == (periods[case["current"] - 1] if "current" in case else None)


def test_waivers_in_every_state() -> None:
    """A waiver covers, is exceeded or unused; it ends, has not begun, or is of a check that is not there."""
    states = {standing.waiver.id: standing.state for standing in shown().waivers}

    assert states == {
        "WAIVE-COVERS": WaiverState.COVERS,
        "WAIVE-EXCEEDED": WaiverState.EXCEEDED,
        "WAIVE-EXPIRED": WaiverState.EXPIRED,
        "WAIVE-ORPHAN": WaiverState.ORPHAN,
        "WAIVE-UNUSED": WaiverState.UNUSED,
        "WAIVE-TO-COME": WaiverState.NOT_BEGUN,
    }


def test_a_check_has_the_waiver_that_is_in_date() -> None:
    """Whether it covers, is exceeded or is not needed; not one that is over or has yet to begin."""
    seen = shown()
    found = {name: seen.waiver_of(name) for name in seen.checks}

    assert {name: standing.waiver.id for name, standing in found.items() if standing} == {
        "CHK-DISH-SHEET": "WAIVE-COVERS",
        "CHK-TRAIN-TOPICS": "WAIVE-EXCEEDED",
        "CHK-PLANS": "WAIVE-UNUSED",
    }


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2026, 8, 31), WaiverState.NOT_BEGUN),
        (date(2026, 9, 1), WaiverState.UNUSED),
        (date(2026, 10, 23), WaiverState.UNUSED),
        (date(2026, 10, 24), WaiverState.EXPIRED),
    ],
)
def test_both_days_of_a_waiver_are_included(day: date, state: WaiverState) -> None:
    """It counts from its first day to its last."""
    standing = next(waiver for waiver in shown(as_at=day).waivers if waiver.waiver.id == "WAIVE-UNUSED")

    assert (standing.state, standing.days_left) == (state, (date(2026, 10, 23) - day).days)


@pytest.mark.parametrize("case", cases("waivers"), ids=lambda case: case["why"])
def test_a_waiver_lies_beside_a_fail_on_each_of_its_days(case: dict[str, Any]) -> None:
    """From its first day to its last, both included; the result says that it covers the fail, or is exceeded."""
    pack, organisation = kitchens()
    counted = found({name: case.get(name, 0) for name in ("conform", "violate", "unknown")})

    then = taken(organisation, dict.fromkeys(organisation.profile.records, case["as_at"]))

    result = judge(pack.checks["CHK-DISH-SHEET"], counted, Ground.of(pack, then, case["as_at"]))

    assert (result.outcome.code, result.waiver and result.waiver.state) == (case["outcome"], case.get("waiver"))


def test_a_waiver_changes_no_count_and_no_outcome() -> None:
    """A fail under a waiver is a fail, with the waiver beside it."""
    result = shown().checks["CHK-DISH-SHEET"]

    assert result.outcome is Outcome.FAIL
    assert result.counts is not None
    assert result.counts.violate == 2
    assert result.waiver is not None
    assert (result.waiver.id, result.waiver.state, result.waiver.covers) == ("WAIVE-COVERS", "covers", 2)


def test_statements_in_date_are_found_by_their_check() -> None:
    """A statement that ran out is none; nor is one that nobody has made yet."""
    assert {check: said.id for check, said in shown().attestations.items()} == {
        "CHK-TRAIN-WATCHED": "ATT-WATCHED",
        "CHK-TABLE": "ATT-TABLE",
    }


@pytest.mark.parametrize(
    ("day", "outcome"),
    [
        (timedelta(-1), Outcome.ATTESTATION_DUE),
        (timedelta(0), Outcome.ATTESTED),
        (timedelta(30), Outcome.ATTESTED),
        (timedelta(31), Outcome.ATTESTATION_DUE),
    ],
    ids=["the day before", "its first day", "its last day", "the day after"],
)
def test_both_days_of_a_statement_are_included(day: timedelta, outcome: Outcome) -> None:
    """It counts from the day on which it was said to the last day that it names."""
    pack, organisation = kitchens()
    [said] = [each for each in organisation.attestations if each.id == "ATT-WATCHED"]
    said = said.model_copy(update={"said_on": AS_AT, "until": AS_AT + timedelta(30)})
    organisation = replace(organisation, attestations=(said,))

    result = judge(pack.checks["CHK-TRAIN-WATCHED"], Finding(), Ground.of(pack, organisation, AS_AT + day))

    assert result.outcome is outcome


def test_valid_until_is_the_first_day_on_which_something_runs_out() -> None:
    """Records, waivers and statements: the least of their last days, over all checks that apply."""
    pack, organisation = kitchens()
    fresh = taken(organisation, dict.fromkeys(organisation.profile.records, AS_AT))

    older = taken(organisation, dict.fromkeys(organisation.profile.records, date(2026, 9, 16)))
    by_records = trace(Ground.of(pack, older, AS_AT), everything(), {}, elsewhere=True).valid_until
    by_waiver = trace(Ground.of(pack, fresh, AS_AT), everything(), {}, elsewhere=True).valid_until

    assert by_records == date(2026, 10, 17)  # most records may be 31 days old
    assert by_waiver == date(2026, 10, 23)  # WAIVE-UNUSED


def test_what_ran_out_before_the_as_at_date_ends_no_more() -> None:
    """Records that are too old already are Out of date, and that is what they stay."""
    seen = shown()

    assert "CHK-PENS" not in seen.until  # the pens, of 30 June, may be 92 days old
    assert seen.valid_until == date(2026, 10, 23)


def test_due_dates_are_in_order_and_of_every_kind() -> None:
    """Reviews, records, nil returns, waivers, statements and law: each with its day and the item it is about."""
    due = shown().due

    assert list(due) == sorted(due, key=lambda each: each.day)
    assert {each.kind for each in due} == set(DueKind) - {DueKind.DUTY, DueKind.DEPARTURE}
    days = {each.item: each.day for each in due if each.kind is DueKind.RECORDS}
    assert days["REG-PENS"] == date(2026, 9, 30)
    assert {each.item for each in due if each.kind is DueKind.NIL_RETURN} == {"REG-RECALLS"}


@pytest.mark.parametrize("ages", [("31", "92"), ("92", "31")])
def test_records_are_due_at_the_earlier_of_two_limits(ages: tuple[str, str]) -> None:
    """A register that two checks read counts for both only as long as the stricter one allows, in any order."""
    pack, organisation = kitchens()
    for name, age in zip(("CHK-PENS", "CHK-PEN-PLACES"), ages, strict=True):
        pack = with_check(pack, pack.checks[name].model_copy(update={"max_age_days": age}))
    organisation = taken(organisation, {"pens": AS_AT})
    ground = Ground.of(pack, organisation, AS_AT)
    results = [judge(check, None, ground) for check in pack.checks.values()]

    due = trace(ground, results_of(pack, organisation, results), {}, elsewhere=True).due

    assert [each.day for each in due if each.item == "REG-PENS"] == [AS_AT + timedelta(31)]


def test_gaps_are_shown_as_openly_as_results() -> None:
    """Defects, sentences out of scope, duties without check, law nobody verified, waivers that do nothing."""
    gaps = {(gap.kind, gap.item) for gap in shown().gaps}

    assert (GapKind.NO_CHECK, "DUTY-ADVICE") in gaps
    assert (GapKind.OUT_OF_SCOPE, "CK-P11-S1") in gaps
    assert (GapKind.DEFECT, "CK-P1-S1") in gaps
    assert (GapKind.UNVERIFIED, "LABELS2020") in gaps
    assert {item for kind, item in gaps if kind is GapKind.WAIVER} == {"CHK-FRIDGES", "CHK-NO-LONGER-THERE"}
