"""The catalogue of messages: what is named is there, with the very places, and rooms hold no words of their own."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from jinja2 import Environment, nodes

from policykit.english import form_of, say
from policykit.problems import NOTICES

SRC = Path(__file__).parents[1] / "src" / "policykit"
CATALOGUE = SRC / "messages"

#: Rooms whose every word for people stands in the catalogue; a room that is not here yet still holds some.
WITHOUT_WORDS = (
    "cli",
    "door",
    "engines",
    "exports",
    "handbook",
    "memory",
    "model",
    "reading",
    "rules/explaining.py",
    "rules/fits.py",
    "rules/proving",
    "running",
    "suite",
    "tracing",
)

FORMS = ({"one", "many"}, {"none", "one", "many"})
#: Calls that name a message in their first text: a message is `file.name`, a problem `notice.name`.
NAMING = {
    "say": "",
    "form_of": "",
    "refusal": "",
    **dict.fromkeys(("problem", "complaint", "at", "note", "unknown"), "problems."),
}
#: Two words next to each other, as nothing but a phrase for people has them.
PROSE = re.compile(r"[A-Za-z’']{2,},? [A-Za-z`“{]")
#: What looks like a phrase, and is for a machine: SQL, markup, patterns.
FOR_MACHINES = re.compile(
    r"<|\\|\b(SELECT|CASE|(TRY_)?CAST|CREATE|FROM|WHERE|WHEN|SET|SHOW|PRAGMA|ATTACH|COPY|IS NULL|THEN|NOT|OR)\b"
    r"|\b(READ|ZONE)\b"
)
#: Names inside queries that no register can have, since they hold a space; what engines and their types are called.
NAMES_FOR_MACHINES = re.compile(
    r"judged (units|rows)|(rows that stream in|columns of the stream)|(looked up|key|count) \{\}|\{\} or not"
    r"|(duckdb|postgresql|spark|sqlite) \{\}|string collate|Query interrupted"
)


def messages_in(table: dict[str, Any], name: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every message below a name, with its forms."""
    if set(table) in FORMS and all(isinstance(form, str) for form in table.values()):
        yield name, tuple(table.values())
        return
    for key, held in table.items():
        if isinstance(held, dict):
            yield from messages_in(held, f"{name}.{key}")
        else:
            yield f"{name}.{key}", (held,)


MESSAGES = {
    name: forms
    for path in sorted(CATALOGUE.glob("*.toml"))
    for name, forms in messages_in(tomllib.loads(path.read_text("utf-8")), path.stem)
}


def places_of(name: str) -> set[str]:
    """The names of the places of a message, in all of its forms; what a place is formatted with aside."""
    parsed = (part for form in MESSAGES[name] for part in Formatter().parse(form))
    return {re.split(r"[.\[]", place)[0] for _, place, _, _ in parsed if place is not None}


def named(name: str) -> list[str]:
    """The messages that a name stands for: a problem has two."""
    both = [f"{name}.{part}" for part in ("what", "remedy")]
    return both if name.startswith("problems.") and both[0] in MESSAGES else [name]


def texts_of_code() -> Iterator[str]:
    """Every text that stands in the source, and every beginning of one that is put together."""
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
    for path in SRC.rglob("*.html"):
        yield from re.findall(r"""["']([a-z0-9_.-]+)["']""", path.read_text("utf-8"))


def calls() -> Iterator[tuple[str, str, set[str] | None]]:
    """Where a message is named in plain text: the place, the message, and the places given (None: not known)."""
    for path in sorted(SRC.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            message = next((text for text in texts if re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+", text)), None)
            if called in NAMING and message:
                given = {word.arg for word in node.keywords} - ({"mark"} if called == "unknown" else set())
                known = None if None in given else {arg for arg in given if arg}
                yield f"{path.relative_to(SRC)}:{node.lineno}", NAMING[called] + message, known
    yield from _calls_of_templates()


def _calls_of_templates() -> Iterator[tuple[str, str, set[str] | None]]:
    for path in sorted(SRC.rglob("*.html")):
        for call in Environment(autoescape=True).parse(path.read_text("utf-8")).find_all(nodes.Call):
            match call.node, call.args:
                case nodes.Name(name="say"), [nodes.Const(value=str(message))]:
                    yield f"{path.relative_to(SRC)}:{call.lineno}", message, {word.key for word in call.kwargs}


def test_what_is_named_is_in_the_catalogue_with_its_places() -> None:
    """No reader meets a message that is missing, or one with a place that nobody fills."""
    wrong = []
    for place, message, given in calls():
        found = named(message)
        if missing := [name for name in found if name not in MESSAGES]:
            wrong.append(f"{place}: there is no message {missing[0]}")
        elif given is not None and set().union(*map(places_of, found)) - {"n"} != given - {"n"}:
            wrong.append(f"{place}: {message} has other places than {sorted(given)}")

    assert wrong == []


def test_every_message_is_named() -> None:
    """The catalogue holds no sentence that nobody says."""
    texts = set(texts_of_code())
    said = {name for _, message, _ in calls() for name in named(message)}
    silent = [name for name in MESSAGES if name not in said and not _is_named(name, texts)]

    assert silent == []


def _is_named(name: str, texts: set[str]) -> bool:
    """Named whole somewhere, or by a beginning that ends at a dot, to which the rest is put when it is known.

    A file alone names only what stands at its top: else it would name everything.
    """
    whole = name.removeprefix("problems.").removesuffix(".what").removesuffix(".remedy")
    file, *keys = whole.split(".")
    beginnings = [".".join([file, *keys[:number]]) + "." for number in range(1 if len(keys) > 1 else 0, len(keys))]
    return not texts.isdisjoint([name, whole, *beginnings])


@pytest.mark.parametrize("path", sorted(CATALOGUE.glob("*.toml")), ids=lambda path: path.stem)
def test_a_message_is_plain_text_in_order(path: Path) -> None:
    """No markup, no blank at an end that somebody would have to know of, and problems of notices that there are."""
    held = tomllib.loads(path.read_text("utf-8"))
    texts = [(name, form) for name, forms in messages_in(held, path.stem) for form in forms]

    assert [name for name, form in texts if re.search(r"[<>&]|^\s|\s$", form) or not form] == []
    if path.stem == "problems":
        assert list(held) == sorted(held)
        assert set(held) <= set(NOTICES)


def test_a_number_decides_between_forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One, many, and none where a message says so."""
    (tmp_path / "made.toml").write_text('[left]\none = "{n} check is left"\nmany = "{n:,} checks are left"\n', "utf-8")
    monkeypatch.setattr("policykit.english._CATALOGUE", tmp_path)

    assert [say("made.left", n=n) for n in (0, 1, 2_000)] == [
        "0 checks are left",
        "1 check is left",
        "2,000 checks are left",
    ]
    with pytest.raises(KeyError):
        form_of("made.right")


def described(call: ast.Call) -> list[ast.keyword]:
    """What a call of Field says of a key."""
    fields = isinstance(call.func, ast.Name) and call.func.id == "Field"
    return [word for word in call.keywords if fields and word.arg == "description"]


def words_in(path: Path) -> Iterator[str]:
    """Every phrase for people in a file of code; comments and docstrings are for whoever works on it.

    What `Field(description=...)` says of a key is the key's definition.
    """
    tree = ast.parse(path.read_text("utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    docs |= {id(word.value) for node in ast.walk(tree) if isinstance(node, ast.Call) for word in described(node)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not {id(node)} & (docs | parts):
            text = node.value
        else:
            continue
        if PROSE.search(text) and not FOR_MACHINES.search(text) and not NAMES_FOR_MACHINES.fullmatch(text):
            yield f"{path.relative_to(SRC)}:{node.lineno}: {text}"


def files_of(room: str, kind: str) -> list[Path]:
    """The files of one kind in a room, or the one file that is named."""
    paths = [SRC / room, *(SRC / room).rglob("*")]
    return [path for path in paths if path.suffix == kind]


def test_rooms_hold_no_words_for_people() -> None:
    """Code and templates name messages: what is said to people stands in the catalogue, and in rules and formats.

    What a rule test says stands in its class, and what a key of a file means beside the key: each is its definition.
    """
    files, templates = ([path for room in WITHOUT_WORDS for path in files_of(room, kind)] for kind in (".py", ".html"))

    assert [room for room in WITHOUT_WORDS if not files_of(room, ".py")] == []
    assert [word for path in files for word in words_in(path)] == []
    assert [word for path in templates for word in _words_of_template(path)] == []


def _words_of_template(path: Path) -> Iterator[str]:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\0", path.read_text("utf-8"), flags=re.DOTALL)
    for said in re.findall(r">([^<]*)<|(?:aria-label|title|alt|placeholder|data-label)=\"([^\"]*)\"", text):
        for each in filter(re.compile(r"[A-Za-z]{2,}").search, said):
            yield f"{path.relative_to(SRC)}: {' '.join(each.replace(chr(0), '…').split())}"
