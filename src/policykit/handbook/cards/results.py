"""Results as they are shown: always the word, the count and the date of the records."""

from dataclasses import dataclass

from policykit.handbook.cards.page import Page, Ref
from policykit.model.calendar import say_days
from policykit.model.outcomes import Outcome
from policykit.model.results import CheckResult

MEANINGS = {
    Outcome.FAIL: "At least one record does not conform.",
    Outcome.ERROR: "A register could not be opened, or holds a value that cannot be read. Nothing is guessed.",
    Outcome.STALE: "The records are older than is allowed. What they said is no longer shown as met.",
    Outcome.UNKNOWN: "A blank in the records decides, so nobody can tell.",
    Outcome.NO_DATA: "There were fewer records than are needed. Nothing to look at is never a pass.",
    Outcome.NOT_RUN: "No result may be shown: the check did not run, or something changed after it ran.",
    Outcome.NO_CHECK: "Nobody has written a check for this duty.",
    Outcome.ATTESTATION_DUE: "No record can show this. A person is to confirm it, and no statement is in date.",
    Outcome.ATTESTED: "No record can show this. A person confirmed it, and the statement is in date.",
    Outcome.PASS: "Every check holds, on records in date.",
    Outcome.NOT_APPLICABLE: "It is for another kind of organisation or another time, or there was nothing to check.",
}
"""What each result means, for a reader who meets it for the first time."""

IN_SHORT = {
    Outcome.FAIL: "at least one record does not conform",
    Outcome.ERROR: "a register or a value could not be read",
    Outcome.STALE: "the records are older than is allowed",
    Outcome.UNKNOWN: "a blank in the records decides",
    Outcome.NO_DATA: "there were too few records to look at",
    Outcome.NOT_RUN: "no result may be shown",
    Outcome.NO_CHECK: "nobody has written a check",
    Outcome.ATTESTATION_DUE: "a person is to confirm it, and has not",
    Outcome.ATTESTED: "a person says so, because no record can",
    Outcome.PASS: "every check holds, on records in date",
    Outcome.NOT_APPLICABLE: "for others, for another time, or nothing to check",
}
"""The same in a few words, to follow the result's own."""

BEST_FIRST = (Outcome.PASS, *(outcome for outcome in Outcome if outcome is not Outcome.PASS))
"""The order of a tally: what is met, then the worst first."""


@dataclass(frozen=True)
class CheckLine:
    """One check in a list: its title and way, its result and the days of its records."""

    check: Ref
    outcome: Outcome
    reason: str


def dated(result: CheckResult) -> str:
    """The reason of a result with the days of the records that were counted, as one sentence's text."""
    days = [used.taken_on for used in result.records]
    if result.counts is None or not days or result.outcome is Outcome.STALE:  # which names the day itself
        return result.reason
    return f"{result.reason}, on records of {say_days(days)}"


def check_line(page: Page, result: CheckResult) -> CheckLine:
    """The line of one check."""
    return CheckLine(page.check(result.id), result.outcome, dated(result))


def check_lines(page: Page, results: tuple[CheckResult, ...]) -> tuple[CheckLine, ...]:
    """The lines of several checks."""
    return tuple(check_line(page, result) for result in results)
