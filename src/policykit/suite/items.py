"""The items: each check of a policy, and its examples; and what an item comes to, weighed as the gate weighs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from policykit.door import Check, is_waived
from policykit.english import humanised, say, say_days
from policykit.model.results import CheckResult, Outcome
from policykit.suite.results import NotAsItShouldBeError, PolicyRun, said_of
from policykit.suite.tally import RUNS


class CheckFile(pytest.File):
    """One file of checks."""

    def collect(self) -> Iterator[pytest.Item]:
        """Each check that the file holds, and its examples; raises PolicyError."""
        run = self.config.stash[RUNS][self.path.parents[1]]
        _ = run.organisation  # its problems too are told before anything runs
        for check in run.policy.checks.values():
            if run.policy.place(check.id)[0] == self.path:
                yield CheckItem.from_parent(self, name=check.id, check=check, run=run)
                if check.examples and check.method == "rule":
                    name = say("suite.item.examples", check=check.id)
                    yield ExamplesItem.from_parent(self, name=name, check=check, run=run)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002 - every style says the same
        """The problems of the policy, each with its line."""
        return said_of(excinfo.value)


class PolicyItem(pytest.Item):
    """What both kinds of item share: a check of a policy, and how little they say of an error."""

    def __init__(self, *, check: Check, run: PolicyRun, name: str, parent: pytest.Collector) -> None:
        super().__init__(name, parent)
        self.check, self.run = check, run

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002 - every style says the same
        """Sentences; a traceback could show a row."""
        return said_of(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the check stands, and its title."""
        return self.path, self.run.policy.place(self.check.id)[1] - 1, f"{self.name}: {self.check.title}"


class CheckItem(PolicyItem):
    """One check on the organisation's records."""

    def runtest(self) -> None:
        """Ask for the result of the run and weigh it."""
        ours = (item for item in self.session.items if isinstance(item, CheckItem) and item.run is self.run)
        results = self.run.results({item.check.id for item in ours})
        result = results[self.check.id]
        if self.run.keeps_results:
            self.user_properties.append(self.run.evidence(results.run, result, results.registers))
        weigh(self.check, result, self.run, self.run.details(result))


class ExamplesItem(PolicyItem):
    """The examples of one check: the rule gives the outcome that each claims."""

    def runtest(self) -> None:
        """Judge every example; the pack's own values may be shown, and none are needed."""
        wrong = [
            say(
                "suite.item.wrong-example",
                number=number,
                expects=example.expect,
                comes_to=found,
                because=example.because,
            )
            for number, (example, found) in enumerate(self.run.policy.examples(self.check.id), 1)
            if found != example.expect
        ]
        if wrong:
            raise NotAsItShouldBeError("\n".join(wrong))


def weigh(check: Check, result: CheckResult, run: PolicyRun, said: str | None = None) -> None:
    """Return where all is well; raise NotAsItShouldBeError, or what pytest knows as skipped and xfailed.

    `said` is told in place of the reason, where more is known than results keep.
    """
    outcome, reason = result.outcome, said or result.reason
    if run.gate.trips(result):
        raise NotAsItShouldBeError("\n".join(_sentences(check, result, run, reason)))
    if outcome is Outcome.NOT_APPLICABLE:
        pytest.skip(reason)
    if outcome in run.gate.fail_on:
        if is_waived(result):
            pytest.xfail(say("suite.item.waived", outcome=outcome.word, reason=reason))
        pytest.xfail(say("suite.item.of-severity", outcome=outcome.word, reason=reason, severity=result.severity))


def _sentences(check: Check, result: CheckResult, run: PolicyRun, reason: str) -> Iterator[str]:
    yield say("suite.item.comes-to", outcome=result.outcome.word, reason=reason)
    yield check.title
    if result.counts:
        yield say("suite.item.counted", counts=", ".join(f"{humanised(name)} {n}" for name, n in result.counts))
    if result.records:
        yield say("suite.item.records", days=say_days(used.taken_on for used in result.records))
    if check.method == "rule":
        yield f"\n{run.policy.rule(check.id, run.organisation, run.as_at).words}"
    elif check.words:
        yield f"\n{check.words}"
