"""What a waiver does on the as-at date."""

from collections.abc import Mapping
from datetime import date

from policykit.model.calendar import days_between
from policykit.model.organisation import Waiver
from policykit.model.outcomes import Outcome
from policykit.model.results import CheckResult
from policykit.running.overlays import covers
from policykit.tracing.standing import WaiverStanding, WaiverState


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
