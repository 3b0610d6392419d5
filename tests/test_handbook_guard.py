"""What a page may hold: nothing on it is run, fetched or read from elsewhere, and no record is published from one."""

import json
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.ladders import Finished, Project, digests
from tests.sites import ROOT

from policykit.handbook.guard import DIRECTIVES, ROLES, VIEW_OPTIONS
from policykit.handbook.publishing import DOCUMENTS, PICTURES

CASES = Path(__file__).parent / "cases" / "pages"
WATCHED = Path(__file__).parent / "watched.py"

Case = Mapping[str, Any]

CODE = (
    """{{ 6 * 7 }} {% include "/etc/passwd" %} ${6*7} $(touch PWN) `touch PWN` {py:func}`os.system` |today| """
    """[[copy("id")]] {eval-rst} %(name)s {0.__class__} __import__('os').system('touch PWN') '); DROP TABLE a; --"""
)
"""What some program would take for code: templates, shells, roles, functions of sphinx-needs, formats, Python, SQL."""

_TEXTS = (
    "title|gist|name|disclaimer|means|limits|because|summary|owner|bearer|effect|accepted_by|reason|statement|by|"
    "publisher|what|why|notice|phrase|noun|plural"
)
ON_LINES = re.compile(rf"^( *(?:- )?)({_TEXTS}): ([^|>{{\['\"].*)$", re.MULTILINE)
IN_BRACKETS = re.compile(rf"([{{,] ?)({_TEXTS}): ([^,{{}}\[\]'\"]+)(?=[,}}])")
IN_PROSE = re.compile(r"^- (.*)$", re.MULTILINE)
"""Free texts of a pack, as they stand in its files."""


def cases_of(*files: str) -> list[Case]:
    """The cases of some files of tests/cases/pages."""
    return [case for file in files for case in yaml.safe_load((CASES / f"{file}.yaml").read_text("utf-8"))]


REFUSED = cases_of("runs_code", "publishes", "draws")
SHOWN = cases_of("shown")


@dataclass(frozen=True)
class Watched:
    """A project that was built under watch: how that ended, and what was started, fetched or written outside."""

    project: Project
    ended: Finished
    noted: list[list[str]]


def put(project: Project, case: Case) -> None:
    """Put the page of a case into a project, with the files that it needs."""
    docs = project.folder / "docs"
    project.write(f"docs/{case['name']}.{case.get('kind', 'md')}", case["page"])
    for name, text in case.get("files", {}).items():
        project.write(f"docs/{name}", text)
    for name, to in case.get("link", {}).items():
        (docs / name).symlink_to(to)
    for name, of in case.get("copy", {}).items():
        shutil.copy(docs / of, docs / name)
    if case.get("listed"):
        project.replace("docs/index.md", "\nrecords\n", f"\nrecords\n{case['name']}\n")


def watch(project: Project, *words: str) -> Watched:
    """Run policykit in a project under watch."""
    notes = project.folder.with_suffix(".notes")
    ended = project.run(sys.executable, WATCHED, notes, project.folder / "build", *words)
    return Watched(project, ended, json.loads(notes.read_text("utf-8")) if notes.is_file() else [])


def built_with(ladders: Project, cases: list[Case], folder: Path) -> Watched:
    """The small pack with a page for each case, built once under watch."""
    shutil.copytree(ladders.folder, folder, ignore=shutil.ignore_patterns("out", "read"))
    for case in cases:
        put(Project(folder), case)
    return watch(Project(folder), "build")


@pytest.fixture(scope="module")
def refused(ladders: Project, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Every page that is refused, in one build."""
    return built_with(ladders, REFUSED, tmp_path_factory.mktemp("refused") / "own")


@pytest.fixture(scope="module")
def shown(ladders: Project, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Every page that is shown, in one build."""
    return built_with(ladders, SHOWN, tmp_path_factory.mktemp("shown") / "own")


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case["name"])
def test_a_page_is_refused_by_its_line_with_a_remedy(refused: Watched, case: Case) -> None:
    """Each page of tests/cases/pages is answered as it says there, all of them in one build."""
    page = f"docs/{case['name']}.{case.get('kind', 'md')}:"
    answers = [line for line in refused.ended.said.splitlines() if page in line and " - " in line]
    assert [line for line in answers if f"{page}{case['line']}: " in line and case["says"] in line], answers
    assert case.get("also", "") in "\n".join(answers)


def test_refused_pages_run_nothing_and_publish_nothing(refused: Watched) -> None:
    """Nothing was started, fetched or written beside the build; it ended with 2, without a traceback or a handbook."""
    assert refused.noted == []
    assert refused.ended.code == 2
    assert "Traceback" not in refused.ended.said
    assert not (refused.project.folder / "build" / "handbook").exists()


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case["name"])
def test_a_plain_page_is_shown(shown: Watched, case: Case) -> None:
    """What may stand on a page is built; what is no code here is shown as the text that it is."""
    assert shown.ended.code == 0, shown.ended.said
    page = shown.project.folder / "build" / "handbook" / f"{case['name']}.html"
    assert case["shows"] in page.read_text("utf-8")


def test_plain_pages_run_nothing(shown: Watched) -> None:
    """A build that succeeds starts nothing, fetches nothing and writes in its own folder only."""
    assert shown.noted == []


def test_texts_of_a_policy_run_nothing(own: Project) -> None:
    """Code in every text of a policy and its organisation is shown as the text that it is, by `check` and `build`.

    A check copies records into a private folder of its own, so it may open files.
    """
    number = sum(_fill_with_code(path) for part in ("policy", "street") for path in (own.folder / part).rglob("*"))
    checked, built = watch(own, "check"), watch(own, "build")
    pages = [path.read_text("utf-8") for path in (own.folder / "build" / "handbook").glob("*.html")]
    assert (checked.ended.code, built.ended.code) == (0, 0), checked.ended.said + built.ended.said
    assert [note for note in checked.noted if note[0] != "open" or "PWN" in note[1]] == built.noted == []
    assert number > 50
    assert sum(page.count("{{ 6 * 7 }}") for page in pages) > number
    assert not [page for page in pages if "root:x:" in page]


def _fill_with_code(path: Path) -> int:
    """Put code behind every free text of a file; gives how many there are."""
    if path.suffix not in {".yaml", ".md"}:
        return 0
    quoted = CODE.replace("'", "''")
    text, lines = ON_LINES.subn(lambda found: f"{found[1]}{found[2]}: '{found[3]} {quoted}'", path.read_text("utf-8"))
    text, brackets = IN_BRACKETS.subn(lambda found: f"{found[1]}{found[2]}: '{found[3]} {quoted}'", text)
    text, prose = IN_PROSE.subn(lambda found: f"- {found[1]} {CODE}", text) if path.suffix == ".md" else (text, 0)
    path.write_text(text, "utf-8")
    return lines + brackets + prose


def test_the_watch_sees_what_it_watches_for(tmp_path: Path) -> None:
    """The list of what was noted is empty because nothing was done, not because nobody looked."""
    seen = watch(Project(tmp_path)).noted
    assert {event for event, _ in seen} >= {"open", "os.system", "subprocess.Popen", "socket.connect"}


def test_pages_that_several_processes_read_are_refused(own: Project) -> None:
    """Sphinx by itself, reading with two processes, says the same and ends with 2."""
    for case in REFUSED[:4]:
        put(own, case)
    ended = own.run(sys.executable, "-m", "sphinx", "-q", "-j", "2", "-c", ".", "docs", "out")
    assert ended.code == 2
    assert [case["name"] for case in REFUSED[:4] if f"docs/{case['name']}.md:{case['line']}: " not in ended.said] == []


def test_a_file_is_looked_at_again_although_its_page_was_read_before(own: Project) -> None:
    """A picture that has become a link to a register since the page was read stops the next build."""
    own.write("docs/led.md", "# A page\n\n![x](led.png)\n")
    own.write("docs/led.png", "a picture")
    own.replace("docs/index.md", "\nrecords\n", "\nrecords\nled\n")
    assert own.build_apart().code == 0
    (own.folder / "docs" / "led.png").unlink()
    (own.folder / "docs" / "led.png").symlink_to("../street/records/loans.csv")
    ended = own.build_apart()
    assert ended.code == 2
    assert "docs/led.md:3: this would publish street/records/loans.csv" in ended.said


def test_no_record_is_in_the_handbook_however_it_came_there(own: Project) -> None:
    """A folder that conf.py adds to the handbook holds a register under another name: it is removed, and said."""
    own.write("extra/picture.png", own.read("street/records/loans.csv"))
    own.write("conf.py", own.read("conf.py") + '\nhtml_extra_path = ["extra"]\n')
    ended = own.build_apart()
    assert ended.code == 2
    assert "out/picture.png: this is street/records/loans.csv, and was removed - " in ended.said
    register = digests(own.folder / "street" / "records")["loans.csv"]
    assert register not in digests(own.folder / "out").values()


def test_templates_in_pages_cannot_be_switched_on(own: Project) -> None:
    """A conf.py that lets pages fill in templates is refused."""
    own.write("conf.py", own.read("conf.py") + '\nmyst_enable_extensions = ["substitution"]\n')
    ended = own.build_apart()
    assert ended.code == 2
    assert "myst_enable_extensions has substitution, which runs what a page says - take it out" in ended.said


def test_what_a_page_may_hold_is_documented() -> None:
    """The page for developers lists every directive, role, option and kind of file that is allowed, and no other."""
    section = (
        (ROOT / "docs" / "developers.md").read_text("utf-8").split("## What a page may hold\n")[1].split("\n## ")[0]
    )
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| ")][2:]
    listed = {what.strip(): set(words.replace("`", "").replace(",", " ").split()) for what, words in rows}
    assert listed == {
        "directives": set(DIRECTIVES),
        "roles": set(ROLES),
        "options of `needlist` and `needtable`": set(VIEW_OPTIONS),
        "pictures": set(PICTURES),
        "other files to offer": set(DOCUMENTS),
    }
