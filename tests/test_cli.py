"""The command line: what each command says, writes and leaves behind, and its exit codes."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.commands import LIBRARY, Typed
from tests.sites import POLICY, ROOT, SECOND, Sources, run

from policykit.cli import describe
from policykit.engines import Engines

TESTS = Path(__file__).parent
BY_HAND = {"policy": TESTS / "data" / "expected.yaml", "kitchens": SECOND.conf / "expected.yaml"}
PRIVATE = ("Sentinel", "On Rain", "B-4")


def change(path: Path, old: str, new: str) -> None:
    """Edit a file as a person would."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def mistakes() -> list[dict[str, Any]]:
    """The cases that anybody can read and add to."""
    found: list[dict[str, Any]] = yaml.safe_load((TESTS / "cases" / "cli" / "mistakes.yaml").read_text("utf-8"))
    return found


@pytest.mark.parametrize("case", mistakes(), ids=lambda case: case["why"])
@pytest.mark.usefixtures("here")
def test_a_mistake_ends_in_a_sentence(case: dict[str, Any], type_in: Typed) -> None:
    """Whatever is typed wrong, the error stream says what, the exit code is 2, and there is no traceback."""
    code, out, err = type_in(case["type"])

    said = re.sub(r"[\s│]+", " ", err)
    assert (code, case["says"] in said) == (case["exit"], True), said
    assert "Traceback" not in out + err
    assert "error of its own" not in err


@pytest.mark.parametrize("pack", [POLICY, SECOND], ids=lambda pack: pack.name)
def test_check_comes_to_what_was_worked_out_by_hand(pack: Sources, type_in: Typed, tmp_path: Path) -> None:
    """Every outcome and every count of the example is as somebody found it with the records in hand."""
    results = tmp_path / "results.json"
    expected = yaml.safe_load(BY_HAND[pack.name].read_text("utf-8"))["checks"]

    typed = f"check --policy {pack.policy} --organisation {pack.organisation} --results {results}"
    code, _, _ = type_in(typed, on={"policy": "2026-11-01", "kitchens": "2026-10-16"}[pack.name])

    found = {check["id"]: check for check in json.loads(results.read_text("utf-8"))["checks"]}
    assert found.keys() == {check["id"] for check in expected}
    for check in expected:
        assert {key: found[check["id"]][key] for key in check} == check
    assert code == {"policy": 1, "kitchens": 3}[pack.name]  # a part of a must of the first has no check yet
    assert json.loads(results.read_text("utf-8"))["run"]["what_if"] is False


def test_check_says_each_outcome_in_a_word_and_a_mark(here: Path, type_in: Typed) -> None:
    """The table reads without colour; a fail under a waiver is printed as waived."""
    code, out, err = type_in("check --policy policy", on="2026-05-31")

    assert (code, err) == (1, "")
    for line in (
        r"◆ Not met +CHK-RETURNED +1 of 2 books that are lent does not conform +30 April 2026",
        r"◆ Not met, waived +CHK-TITLED +1 of 4 books does not conform \(WAIVE-TITLE accepts it until 30 June 2026\)",
        r"■ Confirmed +CHK-READERS",
        r"– Does not apply +CHK-TOWN +Only the town looks at its own lists\.",
        r"6 checks: 3 Not met, 1 Confirmed, 1 Met, 1 Does not apply",
        r"2 duties: 2 Not met",
        r"Valid until 31 May 2026",
        r"Not verified: 1 confirmed by a person, 1 waived, 0 not checked\.\n$",
    ):
        assert re.search(line, out), line
    assert (here / "build" / "results.json").exists()


def test_one_duty_is_counted_as_one(here: Path, type_in: Typed) -> None:
    """A policy of one duty reads like English."""
    checks = here / "policy" / "checks" / "books.yaml"
    checks.write_text(checks.read_text("utf-8").replace("DUTY-SHELVE", "DUTY-LIST"), "utf-8")
    change(here / "policy" / "duties" / "DUTY-LIST.md", "stated_in: [LETTER-S1]", "stated_in: [LETTER-S1, LETTER-S2]")
    (here / "policy" / "duties" / "DUTY-SHELVE.md").unlink()

    assert "\n1 duty: 1 Not met\n" in type_in("check --policy policy")[1]


@pytest.mark.usefixtures("here")
def test_check_shows_and_keeps_no_row(type_in: Typed) -> None:
    """Only counts, dates and ids leave the engine."""
    _, out, err = type_in("check --policy policy")

    said = out + err + Path("build/results.json").read_text("utf-8")
    assert not [value for value in PRIVATE if value in said]


@pytest.mark.parametrize(
    ("options", "on", "code"),
    [
        ("", "2026-05-01", 1),
        ("--fail-on error", "2026-05-01", 0),
        ("--fail-on unknown,stale", "2026-05-01", 0),
        ("--fail-on unknown,stale", "2026-05-31", 0),  # the last day on which the records count
        ("--fail-on unknown,stale", "2026-06-01", 1),  # nothing trips, and the results have run out
        ("--strict", "2026-05-01", 1),
        ("--organisation mended", "2026-05-01", 0),  # the waiver counts until 30 June
        ("--organisation mended", "2026-06-01", 1),  # the records do not
        ("--organisation mended --strict", "2026-05-01", 1),
        ("--organisation mended --no-waivers", "2026-05-01", 1),
        ("--organisation mended --fail-on attestation-due,no-check,not-run", "2026-05-01", 0),
        ("--organisation mended --as-at 2026-05-01", "2026-05-02", 0),  # its own day
        ("--organisation mended --as-at 2026-05-02", "2026-05-02", 1),  # all holds, and it is a what-if
        ("--organisation mended --as-at 2026-05-03", "2026-05-02", 2),  # a day to come
        ("--organisation shut", "2026-05-01", 3),
        ("--organisation shut --fail-on fail", "2026-05-01", 0),
        ("--organisation mended --policy unproven", "2026-05-01", 1),  # a must check that proves nothing
        ("--organisation mended --policy unproven --fail-on fail,error", "2026-05-01", 0),
        ("--organisation june", "2026-06-30", 0),  # the last day of the waiver
        ("--organisation july", "2026-07-01", 1),
        ("--organisation blank", "2026-05-01", 1),
        ("--organisation blank --fail-on fail", "2026-05-01", 0),
        ("--organisation old", "2026-05-01", 1),
        ("--organisation unsaid", "2026-05-01", 1),
        ("--organisation unsaid --fail-on fail,error", "2026-05-01", 0),
    ],
)
def test_check_leaves_with_the_code_of_the_gate(options: str, on: str, code: int, here: Path, type_in: Typed) -> None:
    """0 all is well, 1 a gated outcome or what is not of today, 2 bad input, 3 a gated check not carried out."""
    vary(here)
    policy = "" if "--policy" in options else "--policy policy"
    assert type_in(f"check {policy} {options}", on)[0] == code


def vary(here: Path) -> None:
    """Organisations and policies beside the smallest pack, each different in one respect."""
    days = {"june": "2026-06-30", "july": "2026-07-01"}
    for name in ("mended", "shut", "blank", "old", "unsaid", *days):
        shutil.copytree(here / "reading_room", here / name)
    for name, day in days.items():
        change(here / name / "organisation.yaml", "as_at: 2026-05-01", f"as_at: {day}")
        change(here / name / "organisation.yaml", "taken_on: 2026-04-30", f"taken_on: {day}")
    for name in ("mended", "blank", "old", "unsaid", *days):
        for due in ("2026-04-20", "2026-05-20"):
            change(here / name / "records" / "books.csv", due, "2026-12-20")
    (here / "shut" / "records" / "books.csv").write_text("book_ref,title\nB-1\n", "utf-8")
    change(here / "blank" / "records" / "books.csv", "2026-12-20", "")
    change(here / "old" / "organisation.yaml", "taken_on: 2026-04-30", "taken_on: 2026-03-30")
    (here / "unsaid" / "attestations.yaml").write_text("[]\n", "utf-8")
    shutil.copytree(here / "policy", here / "unproven")
    books, failing = (
        here / "unproven" / "checks" / "books.yaml",
        "{expect: fail, row: {shelf: null}, because: it has none}",
    )
    change(books, f"    - {failing}\n", "")


@pytest.mark.usefixtures("here")
def test_a_what_if_is_printed_and_not_kept(type_in: Typed) -> None:
    """Another day than the organisation's own is only asked about, unless a file is named, which then says so."""
    type_in("check --policy policy", on="2026-05-01")
    before = Path("build/results.json").read_bytes()

    code, out, _ = type_in("check --policy policy --as-at 2026-04-30 --fail-on error", on="2026-05-01")
    named, _, _ = type_in("check --policy policy --as-at 2026-04-30 --results asked.json", on="2026-05-01")

    assert (code, named) == (1, 1)
    assert "Results: not kept, because this only asks what if it were that day." in out
    assert Path("build/results.json").read_bytes() == before
    assert json.loads(Path("asked.json").read_text("utf-8"))["run"]["what_if"] is True


@pytest.mark.usefixtures("here")
def test_what_ran_out_is_said(type_in: Typed) -> None:
    """Records count for so many days, whatever day the organisation has fixed."""
    said = [type_in("check --policy policy", on=day)[1] for day in ("2026-05-31", "2026-06-01")]

    assert ["Valid until 31 May 2026" in out for out in said] == [True, False]
    assert "These results ran out on 31 May 2026: take the records anew and run the checks again." in said[1]


def test_a_whole_run_of_others_is_replaced_by_who_names_its_file(here: Path, type_in: Typed) -> None:
    """The only results of another organisation are never gone without a question."""
    shutil.copytree(here / "reading_room", here / "other")
    change(here / "other" / "organisation.yaml", "id: READING-ROOM", "id: OTHER-ROOM")
    type_in("check --policy policy", on="2026-05-01")
    before = (here / "build" / "results.json").read_bytes()

    code, _, err = type_in("check --policy policy --organisation other", on="2026-05-01")

    assert (code, "holds a complete run of READING-ROOM - name a file" in err) == (2, True), err
    assert (here / "build" / "results.json").read_bytes() == before
    assert type_in("check --policy policy --organisation other --results build/results.json", on="2026-05-01")[0] == 1
    assert b"OTHER-ROOM" in (here / "build" / "results.json").read_bytes()


@pytest.mark.usefixtures("here")
def test_what_is_the_matter_with_records_is_told_once_and_not_kept(type_in: Typed) -> None:
    """Who runs the checks hears the details, with a remedy; results say the kind only."""
    Path("reading_room/records/books.csv").write_text("book_ref,title\nB-1\n", "utf-8")

    _, out, err = type_in("check --policy policy", on="2026-05-01")

    [told] = [line for line in err.splitlines() if "Books cannot be opened" in line]
    assert re.fullmatch(r"policy/\.\./reading_room/organisation\.yaml: Books cannot be opened: .+ - .+", told)
    assert told.split(": ", 2)[2].split(" - ")[0] not in out + Path("build/results.json").read_text("utf-8")


@pytest.mark.usefixtures("here")
def test_check_prints_on_any_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a mark cannot be printed the word still stands."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")

    said = run("policykit", "check", "--policy", "policy", cwd=Path.cwd())

    assert said.returncode == 1
    assert "? Not met, waived" in said.stdout


def test_bad_input_is_told_whole_and_leaves_everything_as_it_was(here: Path, type_in: Typed) -> None:
    """All problems in one run, each with its line; the results of the last run stay."""
    type_in("check --policy policy")
    before = (here / "build" / "results.json").read_bytes()
    change(here / "policy" / "checks" / "books.yaml", "field: shelf, value: red", "field: shelves, value: red")
    change(here / "policy" / "registers.yaml", "about: document", "about: animals")

    code, out, err = type_in("check --policy policy")

    assert (code, out) == (2, "")
    assert re.search(r"^policy/registers.yaml:4: .* - .*$", err, re.MULTILINE)
    assert (here / "build" / "results.json").read_bytes() == before


def test_a_rule_that_its_own_example_contradicts_is_bad_input(here: Path, type_in: Typed) -> None:
    """The rule is wrong or the example is: what was counted is kept beside that, and the exit code is 2."""
    change(here / "policy" / "checks" / "books.yaml", "fail, row: {shelf: blue}", "pass, row: {shelf: blue}")

    code, _, err = type_in("check --policy policy --fail-on unknown")

    assert code == 2
    assert "example 1 of CHK-SHELVED expects pass and comes to fail - mend the example or the rule" in err
    kept = json.loads((here / "build" / "results.json").read_text("utf-8"))["checks"]
    [shelved] = (check for check in kept if check["id"] == "CHK-SHELVED")
    assert "Example 1 expects pass and comes to fail." in shelved["examples"]["gaps"]


@pytest.mark.usefixtures("here")
def test_words_prints_the_rule_and_its_sql(type_in: Typed) -> None:
    """The sentence that people read, and what is run for it."""
    code, out, _ = type_in("words CHK-RETURNED --policy policy")

    assert code == 0
    assert "Every book that is lent comes back in time" in out
    assert "Must hold: the day it is due is 1 May 2026 or later." in out
    assert '"r0"."due_on"' in out


@pytest.mark.usefixtures("here")
def test_words_of_a_statement_says_that_there_is_no_rule(type_in: Typed) -> None:
    """What no register can show has no SQL."""
    code, out, _ = type_in("words CHK-READERS --policy policy")

    assert (code, "somebody confirms it" in out, "SQL" in out) == (0, True, False)


def test_lint_counts_what_it_finds(here: Path, type_in: Typed) -> None:
    """Nothing to report, or a line for each warning and their number; a warning stops nothing."""
    clean = type_in("lint --policy policy")
    change(here / "reading_room" / "waivers.yaml", "check: CHK-TITLED", "check: CHK-GONE")
    warned = type_in("lint --policy policy")

    assert clean == (0, "Nothing to report.\n", "")
    assert (warned[0], warned[1]) == (0, "1 warning, no error.\n")
    assert "WAIVE-TITLE" in warned[2]


def test_lint_compares_the_text_of_the_guidance(here: Path, type_in: Typed) -> None:
    """Another text than the one that the spans were cut from is an error."""
    (here / "letter.txt").write_text("Another letter.", "utf-8")

    code, _, err = type_in("lint --policy policy --source-text letter.txt")

    assert code == 2
    assert "letter" in err


def test_example_copies_the_organisation(here: Path, type_in: Typed) -> None:
    """A folder of one's own, to put one's own records in, that checks as it is."""
    code, _, _ = type_in("example ours --policy policy")

    copied = {path.relative_to(here / "ours") for path in (here / "ours").rglob("*")}
    assert (code, copied) == (
        0,
        {path.relative_to(LIBRARY / "reading_room") for path in (LIBRARY / "reading_room").rglob("*")},
    )
    assert type_in("check --policy policy --organisation ours")[0] == 1


def test_schema_writes_every_format(here: Path, type_in: Typed) -> None:
    """One JSON Schema for each file format."""
    code, _, _ = type_in("schema formats")

    names = {path.name for path in (here / "formats").iterdir()}
    assert code == 0
    assert {"checks.schema.json", "duty.schema.json", "organisation.schema.json"} <= names


@pytest.fixture
def handbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the second pack with its docs, where its handbook is built."""
    shutil.copytree(SECOND.conf, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("build", "_build"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("out", ["policy", "docs", "conf.py", "."])
def test_build_replaces_nothing_but_a_handbook(out: str, handbook: Path) -> None:
    """A folder of the policy or of pages, a file, the place one stands in: each stays as it is."""
    before = {path: path.read_bytes() for path in handbook.rglob("*") if path.is_file()}

    built = run("policykit", "build", "--out", out, cwd=handbook)

    assert built.returncode == 2
    assert built.stderr.startswith(f"{out} is no ")
    assert {path: path.read_bytes() for path in handbook.rglob("*") if path.is_file()} == before


def test_build_swaps_the_new_handbook_in(handbook: Path) -> None:
    """What was there before is gone, nothing else is left behind, and no check was run."""
    (handbook / "build" / "handbook").mkdir(parents=True)
    for name in ("old.html", "objects.inv"):
        (handbook / "build" / "handbook" / name).write_text("old", "utf-8")

    built = run("policykit", "build", cwd=handbook)

    assert (built.returncode, built.stdout) == (0, "The handbook: build/handbook/index.html\n"), built.stderr
    assert (handbook / "build" / "handbook" / "index.html").exists()
    assert not (handbook / "build" / "handbook" / "old.html").exists()
    assert {path.name for path in (handbook / "build").iterdir()} == {"doctrees", "handbook"}


def test_a_build_that_fails_leaves_the_old_handbook(handbook: Path, type_in: Typed) -> None:
    """Bad input stops the build before a page is touched."""
    (handbook / "build" / "handbook").mkdir(parents=True)
    for name in ("index.html", "objects.inv"):
        (handbook / "build" / "handbook" / name).write_text("old", "utf-8")
    change(handbook / "policy" / "policy.yaml", "edition:", "edtion:")

    code, _, err = type_in("build")

    assert code == 2
    assert "policy/policy.yaml:" in err
    assert (handbook / "build" / "handbook" / "index.html").read_text("utf-8") == "old"
    assert [path.name for path in (handbook / "build").iterdir()] == ["handbook"]


def test_an_error_nobody_foresaw_shows_its_class_only(
    monkeypatch: pytest.MonkeyPatch, type_in: Typed, here: Path
) -> None:
    """The message of an unknown error might hold a row, so it is not shown."""

    def breaking(_: Engines) -> None:
        raise ZeroDivisionError("Mx Sentinel")

    monkeypatch.setattr(Engines, "__enter__", breaking)

    code, out, err = type_in("check --policy policy")

    assert (code, err) == (3, "policykit stopped on an error of its own (ZeroDivisionError).\n")
    assert "Sentinel" not in out
    assert not (here / "build").exists()


def test_every_command_is_described_for_the_handbook() -> None:
    """The handbook's page of commands is made from the commands themselves."""
    described = {command.name: command for command in describe()}

    assert list(described) == [
        *("check", "build", "history", "verify", "lint", "words", "prove", "why", "schema", "example"),
    ]
    assert all(command.help and all(means for _, means in command.options) for command in described.values())
    assert "--fail-on STATES" in dict(described["check"].options)


def test_help_loads_nothing_heavy() -> None:
    """Whoever asks how a command is used waits for no engine and no Sphinx."""
    heavy = "duckdb", "pydantic", "sphinx", "sqlglot", "yaml"
    code = f"""
import sys
sys.argv = ["policykit", "--help"]
from policykit.cli import main
try:
    main()
except SystemExit:
    print([name for name in {heavy!r} if name in sys.modules])
"""
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)

    assert found.stdout.splitlines()[-1] == "[]"
