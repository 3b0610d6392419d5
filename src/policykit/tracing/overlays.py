"""What people say beside the counts: waivers and statements, and which of them are in date."""

from collections.abc import Mapping
from datetime import date

from policykit.loading import Organisation
from policykit.model.calendar import days_between
from policykit.model.organisation import Attestation, Waiver
from policykit.model.outcomes import Outcome
from policykit.model.results import CheckResult, Counts
from policykit.tracing.standing import WaiverStanding, WaiverState


def statement_in_date(check: str, organisation: Organisation, as_at: date) -> Attestation | None:
    """The statement that counts for a check on that day; the one that counts longest where there are several."""
    ours = [said for said in organisation.attestations if said.check == check and said.said_on <= as_at <= said.until]
    return max(ours, key=lambda said: said.until, default=None)


def waiver_in_date(check: str, organisation: Organisation, as_at: date) -> Waiver | None:
    """The waiver in date for a check on that day; loading refuses two."""
    ours = (waiver for waiver in organisation.waivers if waiver.check == check)
    return next((waiver for waiver in ours if waiver.from_ <= as_at <= waiver.until), None)


def covers(waiver: Waiver, counts: Counts) -> bool:
    """Whether a waiver accepts that many units that violate or cannot be judged."""
    return counts.violate + counts.unknown <= waiver.covers


def waiver_standing(waiver: Waiver, checks: Mapping[str, CheckResult], as_at: date) -> WaiverStanding:
    """What a waiver does on the as-at date."""
    return WaiverStanding(waiver, _state(waiver, checks.get(waiver.check), as_at), days_between(as_at, waiver.until))


def _state(waiver: Waiver, result: CheckResult | None, as_at: date) -> WaiverState:
    if result is None:
        return WaiverState.ORPHAN
    if as_at > waiver.until:
        return WaiverState.EXPIRED
    if as_at < waiver.from_:
        return WaiverState.NOT_BEGUN
    if result.outcome is not Outcome.FAIL or result.counts is None:
        return WaiverState.UNUSED
    return WaiverState.COVERS if covers(waiver, result.counts) else WaiverState.EXCEEDED
