"""What an item comes to: the result of its check, weighed as the gate weighs it."""

from collections.abc import Iterator

import pytest

from policykit.english import say_days
from policykit.model.results import CheckResult, Outcome
from policykit.rules import Check, plain, words_of
from policykit.suite.desk import Desk
from policykit.suite.saying import NotAsItShouldBeError
from policykit.tracing import is_waived


def weigh(check: Check, result: CheckResult, desk: Desk) -> None:
    """Return where all is well; raise NotAsItShouldBeError, or what pytest knows as skipped and xfailed."""
    gate = desk.gate
    if gate.trips(result):
        raise NotAsItShouldBeError("\n".join(_sentences(check, result, desk)))
    if result.outcome is Outcome.NOT_APPLICABLE:
        pytest.skip(result.reason)
    if result.outcome in gate.fail_on:
        why = "waived" if is_waived(result) else f"severity {result.severity}"
        pytest.xfail(f"{result.outcome.word}: {result.reason} ({why})")


def _sentences(check: Check, result: CheckResult, desk: Desk) -> Iterator[str]:
    yield f"{result.outcome.word}: {result.reason}"
    yield check.title
    if result.counts:
        yield "Counted: " + ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in result.counts)
    if result.records:
        yield f"Records of {say_days(used.taken_on for used in result.records)}"
    if check.method == "rule":
        yield f"\n{plain(words_of(check, desk.ground.setting))}"
    elif check.words:
        yield f"\n{check.words}"
