"""The outcome of a check, step by step: a step says what it comes to or passes on, and the first that speaks decides.

Total, pure and without a clock. The order of the steps is that of docs/specification.md, and the last of each list
always speaks. Reasons count rows where there is a for_each, never units, so that people are counted as people.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from policykit.english import say, say_day
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
from policykit.running import in_effect
from policykit.running.records import cannot_be_opened

NOTHING = Counts(in_scope=0, conform=0, violate=0, unknown=0, out=0, unreadable=0)

_Verdict = tuple[Outcome, str]
"""An outcome and why."""


def judge(check: Check, finding: Finding | None, ground: Ground) -> CheckResult:
    """What became of one check; `finding` is None where it was not run. Every input has an outcome."""
    evidence = _Evidence(check, finding, ground)
    steps = _OF_A_STATEMENT if check.method == "attestation" else _OF_A_RULE
    return _as_result(evidence, next(verdict for step in steps if (verdict := step(evidence))))


def finding_of(check: Check, result: CheckResult) -> Finding | None:
    """What was found, as a result holds it; None where nobody looked."""
    nobody_looked = result.outcome is Outcome.NOT_RUN if check.method == "attestation" else not result.records
    if result.counts is None and result.refused is None and nobody_looked:
        return None
    return Finding(**{name: getattr(result, name) for name in Finding.model_fields})


def not_run(check: Check, ground: Ground, reason: str) -> CheckResult:
    """A check without a result that may be shown, whether or not it would apply."""
    return _as_result(_Evidence(check, None, ground), (Outcome.NOT_RUN, reason))


@dataclass(frozen=True)
class _Evidence:
    """One check on its ground, with what counting brought (None: it was not run)."""

    check: Check
    finding: Finding | None
    ground: Ground

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
        return in_effect.max_age(self.check, self.ground)

    @cached_property
    def taken(self) -> tuple[date, ...]:
        """The days of the dated registers it reads, or else of the facts, in order."""
        return tuple(sorted(in_effect.evidence_days(self.check, self.ground).values()))

    @property
    def is_later(self) -> bool:
        """Whether some of its records were taken after the day that is judged: they say nothing about that day."""
        return bool(self.taken) and self.taken[-1] > self.ground.as_at

    def rows(self, number: int) -> str:
        """What so many of those that it counts are called."""
        return (self.check.noun if number == 1 else self.check.plural) or say("running.rows", n=number)

    def of_all(self, number: int) -> dict[str, object]:
        """The places of a reason that counts so many of all in scope."""
        return {"n": number, "all": self.said.in_scope, "rows": self.rows(0)}


Step = Callable[[_Evidence], _Verdict | None]


def _not_applicable(evidence: _Evidence) -> _Verdict | None:
    why = in_effect.why_not_applicable(evidence.check, evidence.ground)
    return None if why is None else (Outcome.NOT_APPLICABLE, why)


def _not_run(evidence: _Evidence) -> _Verdict | None:
    finding = evidence.finding
    if finding and (evidence.check.method == "attestation" or finding.counts or finding.refused or evidence.is_later):
        return None
    why = "running.reason.python-not-run" if evidence.check.method == "python" else "running.reason.not-run"
    return Outcome.NOT_RUN, say(why)


def _refused(evidence: _Evidence) -> _Verdict | None:
    refused = evidence.finding and evidence.finding.refused
    if not refused:
        return None
    why, registers = say(f"running.not-carried-out.{refused.why}"), evidence.ground.setting.registers
    register = registers.get(refused.register_ or "")
    return Outcome.ERROR, cannot_be_opened(register.title, why) if register else why


def _no_evidence(evidence: _Evidence) -> _Verdict | None:
    if not evidence.is_later:
        return None
    day, as_at = say_day(evidence.taken[-1]), say_day(evidence.ground.as_at)
    return Outcome.NOT_RUN, say("running.reason.later", day=day, as_at=as_at)


def _fail(evidence: _Evidence) -> _Verdict | None:
    if not evidence.counts.violate:
        return None
    return Outcome.FAIL, say("running.reason.fail", **evidence.of_all(evidence.said.violate))


def _unreadable(evidence: _Evidence) -> _Verdict | None:
    rows = evidence.counts.unreadable
    return (Outcome.ERROR, say("running.reason.unreadable", n=rows)) if rows else None


def _too_old(evidence: _Evidence) -> _Verdict | None:
    allowed, taken = evidence.max_age, evidence.taken
    if not taken and in_effect.rests_on_facts(evidence.check, evidence.ground):
        return Outcome.STALE, say("running.reason.facts-unsaid")
    if allowed is None or not taken or not in_effect.is_too_old(taken[0], allowed, evidence.ground.as_at):
        return None
    age, allowing = days_between(taken[0], evidence.ground.as_at), say("running.reason.allowed", n=allowed)
    return Outcome.STALE, say("running.reason.too-old", n=age, day=say_day(taken[0]), allowed=allowing)


def _incomplete(evidence: _Evidence) -> _Verdict | None:
    """Fewer rows than there should be, or so few units in scope that somebody has to say why."""
    finding, ground = evidence.finding or Finding(), evidence.ground
    fewer = next((used for used in finding.records if in_effect.looks_incomplete(used, ground)), None)
    if fewer and fewer.baseline:
        title, rows = ground.pack.registers[fewer.register_].title, fewer.rows
        return Outcome.INCOMPLETE, say("running.reason.incomplete", title=title, rows=rows, before=fewer.baseline.rows)
    before, now = finding.scope_baseline, evidence.counts.in_scope
    if before and in_effect.scope_looks_incomplete(evidence.check, before, now, ground):
        return Outcome.INCOMPLETE, say("running.reason.scope-fell", before=before.in_scope, now=now)
    return None


def _unknown(evidence: _Evidence) -> _Verdict | None:
    if not evidence.counts.unknown:
        return None
    return Outcome.UNKNOWN, say("running.reason.unknown", **evidence.of_all(evidence.said.unknown))


def _nil_return(evidence: _Evidence) -> _Verdict | None:
    age, ground = evidence.max_age or 0, evidence.ground
    nils = (nil for nil in ground.organisation.profile.nil_returns if nil.register_ == evidence.check.register_)
    nil = next((nil for nil in nils if in_effect.nil_return_counts(nil, age, ground.as_at)), None)
    if evidence.counts.in_scope or nil is None:
        return None
    why = say("running.reason.nil-return", by=nil.by, first=say_day(nil.from_), last=say_day(nil.to))
    return Outcome.NOT_APPLICABLE, why


def _no_data(evidence: _Evidence) -> _Verdict | None:
    if evidence.counts.in_scope >= evidence.minimum:
        return None
    number, least = evidence.said.in_scope, say("running.reason.least", n=evidence.minimum)
    why = say("running.reason.no-data", n=number, rows=evidence.rows(number), least=least)
    return Outcome.NO_DATA, why


def _proves_nothing(evidence: _Evidence) -> _Verdict | None:
    check = evidence.check
    if check.method != "rule" or any(example.expect == "fail" for example in check.examples):
        return None
    return Outcome.PROVES_NOTHING, say("running.reason.proves-nothing")


def _pass(evidence: _Evidence) -> _Verdict:
    return Outcome.PASS, say("running.reason.pass", **evidence.of_all(evidence.said.conform))


def _attested(evidence: _Evidence) -> _Verdict | None:
    said = in_effect.statement_in_date(evidence.check.id, evidence.ground)
    if said is None:
        return None
    why = say("running.reason.attested", by=said.by, day=say_day(said.said_on), until=say_day(said.until))
    return Outcome.ATTESTED, why


def _attestation_due(evidence: _Evidence) -> _Verdict:
    ours = [said for said in evidence.ground.organisation.attestations if said.check == evidence.check.id]
    over = max((said.until for said in ours if said.until < evidence.ground.as_at), default=None)
    why = say("running.reason.run-out", day=say_day(over)) if over else say("running.reason.nobody")
    return Outcome.ATTESTATION_DUE, why


_OF_A_RULE: tuple[Step, ...] = (
    _not_applicable,
    _not_run,
    _refused,
    _no_evidence,
    _fail,
    _unreadable,
    _too_old,
    _incomplete,
    _unknown,
    _nil_return,
    _no_data,
    _proves_nothing,
    _pass,
)
_OF_A_STATEMENT: tuple[Step, ...] = (_not_applicable, _not_run, _attested, _attestation_due)


def _as_result(evidence: _Evidence, verdict: _Verdict) -> CheckResult:
    check, finding, ground = evidence.check, evidence.finding or Finding(), evidence.ground
    outcome, reason = verdict
    own, used = ground.setting.own_parameters, parameters_used(check, ground.setting)
    counted = not finding.refused and in_effect.why_not_applicable(check, ground) is None
    return CheckResult(
        id=check.id,
        verifies=check.verifies,
        method=check.method,
        severity=in_effect.severity_in_effect(check, ground),
        outcome=outcome,
        reason=reason,
        counts=finding.counts if counted else None,
        rows=finding.rows if counted else None,
        by=finding.by if counted else None,
        minimum=None if check.method == "attestation" else evidence.minimum,
        waiver=_waiver(evidence) if outcome is Outcome.FAIL else None,
        records=tuple(_with_age(records, evidence) for records in finding.records),
        scope_baseline=finding.scope_baseline if counted else None,
        refused=finding.refused,
        code=finding.code,
        rule_digest=ground.rule_digest(check),
        parameters=tuple(ParameterUsed(id=each, source="organisation" if each in own else "default") for each in used),
        seconds=finding.seconds,
    )


def _waiver(evidence: _Evidence) -> WaiverUsed | None:
    waiver = in_effect.waiver_in_date(evidence.check.id, evidence.ground)
    if waiver is None:
        return None
    state = "covers" if in_effect.covers(waiver, evidence.counts) else "exceeded"
    return WaiverUsed(id=waiver.id, state=state, until=waiver.until, covers=waiver.covers)


def _with_age(records: RecordsUsed, evidence: _Evidence) -> RecordsUsed:
    taken_on, as_at = records.taken_on, evidence.ground.as_at
    stale = taken_on > as_at or in_effect.is_too_old(taken_on, evidence.max_age, as_at)
    return records.model_copy(update={"stale": stale})
