"""The outcome of a check, step by step: a step says what it comes to or passes on, and the first that speaks decides.

Total, pure and without a clock. The order of the steps is that of docs/specification.md, and the last of each list
always speaks. Reasons count rows where there is a for_each, never units, so that people are counted as people.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from policykit.english import say_day
from policykit.model.organisation import NilReturn
from policykit.model.results import (
    CheckResult,
    Counts,
    Finding,
    Outcome,
    ParameterUsed,
    RecordsUsed,
    RowCounts,
    WaiverUsed,
)
from policykit.model.scalars import days_between
from policykit.reading import Ground
from policykit.rules import Check, parameters_used, quantity
from policykit.running.in_effect import (
    covers,
    dated,
    is_too_old,
    max_age,
    nil_return_counts,
    severity_in_effect,
    statement_in_date,
    waiver_in_date,
    why_not_applicable,
)

NOT_RUN = "no check has been run"
NOTHING = Counts(in_scope=0, conform=0, violate=0, unknown=0, out=0, unreadable=0)


def judge(check: Check, finding: Finding | None, ground: Ground) -> CheckResult:
    """What became of one check; `finding` is None where it was not run. Every input has an outcome."""
    evidence = Evidence(check, finding, ground)
    steps = _OF_A_STATEMENT if check.method == "attestation" else _OF_A_RULE
    return _as_result(evidence, next(verdict for step in steps if (verdict := step(evidence))))


def not_run(check: Check, ground: Ground, reason: str) -> CheckResult:
    """A check without a result that may be shown, whether or not it would apply."""
    return _as_result(Evidence(check, None, ground), Verdict(Outcome.NOT_RUN, reason, by_counting=False))


@dataclass(frozen=True)
class Verdict:
    """An outcome, why, and whether counting led to it."""

    outcome: Outcome
    reason: str
    by_counting: bool = True


@dataclass(frozen=True)
class Evidence:
    """One check on its ground, with what counting brought (None: it was not run)."""

    check: Check
    finding: Finding | None
    ground: Ground

    @property
    def as_at(self) -> date:
        """The day as of which it is judged."""
        return self.ground.as_at

    @property
    def was_run(self) -> bool:
        """Whether anything came of it: counts, or a register that could not be opened; a statement needs neither."""
        if self.finding is None or self.check.method == "attestation":
            return self.finding is not None
        return self.finding.counts is not None or self.finding.refused is not None

    @property
    def counts(self) -> Counts:
        """Units; nothing at all where nothing was counted, so that a gap can never look like a pass."""
        return (self.finding and self.finding.counts) or NOTHING

    @property
    def said(self) -> RowCounts:
        """What reasons count: rows where there is a for_each, else units."""
        return (self.finding and self.finding.rows) or self.counts

    @property
    def minimum(self) -> int:
        """How many units must be in scope: at least 1, whatever is set."""
        return max(1, quantity(self.check.minimum, self.ground.setting) or 1)

    @property
    def max_age(self) -> int | None:
        """How many days old the oldest register may be."""
        return max_age(self.check, self.ground)

    @cached_property
    def taken(self) -> tuple[date, ...]:
        """The days of the dated registers it reads, in order."""
        return tuple(sorted(dated(self.check, self.ground).values()))

    def of_all(self, number: int) -> str:
        """So many of all in scope, and what they are."""
        return f"{number} of {self.said.in_scope} {self.check.plural or 'rows'}"


Step = Callable[[Evidence], Verdict | None]


def _not_applicable(evidence: Evidence) -> Verdict | None:
    why = why_not_applicable(evidence.check, evidence.ground)
    return None if why is None else Verdict(Outcome.NOT_APPLICABLE, why, by_counting=False)


def _not_run(evidence: Evidence) -> Verdict | None:
    by_pytest = "its test function has not been run: pytest carries it out"
    why = by_pytest if evidence.check.method == "python" else NOT_RUN
    return None if evidence.was_run else Verdict(Outcome.NOT_RUN, why, by_counting=False)


def _refused(evidence: Evidence) -> Verdict | None:
    why = evidence.finding and evidence.finding.refused
    return Verdict(Outcome.ERROR, why, by_counting=False) if why else None


def _fail(evidence: Evidence) -> Verdict | None:
    if not evidence.counts.violate:
        return None
    rows = evidence.said.violate
    return Verdict(Outcome.FAIL, f"{evidence.of_all(rows)} {_verb(rows, 'does', 'do')} not conform")


def _unreadable(evidence: Evidence) -> Verdict | None:
    if not (rows := evidence.counts.unreadable):
        return None
    return Verdict(Outcome.ERROR, f"{rows} {_verb(rows, 'row holds', 'rows hold')} a value that cannot be read")


def _too_old(evidence: Evidence) -> Verdict | None:
    allowed, taken = evidence.max_age, evidence.taken
    if allowed is None or not taken or not is_too_old(taken[0], allowed, evidence.as_at):
        return None
    age = days_between(taken[0], evidence.as_at)
    are = f"are {age} {_verb(age, 'day', 'days')} old, and {allowed} {_verb(allowed, 'is', 'are')} allowed"
    return Verdict(Outcome.STALE, f"the oldest records, of {say_day(taken[0])}, {are}")


def _taken_later(evidence: Evidence) -> Verdict | None:
    taken, as_at = evidence.taken, evidence.as_at
    if not taken or taken[-1] <= as_at:
        return None
    return Verdict(Outcome.STALE, f"the records of {say_day(taken[-1])} are later than {say_day(as_at)}")


def _unknown(evidence: Evidence) -> Verdict | None:
    if not evidence.counts.unknown:
        return None
    these = evidence.of_all(evidence.said.unknown)
    return Verdict(Outcome.UNKNOWN, f"{these} cannot be judged, because a value is blank")


def _nil_return(evidence: Evidence) -> Verdict | None:
    nil = next((nil for nil in evidence.ground.organisation.profile.nil_returns if _says_none(nil, evidence)), None)
    if evidence.counts.in_scope or nil is None:
        return None
    period = f"from {say_day(nil.from_)} to {say_day(nil.to)}"
    return Verdict(
        Outcome.NOT_APPLICABLE, f"Nothing to check: {nil.by} says there were none {period}", by_counting=False
    )


def _says_none(nil: NilReturn, evidence: Evidence) -> bool:
    return nil.register_ == evidence.check.register_ and nil_return_counts(nil, evidence.max_age or 0, evidence.as_at)


def _no_data(evidence: Evidence) -> Verdict | None:
    minimum, number, check = evidence.minimum, evidence.said.in_scope, evidence.check
    if evidence.counts.in_scope >= minimum:
        return None
    these = f"{number} {_verb(number, check.noun or 'row', check.plural or 'rows')}"
    return Verdict(Outcome.NO_DATA, f"{these}, and at least {minimum} {_verb(minimum, 'is', 'are')} needed")


def _pass(evidence: Evidence) -> Verdict:
    rows = evidence.said.conform
    return Verdict(Outcome.PASS, f"{evidence.of_all(rows)} {_verb(rows, 'conforms', 'conform')}")


def _attested(evidence: Evidence) -> Verdict | None:
    statement = statement_in_date(evidence.check.id, evidence.ground)
    if statement is None:
        return None
    why = f"{statement.by} confirmed it on {say_day(statement.said_on)}, until {say_day(statement.until)}"
    return Verdict(Outcome.ATTESTED, why, by_counting=False)


def _attestation_due(evidence: Evidence) -> Verdict:
    ours = [said for said in evidence.ground.organisation.attestations if said.check == evidence.check.id]
    over = [said.until for said in ours if said.until < evidence.as_at]
    why = f"the last statement counted until {say_day(max(over))}" if over else "nobody has confirmed it"
    return Verdict(Outcome.ATTESTATION_DUE, why, by_counting=False)


_OF_A_RULE: tuple[Step, ...] = (
    _not_applicable,
    _not_run,
    _refused,
    _fail,
    _unreadable,
    _too_old,
    _taken_later,
    _unknown,
    _nil_return,
    _no_data,
    _pass,
)
_OF_A_STATEMENT: tuple[Step, ...] = (_not_applicable, _not_run, _attested, _attestation_due)


def _verb(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def _as_result(evidence: Evidence, verdict: Verdict) -> CheckResult:
    check, finding, ground = evidence.check, evidence.finding or Finding(), evidence.ground
    counted = verdict.by_counting
    return CheckResult(
        id=check.id,
        verifies=check.verifies,
        method=check.method,
        severity=severity_in_effect(check, ground),
        outcome=verdict.outcome,
        reason=verdict.reason,
        counts=evidence.counts if counted else None,
        rows=finding.rows if counted else None,
        by=finding.by if counted else None,
        minimum=None if check.method == "attestation" else evidence.minimum,
        waiver=_waiver(evidence, verdict),
        records=tuple(_with_age(records, evidence) for records in finding.records),
        rule_digest=ground.rule_digest(check),
        parameters=_parameters(check, ground),
        seconds=evidence.finding and finding.seconds,
    )


def _waiver(evidence: Evidence, verdict: Verdict) -> WaiverUsed | None:
    waiver = waiver_in_date(evidence.check.id, evidence.ground)
    if waiver is None or verdict.outcome is not Outcome.FAIL:
        return None
    state = "covers" if covers(waiver, evidence.counts) else "exceeded"
    return WaiverUsed(id=waiver.id, state=state, until=waiver.until, covers=waiver.covers)


def _with_age(records: RecordsUsed, evidence: Evidence) -> RecordsUsed:
    taken_on, as_at = records.taken_on, evidence.as_at
    return records.model_copy(update={"stale": taken_on > as_at or is_too_old(taken_on, evidence.max_age, as_at)})


def _parameters(check: Check, ground: Ground) -> tuple[ParameterUsed, ...]:
    own = ground.setting.own_parameters
    used = parameters_used(check, ground.setting)
    return tuple(ParameterUsed(id=name, source="organisation" if name in own else "default") for name in used)
