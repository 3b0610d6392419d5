"""The gate: what stops a pipeline, and with which exit code."""

from dataclasses import replace
from typing import Any

import pytest
from tests.standing_cases import AS_AT, all_met, cases, found, kitchens, used

from policykit.model.duties import Strength
from policykit.model.results import CheckResult, Outcome, WaiverUsed
from policykit.reading import Ground
from policykit.running import judge
from policykit.tracing import GATEABLE, DutyStanding, Gate, Gone, Trace, trace


def result(case: dict[str, Any]) -> CheckResult:
    """A result as the case describes it."""
    pack, organisation = kitchens()
    ground = Ground.of(pack, organisation, organisation.as_at)
    model = judge(pack.checks["CHK-LEADS"], found({"violate": 1}), ground)
    waiver = case.get("waiver") and WaiverUsed(id="W", state=case["waiver"], until=organisation.as_at, covers=1)
    update = {
        "outcome": Outcome(case["outcome"]),
        "severity": case.get("severity", "must"),
        "method": case.get("method", "rule"),
        "waiver": waiver,
        "records": (used("kitchens", AS_AT),) if case.get("records", True) else (),
    }
    return model.model_copy(update=update)


def standing(case: dict[str, Any]) -> Trace:
    """Everything as the case describes it: one duty with all the checks, and one without any where it says so."""
    pack, organisation = kitchens()
    whole = trace(Ground.of(pack, organisation, AS_AT), all_met(pack, organisation), {}, elsewhere=True)
    assert whole.run
    checks = {f"CHK-{number}": result(each) for number, each in enumerate(case["results"])}
    run = whole.run.model_copy(
        update={"complete": case.get("complete", True), "what_if": case.get("what_if", False)},
    )
    strength, unseen = Strength(case.get("strength", "must")), tuple(case.get("unseen", ()))
    model = replace(next(iter(whole.duties.values())), strength=strength, unseen=unseen)
    duties: dict[str, DutyStanding] = {}
    if checks:
        outcome = min((each.outcome for each in checks.values()), key=lambda each: each.badness)
        duties["DUTY-ONE"] = replace(model, outcome=outcome, checks=tuple(checks.values()))
    if case.get("unchecked"):
        duties["DUTY-OTHER"] = replace(model, outcome=Outcome.NO_CHECK, checks=())
    until = {"CHK-0": case["until"]} if "until" in case else {}
    gone = tuple(Gone(each["kind"], "GONE", "Gone", AS_AT, None, each["must"]) for each in case.get("gone", ()))
    return replace(whole, run=run, checks=checks, duties=duties, until=until, gone=gone)


@pytest.mark.parametrize("case", cases("gate"), ids=lambda case: case["why"])
def test_the_exit_code(case: dict[str, Any]) -> None:
    """0 means that all is well; a gated check that could not be carried out comes before one that is not met."""
    options = case.get("gate", {})
    named = {"fail_on": frozenset(map(Outcome, options["fail_on"]))} if "fail_on" in options else {}
    gate = Gate(**{**options, **named})

    assert gate.exit_code(standing(case), case.get("today", AS_AT)) == case["exit"]


def test_only_what_is_not_well_can_be_gated() -> None:
    """Confirmed, Met and Does not apply stop nothing."""
    assert [outcome.code for outcome in Outcome if outcome not in GATEABLE] == ["attested", "pass", "not-applicable"]
