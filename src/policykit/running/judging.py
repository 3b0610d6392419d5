"""A check and what counting brought become a result: total, pure, without a clock."""

from datetime import date

from policykit.model.outcomes import Outcome
from policykit.model.results import CheckResult, Finding, ParameterUsed, RecordsUsed, WaiverUsed
from policykit.reading import Organisation, Pack
from policykit.reading.ground import Ground
from policykit.rules import Check, parameters_used
from policykit.running.ages import is_too_old
from policykit.running.case import Case, Verdict
from policykit.running.overlays import covers, waiver_in_date
from policykit.running.strengths import severity_in_effect
from policykit.running.verdicts import first_that_applies


def judge_check(
    check: Check, finding: Finding | None, pack: Pack, organisation: Organisation, as_at: date
) -> CheckResult:
    """What became of one check; `finding` is None where it was not run. Total: every input has an outcome."""
    return judge(check, finding, Ground.of(pack, organisation, as_at))


def judge(check: Check, finding: Finding | None, ground: Ground) -> CheckResult:
    """What became of one check, on a ground that several are judged on."""
    case = Case(check, finding, ground)
    return _as_result(case, first_that_applies(case))


def not_run(check: Check, ground: Ground, reason: str) -> CheckResult:
    """A check without a result that may be shown, whether or not it would apply."""
    return _as_result(Case(check, None, ground), Verdict(Outcome.NOT_RUN, reason, by_counting=False))


def _as_result(case: Case, verdict: Verdict) -> CheckResult:
    check, finding = case.check, case.finding or Finding()
    counted = verdict.by_counting
    return CheckResult(
        id=check.id,
        verifies=check.verifies,
        method=check.method,
        severity=severity_in_effect(check, case.ground),
        outcome=verdict.outcome,
        reason=verdict.reason,
        counts=case.counts if counted else None,
        rows=finding.rows if counted else None,
        by=finding.by if counted else None,
        minimum=None if check.method == "attestation" else case.minimum,
        waiver=_waiver(case, verdict),
        records=tuple(_with_age(records, case) for records in finding.records),
        rule_digest=case.ground.rule_digest(check),
        parameters=_parameters(case),
        seconds=case.finding and case.finding.seconds,
    )


def _waiver(case: Case, verdict: Verdict) -> WaiverUsed | None:
    waiver = waiver_in_date(case.check.id, case.ground.organisation, case.as_at)
    if waiver is None or verdict.outcome is not Outcome.FAIL:
        return None
    state = "covers" if covers(waiver, case.counts) else "exceeded"
    return WaiverUsed(id=waiver.id, state=state, until=waiver.until, covers=waiver.covers)


def _with_age(records: RecordsUsed, case: Case) -> RecordsUsed:
    stale = records.taken_on > case.as_at or is_too_old(records.taken_on, case.max_age, case.as_at)
    return records.model_copy(update={"stale": stale})


def _parameters(case: Case) -> tuple[ParameterUsed, ...]:
    setting = case.ground.setting
    used = parameters_used(case.check, setting)
    own = setting.own_parameters
    return tuple(ParameterUsed(id=name, source="organisation" if name in own else "default") for name in used)
