"""The results of a pytest run: gathered from its reports, and written when it ends."""

import json
from pathlib import Path
from typing import Any

import pytest

from policykit.model.results import CheckResult, Run
from policykit.problems import PolicyError
from policykit.running import Results, read_results, why_no_results_here, with_examples, write_results
from policykit.suite.desk import Desk
from policykit.suite.saying import said
from policykit.suite.tally import DESKS

EVIDENCE = "policykit"
"""The name under which a result travels with a report, from a process that runs items to the one that controls it."""


def packed(policy: Path, run: Run, result: CheckResult) -> str:
    """One result as it travels: counts and words, as in results.json."""
    parts = {name: part.model_dump(mode="json", by_alias=True) for name, part in (("run", run), ("check", result))}
    return json.dumps({"policy": str(policy), **parts})


def why_not_kept(path: Path) -> str | None:
    """Why no results can be kept in a file, as a sentence; None where they can."""
    try:
        return why_no_results_here(path)
    except OSError as error:
        return f"{path}: {error.strerror}."


class Keeper:
    """Gathers results and writes them when the run ends: whole, or marked as incomplete."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the evidence out of a report."""
        self._found += [json.loads(str(value)) for name, value in report.user_properties if name == EVIDENCE]

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write what was found; what was not is there as not run, and then the run is not complete."""
        policies = {*session.config.stash[DESKS], *(Path(found["policy"]) for found in self._found)}
        through = exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
        for policy in policies:
            trouble = self._write(Desk(policy, session.config), through=through)
            reporter = session.config.pluginmanager.get_plugin("terminalreporter")
            if trouble and reporter:
                reporter.write_line(f"\n{trouble} No results were kept.")
                session.exitstatus = pytest.ExitCode.INTERNAL_ERROR

    def _write(self, desk: Desk, *, through: bool) -> str | None:
        try:
            together = self._together(desk, through=through)
            whole = together if together.run.complete else self._added(together)
            write_results(with_examples(whole, desk.pack, self._path), self._path)
        except PolicyError:
            return None  # the policy could not be loaded: collecting has said so
        except Exception as error:  # noqa: BLE001 - the last place before a traceback, which could show a row
            return said(error)
        return None

    def _together(self, desk: Desk, *, through: bool) -> Results:
        none = desk.run(())
        # A test function's run knows only its own registers; that of the rules names every engine.
        runs = sorted(self._found, key=lambda each: bool(each["check"]["method"] == "python"))
        run = Run.model_validate(runs[0]["run"]) if runs else none.run
        found = {result.id: result for result in (CheckResult.model_validate(each["check"]) for each in self._found)}
        checks = tuple(found.get(declared.id, declared) for declared in none.checks)
        complete = through and found.keys() == {declared.id for declared in none.checks}
        return none.model_copy(update={"checks": checks, "run": run.model_copy(update={"complete": complete})})

    def _added(self, together: Results) -> Results:
        """What test functions found, added to a whole run that is kept already: of the same policy, day and records.

        A run that counted anything else is a run of its own, and so is one that finds no such results.
        """
        named = {each["check"]["id"] for each in self._found}
        found = {result.id: result for result in together.checks if result.id in named}
        if not found or any(result.method != "python" for result in found.values()):
            return together
        try:
            kept = read_results(self._path)
        except PolicyError:
            return together
        if not kept.run.complete or _ground(kept.run) != _ground(together.run):
            return together
        return kept.model_copy(update={"checks": tuple(found.get(each.id, each) for each in kept.checks)})


def _ground(run: Run) -> tuple[object, ...]:
    """What two runs must have alike to stand in one file."""
    return run.as_at, run.pack, run.organisation, run.policykit
