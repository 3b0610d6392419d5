"""The results of a pytest run: each policy loaded and run once for all its items, and what is kept when it ends."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

import policykit as pk
from policykit.door import Gate, as_sentence, hold_against, ledger_of, read_results, why_no_results_here
from policykit.english import say
from policykit.model.results import CheckResult, RegisterSeen, Run
from policykit.problems import PolicyError, Problem, why_of
from policykit.stopping import clearing_up_first

RESULTS = Path("build/results.json")
EVIDENCE = "policykit"
"""The name under which a result travels with a report, from a process that runs items to the one that controls it."""


class NotAsItShouldBeError(Exception):
    """An item that fails: the sentences are all there is to say."""


def said_of(error: BaseException) -> str:
    """Our own sentences; of any other error only the class, because its message might hold a row."""
    if isinstance(error, PolicyError | NotAsItShouldBeError):
        return str(error)
    return say("door.error.of-our-own", kind=type(error).__name__)


class PolicyRun:
    """One policy and its organisation, loaded when the first file asks, and the one run that its items share.

    `gate` says which outcomes fail an item; `as_at` is None where no day was asked for.
    """

    def __init__(self, folder: Path, config: pytest.Config) -> None:
        self.folder = folder
        self.as_at: date | None = config.getoption("--policykit-as-at")
        self.gate = Gate(strict=config.getoption("--policykit-strict"))
        self._file: Path | None = config.getoption("--policykit-results")
        self.keeps_results = bool(self._file)
        self._whose: Path | None = config.getoption("--policykit-organisation")
        self._results: pk.Results | None = None
        self._shut: list[Problem] = []

    @cached_property
    def policy(self) -> pk.Policy:
        """The policy; raises PolicyError."""
        return pk.load(self.folder)

    @cached_property
    def organisation(self) -> pk.Organisation:
        """The organisation; raises PolicyError."""
        return self.policy.organisation(self._whose)

    @cached_property
    def blank(self) -> pk.Results:
        """Every check as not run: what results are before anything is counted."""
        return self._run(())

    def results(self, selected: Collection[str]) -> pk.Results:
        """The results of the checks that were selected, found when the first item asks."""
        if self._results is None:
            self._results = self._run(selected)
        return self._results

    def details(self, result: CheckResult) -> str | None:
        """What is known of a check that could not be carried out, which its result does not keep."""
        starts = (result.reason.partition(":")[0], f"{result.id}:")
        return next(
            (problem.what for problem in self._shut if result.refused and problem.what.startswith(starts)), None
        )

    def evidence(self, run: Run, result: CheckResult, registers: Sequence[RegisterSeen] = ()) -> tuple[str, str]:
        """One result as it travels with a report: counts and words, as in results.json."""
        parts = {name: part.model_dump(mode="json", by_alias=True) for name, part in (("run", run), ("check", result))}
        seen = [register.model_dump(mode="json", by_alias=True) for register in registers]
        return EVIDENCE, json.dumps({"policy": str(self.folder), **parts, "registers": seen})

    def _run(self, only: Collection[str]) -> pk.Results:
        """Run these checks; when the run is interrupted, pytest hears of it as of Ctrl-C."""
        through: list[CheckResult] = []
        with clearing_up_first():
            results = pk.check(
                self.policy,
                self.organisation,
                only=only,
                as_at=self.as_at,
                progress=through.append,
                refused=self._shut.append,
            )
        if len(through) < len(only):
            raise KeyboardInterrupt
        return self._held(results)

    def held(self, result: CheckResult) -> CheckResult:
        """What a test function found, judged again with the runs before."""
        return self._held(self.blank.model_copy(update={"checks": (result,)}))[result.id]

    def _held(self, results: pk.Results) -> pk.Results:
        """Results judged with the runs before: those where they will be kept, else those of `policykit check`."""
        ledger = ledger_of(self.organisation, self._file or RESULTS)
        return hold_against(self.policy, self.organisation, results, ledger)


def why_not_kept(path: Path) -> str | None:
    """Why no results can be kept in a file, as a sentence; None where they can."""
    try:
        why = why_no_results_here(path)
        return as_sentence(path, why) if why else None
    except OSError as error:
        return say("suite.results.no-place", path=path, why=why_of(error))


class ResultsWriter:
    """Gathers results from reports and writes them when the run ends: whole, or marked as incomplete."""

    def __init__(self, path: Path, runs: dict[Path, PolicyRun]) -> None:
        self._path, self._runs = path, runs
        self._found: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the evidence out of a report."""
        self._found += [json.loads(str(value)) for name, value in report.user_properties if name == EVIDENCE]

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write what was found; what was not is there as not run, and then the run is not complete."""
        through = exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
        for folder in {*self._runs, *(Path(found["policy"]) for found in self._found)}:
            trouble = self._write(PolicyRun(folder, session.config), through=through)
            reporter = session.config.pluginmanager.get_plugin("terminalreporter")
            if trouble and reporter:
                reporter.write_line(f"\n{say('suite.results.not-kept', why=trouble)}")
                session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    def _write(self, run: PolicyRun, *, through: bool) -> str | None:
        try:
            _ = run.organisation
        except PolicyError:
            return None  # collecting has said so
        try:
            together = self._together(run.blank, through=through)
            whole = together if together.run.complete else self._added(together)
            run.policy.with_examples(whole, self._path).save(self._path)
        except PolicyError as error:
            return say("suite.results.refused", why=error)
        except Exception as error:  # noqa: BLE001 - the last place before a traceback, which could show a row
            return said_of(error)
        return None

    def _together(self, blank: pk.Results, *, through: bool) -> pk.Results:
        # A test function's run knows only its own registers; that of the rules names every engine.
        runs = sorted(self._found, key=lambda each: bool(each["check"]["method"] == "python"))
        run = Run.model_validate(runs[0]["run"]) if runs else blank.run
        found = {result.id: result for result in (CheckResult.model_validate(each["check"]) for each in self._found)}
        complete = through and found.keys() == {declared.id for declared in blank}
        seen = max((each["registers"] for each in self._found), key=len, default=()) if complete else ()
        registers = tuple(RegisterSeen.model_validate(each) for each in seen)
        together = _replaced(blank, found, run.model_copy(update={"complete": complete}))
        return together.model_copy(update={"registers": registers})

    def _added(self, together: pk.Results) -> pk.Results:
        """What test functions found, added to a whole run that is kept already: of the same policy, day and records.

        A run that counted anything else is a run of its own, and so is one that finds no such results.
        """
        named = {each["check"]["id"] for each in self._found}
        found = {result.id: result for result in together if result.id in named}
        if not found or any(result.method != "python" for result in found.values()):
            return together
        try:
            kept = read_results(self._path)
        except PolicyError:
            return together
        if not kept.run.complete or _ground(kept.run) != _ground(together.run):
            return together
        return _replaced(kept, found, kept.run)


def _replaced(results: pk.Results, found: Mapping[str, CheckResult], run: Run) -> pk.Results:
    """Results with those that were found in their places."""
    checks = tuple(found.get(each.id, each) for each in results)
    return results.model_copy(update={"checks": checks, "run": run})


def _ground(run: Run) -> tuple[object, ...]:
    """What two runs must have alike to stand in one file."""
    return run.as_at, run.pack, run.organisation, run.policykit
