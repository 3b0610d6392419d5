"""The items: each check of a policy, and its examples."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from policykit.reading import example_case
from policykit.rules import Check, judge_unit
from policykit.suite.desk import Desk
from policykit.suite.keeping import EVIDENCE, packed
from policykit.suite.saying import NotAsItShouldBeError, said
from policykit.suite.tally import DESKS
from policykit.suite.weighing import weigh


class CheckFile(pytest.File):
    """One file of checks."""

    @property
    def desk(self) -> Desk:
        """The policy that the file is of."""
        return self.config.stash[DESKS][self.path.parents[1]]

    def collect(self) -> Iterator[pytest.Item]:
        """Each check that the file holds, and its examples; raises PolicyError."""
        _ = self.desk.organisation  # its problems too are told before anything runs
        for check in self.desk.pack.checks.values():
            if self.desk.policy / self.desk.pack.places[check.id].path == self.path:
                yield CheckItem.from_parent(self, name=check.id, check=check, desk=self.desk)
                if check.examples and check.method == "rule":
                    yield ExamplesItem.from_parent(self, name=f"{check.id}: examples", check=check, desk=self.desk)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002 - every style says the same
        """The problems of the policy, each with its line."""
        return said(excinfo.value)


class PolicyItem(pytest.Item):
    """What both kinds of item share: a check of a policy, and how little they say of an error."""

    def __init__(self, *, check: Check, desk: Desk, name: str, parent: pytest.Collector) -> None:
        super().__init__(name, parent)
        self.check, self.desk = check, desk

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002 - every style says the same
        """Sentences; a traceback could show a row."""
        return said(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the check stands, and its title."""
        return self.path, self.desk.pack.places[self.check.id].line - 1, f"{self.name}: {self.check.title}"


class CheckItem(PolicyItem):
    """One check on the organisation's records."""

    def runtest(self) -> None:
        """Ask for the result of the run and weigh it."""
        ours = (item for item in self.session.items if isinstance(item, CheckItem) and item.desk is self.desk)
        results = self.desk.results({item.check.id for item in ours})
        result = next(result for result in results.checks if result.id == self.check.id)
        if self.desk.keeps_results:
            self.user_properties.append((EVIDENCE, packed(self.desk.policy, results.run, result)))
        weigh(self.check, result, self.desk)


class ExamplesItem(PolicyItem):
    """The examples of one check: the rule gives the outcome that each claims."""

    def runtest(self) -> None:
        """Judge every example; the pack's own values may be shown, and none are needed."""
        wrong = []
        for number, example in enumerate(self.check.examples, 1):
            row, setting = example_case(self.check, example, self.desk.pack)
            found = judge_unit(self.check, row, setting)
            if found != example.expect:
                wrong.append(f"Example {number} expects {example.expect} and comes to {found}: {example.because}")
        if wrong:
            raise NotAsItShouldBeError("\n".join(wrong))
