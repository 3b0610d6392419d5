"""A handbook built again is the handbook built from nothing, byte for byte."""

import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from signal import SIGKILL

import pytest
from tests.ladders import Project, digests

EDITS = 44

DEADLY = """
import os, signal

def setup(app):
    app.connect("html-page-context", lambda app, page, *_: page == "law" and os.kill(os.getpid(), signal.SIGKILL))
"""


def _swap(project: Project, file: str, one: str, other: str) -> None:
    text = project.read(file)
    old, new = (one, other) if one in text else (other, one)
    project.replace(file, old, new)


def _move(project: Project, placing: str, *pages: str) -> None:
    """Take a placing line to the next of the pages; from the last of them back to the first."""
    line = f"```{placing}\n```\n"
    here = next(number for number, page in enumerate(pages) if line in project.read(page))
    there = pages[(here + 1) % len(pages)]
    project.replace(pages[here], line, "")
    project.write(there, project.read(there) + line)


def _page_comes_or_goes(project: Project) -> None:
    page = project.folder / "docs" / "about.md"
    if page.exists():
        page.unlink()
        project.replace("docs/index.md", "about\n", "")
    else:
        project.write("docs/about.md", "# About\n\nSee [](#DUTY-LEND). A word of its own: xylophone.\n")
        project.replace("docs/index.md", "records\n", "records\nabout\n")


def _record_changes(project: Project) -> None:
    _swap(project, "street/records/ladders.csv", "L-2,2026-09-15", "L-2,2026-01-15")
    project.check()


def _results_come_or_go(project: Project) -> None:
    results = project.folder / "build" / "results.json"
    if results.exists():
        results.unlink()
    else:
        project.check()


ALONE = "# The text of the guidance\n\n```{clause} LL-S1\n```\n"

CHANGES: dict[str, Callable[[Project], None]] = {
    "a word on a page": lambda p: _swap(p, "docs/looking.md", "Before you lend, look", "Look before you lend"),
    "the title of a page": lambda p: _swap(p, "docs/looking.md", "# Looking at ladders", "# Look at them"),
    "the title of a section": lambda p: _swap(p, "docs/lending.md", "## At the door", "## At our door"),
    "the order of the pages": lambda p: _swap(p, "docs/index.md", "looking\nlending", "lending\nlooking"),
    "the width of a page": lambda p: _swap(p, "docs/records.md", "frame: wide", "frame: narrow"),
    "a page": _page_comes_or_goes,
    "the place of a duty": lambda p: _move(p, "{duty} DUTY-SHOW", "docs/lending.md", "docs/looking.md"),
    "the place of a check": lambda p: _move(p, "{check} CHK-BACK", "docs/lending.md", "docs/guidance.md"),
    "whether a sentence stands alone": lambda p: _swap(p, "docs/guidance.md", "# The guidance\n", ALONE),
    "whether a provision stands alone": lambda p: _swap(p, "docs/law.md", "```{provision} LA1999-S2\n```\n", "It.\n"),
    "the title of a duty": lambda p: _swap(p, "policy/duties/DUTY-LOOK.md", "title: Look at", "title: Check on"),
    "the short title of a duty": lambda p: _swap(p, "policy/duties/DUTY-LEND.md", "short: Back", "short: In"),
    "the summary of a duty": lambda p: _swap(p, "policy/duties/DUTY-LEND.md", "The next person", "Somebody else"),
    "the prose of a duty": lambda p: _swap(p, "policy/duties/DUTY-SHOW.md", "- Do it today.", "- Do it now."),
    "the title of a check": lambda p: _swap(p, "policy/checks/all.yaml", "title: Every loan", "title: Each loan"),
    "a rule": lambda p: _swap(p, "policy/parameters.yaml", "default: 90", "default: 60"),
    "a sentence": lambda p: _swap(p, "policy/sources/ll.yaml", "gist: Look at each", "gist: Look well at each"),
    "a provision": lambda p: _swap(p, "policy/law.yaml", "cited_as: Ladders Act section 1", "cited_as: Section 1"),
    "the edition": lambda p: _swap(p, "policy/policy.yaml", "edition: 2026.1", "edition: 2026.2"),
    "the organisation": lambda p: _swap(p, "street/organisation.yaml", "Our street", "Their street"),
    "a record": _record_changes,
    "the results": _results_come_or_go,
}


def _assert_same_as_clean(project: Project, step: str, processes: int = 1) -> None:
    assert project.build(processes=processes).warnings == "", step
    clean = project.build(f"clean {step}", f"clean {step} read")
    assert digests(project.folder / "out") == digests(clean.folder), step


def test_after_any_edits_the_pages_are_those_of_a_clean_build(own: Project) -> None:
    """Every kind of edit, in an order drawn by lot, and as many again: never a byte that a clean build has not."""
    lot = random.Random(20261101)  # noqa: S311 - the same draw every time
    kinds = sorted(CHANGES)
    own.build()
    for number, change in enumerate([*lot.sample(kinds, len(kinds)), *lot.choices(kinds, k=EDITS - len(kinds))]):
        CHANGES[change](own)
        _assert_same_as_clean(own, f"{number} {change}", processes=1 + number % 2)


REAL_CHANGES: dict[str, tuple[str, str, str]] = {
    "a word on a page": ("docs/know-what-you-may-share.md", "share sooner", "tell sooner"),
    "the title of a page": ("docs/know-what-you-may-share.md", "# Know what", "# Learn what"),
    "a duty that moves, taken out": ("docs/know-what-you-may-share.md", "```{duty} DUTY-S115\n```\n", ""),
    "a duty that moves, put in": ("docs/gaps.md", "\n```{gaps}", "\n```{duty} DUTY-S115\n```\n\n```{gaps}"),
    "a duty": ("policy/duties/DUTY-TRAIN.md", "short: Train all your staff", "short: Train everybody"),
    "a check": ("policy/checks/training.yaml", "title: Everyone in post has been", "title: Everybody in post has been"),
    "a sentence": ("policy/sources/scie53_housing_managers.yaml", "gist: Written for", "gist: Meant for"),
    "a provision": ("policy/law.yaml", "cited_as: UK GDPR\n", "cited_as: The UK GDPR\n"),
    "a decision table": ("policy/decisions/marac.yaml", "title: Should this go", "title: Should it go"),
    "the organisation": ("policy/example/organisation.yaml", "name: Example Homes", "name: Sample Homes"),
    "a record": (
        "policy/example/records/complaints.csv",
        "DP-01,2026-02-09,2026-02-21,",
        "DP-01,2026-02-09,2026-06-21,",
    ),
}


def test_the_real_handbook_too_is_that_of_a_clean_build(tmp_path: Path) -> None:
    """One edit of each kind of the real pack, and its checks run again after the last of them."""
    real = Project.real_copied_to(tmp_path / "real")
    real.check()
    assert real.build().warnings == ""
    moving = [change for change in REAL_CHANGES if "moves" in change]
    for change, (file, old, new) in REAL_CHANGES.items():
        real.replace(file, old, new)
        if change == "a record":
            real.check()
        if change not in moving[:1]:  # in between, the duty that moves is on no page
            _assert_same_as_clean(real, change)


def test_after_a_killed_build_the_next_one_is_whole(own: Project) -> None:
    """A build that is killed among its pages, after an edit, leaves nothing that the next build does not put right."""
    own.build()
    CHANGES["the results"](own)
    CHANGES["the title of a page"](own)
    CHANGES["a page"](own)
    conf = own.read("conf.py")
    own.write("conf.py", conf + DEADLY)
    assert own.build_apart().code == -SIGKILL
    own.write("conf.py", conf)
    _assert_same_as_clean(own, "killed")


def test_an_item_moved_to_an_earlier_page_is_not_lost(own: Project) -> None:
    """A duty that moves from a page that is read later to one that is read earlier is there once, with its check."""
    own.replace("docs/looking.md", "```{duty} DUTY-LOOK\n```\n", "")
    own.write("docs/lending.md", own.read("docs/lending.md") + "\n```{duty} DUTY-LOOK\n```\n")
    own.build()
    own.replace("docs/lending.md", "\n```{duty} DUTY-LOOK\n```\n", "")
    own.write("docs/guidance.md", own.read("docs/guidance.md") + "\n```{duty} DUTY-LOOK\n```\n")
    _assert_same_as_clean(own, "moved")
    assert 'id="CHK-LOOKED"' in (own.folder / "out" / "guidance.html").read_text("utf-8")


def test_policy_and_results_change_without_a_page_being_read_again(own: Project) -> None:
    """What is remembered of a page does not depend on the policy: after an edit no page is read, all are written."""
    own.build_apart()
    CHANGES["the title of a duty"](own)
    again = own.run(sys.executable, "-m", "sphinx", "-d", "read", "-c", ".", "docs", "out")
    assert "0 added, 0 changed, 0 removed" in again.said
    assert "Check on every ladder" in (own.folder / "out" / "looking.html").read_text("utf-8")


def test_a_page_that_is_gone_leaves_no_file(own: Project) -> None:
    """After a page is taken out, neither its HTML nor a word of it in the search index is left."""
    CHANGES["a page"](own)
    own.build()
    CHANGES["a page"](own)
    built = own.build()
    assert not (built.folder / "about.html").exists()
    assert "xylophon" not in (built.folder / "searchindex.js").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "environment"),
    [
        (("-j", "2"), {}),
        ((), {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"}),
        ((), {"TZ": "America/Anchorage", "PYTHONHASHSEED": "2", "LC_ALL": "C"}),
        (("-j", "2"), {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de", "PYTHONHASHSEED": "3"}),
    ],
    ids=["two processes", "far east", "far west", "another language"],
)
def test_where_when_and_how_it_is_built_leaves_no_trace(
    own: Project, locales: Path, tmp_path: Path, options: tuple[str, ...], environment: dict[str, str]
) -> None:
    """Another folder, time zone, locale, hash seed or number of processes: the same bytes."""
    here = own.build_apart()
    elsewhere = Project(tmp_path / "another place" / "ladders")
    shutil.copytree(own.folder, elsewhere.folder, ignore=shutil.ignore_patterns("out", "read"))
    there = elsewhere.build_apart(*options, LOCPATH=str(locales), **environment)
    assert (here.code, there.code) == (0, 0), here.said + there.said
    assert digests(own.folder / "out") == digests(elsewhere.folder / "out")
