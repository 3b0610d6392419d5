"""Databases of an organisation are read, never written, and nothing of their URL or their errors gets out."""

import os
import signal
import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.databases import URL_ENV, Database, Server, Sqlite
from tests.test_engines_counting import REGISTERS, SETTING, check_of

from policykit.engines import Counted, Engines, Opened, Refused, Table
from policykit.engines.database import open_database
from policykit.engines.engine import RefusalError
from policykit.engines.in_place import InPlaceEngine

CANARY = "Canary-4711"
PEOPLE = REGISTERS["people"]
COLUMNS = [("ref", "TEXT"), ("team", "TEXT"), ("left_on", "DATE"), ("homes", "INTEGER")]
RECORDED = {"must": [{"test": "recorded", "field": "team"}]}


def fill(database: Database) -> None:
    """One person."""
    database.fill("people", COLUMNS, [(CANARY, "blue", None, 5)])


def test_the_database_is_the_same_before_and_after(database: Database) -> None:
    """Byte for byte: opening, counting, listing and looking up leave no row, no table, no file and no transaction."""
    fill(database)
    before = database.contents()
    with Engines() as engine:
        assert engine.open(PEOPLE, Table(URL_ENV, "people")) == Opened(1, None)
        engine.build_in(REGISTERS["courses"], [])
        assert isinstance(engine.count(check_of(RECORDED), SETTING), Counted)
        engine.keys(check_of(RECORDED), SETTING, 10)
        engine.look_up(PEOPLE, {}, None)
    assert database.contents() == before


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO people VALUES ('B', NULL, NULL, NULL)",
        "UPDATE people SET team = 'red'",
        "DELETE FROM people",
        "DROP TABLE people",
        "CREATE TABLE another (a INTEGER)",
        "CREATE INDEX quick ON people (ref)",
        "ALTER TABLE people ADD COLUMN another TEXT",
    ],
)
def test_nothing_can_be_written(statement: str, database: Database) -> None:
    """The database itself refuses it, whatever we should ever ask; and it can be asked on."""
    fill(database)
    before = database.contents()
    with closing(open_database(URL_ENV, 10)) as opened:
        with pytest.raises(RefusalError):
            opened.ask(statement)
        assert opened.ask("SELECT COUNT(*) FROM people") == [(1,)]
    assert database.contents() == before


def test_all_checks_see_the_same_moment(database: Database) -> None:
    """What is written while checks run is not seen by half of them."""
    fill(database)
    if isinstance(database, Sqlite):
        database.execute("PRAGMA journal_mode = WAL")  # without it nobody could write while somebody reads
    with Engines() as engine:
        engine.open(PEOPLE, Table(URL_ENV, "people"))
        database.execute("INSERT INTO people VALUES ('B', 'red', NULL, 1)")
        found = engine.count(check_of(RECORDED), SETTING)
    assert isinstance(found, Counted)
    assert found.counts.in_scope == 1


SECRETS = ["us3r", "pa55", "h0st", "5433", "dbn4me", "sslm0de"]


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "the environment variable POLICYKIT_TEST_URL is not set"),
        ("pa55", "the variable POLICYKIT_TEST_URL does not hold the URL of a PostgreSQL or SQLite database"),
        (
            "mysql://us3r:pa55@h0st:5433/dbn4me",
            "the variable POLICYKIT_TEST_URL does not hold the URL of a PostgreSQL or SQLite database",
        ),
        (
            "postgresql://us3r:pa55@h0st:pa55/dbn4me",
            "the variable POLICYKIT_TEST_URL does not hold the URL of a PostgreSQL or SQLite database",
        ),
        ("postgresql://us3r:pa55@127.0.0.1:1/dbn4me", "the database cannot be reached"),
        ("postgresql://us3r:pa55@127.0.0.1:1/dbn4me?sslmode=sslm0de", "the database cannot be reached"),
        ("postgresql+asyncpg://us3r:pa55@127.0.0.1:1/dbn4me", "the database cannot be reached"),
        ("postgresql://us3r:pa55@127.0.0.1:1/dbn4me?pa55=pa55", "the database cannot be reached"),
        (f"postgresql://us3r:pa55@{'h0st' * 40}/dbn4me", "its database cannot be used: UnicodeError"),
        ("postgresql://us3r:pa55@/dbn4me?host=/nowhere", "the database cannot be reached"),
        ("sqlite:////nowhere/dbn4me.db", "the file of the database is missing"),
        ("sqlite://", "the file of the database is missing"),
        ("sqlite:///:memory:", "the file of the database is missing"),
    ],
)
def test_a_url_is_never_told(
    url: str,
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever is wrong with it, what is said, printed or logged holds no part of it."""
    monkeypatch.setenv(URL_ENV, url)
    with Engines() as engine:
        found = engine.open(PEOPLE, Table(URL_ENV, "people"))
        said = f"{found} {engine.name} {engine!r}"
    assert found == Refused(why)
    told = "".join([said, *capfd.readouterr(), caplog.text])
    assert [secret for secret in SECRETS if secret in told] == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"password": "wr0ng"}, "the database refused the name or the password, or is not on that server"),
        ({"user": "nob0dy"}, "the database refused the name or the password, or is not on that server"),
        ({"dbname": "n0where"}, "the database refused the name or the password, or is not on that server"),
    ],
    ids=["password", "user", "database"],
)
def test_a_server_that_lets_nobody_in_is_told_plainly(
    wrong: dict[str, str], why: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong name, password or database is a sentence of ours, and is tried once."""
    right = {"user": "tester", "password": server.password, "dbname": "postgres"}
    parts = {**right, **wrong}
    url = f"postgresql://{parts['user']}:{parts['password']}@127.0.0.1:{server.port}/{parts['dbname']}"
    monkeypatch.setenv(URL_ENV, url)
    with Engines() as engine:
        assert engine.open(PEOPLE, Table(URL_ENV, "people")) == Refused(why)
        monkeypatch.setenv(URL_ENV, server.url())
        assert engine.open(PEOPLE, Table(URL_ENV, "people")) == Refused(why)


def test_a_user_needs_to_read_no_more_than_the_fields(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave to read the columns is enough; without it the register is refused, in our words."""
    database = server.new_schema()
    fill(database)
    schema = database.url.rpartition("%3D")[2]
    user = f"reader_{schema}"
    database.execute(
        f"CREATE ROLE {user} LOGIN PASSWORD '{server.password}'", f"GRANT USAGE ON SCHEMA {schema} TO {user}"
    )
    monkeypatch.setenv(URL_ENV, server.url(user, schema))
    grants = ["GRANT SELECT (ref, left_on, homes) ON people TO {}", "GRANT SELECT (team) ON people TO {}"]
    assert opened() == Refused("the database does not let its user read the column ref")
    database.execute(grants[0].format(user))
    assert opened() == Refused("the database does not let its user read the column team")
    database.execute(grants[1].format(user))
    assert opened() == Opened(1, None)


def test_a_table_that_is_not_there_is_told_plainly(database: Database) -> None:
    """Neither is one in capitals, nor one with a schema in front: a name is one name."""
    fill(database)
    for name in ("gone", "People", "main.people", "public.people", "pg_stat_activity; --", ""):
        assert opened(name) == Refused("its table is not in the database")


def opened(table: str = "people") -> Opened | Refused:
    """What comes of opening the register of people."""
    with InPlaceEngine(URL_ENV, seconds=1) as engine:
        return engine.open(PEOPLE, Table(URL_ENV, table))


def make_endless(database: Database) -> None:
    """A view of people whose rows never come."""
    database.execute(
        "CREATE VIEW people AS WITH RECURSIVE endless(n) AS (SELECT 1 UNION ALL SELECT (n + 1) % 7 FROM endless)"
        " SELECT 'A' AS ref, 'blue' AS team, '2026-01-01' AS left_on, '5' AS homes FROM endless WHERE n < 0"
    )


def test_a_slow_database_is_given_up(database: Database) -> None:
    """A statement that takes longer than it may is stopped, and told as that."""
    make_endless(database)
    assert opened() == Refused("the database took longer than 1 seconds")


def test_the_keyboard_stops_a_slow_database(database: Database) -> None:
    """Ctrl-C ends the statement at once, and the run with it."""
    make_endless(database)
    interrupt = threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT))
    interrupt.start()
    with pytest.raises(KeyboardInterrupt), InPlaceEngine(URL_ENV) as engine:
        engine.open(PEOPLE, Table(URL_ENV, "people"))
    interrupt.join()


def test_a_locked_table_is_given_up(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever for somebody who does not let go."""
    database = server.new_schema()
    monkeypatch.setenv(URL_ENV, database.url)
    fill(database)
    with psycopg.connect(database.url) as other:
        other.execute("LOCK TABLE people IN ACCESS EXCLUSIVE MODE")
        assert opened() == Refused("the database took longer than 1 seconds")


def test_a_locked_file_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who writes and does not end is told as that."""
    database = Sqlite(tmp_path / "records.db")
    monkeypatch.setenv(URL_ENV, database.url)
    fill(database)
    with closing(sqlite3.connect(database.file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert opened() == Refused("somebody else is writing to the database")


@pytest.mark.parametrize(("content", "why"), [(b"ref,team\n" * 200, "its file is not a SQLite database")])
def test_a_file_that_is_no_database_is_told_plainly(
    content: bytes, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of another kind, or a damaged one."""
    (file := tmp_path / "records.db").write_bytes(content)
    monkeypatch.setenv(URL_ENV, f"sqlite:///{file}")
    assert opened() == Refused(why)


def test_a_damaged_file_is_told_plainly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database whose pages were overwritten."""
    database = Sqlite(tmp_path / "records.db")
    monkeypatch.setenv(URL_ENV, database.url)
    database.fill("people", COLUMNS, [(f"P-{n}", "blue", None, n) for n in range(5_000)])
    data = database.file.read_bytes()
    database.file.write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))
    assert opened() == Refused("the database is damaged")


def test_a_database_that_ends_the_connection_is_an_error_and_no_more(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that goes away while checks run: each check that reads it says so, and nothing is raised."""
    database = server.new_schema()
    monkeypatch.setenv(URL_ENV, database.url)
    fill(database)
    with Engines() as engine:
        assert engine.open(PEOPLE, Table(URL_ENV, "people")) == Opened(1, None)
        with psycopg.connect(server.url(), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
        for _ in range(2):
            found = engine.count(check_of(RECORDED), SETTING)
            assert isinstance(found, Refused)
            assert found.why.startswith("the check could not be carried out: the database")


def test_registers_in_two_places_are_not_counted_together(database: Database, tmp_path: Path) -> None:
    """Loading refuses it; should it get here, it is refused again, and each place still counts its own."""
    fill(database)
    (file := tmp_path / "courses.csv").write_text("ref,person,topic,done_on\n", "utf-8")
    looking_up = {"must": [{"test": "exists_in", "register": "courses", "match": {"person": "ref"}}]}
    with Engines() as engine:
        engine.open(PEOPLE, Table(URL_ENV, "people"))
        engine.open(REGISTERS["courses"], file)
        apart = Refused("the records that it reads are kept in different places")
        assert engine.count(check_of(looking_up), SETTING) == apart
        assert isinstance(engine.count(check_of(RECORDED), SETTING), Counted)
        files, database_name = engine.name.split(", ")
    assert files.startswith("duckdb ")
    assert database_name.startswith(("sqlite ", "postgresql "))


@pytest.mark.parametrize(
    ("absent", "why"),
    [
        ("sqlalchemy", "SQLAlchemy is not installed: pip install sqlalchemy"),
        ("psycopg", "psycopg is not installed: pip install 'psycopg[binary]'"),
    ],
)
def test_what_has_to_be_installed_is_told(absent: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Databases need more than files do; whoever has not got it is told what to install."""
    monkeypatch.setenv(URL_ENV, "postgresql://us3r:pa55@127.0.0.1:1/dbn4me")
    monkeypatch.delitem(sys.modules, "policykit.engines.database", raising=False)
    monkeypatch.setitem(sys.modules, absent, None)
    assert opened() == Refused(why)
