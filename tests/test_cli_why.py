"""One record explained: what is shown, to whom, and that nothing of it stays."""

import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.commands import Typed
from tests.sites import POLICY

CASES = Path(__file__).parent / "cases" / "cli" / "why.yaml"
BOOKS = Path("reading_room/records/books.csv")


def cases() -> list[dict[str, Any]]:
    """The cases that anybody can read and add to."""
    found: list[dict[str, Any]] = yaml.safe_load(CASES.read_text("utf-8"))
    return found


def add_book(line: str) -> None:
    """One more line at the end of the list of books."""
    BOOKS.write_text(f"{BOOKS.read_text('utf-8')}{line}\n", "utf-8", newline="")


def files() -> dict[Path, bytes]:
    """Everything in and below the current folder."""
    return {path: path.read_bytes() for path in Path.cwd().rglob("*") if path.is_file()}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["why"])
@pytest.mark.usefixtures("here")
def test_a_record_is_explained_clause_by_clause(case: dict[str, Any], type_in: Typed) -> None:
    """The words, the value seen and what it comes to; scope first, then what must hold, then the outcome."""
    if "records" in case:
        add_book(case["records"])

    code, out, _ = type_in(f"why {case['type']} --policy policy --show-anyway")

    assert (code, out) == (0, case["says"])


def test_related_rows_are_shown_for_each_value(type_in: Typed) -> None:
    """A rule over two registers is shown once for each value, with the rows that it looks up."""
    code, out, _ = type_in(f"why CHK-TRAIN-TOPICS P-0001 --policy {POLICY.policy} --show-anyway")

    assert code == 0
    assert out.count("It conforms.") == len(re.findall(r"^topic: ", out, re.MULTILINE)) > 1
    assert re.search(r"^  true: there is a completed course .*\n    \[person reference: P-0001\]\n", out, re.MULTILINE)
    assert re.search(r"^    true: completed course \S+\n      true: the topic is that topic$", out, re.MULTILINE)


@pytest.mark.usefixtures("here")
def test_a_record_is_shown_on_a_terminal() -> None:
    """On the operator's own terminal nothing has to be added."""
    terminal, their_end = pty.openpty()
    command = [sys.executable, "-c", "from policykit.cli import main; main()"]

    ended = subprocess.run(
        [*command, "why", "CHK-RETURNED", "B-4", "--policy", "policy"], stdout=their_end, check=False, env=os.environ
    )

    os.close(their_end)
    assert (ended.returncode, b"It does not conform." in os.read(terminal, 65536)) == (0, True)
    os.close(terminal)


def test_the_rows_that_come_nearest_stand_first(type_in: Typed) -> None:
    """What is wrong is most often one thing in one row: rows that have nothing to do with it do not hide it."""
    _, out, _ = type_in(f"why CHK-POLICY-EXISTS EXAMPLE-HOMES --policy {POLICY.policy} --show-anyway")

    ours = out.partition("\nkind of document: sharing policy\n")[2].partition("\nkind of document: ")[0]
    shown = re.findall(r"^    (\w+): document (\S+)$", ours, re.MULTILINE)
    assert shown[0] == ("true", "DOC-01")
    far = [part.count("      false: ") for part in re.split(r"^    \w+: document \S+$", ours, flags=re.MULTILINE)[1:]]
    assert far == sorted(far)
    assert {1, 2} <= set(far)


@pytest.mark.usefixtures("here")
def test_a_long_line_goes_on_below() -> None:
    """On a terminal lines are broken between words, and what goes on stands further in."""
    terminal, their_end = pty.openpty()
    command = [sys.executable, "-c", "from policykit.cli import main; main()", "why", "CHK-RETURNED", "B-4"]

    narrow = os.environ | {"COLUMNS": "40"}
    subprocess.run([*command, "--policy", "policy"], stdout=their_end, check=False, env=narrow)

    os.close(their_end)
    lines = os.read(terminal, 65536).decode().splitlines()
    os.close(terminal)
    assert max(map(len, lines)) <= 40
    at = lines.index("  false: the day it is due is 1 May 2026")
    assert lines[at + 1] == "    or later"


@pytest.mark.usefixtures("here")
def test_nothing_of_a_record_stays(type_in: Typed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No file is written, changed or left behind, where the command is typed and where temporary files lie."""
    rooms = tmp_path / "rooms"
    rooms.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(rooms))
    before = files()

    type_in("why CHK-RETURNED B-4 --policy policy --show-anyway")
    type_in("why CHK-RETURNED B-9 --policy policy --show-anyway")

    assert files() == before
    assert list(rooms.iterdir()) == []


@pytest.mark.parametrize("key", ["Mx Sentinel", "Mx Sentinel' OR '1'='1", "B-4\u202e", "Mx Sentinel" * 1000])
@pytest.mark.usefixtures("here")
def test_a_key_that_is_none_is_not_repeated(key: str, type_in: Typed) -> None:
    """What was typed as a key may be somebody's name: the answer does not say it again, whatever it holds."""
    code, out, err = type_in(f'why CHK-RETURNED "{key}" --policy policy --show-anyway')

    assert (code, out, err) == (2, "", "Books: no record has this key.\n")


@pytest.mark.usefixtures("here")
def test_a_terminal_obeys_no_record(type_in: Typed) -> None:
    """What holds control characters or changes of direction is shown as unreadable only, and a long value is cut."""
    add_book("B-5,\x1b[2J\u202eOn Ferns,,,red")
    add_book(f"B-6,On Ferns{'x' * 10_000},,,red")

    code, hostile, _ = type_in("why CHK-TITLED B-5 --policy policy --show-anyway")
    _, long, _ = type_in("why CHK-TITLED B-6 --policy policy --show-anyway")

    assert code == 0
    assert "[title: cannot be read]" in hostile
    assert "[title: On Fernsxxx" in long
    assert "... (10,0" in long
    assert all(character.isprintable() or character == "\n" for character in hostile + long)


def test_a_register_that_cannot_be_opened_is_told(here: Path, type_in: Typed) -> None:
    """The reason is that of the check, and no line of the file is quoted."""
    (here / BOOKS).write_text("book_ref,title\nB-1,Mx Sentinel\n", "utf-8")
    shut = type_in("why CHK-RETURNED B-1 --policy policy --show-anyway")
    shutil.rmtree(here / "reading_room" / "records")
    gone = type_in("why CHK-RETURNED B-1 --policy policy --show-anyway")

    assert shut == (3, "", "Books cannot be opened: the columns borrower, due_on and shelf are missing.\n")
    assert gone == (3, "", "Books cannot be opened: the file records/books.csv is missing.\n")
