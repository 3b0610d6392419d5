"""DuckDB as an engine: closed off, nothing left behind, no record in anything it says."""

import tempfile
from pathlib import Path

import duckdb
import pytest

from policykit.engines import Engines, Opened, Refused
from policykit.engines.files import open_database
from policykit.model.registers import FieldShape, FieldType, Register

CANARY = "Canary-4711"


def people() -> Register:
    """A register with a key and a day."""
    shapes = {
        "ref": FieldShape(type=FieldType.REF, means="reference"),
        "left_on": FieldShape(type=FieldType.DATE, means="day"),
    }
    return Register(id="people", title="People", about="person", key="ref", fields=shapes)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM read_blob('{folder}/../{name}/secret.csv')",
        "SELECT * FROM '{secret}'",
        "SELECT * FROM glob('{outside}/*')",
        "COPY (SELECT 1) TO '{outside}/written.csv'",
        "ATTACH '{outside}/other.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
        "SET lock_configuration = false",
    ],
)
def test_the_database_reaches_no_file_but_its_own(statement: str, tmp_path: Path) -> None:
    """No statement reads, lists, writes or attaches another file, loads an extension, or opens the room again."""
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.mkdir()
    folder.mkdir()
    secret = outside / "secret.csv"
    secret.write_text(f"ref\n{CANARY}\n", encoding="utf-8")
    with open_database(folder) as database:
        query = statement.format(secret=secret, outside=outside, folder=folder, name=outside.name)
        with pytest.raises(duckdb.Error):
            database.execute(query).fetchall()
    assert list(outside.iterdir()) == [secret]


def test_the_database_reads_what_is_in_its_own_folder(tmp_path: Path) -> None:
    """The room is closed, not shut: a file in the folder can be read."""
    (tmp_path / "own.csv").write_text("ref\nA\n", encoding="utf-8")
    with open_database(tmp_path) as database:
        assert database.execute("SELECT ref FROM read_csv(?)", [f"{tmp_path}/own.csv"]).fetchall() == [("A",)]


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of the database, records and all, is gone afterwards, also where the run was interrupted."""
    room, file = tmp_path / "room", tmp_path / "people.csv"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    file.write_text(f"ref,left_on\n{CANARY},\n", encoding="utf-8")
    with pytest.raises(KeyboardInterrupt):
        be_interrupted(room, file)
    assert list(room.iterdir()) == []


def be_interrupted(room: Path, file: Path) -> None:
    """Open a register and be stopped before the engine is closed."""
    with Engines() as engine:
        assert isinstance(engine.open(people(), file), Opened)
        assert list(room.iterdir())
        raise KeyboardInterrupt


def test_the_copy_of_the_records_is_gone_once_they_are_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records lie beside the database no longer than they must, refused or not."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    file = tmp_path / "people.csv"
    with Engines() as engine:
        for text in ("ref,left_on\nA,\n", "ref,left_on\nA\n", "ref,left_on\nA,\nA,\n"):
            file.write_text(text, encoding="utf-8")
            engine.open(people().model_copy(update={"id": f"people_{len(text)}"}), file)
        assert [path for path in tmp_path.rglob("*.csv") if path != file] == []


@pytest.mark.parametrize(
    "text",
    [
        f"{CANARY},left_on\nA,\n",
        f"{CANARY},{CANARY},ref,left_on\nA,,,\n",
        f"ref,left_on\n{CANARY}\n",
        f"ref,left_on\nA,{CANARY},{CANARY}\n",
        f'ref,left_on\n{CANARY}"{CANARY},\n',
        f'ref,left_on\n"{CANARY},\n',
        f"ref,left_on\n{CANARY}\0,\n",
        f"ref,left_on\n{CANARY}\r,\n",
        f"ref,left_on\n{CANARY},\n{CANARY},\n",
        f"ref,left_on\n,{CANARY}\n",
    ],
)
def test_no_refusal_quotes_a_record(
    text: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever is wrong with a file, what is said, printed or logged of it holds no value of it."""
    (file := tmp_path / "people.csv").write_bytes(text.encode())
    with Engines() as engine:
        found = engine.open(people(), file)
    assert isinstance(found, Refused)
    assert CANARY not in "".join([found.why, *capfd.readouterr(), caplog.text])


def test_a_file_that_is_not_there_any_more_is_refused(tmp_path: Path) -> None:
    """A file that goes away between looking and reading is a refusal like any other."""
    with Engines() as engine:
        assert engine.open(people(), tmp_path / "gone.csv") == Refused("its file could not be read or copied")


def test_the_engine_says_its_version(tmp_path: Path) -> None:
    """Results name each engine that was used, with its version; before one is used there is none to name."""
    (file := tmp_path / "people.csv").write_text("ref,left_on\nA,\n", encoding="utf-8")
    with Engines() as engine:
        assert engine.name == "none"
        engine.open(people(), file)
        assert engine.name == f"duckdb {duckdb.__version__}"


def values(folder: Path, text: str) -> str | None:
    """The digest of the values of people in a CSV file of this text."""
    (file := folder / "people.csv").write_text(text, "utf-8")
    with Engines() as engine:
        assert isinstance(engine.open(people(), file), Opened)
        return engine.values_digest(people())


def test_the_same_values_have_one_digest_in_whatever_file(tmp_path: Path) -> None:
    """In another order of rows and columns, with more columns, other ends of lines, and as Parquet."""
    told = values(tmp_path, "ref,left_on\nA,2026-05-01\nB,\n")
    with duckdb.connect() as database:
        rows = "SELECT * FROM (VALUES ('B', NULL), ('A', DATE '2026-05-01')) rows(ref, left_on)"
        database.execute(f"COPY ({rows}) TO '{tmp_path}/people.parquet' (FORMAT parquet)")
    with Engines() as engine:
        engine.open(people(), tmp_path / "people.parquet")
        as_parquet = engine.values_digest(people())

    assert told
    assert told == values(tmp_path, "note,left_on,ref\r\nx,,B\r\ny, 2026-05-01 ,A\r\n")
    assert told == as_parquet


@pytest.mark.parametrize(
    "text",
    [
        "ref,left_on\nA,2026-05-01\n",
        "ref,left_on\nA,2026-05-01\nB,\nC,\n",
        "ref,left_on\nA,\nB,2026-05-01\n",
        "ref,left_on\nA,2026-05-02\nB,\n",
        "ref,left_on\nA,2026-05-01\nB,soon\n",
    ],
    ids=["fewer", "more", "exchanged", "another", "unreadable"],
)
def test_other_values_have_another_digest(tmp_path: Path, text: str) -> None:
    """A row taken out or put in, values that change places, one that is another, one that cannot be read."""
    assert values(tmp_path, text) != values(tmp_path, "ref,left_on\nA,2026-05-01\nB,\n")


def test_what_is_not_opened_has_no_digest_of_values() -> None:
    """None, and nobody is asked."""
    with Engines() as engine:
        assert engine.values_digest(people()) is None
