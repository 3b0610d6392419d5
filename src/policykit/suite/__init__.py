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

This module is read in every pytest run of its environment: everything heavy waits until a policy is met.
"""

from argparse import ArgumentTypeError
from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from policykit.suite.desk import Desk

DESKS = pytest.StashKey[dict[Path, "Desk"]]()
"""The policies that one pytest run collects, by folder."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The plugin's own options."""
    group = parser.getgroup("policykit", "checks of a policy")
    group.addoption("--policykit-organisation", metavar="DIR", type=Path, help="the organisation's folder")
    group.addoption("--policykit-as-at", metavar="DATE", type=_day, help="the day as of which everything is judged")
    group.addoption("--policykit-results", metavar="FILE", type=Path, help="keep the results in this file")
    group.addoption("--policykit-strict", action="store_true", help="gate every check, not only those of severity must")


def _day(text: str) -> date:
    from policykit.model.scalars import read_day

    try:
        return read_day(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} {error}") from None


def pytest_configure(config: pytest.Config) -> None:
    """Make room for the policies, and find somebody to keep results; what a worker finds travels to its controller."""
    config.stash[DESKS] = {}
    path = config.getoption("--policykit-results")
    if path and not hasattr(config, "workerinput"):
        from policykit.suite.keeping import Keeper

        config.pluginmanager.register(Keeper(path))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The checks of a policy; other folders called `checks` are none of our business."""
    in_checks = file_path.suffix == ".yaml" and file_path.parent.name == "checks"
    if not in_checks or not (file_path.parents[1] / "policy.yaml").is_file():
        return None
    from policykit.suite.desk import Desk
    from policykit.suite.items import CheckFile

    policy = file_path.parents[1]
    parent.config.stash[DESKS].setdefault(policy, Desk(policy, parent.config))
    return CheckFile.from_parent(parent, path=file_path)


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """One file of results is about one policy."""
    if config.getoption("--policykit-results") and len(config.stash[DESKS]) > 1:
        raise pytest.UsageError("--policykit-results is for one policy, and there are several: name one.")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A check that does not apply is skipped where it stands in the policy, not where this plugin says so."""
    report = yield
    if report.skipped and item.config.stash[DESKS] and isinstance(report.longrepr, tuple):
        from policykit.suite.items import Item

        if isinstance(item, Item):
            path, line, _ = item.reportinfo()
            report.longrepr = (str(path), line + 1, report.longrepr[2])
    return report
