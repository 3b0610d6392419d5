"""What is installed: the wheel's content and entry points, the locks, and rooms that work without their neighbours."""

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest
from tests.sites import POLICY, ROOT, SECOND, Sources

import policykit

SOURCE = ROOT / "src"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
ABSENT = (
    "sphinx",
    "docutils",
    "sphinx_needs",
    "myst_parser",
    "jinja2",
    "pytest",
    "typer",
    "rich",
    "sqlalchemy",
    "psycopg",
)
LOADING_TO_TRACING = Path(__file__).parent / "data" / "loading_to_tracing.py"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the locked backend without fetching anything."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """Modules, templates, stylesheet, script and type marker are in the wheel; tests, packs and caches are not."""
    shipped = {path for path in SOURCE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}

    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    assert {path.relative_to(SOURCE).as_posix() for path in shipped} == held
    assert "policykit/py.typed" in held


def test_the_pipeline_installs_the_wheel_that_is_built(wheel: Path) -> None:
    """The name under which the pipeline looks for the wheel is the one that it has."""
    (glob,) = re.findall(r'"\$away"/(\S+\.whl)', (ROOT / ".ci" / "run").read_text("utf-8"))

    assert wheel.match(glob)


def test_the_entry_points_lead_somewhere() -> None:
    """The console command and the pytest plugin that are declared are those installed, and each can be loaded."""
    declared = {
        *((("console_scripts"), *pair) for pair in PROJECT["project"]["scripts"].items()),
        *((group, *pair) for group, pairs in PROJECT["project"]["entry-points"].items() for pair in pairs.items()),
    }
    ours = {(point.group, point.name, point.value): point for point in entry_points(name="policykit")}

    assert declared == set(ours)
    assert all(point.load() for point in ours.values())


def test_the_version_stands_in_one_place_as_far_as_a_reader_sees() -> None:
    """The package says the version that it is installed as."""
    assert version(PROJECT["project"]["name"]) == policykit.__version__ == PROJECT["project"]["version"]


def test_nothing_that_we_say_installs_a_package_of_the_name_that_is_not_ours() -> None:
    """`policykit` on the package index is another project: no remedy and no page tells anybody to install that."""
    told = re.compile(r"\bpip3? install\b[^\n`]*\bpolicykit|(?<![\w-])policykit\[", re.IGNORECASE)
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    said = [*pages, *(path for path in SOURCE.rglob("*") if path.suffix in {".py", ".html", ".js"})]

    assert PROJECT["project"]["name"] == "sphinx-policykit"
    assert [] == [path.relative_to(ROOT).as_posix() for path in said if told.search(path.read_text("utf-8"))]
    assert not any(
        told.search(line) for lines in PROJECT["project"]["optional-dependencies"].values() for line in lines
    )


@pytest.mark.parametrize("lock", ["run.txt", "dev.txt", "bench.txt"])
def test_a_lock_names_every_package_with_its_digests_and_no_address(lock: str) -> None:
    """Every line of a lock is one pinned version with at least one digest; nothing says where to fetch it."""
    text = (ROOT / "requirements" / lock).read_text("utf-8")
    pinned = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]

    assert all(re.match(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+", entry) for entry in pinned)
    assert all("--hash=sha256:" in entry for entry in pinned)
    assert not re.search(r"https?:|^-", text, re.MULTILINE)


def test_the_locks_agree_and_hold_the_build_backend() -> None:
    """The tests run on exactly the versions that the handbook is made with, and an install builds with locked tools."""
    run, dev = (
        set(re.findall(r"^(\S+)==(\S+)", (ROOT / "requirements" / name).read_text("utf-8"), re.MULTILINE))
        for name in ("run.txt", "dev.txt")
    )

    assert run <= dev
    assert set(PROJECT["dependency-groups"]["build"]) <= {name for name, _ in run}


@pytest.mark.parametrize("sources", [POLICY, SECOND], ids=["policy", "kitchens"])
def test_loading_to_tracing_need_neither_sphinx_nor_pytest(sources: Sources) -> None:
    """A pack is loaded, checked and traced where Sphinx, pytest and the terminal cannot be imported."""
    arguments = (",".join(ABSENT), sources.policy, sources.organisation)

    finished = subprocess.run(
        [sys.executable, LOADING_TO_TRACING, *map(str, arguments)], capture_output=True, text=True, check=False
    )

    assert finished.returncode == 0, finished.stderr
    assert re.fullmatch(r"\d+ checks run, \d+ duties traced\n", finished.stdout)
