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
TYPED = cases_of("typed_ticks")


@dataclass(frozen=True)
class Watched:
    """A project that was built under watch: how that ended, and what was started, fetched or written outside."""

    project: Project
    ended: Finished
    noted: list[list[str]]


def put(project: Project, case: Case) -> None:
    """Put the page of a case into a project, with the files that it needs."""
    docs = project.folder / "docs"
    if "page" in case:
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
    place = f"{page}{case['line']}: " if "line" in case else f"{page} "  # where the whole page is meant
    assert [line for line in answers if place in line and case["says"] in line], answers
    assert case.get("also", "") in "\n".join(answers)


def test_refused_pages_run_nothing_and_publish_nothing(refused: Watched) -> None:
    """Nothing was started, fetched or written beside the build; it ended with 2, without a traceback or a handbook."""
    assert refused.noted == []
    assert refused.ended.code == 2
    assert "Traceback" not in refused.ended.said
    assert not (refused.project.folder / "build" / "handbook").exists()


def test_a_page_that_is_a_record_is_not_even_read(refused: Watched) -> None:
    """What is read is kept between builds; of the other pages something is, of this one nothing."""
    kept = {path.stem for path in (refused.project.folder / "build" / "doctrees").glob("*.doctree")}
    assert "link-to-a-register" in kept
    assert "page-that-is-a-register-by-a-link" not in kept


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

    A check copies records into a private folder of its own, so it may make one, open files, and empty its copies.
    """
    own.write(
        "policy/policy.yaml", re.sub(r"(?m)^posts: .*\n", "", own.read("policy/policy.yaml"))
    )  # else none has one
    number = sum(_fill_with_code(path) for part in ("policy", "street") for path in (own.folder / part).rglob("*"))
    checked, built = watch(own, "check"), watch(own, "build")
    pages = [path.read_text("utf-8") for path in (own.folder / "build" / "handbook").glob("*.html")]
    assert checked.ended.code in {0, 1}, checked.ended.said  # 1 where the results have run out since
    assert built.ended.code == 0, built.ended.said
    done = [note for note in checked.noted if note[0] not in {"open", "os.mkdir", "os.truncate"} or "PWN" in note[1]]
    assert done == built.noted == []
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
    assert {event for event, _ in seen} >= {"open", "os.rename", "os.system", "subprocess.Popen", "socket.connect"}


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


@pytest.fixture(scope="module")
def typed(ladders: Project, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """Every tick typed by hand, brought past the pages by conf.py."""
    project = Project(tmp_path_factory.mktemp("typed") / "own")
    shutil.copytree(ladders.folder, project.folder, ignore=shutil.ignore_patterns("out", "read"))
    for case in TYPED:
        project.write(f"extra/{case['name']}.html", f"<!DOCTYPE html><title>A page</title>{case['html']}")
    project.write("extra/plain-text.html", "<p title='data-outcome'>data-outcome=pass data-kind=duty</p>")
    project.write("conf.py", project.read("conf.py") + '\nhtml_extra_path = ["extra"]\n')
    return Watched(project, project.build_apart(), [])


@pytest.mark.parametrize("case", TYPED, ids=lambda case: case["name"])
def test_a_tick_that_was_typed_by_hand_is_named_and_removed(typed: Watched, case: Case) -> None:
    """However it came into the handbook, and however it is written, it is not the card of what was found."""
    said = f"out/{case['name']}.html: the cards on this page are not those of the policy and its results ("
    assert said in typed.ended.said
    assert typed.ended.code == 2
    assert not (typed.project.folder / "out" / f"{case['name']}.html").exists()


def test_words_about_ticks_are_no_ticks(typed: Watched) -> None:
    """A page that speaks of the attributes stays, and so do our own pages."""
    assert "plain-text.html" not in typed.ended.said
    assert {"plain-text.html", "looking.html", "lending.html"} <= {
        path.name for path in (typed.project.folder / "out").glob("*.html")
    }


CHANGED = {
    "a word": ("lending", """.replace('data-outcome="fail"', 'data-outcome="pass"')""", "CHK-BACK and DUTY-LEND"),
    "another id": (
        "lending",
        """.replace('id="CHK-BACK"', 'id="CHK-BACKS"')""",
        "CHK-BACK and something that is no item",
    ),
    "a card more": (
        "looking",
        """.replace("<main", '<p id="DUTY-LEND" data-kind="duty" data-outcome="pass"></p><main')""",
        "DUTY-LEND",
    ),
    "the same twice": (
        "looking",
        """.replace("</main>", '<article id="DUTY-LOOK" data-kind="duty" data-outcome="pass"></article></main>')""",
        "DUTY-LOOK",
    ),
    "a card less": ("lending", """.replace(' data-outcome="fail"', "")""", "CHK-BACK and DUTY-LEND"),
    "no page": ("lending", """[:0]""", "CHK-BACK, CHK-SHOWN, DUTY-LEND and DUTY-SHOW"),
}


@pytest.mark.parametrize(("page", "change", "items"), CHANGED.values(), ids=CHANGED)
def test_a_page_that_was_changed_after_it_was_made_is_refused(own: Project, page: str, change: str, items: str) -> None:
    """Every card of a page is compared with what was found: one changed, one more, one less."""
    hook = f"""
def change(app, exception):
    page = app.outdir / "{page}.html"
    page.write_text(page.read_text("utf-8"){change}, "utf-8")

def setup(app):
    app.connect("build-finished", change)
"""
    own.write("conf.py", own.read("conf.py") + hook)
    ended = own.build_apart()
    assert ended.code == 2
    assert (
        f"out/{page}.html: the cards on this page are not those of the policy and its results ({items})" in ended.said
    )
    assert not (own.folder / "out" / f"{page}.html").exists()


def test_a_kind_of_handbook_without_its_pages_is_refused(own: Project) -> None:
    """A builder that makes one page of all shows no card on it: it does not end well."""
    ended = own.build_apart("-b", "singlehtml")
    assert ended.code == 2
    assert (
        "out/looking.html: this page was not made, and the cards of CHK-LOOKED and DUTY-LOOK stand on it" in ended.said
    )


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
