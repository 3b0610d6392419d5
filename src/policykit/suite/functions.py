"""Test functions that carry out a check: their marks, and what one of them counted, of which nothing else is told."""

import io
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from inspect import iscoroutinefunction, isgeneratorfunction
from pathlib import Path
from typing import Any

import pytest

from policykit.door import Check, OpenRecords, RecordsRefusedError
from policykit.english import say
from policykit.model.results import CheckResult, Counts, Outcome, Refusal
from policykit.problems import PolicyError, nearest
from policykit.suite.items import weigh
from policykit.suite.results import NotAsItShouldBeError, PolicyRun, said_of
from policykit.suite.tally import MARK, RUNS, Tally

CARRIED_OUT = pytest.StashKey[dict[str, tuple[str, str]]]()
"""The checks that test functions carry out, each with the first function and its place."""
ITS_CHECK = pytest.StashKey[str]()
"""The check that a test function carries out."""


# Marks


def wrong_marks(items: Iterable[pytest.Item], config: pytest.Config) -> str | None:
    """What is wrong with the marks of some test functions, a line for each; None where nothing is.

    A function whose mark is right knows its check from then on.
    """
    places = ((f"{item.location[0]}:{(item.location[1] or 0) + 1}", item) for item in items)
    return "\n".join(f"{place}: {why}" for place, item in places if (why := _why_wrong(item, place, config))) or None


def run_of(config: pytest.Config) -> PolicyRun:
    """The policy whose checks test functions carry out."""
    asked: Path = config.rootpath / config.getoption("--policykit-policy")
    runs = config.stash[RUNS]
    known = next((folder for folder in runs if folder.exists() and asked.exists() and folder.samefile(asked)), asked)
    return runs.setdefault(known, PolicyRun(known, config))


def is_carried_out(check: Check, run: PolicyRun, config: pytest.Config) -> bool:
    """Whether a test function was met that carries out this check."""
    return check.id in config.stash.get(CARRIED_OUT, {}) and run is run_of(config)


def _why_wrong(item: pytest.Item, place: str, config: pytest.Config) -> str | None:
    marks = list(item.iter_markers(MARK))
    check = marks[0].kwargs.get("check")
    if len(marks) > 1 or marks[0].args or marks[0].kwargs.keys() != {"check"} or not isinstance(check, str):
        return say("suite.mark.names-one")
    if not isinstance(item, pytest.Function) or getattr(item, "nofuncargs", False):
        return say("suite.mark.no-function", check=check)
    if iscoroutinefunction(item.obj) or isgeneratorfunction(item.obj):
        return say("suite.mark.no-return", check=check)
    if (why := _why_not_carried_out(check, (item.nodeid, place), config)) is None:
        item.stash[ITS_CHECK] = check
    return why


def _why_not_carried_out(check: str, function: tuple[str, str], config: pytest.Config) -> str | None:
    """Why a function at its place cannot carry out a check, and what to do."""
    run = run_of(config)
    try:
        checks, _ = run.policy.checks, run.organisation
    except PolicyError as error:
        return f"{say('suite.mark.no-policy')}\n{said_of(error)}"
    if check not in checks:
        close = nearest(check, checks)
        by_name = say("suite.mark.no-check-but", check=check, nearest=close)
        return by_name if close else say("suite.mark.no-check", check=check)
    if checks[check].method != "python":
        return say("suite.mark.other-method", check=check)
    first = config.stash.setdefault(CARRIED_OUT, {}).setdefault(check, function)
    if first == function:
        return None
    is_repeated = function[1] == first[1]
    return say(f"suite.mark.{'repeated' if is_repeated else 'carried-out'}", check=check, place=first[1])


# At work


class FunctionRecords(OpenRecords):
    """What a test function gets: the records of its check, and where to say what it counted."""

    recorded: Tally | None = None

    def record(self, counted: Tally) -> None:
        """Say what was counted, where the function cannot return it; what it returns goes before what it records."""
        self.recorded = counted


class CheckFunction:
    """One marked test function at work: the check that it carries out, the open records, and what came of it."""

    def __init__(self, item: pytest.Item) -> None:
        self.run = run_of(item.config)
        self.check = self.run.policy.checks[item.stash[ITS_CHECK]]
        self.records = FunctionRecords(self.check, self.run.policy.ground(self.run.organisation, self.run.as_at))
        self.module = item.path
        self.result: CheckResult | None = None
        self.said: str | None = None

    def carry_out(self, function: Callable[[], object]) -> None:
        """Run the function, judge what it counted, and weigh the result as that of any check."""
        unasked = self.records.judge()
        self.result = unasked if unasked.outcome is Outcome.NOT_APPLICABLE else self.run.held(self._judge(function))
        weigh(self.check, self.result, self.run, self.said)

    def report(self, item: pytest.Item, error: BaseException | None, report: pytest.TestReport) -> None:
        """Make a report say no more than that of any check, whatever was printed, raised or noted."""
        if error is not None and report.failed and report.when != "teardown" and self.result is None:
            self.result = self._refused(error)
        report.sections = []
        report.user_properties = self._evidence()
        if report.failed:
            report.longrepr = self._said(error, report.when)
        elif report.skipped and isinstance(report.longrepr, tuple):
            path, line, _ = item.location
            reason = self.result.reason if self.result else say("suite.function.was-skipped")
            report.longrepr = (path, (line or 0) + 1, say("suite.function.skipped", reason=reason))

    def _judge(self, function: Callable[[], object]) -> CheckResult:
        if self.records.refused:
            self.said = self.records.why_shut
            return self.records.judge(refused=self.records.refused)
        try:
            with _in_silence():
                counted = function()
        except pytest.skip.Exception:
            stop: BaseException = pytest.skip.Exception(say("suite.function.was-skipped"))
        except pytest.exit.Exception as error:
            stop = pytest.exit.Exception(say("suite.function.ended-the-run"), error.returncode)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - an assertion's message might hold a row, so none may get out
            return self._refused(error)
        else:
            return self._counted(self.records.recorded if counted is None else counted)
        # Only here is the error with its reason, which might hold a row, out of reach.
        raise stop

    def _counted(self, counted: object) -> CheckResult:
        if not isinstance(counted, Tally):
            return self._stopped(say("suite.function.no-tally"))
        in_scope, rows = counted.conform + counted.violate + counted.unknown, self.records.seen
        if rows is None or in_scope > rows:
            return self._stopped(say("suite.function.not-asked" if rows is None else "suite.function.too-many", n=rows))
        counts = Counts(
            in_scope=in_scope,
            conform=counted.conform,
            violate=counted.violate,
            unknown=counted.unknown,
            out=counted.out,
            unreadable=self.records.unreadable,
        )
        return self.records.judge(counts, module=self.module)

    def _refused(self, error: BaseException) -> CheckResult:
        why = say("suite.function.stopped", kind=type(error).__name__)
        return self._stopped(str(error) if isinstance(error, RecordsRefusedError) else why)

    def _stopped(self, why: str) -> CheckResult:
        """A check that was not carried out: why is said here and not kept."""
        self.said = why
        return self.records.judge(refused=Refusal(register_=self.check.register_, why="function-stopped"))

    def _evidence(self) -> list[tuple[str, object]]:
        """What travels with the reports of the test: the result, where there is one."""
        if self.result is None or not self.run.keeps_results:
            return []
        of_this = self.run.blank.run.model_copy(update={"engine": self.records.engine})
        return [self.run.evidence(of_this, self.result)]

    def _said(self, error: BaseException | None, when: str | None) -> str:
        if isinstance(error, NotAsItShouldBeError):
            return said_of(error)
        if when == "teardown" or self.result is None:
            return say("suite.function.not-cleared", kind=type(error).__name__)
        return say("suite.item.comes-to", outcome=self.result.outcome.word, reason=self.said or self.result.reason)


@contextmanager
def _in_silence() -> Iterator[None]:
    """Nothing that a function prints, logs or warns of is heard: it has the records in its hands."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    nowhere = io.StringIO()
    try:
        with redirect_stdout(nowhere), redirect_stderr(nowhere), warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(before)


class _OnlyTheClass:
    """Stands before a hook of Python's for exceptions that nobody handles, and hands on their class alone."""

    def __init__(self, hook: Callable[[Any], object]) -> None:
        self._hook = hook
        # At hand before it is needed: what is dropped when Python ends finds no module whole.
        self._shown, self._said = NotAsItShouldBeError, say("suite.function.unhandled", kind="{}")

    def __call__(self, found: Any) -> None:  # noqa: ANN401 - what the hooks are given has no type of its own
        shown = self._shown(self._said.format(found.exc_type.__name__))
        self._hook(type(found)((type(shown), shown, *[None] * (len(found) - 2))))


def show_classes_only() -> None:
    """From now on nothing but the class is shown of what a thread or a `__del__` raises: it may hold a row.

    Both may come long after the function that made them, so this stays. pytest's collectors stand behind the hooks.
    """
    for module, name in ((threading, "excepthook"), (sys, "unraisablehook")):
        if not isinstance(hook := getattr(module, name), _OnlyTheClass):
            setattr(module, name, _OnlyTheClass(hook))
