"""Results judged again from what they say was counted, so that an outcome typed by hand is noticed.

What nobody can notice here is in docs/results.md: counts that were changed, and agree with each other.
"""

from policykit.model.outcomes import Outcome
from policykit.model.results import CheckResult, Finding, RecordsUsed
from policykit.reading.ground import Ground
from policykit.rules import Check, each_of, reads
from policykit.running import reasons
from policykit.running.ages import dated
from policykit.running.applying import why_not_applicable
from policykit.running.case import NOTHING
from policykit.running.judging import judge


def judged_again(check: Check, result: CheckResult, ground: Ground) -> CheckResult | None:
    """The result to show; None where judging what was counted comes to anything else than what is stored."""
    again = judge(check, _finding(check, result, ground), ground)
    kept = again.model_copy(update={"examples": result.examples, "seconds": result.seconds})
    if kept != result or not _has_values_of(check, result, ground) or not _has_units_of(check, result, ground):
        return None
    return _in_our_words(check, result, ground) if _was_refused(result) else result


def _finding(check: Check, result: CheckResult, ground: Ground) -> Finding | None:
    """What counting brought, as far as the result says; None where a run does not count."""
    if result.outcome is Outcome.NOT_RUN or why_not_applicable(check, ground) is not None:
        return None
    # Counts are not kept with Does not apply, and a nil return stands in for them only where nothing was in scope.
    counts = NOTHING if result.outcome is Outcome.NOT_APPLICABLE else result.counts
    return Finding(
        counts=counts,
        rows=result.rows,
        by=result.by,
        records=_records(check, result, ground),
        refused=result.reason if _was_refused(result) else None,
    )


def _records(check: Check, result: CheckResult, ground: Ground) -> tuple[RecordsUsed, ...]:
    """Every dated register that the check reads, taken on the day that the organisation says."""
    said = {used.register_: used for used in result.records}
    days = dated(check, ground)
    asked = (RecordsUsed(register_=register, taken_on=day, stale=False) for register, day in days.items())
    return tuple(said.get(used.register_, used).model_copy(update={"taken_on": used.taken_on}) for used in asked)


def _was_refused(result: CheckResult) -> bool:
    return result.outcome is Outcome.ERROR and result.counts is None


def _in_our_words(check: Check, result: CheckResult, ground: Ground) -> CheckResult:
    """The reason of what could not be carried out is text that nothing can be compared with, so little of it is shown.

    It stays where it begins with the title of a register that the check reads.
    """
    titles = (ground.setting.registers[register].title for register in reads(check, ground.setting))
    if result.reason.startswith(tuple(reasons.cannot_be_opened(title) for title in titles)):
        return result
    return result.model_copy(update={"reason": reasons.NOT_CARRIED_OUT})


def _has_values_of(check: Check, result: CheckResult, ground: Ground) -> bool:
    """Whether rows and values are given where the rule counts each row by value, with the values that it names."""
    each = each_of(check, ground.setting) if check.method == "rule" and result.counts else None
    if each is None:
        return result.rows is None and result.by is None
    return result.rows is not None and result.by is not None and result.by.keys() == set(each.codes)


def _has_units_of(check: Check, result: CheckResult, ground: Ground) -> bool:
    """Whether a rule judged every row of its register, and every value of it, but for rows that cannot be read.

    Only a file has as many rows when it is counted as it had when it was opened.
    """
    counts = result.counts
    own = next((used for used in result.records if used.register_ == check.register_ and used.digest), None)
    if check.method != "rule" or counts is None or own is None or own.rows is None:
        return True
    each = each_of(check, ground.setting)
    values = 1 if each is None else len(each.codes)
    least, most = (own.rows - counts.unreadable) * values, own.rows * values
    return least <= counts.in_scope + counts.out <= most
