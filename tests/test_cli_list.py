"""The list of keys: whose they are, who can read it, and that they are nowhere else."""

import csv
import os
import stat
from pathlib import Path

import pytest
from tests.commands import Typed
from tests.sites import POLICY, SECOND, Sources
from tests.test_cli import change

from policykit.engines import Engines
from policykit.running import MOST_KEYS, PrivateList, why_not_here

BOOKS = Path("reading_room/records/books.csv")
KEYS = ("B-3", "B-4")
OLD = '"check","register","key","value","state"\n"CHK-OLD","books","B-1","","violate"\n'
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "  =1+1", "\u00a0=1", "\u3000＝1", "＋1", "－1", "＠1")  # noqa: RUF001 - wide characters begin formulas too
UNSEEN = ("\ufeff=1", "\u00ad=1", "\u061c=1", "\u2066=1", "\U000e0020=1")
HIDDEN = ("\ufe621", "\ufe631", "\ufe661", "\u22121", "\u207a1")


def listed(path: Path) -> list[list[str]]:
    """The rows of a list, without its header."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["check", "register", "key", "value", "state"]
    return rows


@pytest.mark.usefixtures("here")
def test_what_does_not_conform_is_listed_with_totals(type_in: Typed) -> None:
    """A line for each unit that violates or cannot be told, each row that cannot be read, and totals."""
    BOOKS.write_text(f"{BOOKS.read_text('utf-8')}B-5,On Ferns,Mx Sentinel,,\nB-6,On Ice,Mx Sentinel,soon,\n", "utf-8")

    assert type_in("check --policy policy --list keys.csv")[0] == 1

    assert listed(Path("keys.csv")) == [
        ["CHK-ON-THE-LIST", "books", "B-5", "", "violate"],
        ["CHK-ON-THE-LIST", "books", "B-6", "", "violate"],
        ["CHK-RETURNED", "books", "B-4", "", "violate"],
        ["CHK-RETURNED", "books", "B-5", "", "unknown"],
        ["CHK-RETURNED", "books", "B-6", "", "unreadable"],
        ["CHK-SHELVED", "books", "B-3", "", "violate"],
        ["CHK-SHELVED", "books", "B-4", "", "violate"],
        ["CHK-SHELVED", "books", "B-5", "", "unknown"],
        ["CHK-SHELVED", "books", "B-6", "", "unknown"],
        ["CHK-TITLED", "books", "B-3", "", "violate"],
        ["CHK-ON-THE-LIST", "books", "", "", "total: 2 violate, 0 unknown"],
        ["CHK-RETURNED", "books", "", "", "total: 1 violate, 1 unknown, 1 row cannot be read"],
        ["CHK-SHELVED", "books", "", "", "total: 2 violate, 2 unknown"],
        ["CHK-TITLED", "books", "", "", "total: 1 violate, 0 unknown"],
    ]


@pytest.mark.parametrize("pack", [POLICY, SECOND], ids=lambda pack: pack.name)
def test_as_many_are_listed_as_were_counted(pack: Sources, type_in: Typed, tmp_path: Path) -> None:
    """Of every check of a whole pack, for each value of a for_each by itself."""
    keys, results = tmp_path / "keys.csv", tmp_path / "results.json"

    type_in(f"check --policy {pack.policy} --organisation {pack.organisation} --results {results} --list {keys}")

    rows = listed(keys)
    units = [row for row in rows if row[2]]
    assert len({tuple(row) for row in units}) == len(units) > 0
    for check, _, _, _, total in (row for row in rows if not row[2] and "not counted" not in row[4]):
        states = [row[4] for row in units if row[0] == check]
        assert total.startswith(f"total: {states.count('violate')} violate, {states.count('unknown')} unknown")


@pytest.mark.usefixtures("here")
def test_the_list_is_for_its_owner_only(type_in: Typed) -> None:
    """Nobody else may read it, also where others could read what stood there before."""
    Path("keys.csv").write_text(OLD, "utf-8")
    Path("keys.csv").chmod(0o666)
    Path("hard.csv").hardlink_to("keys.csv")

    type_in("check --policy policy --list keys.csv")

    assert stat.S_IMODE(Path("keys.csv").stat().st_mode) == 0o600
    assert Path("hard.csv").read_text("utf-8") == OLD
    assert [path.name for path in Path().glob(".*")] == []


@pytest.mark.parametrize("path", [BOOKS, Path("notes.csv"), Path("nowhere/keys.csv")], ids=str)
@pytest.mark.usefixtures("here")
def test_a_list_takes_the_place_of_an_earlier_list_only(path: Path, type_in: Typed) -> None:
    """A register named by mistake stays as it is, and a folder that is not there is told before anything runs."""
    Path("notes.csv").write_bytes(b"\xff\xfe")
    before = path.read_bytes() if path.exists() else None

    code, _, said = type_in(f"check --policy policy --list {path}")

    why = (
        "has no place - make the folder nowhere first."
        if before is None
        else "is there already, and is no list of keys"
    )
    assert (code, said.startswith(f"{path} {why}")) == (2, True)
    assert (path.read_bytes() if path.exists() else None) == before
    assert not Path("build").exists()


@pytest.mark.usefixtures("here")
def test_the_list_is_private_from_its_first_byte(tmp_path: Path) -> None:
    """While it is made it is already its owner's only, and what is not finished leaves nothing behind."""
    umask = os.umask(0)
    try:
        with PrivateList(tmp_path / "keys.csv"):
            [made] = tmp_path.glob(".keys*")
            assert stat.S_IMODE(made.stat().st_mode) == 0o600
    finally:
        os.umask(umask)
    assert not list(tmp_path.glob("*keys*"))


@pytest.mark.usefixtures("here")
def test_what_a_killed_run_left_is_in_nobodys_way(type_in: Typed) -> None:
    """In a container every run has the same number, and so the same name for what it has not finished."""
    left = [Path(f"{name}.{os.getpid()}.new") for name in (".keys.csv", "build/.results.json")]
    Path("build").mkdir()
    for path in left:
        path.write_text("half of something", "utf-8")

    assert type_in("check --policy policy --list keys.csv")[0] == 1

    assert [row[0] for row in listed(Path("keys.csv")) if row[2]] == [
        "CHK-RETURNED",
        *["CHK-SHELVED"] * 2,
        "CHK-TITLED",
    ]
    assert not any(path.exists() for path in left)


def test_no_list_is_written_through_a_link(here: Path, type_in: Typed) -> None:
    """Neither through a link to a file, nor into a published folder that a link leads to."""
    (here / "target.csv").write_text("old", "utf-8")
    (here / "keys.csv").symlink_to("target.csv")
    (here / "build").mkdir()
    (here / "elsewhere").symlink_to("build")

    through = type_in("check --policy policy --list keys.csv")
    into = type_in("check --policy policy --list elsewhere/keys.csv")

    assert (through[0], through[2]) == (2, "keys.csv is a link - name the file itself.\n")
    assert (into[0], "build/ is published" in into[2]) == (2, True)
    assert (here / "target.csv").read_text("utf-8") == "old"
    assert list((here / "build").iterdir()) == []


@pytest.mark.usefixtures("here")
def test_a_published_folder_is_known_by_what_it_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is called: a handbook's pages, a policy's files; and being in the folder changes nothing."""
    (tmp_path / "site" / "deep").mkdir(parents=True)
    (tmp_path / "site" / "objects.inv").touch()
    (tmp_path / "conf.py").touch()
    (tmp_path / "docs").mkdir()

    assert why_not_here(Path("site/deep/keys.csv"))
    assert why_not_here(Path("keys.csv")) is None
    monkeypatch.chdir(tmp_path / "docs")
    assert why_not_here(Path("keys.csv"))


@pytest.mark.usefixtures("here")
def test_keys_are_nowhere_but_in_the_list(type_in: Typed) -> None:
    """Not on the terminal, not in the results, and no value of a record but the key is in the list."""
    _, out, err = type_in("check --policy policy --list keys.csv")

    said = out + err + Path("build/results.json").read_text("utf-8")
    assert not [key for key in KEYS if key in said]
    kept = Path("keys.csv").read_text("utf-8")
    assert all(key in kept for key in KEYS)
    assert "Sentinel" not in kept


@pytest.mark.parametrize("key", [*FORMULAS, *HIDDEN])
@pytest.mark.usefixtures("here")
def test_a_spreadsheet_takes_no_key_for_a_formula(key: str, type_in: Typed) -> None:
    """What could begin a formula gets an apostrophe, and every value is quoted."""
    change(BOOKS, "B-4,", f"{key},")

    type_in("check --policy policy --list keys.csv")

    keys = {row[2] for row in listed(Path("keys.csv")) if row[2]}
    assert keys == {"B-3", f"'{key.strip()}"}
    assert all(line.startswith('"') and line.endswith('"') for line in Path("keys.csv").read_text("utf-8").splitlines())


@pytest.mark.parametrize("key", UNSEEN)
@pytest.mark.usefixtures("here")
def test_a_key_with_a_character_that_nobody_sees_is_in_no_list(key: str, type_in: Typed) -> None:
    """It cannot be read, so the register is refused by its line, and nothing of it is listed."""
    change(BOOKS, "B-4,", f"{key},")

    _, _, said = type_in("check --policy policy --list keys.csv")

    assert "Books cannot be opened: line 5: the key cannot be read" in said
    assert not [row[2] for row in listed(Path("keys.csv")) if row[2]]


@pytest.mark.usefixtures("here")
def test_a_list_that_is_too_long_says_so(type_in: Typed) -> None:
    """Of one check only so many units are listed; the total is the whole number, and says that the list is cut."""
    more = "".join(f"N-{number},,,,blue\n" for number in range(MOST_KEYS))
    BOOKS.write_text(BOOKS.read_text("utf-8") + more, "utf-8")

    type_in("check --policy policy --list keys.csv")

    rows = listed(Path("keys.csv"))
    assert len([row for row in rows if row[0] == "CHK-SHELVED" and row[2]]) == MOST_KEYS
    assert [
        "CHK-SHELVED",
        "books",
        "",
        "",
        f"total: {MOST_KEYS + 2} violate, 0 unknown; only {MOST_KEYS} are listed",
    ] in rows


@pytest.mark.usefixtures("here")
def test_a_run_that_is_interrupted_lists_nothing(type_in: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a list would be taken for a whole one; the old one stays."""
    Path("keys.csv").write_text(OLD, "utf-8")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Engines, "count", interrupted)

    code, out, _ = type_in("check --policy policy --list keys.csv")

    assert (code, "Keys: none listed, the run was interrupted" in out) == (3, True)
    assert Path("keys.csv").read_text("utf-8") == OLD


def test_what_cannot_be_counted_is_said(here: Path, type_in: Typed) -> None:
    """A check that could not be carried out has a line that says so: an empty list would look like good news."""
    (here / BOOKS).write_text("book_ref,title\nB-1,Mx Sentinel\n", "utf-8")

    type_in("check --policy policy --list keys.csv")

    assert {row[4] for row in listed(Path("keys.csv"))} == {"total: not counted (Could not be checked)"}
