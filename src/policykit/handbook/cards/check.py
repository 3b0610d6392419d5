"""Checks and results: what was counted with its denominator, what each result means, and its mark.

The marks have one shape for each outcome, kept in one sprite per page that holds only those in use. A circle was
counted from records, a square was said by a person, a diamond is not met, a triangle is a fault; an open shape is
undecided.
"""

import re
from collections import Counter
from collections.abc import Iterable

from markupsafe import Markup

from policykit.english import counted, in_digits, say_days
from policykit.handbook.cards.page import Page, Ref
from policykit.model.results import CheckResult, Counts, ExamplesTried, Outcome, RecordsUsed
from policykit.rules import Check, reads
from policykit.tracing.standing import WaiverStanding, WaiverState

MEANINGS = {
    Outcome.PASS: "Every check holds, on records in date.",
    Outcome.ATTESTED: "No record can show this. A person confirmed it, and the statement is in date.",
    Outcome.FAIL: "At least one record does not conform.",
    Outcome.ERROR: "A register could not be opened, or holds a value that cannot be read. Nothing is guessed.",
    Outcome.STALE: "The records are older than is allowed. What they said is no longer shown as met.",
    Outcome.UNKNOWN: "A blank in the records decides, so nobody can tell.",
    Outcome.NO_DATA: "There were fewer records than are needed. Nothing to look at is never a pass.",
    Outcome.NOT_RUN: "No result may be shown: the check did not run, or something changed after it ran.",
    Outcome.NO_CHECK: "Nobody has written a check for this duty.",
    Outcome.ATTESTATION_DUE: "No record can show this. A person is to confirm it, and no statement is in date.",
    Outcome.NOT_APPLICABLE: "It is for another kind of organisation or another time, or there was nothing to check.",
}
"""What each result means, for a reader who meets it for the first time, in the order of the reference."""

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

_TICK = '<path class="k" d="M6.8 12.6l3.6 3.6 7-7.6"/>'
_RING = '<circle class="l" cx="12" cy="12" r="10"/>'

_SHAPES = {
    "fail": '<path class="f" d="M12 .2L23.8 12 12 23.8.2 12z"/>'
    '<path class="k" d="M8.7 8.7l6.6 6.6M15.3 8.7l-6.6 6.6"/>',
    "error": '<path class="f" d="M12 1.4L23.6 22.4H.4z"/><path class="k" d="M12 9.2v6M12 18.9v.1"/>',
    "stale": f'{_RING}<path class="l" d="M12 6.2V12l4 2.6"/>',
    "unknown": f'{_RING}<path class="l" d="M9 9.4a3 3 0 1 1 4.4 2.7c-1 .6-1.4 1.1-1.4 2.1M12 17.3v.1"/>',
    "no-data": '<circle class="l d" cx="12" cy="12" r="10"/>',
    "not-run": f'{_RING}<path class="l" d="M8 12h8"/>',
    "no-check": f'{_RING}<path class="l" d="M5.2 18.8L18.8 5.2"/>',
    "attestation-due": '<rect class="l" x="2" y="2" width="20" height="20" rx="4"/>'
    '<path class="l" d="M12 7v5.4M12 16.6v.1"/>',
    "attested": f'<rect class="f" x="1" y="1" width="22" height="22" rx="4.5"/>{_TICK}',
    "pass": f'<circle class="f" cx="12" cy="12" r="11"/>{_TICK}',
    "not-applicable": '<path class="l" d="M4 12h16"/>',
}
"""What is drawn for each outcome's code, in a box of 24 by 24."""

_USE = re.compile(r'<use href="#m-([a-z-]+)"/>')


def mark(outcome: Outcome, colour: str = "") -> Markup:
    """The mark of an outcome; the word always stands beside it. `colour` is its class where nothing around has it."""
    classes = f"mark {colour}".strip()
    return Markup('<svg class="{}" aria-hidden="true" focusable="false"><use href="#m-{}"/></svg>').format(
        classes, outcome.code
    )


def sprite(html: str) -> str:
    """The shapes of the marks that a page's body uses, to stand first in it; nothing where it uses none."""
    used = set(_USE.findall(html))
    symbols = "".join(
        f'<symbol id="m-{code}" viewBox="0 0 24 24">{shape}</symbol>' for code, shape in _SHAPES.items() if code in used
    )
    return f'<svg class="sprite" aria-hidden="true" focusable="false">{symbols}</svg>' if symbols else ""


def dated(result: CheckResult) -> str:
    """The reason of a result with the days of the records that were counted, as one sentence's text."""
    days = [used.taken_on for used in result.records]
    if result.counts is None or not days or result.outcome is Outcome.STALE:  # which names the day itself
        return result.reason
    return f"{result.reason}, on records of {say_days(days)}"


def outcomes_in_words(outcomes: Iterable[Outcome]) -> str:
    """How many have which result: 16 met, 1 not met, 1 confirmed."""
    tally = Counter(outcomes)
    return ", ".join(f"{tally[outcome]} {outcome.word.lower()}" for outcome in BEST_FIRST if tally[outcome])


def waiver_told(check: str, page: Page) -> WaiverStanding | None:
    """The first waiver of a check, whatever it does today."""
    ours = (w for w in page.trace.waivers if w.waiver.check == check and w.state is not WaiverState.ORPHAN)
    return next(ours, None)


def counts_in_words(result: CheckResult) -> str:
    """Units beside rows, and what was left out: never units as if they were people."""
    return " ".join(_counts(result.counts, by_value=result.rows is not None)) if result.counts else ""


def _counts(counts: Counts, *, by_value: bool) -> list[str]:
    said = []
    if by_value:
        said.append(
            f"{in_digits(counts.conform)} of {in_digits(counts.in_scope)} when each value is counted by itself."
        )
    if counts.unknown:
        said.append(f"{in_digits(counts.unknown)} cannot be judged, because a value is blank.")
    if counts.out:
        said.append(f"{_outside(counts.out, by_value=by_value)} outside this check.")
    if counts.unreadable:
        said.append(f"{counted(counts.unreadable, 'row')} cannot be read.")
    return said


def _outside(count: int, *, by_value: bool) -> str:
    if by_value:
        return f"{in_digits(count)} more, counted in the same way, {'is' if count == 1 else 'are'}"
    return counted(count, "other row is", "other rows are")


def records_of(check: Check, result: CheckResult, page: Page) -> list[tuple[Ref, RecordsUsed | None]]:
    """The registers that were read, each with the day of its records; None for those that are still to be read."""
    if result.records:
        return [(page.register(used.register_), used) for used in result.records]
    return [(page.register(register), None) for register in reads(check, page.setting)]


def proof_in_words(check: Check, result: CheckResult) -> str:
    """What is known of the examples of a rule; nothing for what no rule counts."""
    if check.method != "rule":
        return ""
    if result.examples is None:
        return f"{counted(len(check.examples), 'worked example')} say what the rule makes of made-up records."
    return _caught(result.examples)


def _caught(tried: ExamplesTried) -> str:
    """What the examples catch, and no more than that: it is no proof that the rule is right."""
    complete = tried.caught == tried.tried
    said = f"all {in_digits(tried.tried)}" if complete else f"{in_digits(tried.caught)} of {in_digits(tried.tried)}"
    alike = f" {in_digits(tried.alike)} more made no difference on any row that was tried." if tried.alike else ""
    return f"The examples catch {said} small changes to this rule.{alike}"
