"""The gate: what stops a pipeline, and with which exit code."""

from typing import Any

import pytest
from tests.standing_cases import cases, found, kitchens

from policykit.model.results import CheckResult, Outcome, WaiverUsed
from policykit.reading import Ground
from policykit.running import judge
from policykit.tracing import GATEABLE, Gate


def result(case: dict[str, Any]) -> CheckResult:
    """A result as the case describes it."""
    pack, organisation = kitchens()
    ground = Ground.of(pack, organisation, organisation.as_at)
    model = judge(pack.checks["CHK-LEADS"], found({"violate": 1}), ground)
    waiver = case.get("waiver") and WaiverUsed(id="W", state=case["waiver"], until=organisation.as_at, covers=1)
    update = {"outcome": Outcome(case["outcome"]), "severity": case.get("severity", "must"), "waiver": waiver}
    return model.model_copy(update=update)


@pytest.mark.parametrize("case", cases("gate"), ids=lambda case: case["why"])
def test_the_exit_code(case: dict[str, Any]) -> None:
    """A gated check that could not be carried out comes before one that is not met; nothing gated is all well."""
    options = case.get("gate", {})
    named = {"fail_on": frozenset(map(Outcome, options["fail_on"]))} if "fail_on" in options else {}
    gate = Gate(**{**options, **named})

    assert gate.exit_code([result(each) for each in case["results"]]) == case["exit"]


def test_only_what_is_not_well_can_be_gated() -> None:
    """Confirmed, Met and Does not apply stop nothing; No check is no outcome of a check."""
    assert [outcome.code for outcome in Outcome if outcome not in GATEABLE] == [
        "no-check",
        "attested",
        "pass",
        "not-applicable",
    ]
