"""Which results may be shown: those of the rule, pack, organisation, records and day that are being published.

And of these only the ones that what was counted comes to: each is judged again, so that an outcome typed by hand is
noticed. What nobody can notice here is in docs/results.md: counts that were changed, and agree with each other.
"""

from collections.abc import Mapping

from policykit.english import say, say_day
from policykit.model.results import CheckResult, Finding, Outcome, RecordsUsed
from policykit.reading import Ground
from policykit.rules import Check, each_of, reads
from policykit.running import NOTHING, Results, cannot_be_opened, dated, judge, not_run, why_not_applicable


def why_none_valid(results: Results | None, ground: Ground) -> str | None:
    """Why nothing of a run may be shown; None where it may."""
    if results is None:
        return say("running.reason.not-run")
    run, policy, organisation = results.run, ground.pack, ground.organisation
    facts = (
        (run.pack.id == policy.policy.id, say("tracing.not-shown.other-pack")),
        (run.organisation.id == organisation.profile.id, say("tracing.not-shown.other-organisation")),
        (run.pack.digest == policy.digest, say("tracing.not-shown.policy-changed")),
        (run.organisation.digest == organisation.digest, say("tracing.not-shown.organisation-changed")),
        (run.as_at == ground.as_at, say("tracing.not-shown.other-day", day=say_day(run.as_at))),
    )
    return next((why for same, why in facts if not same), None)


def valid_results(results: Results | None, ground: Ground, digests: Mapping[str, str | None]) -> dict[str, CheckResult]:
    """The result of every check of the pack: as it was found, or Not checked with the reason.

    `digests` holds the digest of each register's file as it is now, None where the file is not at hand.
    """
    why_none = why_none_valid(results, ground)
    found = {result.id: result for result in results.checks} if results and why_none is None else {}

    def shown(check: Check) -> CheckResult:
        result = found.get(check.id)
        why = why_none or _why_not(check, result, ground, digests)
        if result is None or why is not None:
            return not_run(check, ground, why or say("running.reason.not-run"))
        return _judged_again(check, result, ground) or not_run(check, ground, say("tracing.not-shown.changed-by-hand"))

    return {name: shown(check) for name, check in ground.pack.checks.items()}


def _why_not(check: Check, result: CheckResult | None, ground: Ground, digests: Mapping[str, str | None]) -> str | None:
    if result is None:
        return say("tracing.not-shown.not-part")
    if result.rule_digest != ground.rule_digest(check):
        return say("tracing.not-shown.rule-changed")
    changed = (used.register_ for used in result.records if digests.get(used.register_) not in {None, used.digest})
    title = next((ground.pack.registers[register].title for register in changed), None)
    return title and say("tracing.not-shown.records-changed", title=title)


def _judged_again(check: Check, result: CheckResult, ground: Ground) -> CheckResult | None:
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
    if result.reason.startswith(tuple(cannot_be_opened(title) for title in titles)):
        return result
    return result.model_copy(update={"reason": say("tracing.not-shown.not-carried-out")})


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
