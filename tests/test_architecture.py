"""The import direction of the package, and where each framework may be known, kept as tests."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src" / "policykit"

#: Lowest first. A room may import itself and any room in a lower tier; never a neighbour, never upwards.
TIERS = (
    {"english", "stopping"},
    {"problems"},
    {"model"},
    {"rules"},
    {"reading"},
    {"engines"},
    {"running"},
    {"tracing"},
    {"memory"},
    {"exports"},
    {"door"},
    {"handbook", "suite"},
    {"cli"},
    {"__init__"},
)

#: The rooms that go through the door itself, as programs do, and what they may know besides.
GUESTS = {"suite", "cli"}
KNOWN_TO_GUESTS = {"door", "english", "model", "problems", "stopping", "version"}

#: Third-party packages that only these rooms may know about.
KEPT_IN = {
    "docutils": {"handbook"},
    "duckdb": {"engines"},
    "jinja2": {"handbook"},
    "markdown_it": {"reading", "handbook"},
    "myst_parser": {"handbook"},
    "psycopg": {"engines"},
    "pydantic": {"model", "rules", "reading", "running", "memory"},
    "pytest": {"suite"},
    "python_calamine": {"engines"},
    "rich": {"cli"},
    "sphinx": {"handbook", "cli"},
    "sphinx_needs": {"handbook"},
    "sqlalchemy": {"engines"},
    "sqlglot": {"rules", "engines"},
    "typer": {"cli"},
    "yaml": {"reading"},
}

#: The part of the handbook that renders cards, and what it may not know: cards are written without Sphinx.
CARDS, UNKNOWN_TO_CARDS = SRC / "handbook" / "cards", {"docutils", "myst_parser", "sphinx", "sphinx_needs"}

CLOCK = {"date.today", "datetime.now", "datetime.today", "datetime.utcnow", "time.time"}
VAGUE = {"base", "common", "helper", "helpers", "misc", "util", "utils"}
LONGEST_FILE, USUAL_FILE, MOST_FILES = 330, 100, 127

TIER_OF = {room: number for number, rooms in enumerate(TIERS) for room in rooms}
FILES = sorted(SRC.rglob("*.py"))
MODULES = {
    ".".join(("policykit", *path.relative_to(SRC).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in FILES
}


def room_of(path: Path) -> str:
    """The room that a file belongs to: the first part of its path in the package."""
    return path.relative_to(SRC).parts[0].removesuffix(".py")


def imports_of(path: Path) -> list[tuple[int, str]]:
    """Every absolute name the file imports, with its line, inside functions and TYPE_CHECKING blocks too."""
    package = ("policykit", *path.relative_to(SRC).parent.parts)
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else ()
            stem = ".".join([*start, *filter(None, [node.module])])
            names += [(node.lineno, f"{stem}.{alias.name}") for alias in node.names]
    return names


def modules_imported(path: Path) -> set[str]:
    """The modules of the package that a file imports; a name of a room's face counts as that face."""
    found = set()
    for _, name in imports_of(path):
        parts = name.split(".")
        longest = (".".join(parts[:number]) for number in range(len(parts), 0, -1))
        found |= {next((module for module in longest if module in MODULES), "policykit")}
    return found - {"policykit"}


def trespass(room: str, name: str) -> str | None:
    """Why a room may not import a name; None where it may, as the version, which is there before any room."""
    top, *rest = name.split(".")
    other = rest[0] if top == "policykit" and rest else None
    if top == "policykit" and other not in {*TIER_OF, "__version__"} and room not in GUESTS:
        return f"{room} must not import the door"
    if other in TIER_OF and other != room and TIER_OF[other] >= TIER_OF.get(room, -1):
        return f"{room} must not import {other}"
    if room not in KEPT_IN.get(top, {room}):
        return f"only {sorted(KEPT_IN[top])} may import {top}"
    return None


def test_rooms_import_only_downwards() -> None:
    """A module imports its own room or lower tiers, and keeps frameworks where they belong."""
    found = [(path, line, trespass(room_of(path), name)) for path in FILES for line, name in imports_of(path)]

    assert [] == [f"{path.relative_to(SRC)}:{line}: {why}" for path, line, why in found if why]


def test_the_command_line_and_the_plugin_know_nothing_behind_the_door() -> None:
    """They do what any program can: with the door, and with nouns, problems and English besides."""
    ours = [(path, room_of(path), imports_of(path)) for path in FILES if room_of(path) in GUESTS]
    rooms = set(TIER_OF) - {"__init__"}
    found = [
        f"{path.relative_to(SRC)}:{line}: {name}"
        for path, room, names in ours
        for line, name in names
        if name.startswith("policykit.") and name.split(".")[1] in rooms - KNOWN_TO_GUESTS - {room}
    ]

    assert ours
    assert found == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Whoever reads a module can read what it imports first; TYPE_CHECKING and imports inside functions count too."""
    circle: list[str] = []
    try:
        TopologicalSorter({name: modules_imported(path) - {name} for name, path in MODULES.items()}).prepare()
    except CycleError as error:
        circle = error.args[1]

    assert circle == []


def classes_of(path: Path) -> Iterator[str]:
    """The public classes that a file defines."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def test_no_two_public_classes_share_a_name() -> None:
    """A name means one thing in the whole house."""
    named = Counter(name for path in FILES for name in classes_of(path))

    assert [] == sorted(name for name, times in named.items() if times > 1)


def test_every_module_has_a_room() -> None:
    """A new top-level module or folder is given a tier before it is used."""
    assert set(TIER_OF) == {room_of(path) for path in FILES}


def test_cards_are_written_without_sphinx() -> None:
    """Cards are pure functions from the model to HTML: no part of them knows Sphinx or docutils."""
    imported = {name.split(".")[0] for path in CARDS.rglob("*.py") for _, name in imports_of(path)}

    assert any(CARDS.rglob("*.py"))
    assert set() == imported & UNKNOWN_TO_CARDS


def names_used(path: Path) -> set[str]:
    """Every dotted name that a file uses, as it is written."""
    return {
        ast.unparse(node) for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)
    }


def test_only_the_door_and_the_command_line_know_the_time() -> None:
    """The clock is read where somebody asks for a run: everywhere else a date comes in, so it can be repeated."""
    below = [path for path in FILES if room_of(path) not in {"door", "cli"}]
    used = {path.relative_to(SRC).as_posix(): names_used(path) & CLOCK for path in below}

    assert {} == {path: names for path, names in used.items() if names}


def test_a_file_is_a_chapter_and_no_book() -> None:
    """No file has more than 330 lines, most have over 100, and none is called after nothing in particular."""
    lengths = {path.relative_to(SRC).as_posix(): len(path.read_text("utf-8").splitlines()) for path in FILES}
    chapters = [length for path, length in lengths.items() if not path.endswith("__init__.py")]

    assert {} == {path: length for path, length in lengths.items() if length > LONGEST_FILE}
    assert median(chapters) >= USUAL_FILE
    assert len(FILES) <= MOST_FILES
    assert set() == {path.stem for path in FILES} & VAGUE


def loaded_by(statement: str) -> set[str]:
    """The modules that a statement loads in a fresh interpreter, by which bare Python has not loaded them."""
    show = "import sys; before = set(sys.modules)\n{}\nprint(*(set(sys.modules) - before))"
    finished = subprocess.run(
        [sys.executable, "-c", show.format(statement)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(finished.stdout.split())


def test_importing_the_package_loads_nothing_else() -> None:
    """Nothing happens on import: a name of the door brings in its room when it is asked for."""
    assert loaded_by("import policykit") == {"policykit"}


def test_loading_a_policy_needs_no_engine_and_no_framework() -> None:
    """Whoever reads a policy waits for no database, no handbook and no test runner."""
    loaded = loaded_by("import policykit as pk; pk.load('policy').organisation()")

    assert "policykit.reading" in loaded
    assert set() == loaded & {"duckdb", "sphinx", "pytest", "sqlalchemy", "pyspark", "jinja2", "typer", "rich"}
