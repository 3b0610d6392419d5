"""How a duty stands: the worst of its checks, why, and when it is to be reviewed."""

from collections.abc import Iterable, Sequence

from policykit.model.calendar import say_days
from policykit.model.duties import Duty
from policykit.model.outcomes import Outcome
from policykit.model.results import CheckResult
from policykit.reading.ground import Ground
from policykit.rules.english import sentence
from policykit.running.applying import duty_applies, otherwise
from policykit.running.strengths import said_first, strength_in_effect
from policykit.tracing.standing import DutyStanding

NO_CHECK = "Nobody has written a check for this duty."


def duty_standing(duty: Duty, results: Iterable[CheckResult], ground: Ground) -> DutyStanding:
    """One duty on the as-at date; `results` are those of all checks that verify it."""
    checks = tuple(sorted(results, key=lambda result: result.id))
    counts = duty_applies(duty, ground)
    return DutyStanding(
        duty=duty,
        outcome=worst(checks) if counts else Outcome.NOT_APPLICABLE,
        reason=_why(checks) if counts else otherwise(duty.applies),
        strength=strength_in_effect(duty, ground),
        said=said_first(duty, ground),
        checks=checks,
        disagreement=counts and _disagree(checks),
        next_review=duty.next_review,
    )


def worst(results: Sequence[CheckResult]) -> Outcome:
    """The worst outcome; without any check that is No check, never a pass."""
    return min((result.outcome for result in results), key=lambda outcome: outcome.badness, default=Outcome.NO_CHECK)


def _disagree(results: Sequence[CheckResult]) -> bool:
    return {Outcome.ATTESTED, Outcome.FAIL} <= {result.outcome for result in results}


def _why(results: Sequence[CheckResult]) -> str:
    if not results:
        return NO_CHECK
    outcome = worst(results)
    if outcome is Outcome.PASS:
        return _all_hold(results)
    these = [result for result in results if result.outcome is outcome]
    reason = sentence(these[0].reason)
    if outcome is Outcome.ATTESTED or len(results) == 1:
        return reason
    return f"{len(these)} of {len(results)} checks: {outcome.word}. {reason}"


def _all_hold(results: Sequence[CheckResult]) -> str:
    passing = [result for result in results if result.outcome is Outcome.PASS]
    days = {records.taken_on for result in passing for records in result.records}
    on_records = f", on records of {say_days(days)}" if days else ""
    return f"{_so_many_hold(len(passing))}{on_records}.{_others(len(results) - len(passing))}"


def _so_many_hold(number: int) -> str:
    return {1: "The check holds", 2: "Both checks hold"}.get(number, f"All {number} checks hold")


def _others(number: int) -> str:
    if not number:
        return ""
    return f" {number} {'does' if number == 1 else 'do'} not apply."
