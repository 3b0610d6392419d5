"""The sentences that say why a check came out as it did. Rows are counted where there is a for_each, never units."""

from datetime import date

from policykit.model.calendar import days_between, say_day
from policykit.model.organisation import Attestation, NilReturn
from policykit.model.results import RowCounts
from policykit.rules import Check

NOT_RUN = "no check has been run"
NOT_RUN_BY_PYTEST = "its test function has not been run: pytest carries it out"
NEVER_CONFIRMED = "nobody has confirmed it"
NOT_CARRIED_OUT = "the check could not be carried out"
CHANGED_BY_HAND = "the results were changed by hand"


def cannot_be_opened(title: str) -> str:
    """People in post cannot be opened: [why]."""
    return f"{title} cannot be opened: "


def conform(check: Check, counted: RowCounts) -> str:
    """268 of 268 people in post conform."""
    return f"{_of(counted.conform, counted, check)} {_verb(counted.conform, 'conforms', 'conform')}"


def do_not_conform(check: Check, counted: RowCounts) -> str:
    """3 of 268 people in post do not conform."""
    return f"{_of(counted.violate, counted, check)} {_verb(counted.violate, 'does', 'do')} not conform"


def cannot_be_judged(check: Check, counted: RowCounts) -> str:
    """2 of 60 contacts cannot be judged, because a value is blank."""
    return f"{_of(counted.unknown, counted, check)} cannot be judged, because a value is blank"


def unreadable(rows: int) -> str:
    """2 rows hold a value that cannot be read."""
    return f"{rows} {_verb(rows, 'row holds', 'rows hold')} a value that cannot be read"


def too_old(taken_on: date, allowed: int, as_at: date) -> str:
    """The oldest records, of 28 June 2026, are 126 days old, and 92 are allowed."""
    age = days_between(taken_on, as_at)
    days, verb = _verb(age, "day", "days"), _verb(allowed, "is", "are")
    return f"the oldest records, of {say_day(taken_on)}, are {age} {days} old, and {allowed} {verb} allowed"


def taken_later(taken_on: date, as_at: date) -> str:
    """The records of 2 November 2026 are later than 1 November 2026."""
    return f"the records of {say_day(taken_on)} are later than {say_day(as_at)}"


def too_few(check: Check, counted: RowCounts, minimum: int) -> str:
    """0 refusals, and at least 1 is needed."""
    noun = _verb(counted.in_scope, check.noun or "row", check.plural or "rows")
    return f"{counted.in_scope} {noun}, and at least {minimum} {_verb(minimum, 'is', 'are')} needed"


def nothing_to_check(nil: NilReturn) -> str:
    """Nothing to check: Head of Safeguarding says there were none from 1 November 2025 to 31 October 2026."""
    return f"Nothing to check: {nil.by} says there were none from {say_day(nil.from_)} to {say_day(nil.to)}"


def confirmed(statement: Attestation) -> str:
    """Head of Safeguarding confirmed it on 15 October 2026, until 14 April 2027."""
    return f"{statement.by} confirmed it on {say_day(statement.said_on)}, until {say_day(statement.until)}"


def ran_out(until: date) -> str:
    """The last statement counted until 30 September 2026."""
    return f"the last statement counted until {say_day(until)}"


def _of(number: int, counted: RowCounts, check: Check) -> str:
    return f"{number} of {counted.in_scope} {check.plural or 'rows'}"


def _verb(number: int, one: str, many: str) -> str:
    return one if number == 1 else many
