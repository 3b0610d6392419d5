"""Checks and their results: what was counted with its denominator, and the marks of outcomes."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from policykit.english import say, say_days
from policykit.handbook.cards.page import Page, Ref, render
from policykit.model.outcomes import Outcome
from policykit.model.results import CheckResult, Counts, RecordsUsed
from policykit.rules import Check, reads
from policykit.tracing import WaiverStanding, WaiverState

BEST_FIRST = (Outcome.PASS, *(outcome for outcome in Outcome if outcome is not Outcome.PASS))
"""The order of a tally: what is met, then the worst first."""

_USE = re.compile(r'<use href="#m-([a-z-]+)"/>')


def sprite(html: str) -> str:
    """The shapes of the marks that a page's body uses, to stand first in it; nothing where it uses none."""
    used = set(_USE.findall(html))
    return render("marks", "sprite", used=used) if used else ""


def dated(result: CheckResult) -> str:
    """The reason of a result with the days of the records that were counted, as one sentence's text."""
    days = [used.taken_on for used in result.records]
    if result.counts is None or not days or result.outcome is Outcome.STALE:  # which names the day itself
        return result.reason
    return say("handbook.check.dated", reason=result.reason, days=say_days(days))


def outcomes_in_words(outcomes: Iterable[Outcome]) -> str:
    """How many have which result: 16 met, 1 not met, 1 confirmed."""
    tally = Counter(outcomes)
    counted = (outcome for outcome in BEST_FIRST if tally[outcome])
    return ", ".join(say("handbook.outcomes", n=tally[each], outcome=each.word.lower()) for each in counted)


def first_waiver(check: str, page: Page) -> WaiverStanding | None:
    """The first waiver of a check, whatever it does today."""
    ours = (w for w in page.trace.waivers if w.waiver.check == check and w.state is not WaiverState.ORPHAN)
    return next(ours, None)


def counts_in_words(result: CheckResult) -> str:
    """Units beside rows, and what was left out: never units as if they were people."""
    return " ".join(_counts(result.counts, by_value=result.rows is not None)) if result.counts else ""


def _counts(counts: Counts, *, by_value: bool) -> Iterator[str]:
    if by_value:
        yield say("handbook.check.each-value", conform=counts.conform, in_scope=counts.in_scope)
    if counts.unknown:
        yield say("handbook.check.unknown", n=counts.unknown)
    if counts.out:
        yield say("handbook.check.out-by-value" if by_value else "handbook.check.out", n=counts.out)
    if counts.unreadable:
        yield say("handbook.check.unreadable", n=counts.unreadable)


def records_of(check: Check, result: CheckResult, page: Page) -> list[tuple[Ref, RecordsUsed | None]]:
    """The registers that were read, each with the day of its records; None for those that are still to be read."""
    if result.records:
        return [(page.register(used.register_), used) for used in result.records]
    return [(page.register(register), None) for register in reads(check, page.setting)]
