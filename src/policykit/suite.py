"""The pytest plugin: the checks of a policy as test items, so that a duty that is not met breaks a build.

`pytest policy` collects `checks/*.yaml` wherever `policy.yaml` stands one folder up; each check is an item, and its
examples are another. What an item comes to:

- passed: Met, and Confirmed;
- skipped, with the reason: Does not apply;
- failed: any other outcome of a check of severity must (with `--policykit-strict` of every check);
- xfailed, with the reason: such an outcome of a check of another severity, or one that a waiver in date covers.

A failure shows the check's words, its counts and the reason, never a row, a value or a traceback; of an unexpected
error only the class. Results are written only with `--policykit-results`, and only by the process that controls the
others. The module is read in every pytest run of its environment, so heavy rooms are imported where they are needed.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from policykit.loading import Organisation, Pack
    from policykit.model.results import CheckResult, Results, Run
    from policykit.rules import Check
    from policykit.tracing import Gate

EVIDENCE = "policykit"
"""The name under which a result travels with a report, from a process that runs items to the one that controls it."""


class RefusedError(Exception):
    """Sentences that are all there is to say: shown as they are."""


DESKS = pytest.StashKey[dict[Path, "Desk"]]()
"""The policies that one pytest run collects, by folder."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plugin's own options."""
    group = parser.getgroup("policykit", "checks of a policy")
    group.addoption("--policykit-organisation", metavar="DIR", type=Path, help="the organisation's folder")
    group.addoption("--policykit-as-at", metavar="DATE", type=str, help="the day as of which everything is judged")
    group.addoption("--policykit-results", metavar="FILE", type=Path, help="keep the results in this file")
    group.addoption(
        "--policykit-strict", action="store_true", help="fail for every check, not only those of severity must"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make room for the policies, and where results are to be kept for somebody who keeps them."""
    config.stash[DESKS] = {}
    path = config.getoption("--policykit-results")
    if path and not hasattr(config, "workerinput"):  # what a worker finds travels to its controller
        config.pluginmanager.register(Keeper(path))


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """One file of results is about one policy."""
    if config.getoption("--policykit-results") and len(config.stash[DESKS]) > 1:
        raise pytest.UsageError("--policykit-results is for one policy, and there are several: name one.")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The checks of a policy; other folders called `checks` are none of our business."""
    in_checks = file_path.suffix == ".yaml" and file_path.parent.name == "checks"
    if in_checks and (file_path.parents[1] / "policy.yaml").is_file():
        return CheckFile.from_parent(parent, path=file_path)
    return None


class Desk:
    """One policy and its organisation, loaded once for all its files, and the one run that its items share."""

    def __init__(self, policy: Path, config: pytest.Config) -> None:
        self.policy = policy
        self._config = config

    @cached_property
    def loaded(self) -> tuple["Pack", "Organisation"]:
        """The pack and the organisation; raises PolicyError."""
        from policykit.loading import load_organisation, load_pack

        pack = load_pack(self.policy)
        folder = self._config.getoption("--policykit-organisation") or self.policy / pack.policy.organisation
        return pack, load_organisation(folder, pack)[0]

    @property
    def as_at(self) -> date:
        """The day as of which everything is judged."""
        from policykit.model.scalars import read_day

        text = self._config.getoption("--policykit-as-at")
        return read_day(text) if text else self.loaded[1].as_at

    @property
    def gate(self) -> "Gate":
        """Which outcomes fail an item."""
        from policykit.tracing import GATEABLE, Gate

        return Gate(frozenset(GATEABLE), strict=self._config.getoption("--policykit-strict"))

    def results(self, session: pytest.Session) -> "Results":
        """The results of every check that was selected, found when the first item asks."""
        if self._results is None:
            items = (item for item in session.items if isinstance(item, CheckItem) and item.desk is self)
            self._results = _run(self, {item.check.id for item in items})
        return self._results

    _results: "Results | None" = None


def _run(desk: Desk, select: set[str]) -> "Results":
    from policykit.engines import open_engine
    from policykit.runs import run_checks
    from policykit.tracing import judge_check

    pack, organisation = desk.loaded
    return run_checks(
        pack,
        organisation,
        as_at=desk.as_at,
        engine_factory=open_engine,
        judge=judge_check,
        now=_now,
        select=select,
        progress=lambda _: None,
    )


def _now() -> datetime:
    """The time as pytest tells it: the clock is no business of ours."""
    return datetime.fromtimestamp(pytest.CallInfo.from_call(lambda: None, "collect").start, UTC)


class CheckFile(pytest.File):
    """One file of checks."""

    def collect(self) -> Iterator[pytest.Item]:
        """Each check that the file holds, and its examples."""
        policy = self.path.parents[1]
        desk = self.config.stash[DESKS].setdefault(policy, Desk(policy, self.config))
        pack, _ = desk.loaded
        for check in pack.checks.values():
            if policy / pack.places[check.id].path == self.path:
                yield CheckItem.from_parent(self, name=check.id, check=check, desk=desk)
                if check.examples:
                    yield ExamplesItem.from_parent(self, name=f"{check.id}: examples", check=check, desk=desk)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
        """The problems of the policy, each with its line."""
        return _said(excinfo.value)


class Item(pytest.Item):
    """What both kinds of item share: a check of a policy, and how little they say of an error."""

    def __init__(self, *, check: "Check", desk: Desk, name: str, parent: pytest.Collector) -> None:
        super().__init__(name, parent)
        self.check, self.desk = check, desk

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:  # noqa: ARG002 - every style says the same
        """Sentences; a traceback could show a row."""
        return _said(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the check stands, and its title."""
        line = self.desk.loaded[0].places[self.check.id].line
        return self.path, line - 1, f"{self.name}: {self.check.title}"


class CheckItem(Item):
    """One check on the organisation's records."""

    def runtest(self) -> None:
        """Ask for the result of the run and weigh it."""
        results = self.desk.results(self.session)
        result = next(result for result in results.checks if result.id == self.check.id)
        if self.config.getoption("--policykit-results"):
            self.user_properties.append((EVIDENCE, _packed(self.desk.policy, results.run, result)))
        self._weigh(result)

    def _weigh(self, result: "CheckResult") -> None:
        from policykit.model.outcomes import Outcome
        from policykit.tracing import is_waived

        if self.desk.gate.trips(result):
            raise RefusedError("\n".join(_sentences(result, self.desk)))
        if result.outcome is Outcome.NOT_APPLICABLE:
            pytest.skip(result.reason)
        if result.outcome in self.desk.gate.fail_on:
            why = "waived" if is_waived(result) else f"severity {result.severity}"
            pytest.xfail(f"{result.outcome.word}: {result.reason} ({why})")


class ExamplesItem(Item):
    """The examples of one check: the rule gives the outcome that each claims."""

    def runtest(self) -> None:
        """Judge every example."""
        from policykit.loading.examples import example_case
        from policykit.rules import judge_unit

        wrong = []
        for number, example in enumerate(self.check.examples, 1):
            row, setting = example_case(self.check, example, self.desk.loaded[0])
            found = judge_unit(self.check, row, setting)
            if found != example.expect:
                wrong.append(f"Example {number} expects {example.expect} and comes to {found}: {example.because}")
        if wrong:
            raise RefusedError("\n".join(wrong))


class Keeper:
    """Gathers the results of a run from its reports and writes them when it ends: whole, or marked as incomplete."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the evidence out of a report."""
        if report.when == "call":
            self._found += [json.loads(str(value)) for name, value in report.user_properties if name == EVIDENCE]

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write what was found; what was not is there as not run, and then the run is not complete."""
        from policykit.runs import write_results

        policies = {*session.config.stash[DESKS], *(Path(found["policy"]) for found in self._found)}
        through = exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}
        for policy in policies:
            write_results(self._together(Desk(policy, session.config), through=through), self._path)

    def _together(self, desk: Desk, *, through: bool) -> "Results":
        from policykit.model.results import CheckResult, Run

        none = _run(desk, set())
        run = Run.model_validate(self._found[0]["run"]) if self._found else none.run
        found = {result.id: result for result in (CheckResult.model_validate(each["check"]) for each in self._found)}
        checks = tuple(found.get(declared.id, declared) for declared in none.checks)
        complete = through and found.keys() == {declared.id for declared in none.checks}
        return none.model_copy(update={"checks": checks, "run": run.model_copy(update={"complete": complete})})


def _packed(policy: Path, run: "Run", result: "CheckResult") -> str:
    parts = {"run": run.model_dump(mode="json", by_alias=True), "check": result.model_dump(mode="json", by_alias=True)}
    return json.dumps({"policy": str(policy), **parts})


def _sentences(result: "CheckResult", desk: Desk) -> Iterator[str]:
    from policykit.loading import setting_of
    from policykit.model.calendar import say_days
    from policykit.rules import words_of
    from policykit.rules.wording import plain_lines

    pack, organisation = desk.loaded
    check = pack.checks[result.id]
    yield f"{check.title}."
    yield f"{result.outcome.word}: {result.reason}"
    if result.counts:
        yield ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in result.counts)
    if result.records:
        yield f"Records of {say_days(used.taken_on for used in result.records)}"
    if check.method == "rule":
        yield from plain_lines(words_of(check, setting_of(pack, organisation, desk.as_at)))


def _said(error: BaseException) -> str:
    from policykit.errors import PolicyError

    if isinstance(error, PolicyError | RefusedError):
        return str(error)
    return f"policykit stopped on an error of its own ({type(error).__name__})."
