"""Lint: what is allowed and still looks like a mistake, and the guidance text beside its clauses."""

import hashlib
import shutil
from pathlib import Path

import pytest

from policykit.problems import Notice
from policykit.reading import lint, load_organisation, load_pack

GOOD = Path(__file__).parent / "cases" / "loading" / "good"
POOL_TEXT = "Somebody must watch the water.\nWater is wet, as has been seen\n\nand clubs are outside the law.\n"
CUT = ((0, 30), (31, 61), (63, 93))
NOT_CUT = (("[0, 30]", "0123456789ab"), ("[31, 60]", "123456789012"), ("[60, 90]", "0123456789ac"))
NO_TEXT = "3a90c2f1e2ba8b8e36c8a9a4ff5ce4d7f4c5f1a3a5e8c6d34b6a5e0d7f9c1b20"
"""What the clauses of the good pack say in place of spans and digests: they were cut from no text."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the good pack whose clauses are cut from a made-up text beside it."""
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    Path("guide.txt").write_text(POOL_TEXT, "utf-8")
    guide = Path("policy/sources/guide.yaml")
    changes = {NO_TEXT: _digest(POOL_TEXT), "length: 90": f"length: {len(POOL_TEXT)}"}
    for (span, digest), (first, end) in zip(NOT_CUT, CUT, strict=True):
        changes |= {span: f"[{first}, {end}]", digest: f'"{_digest(POOL_TEXT[first:end])[:12]}"'}
    _change(guide, changes)
    return tmp_path


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _change(path: Path, changes: dict[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")


def _lint(*, text: bool = False) -> list[str]:
    pack = load_pack(Path("policy"))
    organisation = load_organisation(Path("organisation"), pack)
    return [str(problem) for problem in lint(pack, organisation, Path("guide.txt") if text else None)]


def test_the_policy_has_nothing_to_report() -> None:
    """The handbook's own pack and its example."""
    pack = load_pack(Path("policy"))
    assert lint(pack, load_organisation(Path("policy/example"), pack)) == ()


def test_a_text_that_its_clauses_were_cut_from_is_in_order(home: Path) -> None:
    """Digests match, and every character but white space lies in one clause."""
    assert home.is_dir()
    assert _lint(text=True) == []


CASES = {
    "a heading": (
        "policy/duties/DUTY-TELL.md",
        {"## What to do this week": "## This week"},
        ("policy/duties/DUTY-TELL.md:2: DUTY-TELL has no heading `## What to do this week`", "write that part"),
    ),
    "a long sentence": (
        "policy/duties/DUTY-TELL.md",
        {"A sign says the rules.": f"A sign {'very ' * 24}big says the rules."},
        ("policy/duties/DUTY-TELL.md:2: a sentence of the summary of DUTY-TELL has 30 words", "say it in at most 25"),
    ),
    "an overdue review": (
        "policy/duties/DUTY-TELL.md",
        {"2026-03-01": "2026-01-30"},
        (
            "policy/duties/DUTY-TELL.md:2: the review of DUTY-TELL was due on 30 April 2026",
            "review it and write the day to `reviewed_on`",
        ),
    ),
    "a role": (
        "policy/law.yaml",
        {"binds: [swimmer]": "binds: [anyone]"},
        ("policy/policy.yaml:2: no provision binds the role `swimmer`", "take it out, or name it in `binds`"),
    ),
    "an empty parameter": (
        "policy/parameters.yaml",
        {"[rescue, first_aid]": "[]"},
        (
            "policy/parameters.yaml:2: the parameter `skills` is an empty list, so rules that use it cannot tell",
            "name at least one code",
        ),
    ),
    "a clause that is explained": (
        "policy/duties/DUTY-TELL.md",
        {"stated_in: []": "stated_in: [POOL-GUIDE-S2]"},
        (
            "policy/duties/DUTY-TELL.md:2: DUTY-TELL is stated in POOL-GUIDE-S2, which is treated as explained",
            "write `treated_as: duty` there, or name the clause in `prompted_by`",
        ),
    ),
    "a row of a table": (
        "policy/decisions/open.yaml",
        {"  - {id: R4,": "  - {id: R5, when: {guards: [two], grade: [senior]}, outcome: open}\n  - {id: R4,"},
        (
            "policy/decisions/open.yaml:1: the row R5 of DT-OPEN changes nothing: without it every answer is the same",
            "take it out",
        ),
    ),
    "an example": (
        "policy/checks/guards.yaml",
        {"{expect: fail, related": "{expect: unknown, related"},
        (
            "policy/checks/guards.yaml:1: example 2 of CHK-SKILLS expects unknown and comes to fail",
            "mend the example or the rule",
        ),
    ),
    "a ground that no word speaks of": (
        "policy/checks/guards.yaml",
        {"The sign at the water is up": "The sign is up"},
        (
            "policy/checks/guards.yaml:47: no title, field or setting of CHK-SIGN speaks of what POOL-ACT-S1 says",
            "name what it tests in `grounds`, or say in its title how it tests that",
        ),
    ),
    "law that has not begun": (
        "policy/law.yaml",
        {"{from: 2020-01-01, change: two people}": "{from: 2026-06-01, change: two people}"},
        (
            "policy/duties/DUTY-TELL.md:2: on 1 May 2026 nothing that DUTY-TELL rests on is law",
            "name law in force, or say in `applies` from when to when the duty counts",
        ),
    ),
}


@pytest.mark.parametrize(("path", "changes", "notice"), CASES.values(), ids=CASES)
def test_what_looks_like_a_mistake_is_told(
    path: str, changes: dict[str, str], notice: tuple[str, str], home: Path
) -> None:
    """At the line of its item."""
    _change(home / path, changes)
    assert _lint() == [" - ".join(notice)]


def test_a_file_that_nobody_reads_is_told(home: Path) -> None:
    """A misspelt file name loses no rule in silence."""
    (home / "policy" / "population.yaml").write_text("[]", "utf-8")
    assert [problem.split(" - ")[0] for problem in _lint()] == ["policy/population.yaml: this file is read by nobody"]


def test_a_changed_text_is_told_without_showing_a_word_of_it(home: Path) -> None:
    """The digest of the text, that of the clause, and where a character lies in no clause."""
    (home / "guide.txt").write_text(POOL_TEXT.replace("is wet", "is dry").replace("\n\n", "\n!\n"), "utf-8")
    _change(home / "policy/sources/guide.yaml", {"[63, 93]": "[64, 94]"})
    assert [problem.split(" - ")[0] for problem in _lint(text=True)] == [
        "guide.txt: this is not the text that the digest of a source was made from",
        "guide.txt:3: the characters 62 to 63 lie in no clause",
        "policy/sources/guide.yaml:22: the digest of POOL-GUIDE-S2 is not that of its span",
    ]


def test_a_length_that_is_not_that_of_the_text_is_told(home: Path) -> None:
    """Within what may lie behind the last clause, only the text can tell."""
    _change(home / "policy/sources/guide.yaml", {f"length: {len(POOL_TEXT)}": f"length: {len(POOL_TEXT) + 2}"})
    [told] = _lint(text=True)
    assert told.endswith("POOL-GUIDE is said to have 96 characters, and its text has 94 - write `length: 94`")


def test_a_text_that_is_not_there_is_told(home: Path) -> None:
    """As a problem, not as an exception."""
    (home / "guide.txt").unlink()
    assert _lint(text=True) == ["guide.txt: this file cannot be opened - name the text"]


def test_warnings_stop_nothing() -> None:
    """What lint tells of a pack that loads is a warning, but for the text."""
    errors = {notice for notice in Notice if notice.severity.value == "error"}
    assert {Notice.SOURCE_DIGEST, Notice.SOURCE_COVERAGE} <= errors
    assert not errors & {Notice.DUTY_HEADINGS, Notice.DUTY_SUMMARY, Notice.ROLE_UNBOUND, Notice.FILE_IGNORED}
