"""How duties stand: the worst of their checks, why, how strongly they hold, and what their cards say first."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.standing_cases import AS_AT, cases, kitchens, used, with_check

from policykit.model.duties import Strength
from policykit.model.results import CheckResult, Outcome
from policykit.model.sources import ClausePart, Period
from policykit.reading import Ground, Organisation
from policykit.rules import Check
from policykit.running import judge
from policykit.tracing import DutyStanding, Trace, trace
from policykit.tracing.graph import duty_standing

#: As the file formats write it.
WORST_FIRST = (
    *("fail", "error", "stale", "incomplete", "unknown", "no-data", "proves-nothing", "not-run", "no-check"),
    *("attestation-due", "partly-checked", "attested", "pass", "not-applicable"),
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


@pytest.mark.parametrize("case", cases("parts"), ids=lambda case: case["why"])
def test_a_sentence_in_no_ground_keeps_a_duty_from_being_met(case: dict[str, Any]) -> None:
    """Nor is it met where one part of a sentence is in no ground of a check that counts; what is worse stays."""
    pack, organisation = kitchens()
    model, clause = pack.checks["CHK-TABLE"], pack.clauses["CK-P7-S2"]
    said = {
        name: clause.model_copy(
            update={
                "id": name,
                "strength": tuple(Strength(each) for each in given.get("strength", ["must"])),
                "parts": tuple(ClausePart(id=part, words=part) for part in given.get("parts", ())),
            }
        )
        for name, given in case["sentences"].items()
    }
    others = pack.duties["DUTY-COUNCIL"].applies
    named = {
        f"CHK-{n}": model.model_copy(
            update={"id": f"CHK-{n}", "grounds": tuple(each["grounds"]), "applies": others if "for" in each else None}
        )
        for n, each in enumerate(case["checks"])
    }
    duty = pack.duties["DUTY-TABLE"].model_copy(update={"stated_in": tuple(said)})
    source = next(iter(pack.sources.values())).model_copy(update={"clauses": tuple(said.values())})
    ground = Ground.of(replace(pack, checks=named, sources={source.id: source}), organisation, AS_AT)
    found = [_result(f"CHK-{n}", {"outcome": "pass", **each}) for n, each in enumerate(case["checks"])]
    results = [judge(named[each["id"]], None, ground).model_copy(update=each) for each in found]

    stands = duty_standing(duty, results, ground)

    assert (stands.outcome.code, list(stands.unseen)) == (case["outcome"], case["unseen"])
    assert stands.reason.partition(".")[0] + "." == case["says"]


@given(OUTCOMES)
def test_a_duty_is_as_bad_as_its_worst_check(outcomes: list[Outcome]) -> None:
    """The order is that of the formats; a duty without a check is No check, never Met."""
    duty = standing([{"outcome": outcome.code} for outcome in outcomes])

    worst = min((outcome.code for outcome in outcomes), key=WORST_FIRST.index, default="no-check")
    assert duty.outcome.code == worst


@pytest.mark.parametrize(("worse", "better"), tuple(pairwise(WORST_FIRST)))
def test_of_two_outcomes_the_duty_has_the_worse(worse: str, better: str) -> None:
    """Each beside the one that follows it in the formats, whatever is drawn above."""
    assert standing([{"outcome": better}, {"outcome": worse}]).outcome.code == worse


@pytest.mark.parametrize("case", cases("strengths"), ids=lambda case: f"{case['duty']}, {case['as_at']}")
def test_a_duty_is_as_strong_as_the_law_of_the_day(case: dict[str, Any]) -> None:
    """What binds today counts only while it is law and only for those it binds; the card says so first."""
    duty = on(case["as_at"]).duties[case["duty"]]

    assert (duty.strength.value, list(duty.said)) == (case["strength"], case["said"])


def on(day: date, organisation: Organisation | None = None) -> Trace:
    """The second pack on a day, without results."""
    pack, larkrise = kitchens()
    return trace(Ground.of(pack, organisation or larkrise, day), None, {})


def test_a_check_counts_for_every_duty_that_it_verifies() -> None:
    """Each duty has all its checks, in order of their ids."""
    pack, larkrise = kitchens()
    both = pack.checks["CHK-LEADS"].model_copy(update={"verifies": ("DUTY-LEAD", "DUTY-TRAIN")})
    duties = trace(Ground.of(with_check(pack, both), larkrise, AS_AT), None, {}).duties

    assert {name: [check.id for check in duties[name].checks] for name in both.verifies} == {
        "DUTY-LEAD": ["CHK-KITCHENS", "CHK-LEADS"],
        "DUTY-TRAIN": ["CHK-LEADS", "CHK-TRAIN-STARTERS", "CHK-TRAIN-TOPICS", "CHK-TRAIN-WATCHED"],
    }


@pytest.mark.parametrize("field", ["stated_in", "prompted_by", "rests_on"])
def test_duties_are_found_by_what_they_come_from(field: str) -> None:
    """By the sentence that states one, by one that only leads to it, and by the law it rests on."""
    seen = on(AS_AT)
    find = {
        "stated_in": seen.duties_stated_in,
        "prompted_by": seen.duties_prompted_by,
        "rests_on": seen.duties_resting_on,
    }
    come_from = {name: set(getattr(standing.duty, field)) for name, standing in seen.duties.items()}

    for source in set[str]().union(*come_from.values()):
        found = [standing.duty.id for standing in find[field](source)]
        assert found == [name for name, sources in come_from.items() if source in sources]


def test_a_duty_of_councils_applies_to_councils() -> None:
    """A fact of the organisation decides whether a duty applies; one that nobody knows excuses from nothing."""
    _, larkrise = kitchens()
    council = replace(larkrise, facts={**larkrise.facts, "run_by": "council"})
    silent = replace(larkrise, facts={**larkrise.facts, "run_by": None})

    excused = on(AS_AT).duties["DUTY-COUNCIL"]
    assert excused.outcome is Outcome.NOT_APPLICABLE
    assert excused.reason == "This binds councils that run their own kitchens."
    assert on(AS_AT, council).duties["DUTY-COUNCIL"].outcome is Outcome.NOT_RUN
    assert on(AS_AT, silent).duties["DUTY-COUNCIL"].outcome is Outcome.NOT_RUN


@pytest.mark.parametrize(
    ("provision", "duty", "day", "said"),
    [
        ("MEALS2010-S12", "DUTY-SCREEN", AS_AT, "You must, from 1 January 2027: "),
        ("HYGIENE1995-R3", "DUTY-CLEAN", date(2029, 1, 1), "The law asked this until 31 December 2028: "),
    ],
)
def test_law_that_begins_and_ends_twice_is_said_from_its_first_day_and_until_its_last(
    provision: str, duty: str, day: date, said: str
) -> None:
    """Of the days to come the first, of those that are over the last."""
    pack, larkrise = kitchens()
    years = tuple(Period(from_=date(year, 1, 1), to=date(year, 12, 31)) for year in (2027, 2028))
    law = pack.provisions[provision].model_copy(update={"periods": years})
    pack = replace(pack, provisions={**pack.provisions, provision: law})

    assert trace(Ground.of(pack, larkrise, day), None, {}).duties[duty].said[-1].startswith(said)


def test_a_duty_that_does_not_apply_is_nothing_to_disagree_about() -> None:
    """Somebody confirmed it and a check fails: where it applies that is said, elsewhere not."""
    pack, larkrise = kitchens()
    checks = [with_outcome(pack.checks["CHK-TABLE"], larkrise, each) for each in (Outcome.ATTESTED, Outcome.FAIL)]

    def disagree(duty: str) -> bool:
        return duty_standing(pack.duties[duty], checks, Ground.of(pack, larkrise, AS_AT)).disagreement

    assert (disagree("DUTY-TABLE"), disagree("DUTY-COUNCIL")) == (True, False)


def with_outcome(check: Check, organisation: Organisation, outcome: Outcome) -> CheckResult:
    """A result of a check with that outcome."""
    ground = Ground.of(kitchens()[0], organisation, AS_AT)
    return judge(check, None, ground).model_copy(update={"outcome": outcome})


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
