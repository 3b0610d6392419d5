"""How duties stand: the worst of their checks, why, how strongly they hold, and what their cards say first."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standing_cases import AS_AT, cases, kitchens, used

from policykit.model.results import Outcome
from policykit.reading import Ground, Organisation
from policykit.running import judge
from policykit.tracing import DutyStanding, Trace, trace
from policykit.tracing.graph import duty_standing

#: As the file formats write it.
WORST_FIRST = (
    *("fail", "error", "stale", "unknown", "no-data", "not-run", "no-check"),
    *("attestation-due", "attested", "pass", "not-applicable"),
)
OUTCOMES = st.lists(st.sampled_from([outcome for outcome in Outcome if outcome is not Outcome.NO_CHECK]), max_size=4)


def standing(checks: list[dict[str, Any]]) -> DutyStanding:
    """DUTY-TABLE with checks that came out as the case says."""
    pack, organisation = kitchens()
    model = pack.checks["CHK-TABLE"]
    named = {f"CHK-{number}": model.model_copy(update={"id": f"CHK-{number}"}) for number in range(len(checks))}
    pack = replace(pack, checks=named)
    found = [_result(named[f"CHK-{number}"].id, case) for number, case in enumerate(checks)]
    ground = Ground.of(pack, organisation, AS_AT)
    results = [judge(named[result["id"]], None, ground).model_copy(update=result) for result in found]
    return duty_standing(pack.duties["DUTY-TABLE"], results, ground)


def _result(name: str, case: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": name,
        "outcome": Outcome(case["outcome"]),
        "reason": case.get("reason", "all hold"),
        "records": tuple(used("dishes", day) for day in case.get("days", ())),
    }


@pytest.mark.parametrize("case", cases("duty_reasons"), ids=lambda case: case["reason"])
def test_a_duty_says_why(case: dict[str, Any]) -> None:
    """A duty that is met says on which records; any other says how many checks, and the reason of the first."""
    duty = standing(case["checks"])

    assert (duty.outcome.code, duty.reason) == (case["outcome"], case["reason"])
    assert duty.disagreement == case.get("disagreement", False)


@given(OUTCOMES)
def test_a_duty_is_as_bad_as_its_worst_check(outcomes: list[Outcome]) -> None:
    """The order is that of the formats; a duty without a check is No check, never Met."""
    duty = standing([{"outcome": outcome.code} for outcome in outcomes])

    worst = min((outcome.code for outcome in outcomes), key=WORST_FIRST.index, default="no-check")
    assert duty.outcome.code == worst


@pytest.mark.parametrize("case", cases("strengths"), ids=lambda case: f"{case['duty']}, {case['as_at']}")
def test_a_duty_is_as_strong_as_the_law_of_the_day(case: dict[str, Any]) -> None:
    """What binds today counts only while it is law and only for those it binds; the card says so first."""
    duty = on(case["as_at"]).duties[case["duty"]]

    assert (duty.strength.value, list(duty.said)) == (case["strength"], case["said"])


def on(day: date, organisation: Organisation | None = None) -> Trace:
    """The second pack on a day, without results."""
    pack, larkrise = kitchens()
    return trace(Ground.of(pack, organisation or larkrise, day), None, {})


def test_a_duty_of_councils_applies_to_councils() -> None:
    """A fact of the organisation decides whether a duty applies; one that nobody knows excuses from nothing."""
    _, larkrise = kitchens()
    council = replace(larkrise, facts={**larkrise.facts, "run_by": "council"})
    silent = replace(larkrise, facts={**larkrise.facts, "run_by": None})

    assert on(AS_AT).duties["DUTY-COUNCIL"].outcome is Outcome.NOT_APPLICABLE
    assert on(AS_AT, council).duties["DUTY-COUNCIL"].outcome is Outcome.NOT_RUN
    assert on(AS_AT, silent).duties["DUTY-COUNCIL"].outcome is Outcome.NOT_RUN


def test_severity_is_lowered_to_the_strength_in_effect() -> None:
    """A check of a duty that is only allowed today cannot stop a pipeline, and can from the day the law begins."""
    pack, organisation = kitchens()
    check = pack.checks["CHK-PENS"].model_copy(update={"severity": None})

    def severity(day: date) -> str:
        return judge(check, None, Ground.of(pack, organisation, day)).severity

    assert (severity(date(2027, 1, 3)), severity(date(2027, 1, 4))) == ("may", "must")


@pytest.mark.parametrize(
    ("duty", "day"),
    [("DUTY-PENS", date(2027, 3, 1)), ("DUTY-DELIVERIES", date(2027, 2, 28)), ("DUTY-LEAD", date(2028, 9, 1))],
)
def test_the_next_review_is_counted_from_the_last(duty: str, day: date) -> None:
    """So many months, clamped to a shorter month, or so many days."""
    assert on(AS_AT).duties[duty].next_review == day
