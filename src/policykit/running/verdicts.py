"""The outcome of a check, step by step: a step says what it comes to or passes on, and the first that speaks decides.

The order of the steps is the order of the file formats. The last step of each list always speaks.
"""

from collections.abc import Callable
from datetime import date

from policykit.model.calendar import days_from, months_from
from policykit.model.organisation import NilReturn
from policykit.model.outcomes import Outcome
from policykit.running import reasons
from policykit.running.ages import is_too_old
from policykit.running.applying import why_not_applicable
from policykit.running.case import Case, Verdict
from policykit.running.overlays import statement_in_date

NIL_RETURN_MONTHS = 12

Step = Callable[[Case], Verdict | None]


def first_that_applies(case: Case) -> Verdict:
    """The outcome of a check and why."""
    steps = _OF_A_STATEMENT if case.check.method == "attestation" else _OF_A_RULE
    return next(verdict for step in steps if (verdict := step(case)))


def _not_applicable(case: Case) -> Verdict | None:
    reason = why_not_applicable(case.check, case.ground)
    return None if reason is None else Verdict(Outcome.NOT_APPLICABLE, reason, by_counting=False)


def _not_run(case: Case) -> Verdict | None:
    why = reasons.NOT_RUN_BY_PYTEST if case.check.method == "python" else reasons.NOT_RUN
    return None if case.was_run else Verdict(Outcome.NOT_RUN, why, by_counting=False)


def _refused(case: Case) -> Verdict | None:
    why = case.finding and case.finding.refused
    return Verdict(Outcome.ERROR, why, by_counting=False) if why else None


def _fail(case: Case) -> Verdict | None:
    if not case.counts.violate:
        return None
    return Verdict(Outcome.FAIL, reasons.do_not_conform(case.check, case.said))


def _unreadable(case: Case) -> Verdict | None:
    rows = case.counts.unreadable
    return Verdict(Outcome.ERROR, reasons.unreadable(rows)) if rows else None


def _too_old(case: Case) -> Verdict | None:
    allowed, taken = case.max_age, case.taken
    if allowed is None or not taken or not is_too_old(taken[0], allowed, case.as_at):
        return None
    return Verdict(Outcome.STALE, reasons.too_old(taken[0], allowed, case.as_at))


def _taken_later(case: Case) -> Verdict | None:
    taken = case.taken
    if not taken or taken[-1] <= case.as_at:
        return None
    return Verdict(Outcome.STALE, reasons.taken_later(taken[-1], case.as_at))


def _unknown(case: Case) -> Verdict | None:
    if not case.counts.unknown:
        return None
    return Verdict(Outcome.UNKNOWN, reasons.cannot_be_judged(case.check, case.said))


def _nil_return(case: Case) -> Verdict | None:
    nil = next((nil for nil in case.ground.organisation.profile.nil_returns if _says_none(nil, case)), None)
    if case.counts.in_scope or nil is None:
        return None
    return Verdict(Outcome.NOT_APPLICABLE, reasons.nothing_to_check(nil), by_counting=False)


def _says_none(nil: NilReturn, case: Case) -> bool:
    return nil.register_ == case.check.register_ and covers_long_enough(nil, case.max_age or 0, case.as_at)


def covers_long_enough(nil: NilReturn, allowed: int, as_at: date) -> bool:
    """Whether a nil return begins early enough, and ends so few days before the as-at date, that it still counts."""
    begins = nil.from_ <= months_from(as_at, -NIL_RETURN_MONTHS)
    return begins and days_from(as_at, -allowed) <= nil.to <= as_at


def _no_data(case: Case) -> Verdict | None:
    if case.counts.in_scope >= case.minimum:
        return None
    return Verdict(Outcome.NO_DATA, reasons.too_few(case.check, case.said, case.minimum))


def _pass(case: Case) -> Verdict:
    return Verdict(Outcome.PASS, reasons.conform(case.check, case.said))


def _attested(case: Case) -> Verdict | None:
    statement = statement_in_date(case.check.id, case.ground.organisation, case.as_at)
    return Verdict(Outcome.ATTESTED, reasons.confirmed(statement), by_counting=False) if statement else None


def _attestation_due(case: Case) -> Verdict:
    statements = case.ground.organisation.attestations
    over = [said.until for said in statements if said.check == case.check.id and said.until < case.as_at]
    reason = reasons.ran_out(max(over)) if over else reasons.NEVER_CONFIRMED
    return Verdict(Outcome.ATTESTATION_DUE, reason, by_counting=False)


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
