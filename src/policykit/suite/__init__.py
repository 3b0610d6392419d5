"""The pytest plugin: the checks of a policy as test items, so that a duty that is not met breaks a build.

`pytest policy` collects `checks/*.yaml` wherever `policy.yaml` stands one folder up; each check is an item, and its
examples are another. What an item comes to:

- passed: Met, and Confirmed;
- skipped, with the reason: Does not apply;
- failed: any other outcome of a check of severity must (with `--policykit-strict` of every check);
- xfailed, with the reason: such an outcome of a check of another severity, or one that a waiver in date covers.

A failure shows the reason, the check's words and its counts, never a row, a value or a traceback; of an unexpected
error only the class. Results are written only with `--policykit-results`, and only by the process that controls the
others; a run that did not reach every check is marked as incomplete and never takes the place of a complete one.

A check of `method: python` is carried out by a test function of one's own:

    from policykit.suite import Tally

    @pytest.mark.policykit(check="CHK-SHELVES")
    def test_shelves(policykit_records):
        books = policykit_records.rows("books", "shelf")
        return Tally(conform=..., violate=...)

Of what it returns, or gives to `policykit_records.record`, only the numbers are kept. Whatever it prints, logs, warns
of or raises is never shown: an error makes the check `error`, with the name of its class. From the first such function
on, that is also all that is shown of what a thread or a `__del__` raises. It has no subtests.

This module is read in every pytest run of its environment: everything heavy waits until a policy is met.
"""

import re
from argparse import ArgumentTypeError
from collections.abc import Generator
from contextlib import suppress
from datetime import date
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from policykit.english import say
from policykit.suite.tally import MARK, RUNS, Tally

if TYPE_CHECKING:
    from policykit.suite.functions import CheckFunction, FunctionRecords

__all__ = ["Tally"]

_OURS = re.compile(rb"""(?:^|[{,]\s*)["']?(?:edition|organisation)["']?\s*:""", re.MULTILINE)

AT_WORK: "pytest.StashKey[CheckFunction]" = pytest.StashKey()
"""Of a marked test function that runs: what it carries out."""
WAS_AT_WORK = pytest.StashKey[bool]()
"""Whether such a function ran."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plugin's own options."""
    group = parser.getgroup("policykit", say("suite.option.group"))
    group.addoption(
        "--policykit-policy", metavar="DIR", type=Path, default=Path("policy"), help=say("suite.option.policy")
    )
    group.addoption("--policykit-organisation", metavar="DIR", type=Path, help=say("suite.option.organisation"))
    group.addoption("--policykit-as-at", metavar="DATE", type=_day, help=say("suite.option.as-at"))
    group.addoption("--policykit-results", metavar="FILE", type=Path, help=say("suite.option.results"))
    group.addoption("--policykit-strict", action="store_true", help=say("suite.option.strict"))


def _day(text: str) -> date:
    from policykit.model.scalars import read_day

    try:
        return read_day(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} {error}") from None


def pytest_configure(config: pytest.Config) -> None:
    """Make room for the policies, and find somebody to keep results; what a worker finds travels to its controller."""
    config.stash[RUNS] = {}
    config.add_cleanup(lambda: _stay_quiet(config))  # the first to be there is the last to go, after pytest's hooks
    config.addinivalue_line("markers", say("suite.option.mark", mark=MARK))
    path = config.getoption("--policykit-results")
    if path and not hasattr(config, "workerinput"):
        from policykit.suite.results import ResultsWriter, why_not_kept

        if why := why_not_kept(path):
            raise pytest.UsageError(why)
        config.pluginmanager.register(ResultsWriter(path, config.stash[RUNS]))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The checks of a policy of ours; other folders called `checks` are none of our business."""
    in_checks = file_path.suffix == ".yaml" and file_path.parent.name == "checks"
    if not in_checks or not _is_ours(file_path.parents[1] / "policy.yaml"):
        return None
    from policykit.suite.items import CheckFile
    from policykit.suite.results import PolicyRun

    folder = file_path.parents[1]
    parent.config.stash[RUNS].setdefault(folder, PolicyRun(folder, parent.config))
    return CheckFile.from_parent(parent, path=file_path)


def _is_ours(path: Path) -> bool:
    """Whether a policy.yaml has a key that ours must have: others' have that name too, and ours may be broken."""
    with suppress(OSError):
        return path.is_file() and bool(_OURS.search(path.read_bytes()))
    return True  # who may not read it is told so


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A mark that cannot be right is an error of its file, before anything runs."""
    report = yield
    marked = [node for node in report.result or () if isinstance(node, pytest.Item) and node.get_closest_marker(MARK)]
    if marked:
        from policykit.suite.functions import wrong_marks

        if wrong := wrong_marks(marked, collector.config):
            report.outcome, report.longrepr, report.result = "failed", wrong, []
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """One file of results is about one policy, and a check that a test function carries out is one item."""
    runs = config.stash[RUNS]
    if config.getoption("--policykit-results") and len(runs) > 1:
        raise pytest.UsageError(say("suite.usage.one-policy"))
    if runs:
        from policykit.suite.functions import is_carried_out
        from policykit.suite.items import CheckItem

        items[:] = [
            item for item in items if not (isinstance(item, CheckItem) and is_carried_out(item.check, item.run, config))
        ]


def _stay_quiet(config: pytest.Config) -> None:
    """See to it that what outlives the run, a thread or an object, shows no more at the end of Python."""
    if config.stash.get(WAS_AT_WORK, False):
        from policykit.suite.functions import show_classes_only

        show_classes_only()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """See to it that records are closed where a run that is interrupted comes to no teardown."""
    try:
        return (yield)
    finally:
        pytest_runtest_teardown(item)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Open what the check of a marked function reads, before its fixtures ask for it."""
    if item.get_closest_marker(MARK):
        from policykit.suite.functions import CheckFunction, show_classes_only

        show_classes_only()
        item.config.stash[WAS_AT_WORK] = True
        item.stash[AT_WORK] = CheckFunction(item)
        item.stash[AT_WORK].records.__enter__()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: "pytest.FixtureDef[object]", request: "pytest.FixtureRequest") -> None:
    """Refuse a marked function's subtests: they would show records, and let it count on after an error."""
    if fixturedef.argname == "subtests" and AT_WORK in request.node.stash:
        from policykit.door import RecordsRefusedError

        raise RecordsRefusedError(say("suite.function.no-subtests"))


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Close it again."""
    if AT_WORK in item.stash:
        item.stash[AT_WORK].records.__exit__(None, None, None)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Call a marked function for what it counts; all others are called as ever."""
    if AT_WORK not in pyfuncitem.stash:
        return None
    asked = signature(pyfuncitem.obj).parameters
    given = {name: value for name, value in pyfuncitem.funcargs.items() if name in asked}
    pyfuncitem.stash[AT_WORK].carry_out(lambda: pyfuncitem.obj(**given))
    return True


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A check that does not apply is skipped where it stands in the policy; a marked function tells nothing itself."""
    report = yield
    if AT_WORK in item.stash:
        item.stash[AT_WORK].report(item, call.excinfo.value if call.excinfo else None, report)
    elif report.skipped and item.config.stash[RUNS] and isinstance(report.longrepr, tuple):
        from policykit.suite.items import PolicyItem

        if isinstance(item, PolicyItem):
            path, line, _ = item.reportinfo()
            report.longrepr = (str(path), line + 1, report.longrepr[2])
    return report


@pytest.fixture
def policykit_records(request: pytest.FixtureRequest) -> "FunctionRecords":
    """The records that the check of a marked test function reads: `rows`, `record`, `parameter`, `fact`, `as_at`."""
    if (function := request.node.stash.get(AT_WORK, None)) is None:
        pytest.fail(say("suite.usage.marked-only", mark=MARK), pytrace=False)
    records: FunctionRecords = function.records
    return records
