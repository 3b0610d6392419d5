"""What all tests share: fixtures, one way to draw at random, and that in CI a skip is a failure.

In CI everything that a test needs can be installed. What is random is drawn afresh in every run, from a seed it says.
"""

import locale
import os
import random
import secrets
import shutil
import signal
import subprocess
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from tests.chance import CHECKS, cases_of
from tests.commands import here, type_in  # noqa: F401 - fixtures for every test that types commands
from tests.databases import INITDB, NO_SERVER, URL_ENV, Database, Server, Sqlite, serving
from tests.functions import project_with_a_function  # noqa: F401 - a fixture for tests of test functions
from tests.ladders import Built, Project
from tests.sites import POLICY, SECOND, Site, build

HAS_SPARK = find_spec("pyspark") is not None

#: Packs under tests are material: `pytest` would run their checks too, and these are meant to come out in every way.
collect_ignore = ["cases", "packs", *([] if HAS_SPARK else ["test_engines_spark.py"])]

IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}


# A shell makes its background jobs deaf to some signals, and so all that they start: tests send them, to be heard.
for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL)


def _is_installed() -> bool:
    """Whether the language that the shell names is there; sphinx-build gives up where it is not."""
    before = locale.setlocale(locale.LC_ALL)
    try:
        locale.setlocale(locale.LC_ALL, "")
    except locale.Error:
        return False
    locale.setlocale(locale.LC_ALL, before)
    return True


if not _is_installed():
    os.environ["LC_ALL"] = "C.UTF-8"

SEED = "hypothesis_seed"

settings.register_profile(
    "policykit",
    max_examples=cases_of(2),
    deadline=None,  # a busy machine is no fault
    derandomize=False,  # Hypothesis would repeat itself in CI, where most is drawn
    print_blob=True,
    report_multiple_bugs=False,  # to make each of several failures small takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
settings.load_profile("policykit")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed of this run, where nobody gave one; every worker is handed the same."""
    if config.getoption(SEED) is None:
        setattr(config.option, SEED, str(secrets.randbits(32)))


def how_to_draw_again(config: pytest.Config) -> str:
    """What to add to a run so that it draws what this one did."""
    return f"POLICYKIT_PROPERTY_CHECKS={CHECKS} pytest --hypothesis-seed={config.getoption(SEED)}"


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say how to draw the same again, and which tests are left out here; .ci/run has an environment for them."""
    left_out = [] if HAS_SPARK else ["left out: test_engines_spark.py, because pyspark is not installed (.ci/run does)"]
    return [f"random: {how_to_draw_again(config)}", *left_out]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say it again where something failed, because a quiet run has no header."""
    if terminalreporter.stats.get("failed"):
        terminalreporter.write_line(f"To draw the same again: {how_to_draw_again(config)}")


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Chance for what Hypothesis does not draw: another in every run, the same for the same seed."""
    return random.Random(f"{request.config.getoption(SEED)} {request.node.name}")  # noqa: S311 - to be drawn again


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


@pytest.fixture(scope="session")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for LOCPATH that holds de_DE.UTF-8: a locale whose months are not ours, made here for any machine."""
    folder, source = tmp_path_factory.mktemp("locales"), Path("/usr/share/i18n/locales/de_DE")
    if not source.exists() or not shutil.which("localedef"):
        pytest.skip("there is nothing here to make a locale of: on Debian, apt install locales")
    subprocess.run(["localedef", "-i", source, "-f", "UTF-8", folder / "de_DE.UTF-8"], check=True)
    return folder


@pytest.fixture(scope="session")
def server() -> Generator[Server]:
    """A PostgreSQL server, started once."""
    if not INITDB:
        pytest.skip(NO_SERVER)
    with serving() as started:
        yield started


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database of each kind without tables, whose URL stands in the environment."""
    if request.param == "sqlite":
        (tmp_path / "database").mkdir()
        made: Database = Sqlite(tmp_path / "database" / "records.db")
    else:
        made = request.getfixturevalue("server").new_schema()
    monkeypatch.setenv(URL_ENV, made.url)
    return made
