"""Real databases for tests: a SQLite file, and a PostgreSQL server of our own on a free port of this machine."""

import os
import pwd
import secrets
import shutil
import socket
import sqlite3
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from sqlglot import exp

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
INITDB = shutil.which("initdb") or (str(PROGRAMS[-1]) if PROGRAMS else "")
FOLDER = Path(INITDB).resolve().parent
NO_SERVER = "there is no PostgreSQL server here: on Debian, apt install postgresql"
URL_ENV = "POLICYKIT_TEST_URL"


class Database(ABC):
    """A database that a test fills and policykit reads."""

    url: str
    dialect: str

    @abstractmethod
    def execute(self, *statements: str) -> None:
        """Run statements."""

    @abstractmethod
    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Put rows into a table."""

    @abstractmethod
    def contents(self) -> str:
        """All there is in the database and beside it: where this stays the same, nothing was written."""

    def fill(self, table: str, columns: Iterable[tuple[str, str]], rows: Iterable[Sequence[Any]]) -> None:
        """A new table with columns of these types, and rows in it."""
        columns = tuple(columns)
        kinds = ", ".join(f"{self.name(name)} {kind}" for name, kind in columns)
        self.execute(f"DROP TABLE IF EXISTS {self.name(table)}", f"CREATE TABLE {self.name(table)} ({kinds})")
        if listed := tuple(rows):
            self.insert(table, listed)

    def name(self, name: str) -> str:
        """A name, quoted."""
        return exp.to_identifier(name, quoted=True).sql(self.dialect)


@dataclass(frozen=True)
class Sqlite(Database):
    """A file."""

    file: Path
    dialect: str = "sqlite"

    @property
    def url(self) -> str:  # type: ignore[override]
        """Its URL."""
        return f"sqlite:///{self.file}"

    def execute(self, *statements: str) -> None:
        """In one transaction."""
        with closing(sqlite3.connect(self.file)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Each day as text, because SQLite has no days."""
        plain = [[value.isoformat() if isinstance(value, date) else value for value in row] for row in rows]
        with closing(sqlite3.connect(self.file)) as connection, connection:
            marks = ", ".join("?" for _ in plain[0])
            connection.executemany(f"INSERT INTO {self.name(table)} VALUES ({marks})", plain)  # noqa: S608 - quoted

    def contents(self) -> str:
        """The bytes of the file, and what else is in its folder."""
        return f"{self.file.read_bytes().hex()} {sorted(path.name for path in self.file.parent.iterdir())}"


@dataclass(frozen=True)
class Postgres(Database):
    """A database on our server."""

    url: str
    dialect: str = "postgres"

    def execute(self, *statements: str) -> None:
        """In one transaction."""
        with psycopg.connect(self.url) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """As the server's own way of taking in many rows."""
        copy = f"COPY {self.name(table)} FROM STDIN"
        with psycopg.connect(self.url) as connection, connection.cursor() as cursor, cursor.copy(copy.encode()) as file:
            for row in rows:
                file.write_row(row)

    def contents(self) -> str:
        """The whole database as its own tool writes it out, and the next transaction that writes anything."""
        tool = str(FOLDER / "pg_dump")
        dump = subprocess.run([tool, self.url], check=True, capture_output=True, text=True).stdout
        with psycopg.connect(self.url) as connection:
            following = connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())").fetchone()
        said = [line for line in dump.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
        return "\n".join([*said, str(following)])


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server."""

    port: int
    password: str

    def url(self, user: str = "tester", schema: str = "public") -> str:
        """The URL of the database, with the schema in which tables are looked for."""
        return f"postgresql://{user}:{self.password}@127.0.0.1:{self.port}/postgres?options=-csearch_path%3D{schema}"

    def new_schema(self) -> Postgres:
        """A schema without tables: for a test as good as a database, and made in no time."""
        name = f"test_{secrets.token_hex(4)}"
        with psycopg.connect(self.url()) as connection:
            connection.execute(f"CREATE SCHEMA {name}".encode())
        return Postgres(self.url(schema=name))


@contextmanager
def serving() -> Iterator[Server]:
    """A server in a folder of its own, gone at the end. It refuses to be root, so that it runs as nobody then."""
    folder = Path(tempfile.mkdtemp(prefix="policykit-postgres-"))
    server = Server(_free_port(), secrets.token_hex(12))
    try:
        _start(server, folder)
        yield server
    finally:
        _as_nobody(folder, "pg_ctl", "stop", "-D", f"{folder}/data", "-m", "immediate", "-w")
        shutil.rmtree(folder, ignore_errors=True)


def _start(server: Server, folder: Path) -> None:
    (folder / "password").write_text(server.password, "utf-8")
    if os.geteuid() == 0:
        for path in (folder, folder / "password"):
            shutil.chown(path, "nobody")
    how = ["--auth=scram-sha-256", "--username=tester", f"--pwfile={folder}/password", "--no-sync"]
    _as_nobody(folder, "initdb", "-D", f"{folder}/data", "--encoding=UTF8", "--locale=C.UTF-8", *how)
    options = f"-p {server.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='{folder}' -c fsync=off"
    more = "-c autovacuum=off -c max_connections=20"
    place = ["-D", f"{folder}/data", "-w", "-l", f"{folder}/log"]
    _as_nobody(folder, "pg_ctl", "start", *place, "-o", f"{options} {more}")


def _as_nobody(folder: Path, program: str, *arguments: str) -> None:
    nobody = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    command = [str(FOLDER / program), *arguments]
    subprocess.run(command, check=True, user=nobody, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])
