"""How old the records behind a check are, and until when they hold."""

from collections.abc import Mapping
from datetime import date

from policykit.model.calendar import days_between, days_from
from policykit.reading.ground import Ground
from policykit.rules import Check, quantity, reads


def dated(check: Check, ground: Ground) -> Mapping[str, date]:
    """The registers a check reads that the organisation takes from its systems, and the day each was taken.

    Built-in registers and lists of the pack have no such day and never grow old.
    """
    if check.method == "attestation":
        return {}
    records = ground.organisation.profile.records
    return {register: records[register].taken_on for register in reads(check, ground.setting) if register in records}


def max_age(check: Check, ground: Ground) -> int | None:
    """How many days old the oldest register may be; None where the check does not say."""
    return None if check.max_age_days is None else quantity(check.max_age_days, ground.setting)


def is_too_old(taken_on: date, allowed: int | None, as_at: date) -> bool:
    """Whether records of that day say nothing any more on the as-at date."""
    return allowed is not None and days_between(taken_on, as_at) > allowed


def last_day(check: Check, ground: Ground) -> date | None:
    """The last day, included, on which the oldest records of a check are not too old; None where none grow old."""
    taken, allowed = dated(check, ground).values(), max_age(check, ground)
    return days_from(min(taken), allowed) if taken and allowed is not None else None
