"""The handbook and the README are true: what exists is documented from its own definition, and what is shown runs."""

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from tests.sites import ROOT, Site, run

from policykit.problems import Notice
from policykit.rules import Condition

README = (ROOT / "README.md").read_text("utf-8")
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
Ended = dict[tuple[str, ...], Path]
FENCE = re.compile(r"^(?P<mark>`{3,}|:{3,})(?P<kind>[^\n]*)\n(?P<body>.*?)^(?P=mark)$", re.MULTILINE | re.DOTALL)
CAPTION = re.compile(r"\A:caption: (?P<path>policy/\S+)\n(?::[a-z-]+:[^\n]*\n)*\n?")

HOSTS = "|".join(rf"\b{name}\.(?:org|com|io)\b" for name in ("pypi", "pythonhosted", "npmjs", r"deb\.debian", "conda"))
PLACES = r"(?<![\w.])/(?:work|farm|root|home|tmp/bash_jobs)/"
UNFINISHED = r"\b(?:T[O]DO|F[I]XME|X[X]X)\b"


def said_in(site: Site) -> str:
    """Every word on the pages of a handbook, as a reader sees it, with single spaces."""
    texts = [(site.folder / page).read_text("utf-8") for page in site.pages]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", "\n".join(texts))))


def names_of(schema: object) -> Iterator[str]:
    """Every key that a JSON Schema describes, at any depth."""
    if isinstance(schema, dict):
        yield from schema["properties"] if isinstance(schema.get("properties"), dict) else ()
        for part in schema.values():
            yield from names_of(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from names_of(part)


def missing(names: set[str], text: str) -> list[str]:
    """Give the names that do not stand in the text as words of their own."""
    return sorted(name for name in names if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text))


def tracked() -> list[Path]:
    """Every file of ours that is under version control and is text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix not in {".png", ".svg"}]


def test_every_command_and_option_is_documented(handbook: Site) -> None:
    """Each command stands in the handbook with each of its options and what they mean, as `--help` says them."""
    (described,) = entry_points(group="policykit.commands")
    said = said_in(handbook)

    commands = described.load()()
    entries = [(command.name, command.help) for command in commands]
    entries += [option for command in commands for option in command.options]

    assert [] == [name for name, means in entries if f"{name} {' '.join(means.split())}" not in said]
    assert {"check", "build", "lint", "words", "schema", "example"} <= {command.name for command in commands}


def test_every_notice_is_documented(handbook: Site) -> None:
    """Each kind of problem stands in the handbook with its name and its sentence."""
    said = said_in(handbook)

    assert [] == missing({notice.value[0] for notice in Notice}, said)
    assert [] == [notice.name for notice in Notice if notice.value[1].replace("`", "") not in said]


def test_every_test_of_the_rule_language_is_documented(handbook: Site) -> None:
    """Each test that a condition can be stands in the handbook."""
    tests = TypeAdapter(Condition).json_schema()["discriminator"]["mapping"]

    assert [] == missing(set(tests), said_in(handbook))


def test_every_key_of_every_file_format_is_documented(handbook: Site, tmp_path: Path) -> None:
    """Each key that a schema of a file format knows stands in the handbook."""
    finished = run("policykit", "schema", tmp_path / "schemas")
    assert finished.returncode == 0, finished.stderr
    schemas = [json.loads(path.read_text("utf-8")) for path in sorted((tmp_path / "schemas").glob("*.json"))]

    names = {name for schema in schemas for name in names_of(schema)}

    assert {"stated_in", "rests_on", "max_age_days", "taken_on"} <= names
    assert [] == missing(names, said_in(handbook))


def blocks_of(page: Path) -> Iterator[tuple[str, str]]:
    """Each fenced block of a page: what it says after the fence, and its text."""
    for found in FENCE.finditer(page.read_text("utf-8")):
        yield found["kind"].strip(), found["body"]


def captioned(page: Path) -> Iterator[tuple[str, str]]:
    """Each block of a page that says, in its caption, which file of the policy it is."""
    for _, body in blocks_of(page):
        if caption := CAPTION.match(body):
            yield caption["path"], body[caption.end() :]


def commands_in(page: Path) -> list[list[str]]:
    """Each line of a page's shell blocks that calls policykit, as words, without the comment."""
    shells = [body for kind, body in blocks_of(page) if kind in {"sh", "shell", "bash", "{code-block} sh"}]
    lines = [line.partition(" #")[0] for body in shells for line in body.splitlines()]
    return [line.split() for line in lines if line.startswith("policykit ")]


SHOWING = [page for page in PAGES if commands_in(page) or any(captioned(page))]


@pytest.fixture(scope="module")
def ended() -> Ended:
    """The folder in which commands ended, by the commands: a page that says the same and more goes on from there."""
    return {}


def copied(page: Path, folder: Path) -> Path:
    """A copy of the policy and its handbook with today's example, and with the files that a page shows."""
    for name in ("policy", "docs"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "conf.py", folder)
    made = run("policykit", "example", "build/example", "--as-at", "today", cwd=folder)
    assert made.returncode == 0, made.stderr
    for path, text in captioned(page):
        with (folder / path).open("a", encoding="utf-8") as file:
            file.write(text)
    return folder


@pytest.mark.parametrize("page", SHOWING, ids=[page.relative_to(ROOT).as_posix() for page in SHOWING])
def test_what_a_page_shows_runs(page: Path, tmp_path: Path, ended: Ended) -> None:
    """Files that a page shows are accepted where it says they go, and its commands run in the order they stand in."""
    shown = any(captioned(page))
    commands = [" ".join(command) for command in commands_in(page)] + ["policykit lint"] * shown
    done = () if shown else max((each for each in ended if each == tuple(commands[: len(each)])), key=len, default=())
    folder = ended[done] if done else copied(page, tmp_path)

    for command in commands[len(done) :]:
        finished = run(*command.split(), cwd=folder)
        assert finished.returncode in {0, 1, 3}, f"{command}: {finished.stdout}{finished.stderr}"
    if not shown:
        ended[tuple(commands)] = folder


def program_in(page: Path) -> str:
    """The Python that a page shows, where it begins with our door: its blocks, one after the other."""
    blocks = [body for kind, body in blocks_of(page) if kind in {"python", "{code-block} python"}]
    return "\n".join(blocks) if blocks and blocks[0].startswith("import policykit") else ""


@pytest.mark.parametrize("page", [page for page in PAGES if program_in(page)], ids=lambda page: page.name)
def test_the_program_that_a_page_shows_runs(page: Path, tmp_path: Path) -> None:
    """Its blocks run one after the other in one namespace, in a copy of the project; what they claim holds."""
    finished = subprocess.run(
        [sys.executable, "-c", program_in(page)],
        cwd=copied(page, tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (finished.returncode, finished.stderr) == (0, "")
    assert "did you mean CHK-LESSONS?" in finished.stdout


def test_the_page_for_programs_shows_all_that_the_door_offers() -> None:
    """Every name of the door stands on the page whose blocks run, functions as they are called."""
    page = ROOT / "docs" / "use-from-python.md"

    assert len(program_in(page).splitlines()) > 30
    assert [] == missing(
        {"load", "check", "trace", "prove", "lint", "open_engines", "PolicyError"}, page.read_text("utf-8")
    )


def test_the_pages_that_show_something_are_found() -> None:
    """Those that begin with commands and those that show files: none of them is passed over."""
    shown = {page.name for page in SHOWING}

    assert {"README.md", "add-a-check.md", "add-a-duty.md", "your-own-records.md"} <= shown


def test_the_readme_names_only_what_exists() -> None:
    """Every `make` target and every file that the README names is there."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = re.findall(r"\]\(([^):]+)\)|`([\w.]+/[\w./]*)`", README)
    files = {either for pair in named for either in pair if either} - {"build/handbook/index.html"}

    assert {"handbook", "test"} <= set(re.findall(r"\bmake ([a-z]+)", README)) <= targets
    assert set() == {name for name in files if not (ROOT / name).exists()}


def test_the_readme_begins_with_six_lines_that_are_so(tmp_path: Path) -> None:
    """After the title and one sentence: a rule as its file has it, and what two commands say of it, word for word."""
    opening = re.match(r"# policykit\n\n[^\n]*\.\n\n```console\n(.*?)```\n", README, re.DOTALL)
    assert opening
    file, rule, *said = opening[1].splitlines()
    commands = dict(zip(said[::2], said[1::2], strict=True))

    assert rule in (ROOT / file.rsplit(" ", 1)[1]).read_text("utf-8").splitlines()
    assert len(commands) == 2
    for command, line in commands.items():
        name, *words = command.removeprefix("$ ").split()
        kept = ["--results", tmp_path / "results.json"] if words == ["check"] else []
        lines = run(name, *words, *kept).stdout.splitlines()
        assert " ".join(line.split()) in [" ".join(each.split()) for each in lines]


@pytest.mark.parametrize("forbidden", [HOSTS, PLACES, UNFINISHED], ids=["hosts", "places", "unfinished"])
def test_no_file_names_a_registry_a_machine_or_unfinished_work(forbidden: str) -> None:
    """Nothing that is published names a package registry, a place on one machine, or something left undone."""
    found = re.compile(forbidden)

    assert [] == [path.name for path in tracked() if found.search(path.read_text("utf-8"))]
