"""Databases in a state that nobody wished for: what is said of them, and that they are left as they were."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.databases import URL_ENV, Database, Server, Sqlite
from tests.test_engines_counting import REGISTERS, SETTING, check_of

from policykit.engines import Counted, Opened, Refused, Table, Unit
from policykit.engines.in_place import InPlaceEngine

CANARY = "Canary-4711"
PEOPLE = REGISTERS["people"]
COLUMNS = "ref TEXT, team TEXT, left_on DATE, homes INTEGER"
IS_BLUE = {"must": [{"test": "is", "field": "team", "value": "blue"}]}


@pytest.fixture
def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sqlite:
    """A SQLite file with two people, alone in its folder."""
    (folder := tmp_path / "database").mkdir()
    database = Sqlite(folder / "records.db")
    monkeypatch.setenv(URL_ENV, database.url)
    fill(database)
    return database


def fill(database: Database) -> None:
    """Two people."""
    database.execute(f"CREATE TABLE people ({COLUMNS})")
    database.insert("people", [("A", "blue", None, 5), (CANARY, "red", None, 6)])


def opened(seconds: int = 10) -> Opened | Refused:
    """What comes of opening the register of people."""
    with InPlaceEngine(URL_ENV, seconds=seconds) as engine:
        return engine.open(PEOPLE, Table(URL_ENV, "people"))


def test_a_database_with_a_log_is_left_without_one(sqlite: Sqlite) -> None:
    """SQLite keeps a log beside a database in WAL mode while it is read: afterwards the folder is as it was."""
    with closing(sqlite3.connect(sqlite.file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    before, last_written = sqlite.contents(), sqlite.file.stat().st_mtime_ns
    with InPlaceEngine(URL_ENV) as engine:
        assert engine.open(PEOPLE, Table(URL_ENV, "people")) == Opened(2, None)
        assert isinstance(engine.count(check_of(IS_BLUE), SETTING), Counted)
    assert sqlite.contents() == before
    assert sqlite.file.stat().st_mtime_ns == last_written


def test_a_log_that_somebody_needs_stays(sqlite: Sqlite) -> None:
    """What others have written and not yet taken over is read, and still in the log afterwards."""
    log = Path(f"{sqlite.file}-wal")
    with closing(sqlite3.connect(sqlite.file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("INSERT INTO people VALUES ('C', 'blue', NULL, 1)")
        before = sqlite.file.read_bytes(), log.read_bytes()
        assert opened() == Opened(3, None)
        assert (sqlite.file.read_bytes(), log.read_bytes()) == before


def test_a_database_cut_short_is_damaged(sqlite: Sqlite) -> None:
    """What is missing from the last page would else be read as blank."""
    data = sqlite.file.read_bytes()
    sqlite.file.write_bytes(data[:-100])
    assert opened() == Refused("the database is damaged")


def test_a_database_left_in_the_middle_of_writing_is_told_with_the_remedy(sqlite: Sqlite) -> None:
    """Only who may write can put it right."""
    beginning = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
    Path(f"{sqlite.file}-journal").write_bytes(beginning + b"\xff" * 600)
    said = "somebody stopped in the middle of writing to it: open it once with a program that may write"
    assert opened() == Refused(said)


def test_a_key_that_is_not_utf_8_is_no_key(sqlite: Sqlite) -> None:
    """It cannot be read, and a register with such a key is not opened; nothing of it is said."""
    sqlite.execute("INSERT INTO people VALUES (CAST(x'ff42' AS TEXT), 'red', NULL, 1)")
    with InPlaceEngine(URL_ENV) as engine:
        assert engine.open(PEOPLE, Table(URL_ENV, "people")) == Refused("a key cannot be read")


@pytest.fixture
def postgres(server: Server, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A schema of its own, without tables."""
    database = server.new_schema()
    monkeypatch.setenv(URL_ENV, database.url)
    return database


def test_spaces_that_fill_up_a_column_are_no_part_of_a_key(postgres: Database) -> None:
    """PostgreSQL hands out a text in CHAR(10) with spaces behind it."""
    columns = "ref CHAR(10), team CHAR(10), left_on CHAR(10), homes CHAR(10)"
    postgres.execute(f"CREATE TABLE people ({columns})", "INSERT INTO people VALUES ('A', 'red', '2026-10-30', '5')")
    with InPlaceEngine(URL_ENV) as engine:
        assert engine.open(PEOPLE, Table(URL_ENV, "people")) == Opened(1, None)
        assert engine.keys(check_of(IS_BLUE), SETTING, 10) == (Unit("A", None, "violate"),)
        found = engine.look_up(PEOPLE, {"ref": "A"}, None)
    assert not isinstance(found, Refused)
    assert [(row["ref"], row["team"], str(row["left_on"]), row["homes"]) for row in found] == [
        ("A", "red", "2026-10-30", 5)
    ]


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_text_is_text_whatever_a_database_keeps_it_in(
    encoding: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter with an accent is the same letter; SQL_ASCII does not say what its bytes mean, and they are UTF-8."""
    name = f"kept_in_{encoding.lower()}"
    url = server.url().replace("/postgres?", f"/{name}?")
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0".encode())
    with psycopg.connect(url, client_encoding="utf8") as connection:
        connection.execute(f"CREATE TABLE people ({COLUMNS})".encode())
        connection.execute("INSERT INTO people VALUES ('é', 'red', NULL, 1)")
    monkeypatch.setenv(URL_ENV, url)
    with InPlaceEngine(URL_ENV) as engine:
        assert engine.open(PEOPLE, Table(URL_ENV, "people")) == Opened(1, None)
        assert engine.keys(check_of(IS_BLUE), SETTING, 10) == (Unit("é", None, "violate"),)


VIEW = "CREATE VIEW people AS SELECT ref, team, left_on, {} FROM raw"


@pytest.mark.parametrize(
    ("statements", "why"),
    [
        ([VIEW.format("10 / (homes - 6) AS homes")], "cannot reckon with a value: DivisionByZero"),
        ([VIEW.format("ref::int AS homes")], "cannot reckon with a value: InvalidTextRepresentation"),
        (
            ["CREATE SEQUENCE s", VIEW.format("nextval('s')::int AS homes")],
            "is a view that would write to the database",
        ),
    ],
    ids=["divides by zero", "reads text as a number", "writes"],
)
def test_a_view_that_fails_is_told_without_the_value_on_which_it_fails(
    statements: Iterable[str], why: str, postgres: Database
) -> None:
    """The server quotes the value; we do not. What was begun in one view does not disturb the next question."""
    postgres.execute(f"CREATE TABLE raw ({COLUMNS})", f"INSERT INTO raw VALUES ('{CANARY}', 'red', NULL, 6)")  # noqa: S608
    postgres.execute(*statements)
    with InPlaceEngine(URL_ENV) as engine:
        found = engine.open(PEOPLE, Table(URL_ENV, "people"))
        assert engine.open(PEOPLE, Table(URL_ENV, "raw")) == Opened(1, None)
    assert isinstance(found, Refused)
    assert found.why.endswith(why)
    assert CANARY not in found.why


def test_a_name_that_no_table_has_is_told_as_that(database: Database) -> None:
    """A null character ends a name for some databases; here it is a table that is not there."""
    fill(database)
    with InPlaceEngine(URL_ENV) as engine:
        assert engine.open(PEOPLE, Table(URL_ENV, "people\0")) == Refused("its table is not in the database")


def test_the_operator_says_how_long_a_statement_may_take(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable beside the one of the URL holds the number of seconds; anything else in it is told."""
    database.execute(
        "CREATE VIEW people AS WITH RECURSIVE endless(n) AS (SELECT 1 UNION ALL SELECT (n + 1) % 7 FROM endless)"
        " SELECT 'A' AS ref, 'blue' AS team, '2026-01-01' AS left_on, '5' AS homes FROM endless WHERE n < 0"
    )
    monkeypatch.setenv(f"{URL_ENV}_SECONDS", "1")
    assert opened(seconds=1_000) == Refused("the database took longer than 1 seconds")
    for wrong in ("0", "-1", "1.5", "five", "100000"):
        monkeypatch.setenv(f"{URL_ENV}_SECONDS", wrong)
        said = f"the variable {URL_ENV}_SECONDS does not hold a number of seconds from 1 to 99999"
        assert opened() == Refused(said)


def test_rows_that_are_hidden_from_the_user_refuse_the_table(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a policy lets a user see some rows only, counts of those would pass for counts of all."""
    database = server.new_schema()
    fill(database)
    schema = database.url.rpartition("%3D")[2]
    user = f"warden_{schema}"
    database.execute(
        f"CREATE ROLE {user} LOGIN PASSWORD '{server.password}'",
        f"GRANT USAGE ON SCHEMA {schema} TO {user}",
        f"GRANT SELECT ON people TO {user}",
    )
    monkeypatch.setenv(URL_ENV, server.url(user, schema))
    assert opened() == Opened(2, None)
    database.execute(
        "ALTER TABLE people ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY own_team ON people FOR SELECT TO {user} USING (team = 'blue')",
    )
    assert opened() == Refused("the database does not let its user read all rows of the table")
