"""All checks with their results, the worst first."""

from collections import Counter
from dataclasses import dataclass

from policykit.handbook.cards.page import Page, Ref
from policykit.handbook.cards.rendering import render
from policykit.handbook.cards.results import CheckLine, check_line
from policykit.model.outcomes import Outcome
from policykit.model.results import CheckResult
from policykit.rules import Check

_METHODS = {"rule": "Counted by a rule", "python": "Counted by a test function", "attestation": "A person says so"}


@dataclass(frozen=True)
class CheckRow:
    """One check: its result, what it looks at, and the duties it tests."""

    line: CheckLine
    how: str
    severity: str
    register: Ref | None
    duties: tuple[Ref, ...]


def checks(page: Page, level: int) -> str:
    """Every check in one table; `level` is not used, for it has no headings."""
    del level
    results = sorted(page.trace.checks.values(), key=lambda result: result.outcome.badness)
    tally = Counter(result.outcome for result in results)
    rows = [_row(page.pack.checks[result.id], result, page) for result in results]
    return render("checks.html", rows=rows, tally=[(tally[outcome], outcome) for outcome in Outcome if tally[outcome]])


def _row(check: Check, result: CheckResult, page: Page) -> CheckRow:
    return CheckRow(
        line=check_line(page, result),
        how=_METHODS[check.method],
        severity=result.severity,
        register=page.register(check.register_) if check.register_ else None,
        duties=tuple(page.duty(duty, short=True) for duty in check.verifies),
    )
