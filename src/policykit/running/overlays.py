"""What people say beside the counts: waivers and statements, and which of them are in date."""

from datetime import date

from policykit.model.organisation import Attestation, Waiver
from policykit.model.results import Counts
from policykit.reading import Organisation


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
