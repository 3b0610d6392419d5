"""The history of runs, read as an auditor would: sixty runs on sixty days, and what changed when."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.cards_seen import Anchors
from tests.commands import LIBRARY, Typed
from tests.remembering import FIRST, ledger_in, records, remember, run, taken_on, without_a_fixed_day

from policykit import memory
from policykit.handbook import cards

WHOLE = ("B-1,On Bees,,,red", "B-2,On Moss,,,red", "B-3,On Fern,,,red")
UNSHELVED = (*WHOLE[:2], "B-3,On Fern,,,")
DAYS = 60


def shelves() -> Iterator[tuple[str, ...]]:
    """The books of each of sixty days: for three weeks one has no shelf, and for two days there are four."""
    for day in range(DAYS):
        yield UNSHELVED if 10 <= day < 31 else (*WHOLE, "B-4,On Rain,,,red") if 40 <= day < 42 else WHOLE


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty runs on sixty days; on the fiftieth a check was taken out of the policy."""
    folder = tmp_path_factory.mktemp("sixty")
    shutil.copytree(LIBRARY, folder, dirs_exist_ok=True)
    without_a_fixed_day(folder)
    for day, books in enumerate(shelves()):
        records(folder, *books)
        taken_on(folder, FIRST + timedelta(day))
        if day == 50:
            _take_out(folder, "CHK-SHELVED")
        remember(folder, FIRST + timedelta(day))
    return folder


def _take_out(folder: Path, check: str) -> None:
    """Take the check out of the policy, and what names it."""
    file = folder / "policy" / "checks" / "books.yaml"
    head, *rest = file.read_text("utf-8").split("\n- id: ")
    file.write_text("\n- id: ".join([head, *(each for each in rest if not each.startswith(check))]), "utf-8")


def test_the_history_says_what_was_new_changed_stayed_and_is_gone(
    place: Path, type_in: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each change on its day, the days without one together, and at the end what is still not well, since when."""
    monkeypatch.chdir(place)
    profile = place / "reading_room" / "organisation.yaml"
    if "ledger:" not in profile.read_text("utf-8"):
        profile.write_text(profile.read_text("utf-8") + "ledger: runs.jsonl\n", "utf-8")
    code, said, _ = type_in("history")
    lines = said.splitlines()

    assert code == 0
    assert lines[0] == "60 runs, from 1 May 2026 to 29 June 2026."
    assert "1 May 2026: CHK-ON-THE-LIST: new, met." in lines
    assert "2 May 2026 to 10 May 2026: no change in 9 runs." in lines
    assert "11 May 2026: CHK-ON-THE-LIST: now not met; before that met, since 1 May 2026." in lines
    assert "1 June 2026: CHK-ON-THE-LIST: now met; before that not met, since 11 May 2026." in lines
    assert "20 June 2026: CHK-SHELVED: gone; before that met, since 1 June 2026." in lines
    assert [line for line in lines if ": still " in line] == [line for line in lines[-9:] if ": still " in line]
    assert not any("CHK-SHELVED: still" in line or "CHK-ON-THE-LIST: still" in line for line in lines)


WAIVER = """\
- id: WAIVE-1
  check: CHK-ON-THE-LIST
  reason: The attic is closed.
  instead: The old cards are used.
  accepted_by: Librarian
  from: {begins}
  until: {ends}
  covers: {covers}
"""


@pytest.mark.parametrize(
    ("begins", "ends", "covers", "said"),
    [
        ("2026-05-12", "2027-01-01", 1, ""),
        ("2026-05-12", "2027-01-01", 2, "accepts 2, and the last run before it began, on 12 May 2026, counted 1"),
        ("2026-05-10", "2027-01-01", 1, "accepts 1, and the last run before it began, on 10 May 2026, counted 0"),
        ("2026-08-01", "2027-01-01", 1, "accepts 1, and the last run before it began, on 29 June 2026, counted 0"),
        ("2026-04-30", "2027-01-01", 9, ""),
        ("2026-05-10", "2026-06-28", 9, ""),
    ],
)
def test_a_waiver_that_accepts_more_than_there_was_is_told(
    begins: str, ends: str, covers: int, said: str, place: Path, type_in: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `lint`, from the last run up to its first day; nothing of one that is over, or where no run is known."""
    monkeypatch.chdir(place)
    profile = place / "reading_room" / "organisation.yaml"
    if "ledger:" not in profile.read_text("utf-8"):
        profile.write_text(profile.read_text("utf-8") + "ledger: runs.jsonl\n", "utf-8")
    waivers = place / "reading_room" / "waivers.yaml"
    waivers.write_text(WAIVER.format(begins=begins, ends=ends, covers=covers), "utf-8")

    code, _, told = type_in("lint --policy policy --organisation reading_room")
    waivers.unlink()
    assert code == 0
    assert said in told
    assert ("waivers.yaml: the waiver WAIVE-1 accepts" in told) == bool(said)


def test_the_history_of_a_check_says_every_run_with_its_numbers(place: Path) -> None:
    """Sixty lines, each with the day, the verdict, since when, and what was counted."""
    ledger = memory.read_ledger(ledger_in(place))
    ours = ledger.lines_of("LIBRARY-PACK", "READING-ROOM")
    _, *lines = memory.history_in_words(ledger.path, ours, "CHK-ON-THE-LIST")
    numbers = "(3 in scope: 2 conform, 1 do not, 0 cannot be told)"

    assert len(lines) == DAYS
    assert lines[10] == f"11 May 2026: CHK-ON-THE-LIST: now not met; before that met, since 1 May 2026. {numbers}"
    assert lines[11] == f"12 May 2026: CHK-ON-THE-LIST: still not met, since 11 May 2026. {numbers}"


def test_an_item_that_no_run_came_upon_is_refused_with_the_nearest(
    place: Path, type_in: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistyped id gives no empty history."""
    monkeypatch.chdir(place)
    code, _, err = type_in("history CHK-ON-LIST --results reading_room/results.json")

    assert (code, "did you mean CHK-ON-THE-LIST?" in err) == (2, True)


def test_without_a_run_there_is_no_history(here: Path, type_in: Typed) -> None:
    """Exit code 2, with what makes one."""
    code, _, err = type_in("history")

    assert (code, "no run of this policy on this organisation is remembered" in err) == (2, True)
    assert not (here / "build").exists()


def test_the_last_runs_are_of_twelve_different_days(place: Path) -> None:
    """Of several runs on a day the last counts."""
    ours = memory.read_ledger(ledger_in(place)).lines_of("LIBRARY-PACK", "READING-ROOM")
    runs = memory.last_runs(ours, "CHK-ON-THE-LIST")

    assert [run.day for run in runs] == [date(2026, 6, 18) + timedelta(day) for day in range(12)]
    assert {(run.word, run.in_scope, run.conform, run.violate, run.unknown) for run in runs} == {("Met", 3, 3, 0, 0)}
    assert [run.day for run in memory.last_runs(ours, "CHK-SHELVED")][-1] == date(2026, 6, 19)


def test_a_card_shows_its_last_runs_as_a_picture_and_as_the_same_numbers(place: Path) -> None:
    """Without script, without style, and never by colour alone: parts are filled, outlined or a line."""
    _, seen = run(place, FIRST + timedelta(DAYS))
    ours = memory.read_ledger(ledger_in(place)).lines_of("LIBRARY-PACK", "READING-ROOM")
    page = cards.Page(seen, Anchors(), (), ours[:40])
    card = str(cards.render_card("check", "CHK-ON-THE-LIST", page))
    picture = ET.fromstring(card[(start := card.index("<svg role")) : card.index("</svg>", start) + 6])  # noqa: S314 - our own

    assert picture.get("role") == "img"
    assert "".join(picture[0].itertext()).endswith("7 June 2026: Met, 3 of 3 conform; 8 June 2026: Met, 3 of 3 conform")
    outlined = [bar for bar in picture if bar.get("fill") == "none"]
    assert len(outlined) == sum("2 of 3" in part for part in str(picture[0].text).split(";")) > 0
    assert card.partition('<ol class="runs">')[2].count("<li>") == 12
    assert "style=" not in card
    assert "<script" not in card
    assert "<details" not in str(cards.render_card("check", "CHK-ON-THE-LIST", cards.Page(seen, Anchors())))
