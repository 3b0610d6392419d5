"""What all tests share: in CI a skip is a failure, because there everything that a test needs can be installed."""

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from tests.ladders import Built, Project
from tests.sites import POLICY, SECOND, Site, build

#: Packs under tests are material: `pytest` would run their checks too, and these are meant to come out in every way.
collect_ignore = ["cases", "packs"]

IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}


def _skip_is_failure(report: pytest.TestReport | pytest.CollectReport) -> None:
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{why} (in CI a skip is a failure)"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one, in CI."""
    report = yield
    _skip_is_failure(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn a skipped test file into a failed one, in CI."""
    report = yield
    _skip_is_failure(report)
    return report


@pytest.fixture(scope="session")
def handbook(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The real handbook, built once."""
    return build(POLICY, tmp_path_factory.mktemp("handbook"))


@pytest.fixture(scope="session")
def kitchens(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The second pack's handbook, built once."""
    return build(SECOND, tmp_path_factory.mktemp("kitchens"))


@pytest.fixture(scope="session", params=["handbook", "kitchens"])
def site(request: pytest.FixtureRequest) -> Site:
    """Each of the two handbooks."""
    built: Site = request.getfixturevalue(request.param)
    return built


@pytest.fixture(scope="session")
def ladders(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The very small pack, checked; not to be changed."""
    project = Project.copied_to(tmp_path_factory.mktemp("small") / "ladders")
    project.check()
    return project


@pytest.fixture(scope="session")
def built(ladders: Project) -> Built:
    """The handbook of the very small pack."""
    return ladders.build()


@pytest.fixture
def own(ladders: Project, tmp_path: Path) -> Project:
    """A copy of the very small pack, checked, that a test may change."""
    shutil.copytree(ladders.folder, tmp_path / "own", ignore=shutil.ignore_patterns("out", "read"))
    return Project(tmp_path / "own")
