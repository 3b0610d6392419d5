"""The import direction of the package, and where each framework may be known, kept as tests."""

import ast
from pathlib import Path

SRC = Path(__file__).parents[1] / "src" / "policykit"

#: Lowest first. A room may import itself and any room in a lower tier; never a neighbour, never upwards.
TIERS = (
    {"problems", "english", "stopping"},
    {"model"},
    {"rules"},
    {"reading"},
    {"engines"},
    {"running"},
    {"tracing"},
    {"exports"},
    {"handbook", "suite"},
    {"cli"},
)

#: Third-party packages that only these rooms may know about.
KEPT_IN = {
    "docutils": {"handbook"},
    "duckdb": {"engines"},
    "jinja2": {"handbook"},
    "markdown_it": {"reading", "handbook"},
    "myst_parser": {"handbook"},
    "psycopg": {"engines"},
    "pydantic": {"model", "rules", "reading", "running"},
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
LONGEST_FILE = 330

TIER_OF = {room: number for number, rooms in enumerate(TIERS) for room in rooms}
FILES = sorted(SRC.rglob("*.py"))


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


def trespass(room: str, name: str) -> str | None:
    """Why a room may not import a name; None where it may."""
    top, *rest = name.split(".")
    other = rest[0] if top == "policykit" and rest else None
    if other in TIER_OF and other != room and TIER_OF[other] >= TIER_OF.get(room, -1):
        return f"{room} must not import {other}"
    if room not in KEPT_IN.get(top, {room}):
        return f"only {sorted(KEPT_IN[top])} may import {top}"
    return None


def test_rooms_import_only_downwards() -> None:
    """A module imports its own room or lower tiers, and keeps frameworks where they belong."""
    found = [(path, line, trespass(room_of(path), name)) for path in FILES for line, name in imports_of(path)]

    assert [] == [f"{path.relative_to(SRC)}:{line}: {why}" for path, line, why in found if why]


def test_every_module_has_a_room() -> None:
    """A new top-level module or folder is given a tier before it is used."""
    rooms = {room_of(path) for path in FILES} - {"__init__"}

    assert set(TIER_OF) == rooms


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


def test_only_the_command_line_knows_the_time() -> None:
    """The clock is read in `cli` alone: everywhere else a date comes in, so a run can be repeated."""
    used = {path.relative_to(SRC).as_posix(): names_used(path) & CLOCK for path in FILES if room_of(path) != "cli"}

    assert {} == {path: names for path, names in used.items() if names}


def test_a_file_is_a_chapter_and_no_book() -> None:
    """No file has more than 330 lines, and none is called after nothing in particular."""
    lengths = {path.relative_to(SRC).as_posix(): len(path.read_text("utf-8").splitlines()) for path in FILES}

    assert {} == {path: length for path, length in lengths.items() if length > LONGEST_FILE}
    assert set() == {path.stem for path in FILES} & VAGUE


def test_importing_the_package_loads_no_framework() -> None:
    """Nothing happens on import: `policykit` itself brings in no room."""
    assert [] == [name for _, name in imports_of(SRC / "__init__.py") if name.startswith("policykit.")]
