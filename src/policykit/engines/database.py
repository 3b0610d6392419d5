"""An organisation's database, PostgreSQL or SQLite, over a connection that can only read.

One transaction, so that all checks see one moment. The URL is read from the environment, used, and kept nowhere; no
message of a database or a driver gets out of here.
"""

import os
import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlglot import exp

from policykit.engines.dialects import Dialect, PostgresDialect, Rows, SqliteDialect
from policykit.engines.engine import RefusalError, Table, refusal
from policykit.engines.query import Lines, column_named, quoted
from policykit.engines.text_to_type import Columns, Holds

Answer = TypeVar("Answer")

_PATIENCE = 10  # seconds to wait for a server that does not answer, or for somebody else to finish writing


def open_database(url_env: str, seconds: int) -> "Database":
    """Connect to the database whose URL an environment variable holds. Raises RefusalError.

    No statement may take longer than so many seconds, unless a second variable says otherwise.
    """
    url, variable = _url_in(url_env), f"{url_env}_SECONDS"
    written = os.environ.get(variable, "")
    if not re.fullmatch("[1-9][0-9]{0,4}|", written, re.ASCII):
        raise refusal("engines.database.no-seconds", variable=variable)
    seconds = int(written or seconds)
    try:
        return Sqlite(url, seconds) if url.get_backend_name() == "sqlite" else Postgres(url, seconds)
    except ImportError:
        raise refusal("engines.database.no-psycopg") from None


def _url_in(variable: str) -> URL:
    written = os.environ.get(variable, "")
    if not written:
        raise refusal("engines.database.not-set", variable=variable)
    with suppress(SQLAlchemyError, ValueError):
        url = make_url(written)
        if url.get_backend_name() in {"postgresql", "postgres", "sqlite"}:
            return url
    raise refusal("engines.database.no-url", variable=variable)


class Database(ABC):
    """One database, connected to. Raises RefusalError, from the start on, and nothing else."""

    dialect: Dialect
    name: str  # with its version, as results show them

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        try:
            self._connection = self.connect()
        except SQLAlchemyError as error:
            raise self._refusal(error) from None

    @abstractmethod
    def connect(self) -> Connection:
        """Connect, and begin a transaction that can only read."""

    @abstractmethod
    def find(self, connection: Connection, table: str) -> Rows:
        """The rows of a table, which is looked for, and what its columns hold."""

    @abstractmethod
    def why(self, error: BaseException) -> str:
        """What an error of its driver means: the message of the catalogue."""

    def rows(self, source: Table) -> Rows:
        """The rows of a table and what its columns hold."""
        return self._safely(lambda: self.find(self._connection, source.name))

    def ask(self, sql: str) -> Lines:
        """All lines of the answer."""
        return self._safely(lambda: [tuple(row) for row in self._connection.exec_driver_sql(sql)])

    def close(self) -> None:
        """End the transaction and the connection."""
        try:
            self._connection.close()
        except SQLAlchemyError:
            self._connection.invalidate()

    def _safely(self, ask: Callable[[], Answer]) -> Answer:
        """Ask inside a savepoint: after a refusal the transaction goes on, and still sees the same moment."""
        try:
            with self._connection.begin_nested():
                return ask()
        except SQLAlchemyError as error:
            raise self._refusal(error) from None

    def _refusal(self, error: SQLAlchemyError) -> RefusalError:
        cause = (error.orig or error) if isinstance(error, DBAPIError) else error
        return refusal(self.why(cause), error=type(cause).__name__, seconds=self.seconds)


# Text comes as text whatever the database keeps it in, and a network that is gone is noticed in a minute. Whoever needs
# something else puts it into the URL.
_MANNERS = {"client_encoding": "utf8", "connect_timeout": _PATIENCE}
_MANNERS |= {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
_SETTINGS = (
    "SET TRANSACTION READ ONLY",
    "SET LOCAL jit = off",  # our queries are long: compiling them takes seconds
    "SET LOCAL statement_timeout = '{seconds}s'",
    "SET LOCAL standard_conforming_strings = on",
    "SET LOCAL row_security = off",  # refused, where rows would be hidden unsaid
)
_POSTGRES_TABLE = """
SELECT c.oid, n.nspname
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relname = %(table)s AND pg_catalog.pg_table_is_visible(c.oid) AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
"""
_POSTGRES_COLUMNS = """
SELECT a.attname, COALESCE(b.typname, t.typname), COALESCE(k.collisdeterministic, TRUE),
  pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type AS b ON t.typtype = 'd' AND b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_collation AS k ON k.oid = a.attcollation
WHERE a.attrelid = %(table)s AND a.attnum > 0 AND NOT a.attisdropped
"""
_POSTGRES_HOLDS = {
    **dict.fromkeys(["text", "varchar"], Holds.TEXT),
    **dict.fromkeys(["int2", "int4", "int8"], Holds.INTEGER),
    **dict.fromkeys(["timestamptz", "time", "timetz"], Holds.TIME),
    "timestamp": Holds.MOMENT,
    "bpchar": Holds.PADDED,
    "date": Holds.DAY,
    "bool": Holds.FLAG,
    "citext": Holds.FOLDED,
}
_POSTGRES_WHY = {
    "42501": "engines.postgres.rows-hidden",
    "53300": "engines.postgres.full",
    "57P01": "engines.postgres.ended",
    "25006": "engines.postgres.would-write",
    "57014": "engines.database.too-slow",
}


class Postgres(Database):
    """One PostgreSQL database."""

    dialect: Dialect = PostgresDialect()
    name = "postgresql"

    def __init__(self, url: URL, seconds: int) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        super().__init__(seconds)

    def connect(self) -> Connection:
        """Connect and begin; the server itself refuses whatever would write."""
        manners = {name: setting for name, setting in _MANNERS.items() if name not in self._url.query}
        engine = create_engine(self._url, poolclass=NullPool, hide_parameters=True, connect_args=manners)
        reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True, "no_parameters": True}
        connection = engine.connect().execution_options(**reading)
        for setting in _SETTINGS:
            connection.exec_driver_sql(setting.format(seconds=self.seconds))
        [(version,)] = connection.exec_driver_sql("SHOW server_version")
        self.name = f"postgresql {version.split()[0]}"
        return connection

    def find(self, connection: Connection, table: str) -> Rows:
        """The table, named with its schema, because a view of the same name must not be taken for it."""
        # No name has a null character, and no driver takes one.
        found = [] if "\0" in table else connection.exec_driver_sql(_POSTGRES_TABLE, {"table": table}).all()
        if not found:
            raise refusal("engines.database.no-table")
        [(number, schema)] = found
        columns = connection.exec_driver_sql(_POSTGRES_COLUMNS, {"table": number}).all()
        holds = {
            name: _POSTGRES_HOLDS.get(kind, Holds.OTHER) if plain else Holds.FOLDED for name, kind, plain, _ in columns
        }
        closed = frozenset(name for name, _, _, is_open in columns if not is_open)
        return Rows(exp.table_(table, db=schema, quoted=True, alias=quoted("t")), Columns(holds, closed=closed))

    def why(self, error: Any) -> str:  # noqa: ANN401 - whatever the driver raised
        """What an error of psycopg means. Before there is a connection the driver only says how far it got."""
        state, got = getattr(error, "sqlstate", None), getattr(error, "pgconn", None)
        if state is not None:
            by_a_value = state.startswith("22")  # in a record, as in a view that reckons with it
            otherwise = "engines.database.cannot-reckon" if by_a_value else "engines.database.refused"
            return _POSTGRES_WHY.get(state, otherwise)
        is_let_in = got is None or not (got.needs_password or got.used_password)
        return "engines.postgres.unreachable" if is_let_in else "engines.postgres.not-let-in"


_SQLITE_TABLE = "SELECT name FROM main.sqlite_master WHERE name = ? AND type IN ('table', 'view')"
_SQLITE_COLUMNS = "SELECT name, type FROM pragma_table_xinfo(?, 'main')"
_SQLITE_WHY = {
    "SQLITE_INTERRUPT": "engines.database.too-slow",
    "SQLITE_BUSY": "engines.sqlite.busy",
    "SQLITE_CANTOPEN": "engines.sqlite.not-opened",
    "SQLITE_NOTADB": "engines.sqlite.other",
    "SQLITE_CORRUPT": "engines.sqlite.damaged",
    "SQLITE_READONLY": "engines.sqlite.half-written",
}


class Sqlite(Database):
    """One SQLite database: a file, whose values have types of their own whatever their column says."""

    dialect: Dialect = SqliteDialect()
    name = f"sqlite {sqlite3.sqlite_version}"

    def __init__(self, url: URL, seconds: int) -> None:
        self._file = Path(url.database or "").absolute()
        self._end = monotonic() + seconds
        self._log = Path(f"{self._file}-wal")
        self._had_log = self._log.exists()
        super().__init__(seconds)

    def connect(self) -> Connection:
        """Open the file for reading and begin to read."""
        if not self._file.is_file():
            raise refusal("engines.sqlite.missing")
        engine = create_engine("sqlite://", creator=self._open, poolclass=NullPool, hide_parameters=True)
        connection = engine.connect()
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("PRAGMA schema_version").all()
        [(page,)] = connection.exec_driver_sql("PRAGMA page_size")
        if self._file.stat().st_size % page:  # SQLite takes what is missing from the last page for blanks
            connection.close()
            raise refusal("engines.sqlite.damaged")
        return connection

    def find(self, connection: Connection, table: str) -> Rows:
        """The table and what its columns hold as far as their declarations say: each value has yet to be looked at."""
        if not connection.exec_driver_sql(_SQLITE_TABLE, (table,)).all():
            raise refusal("engines.database.no-table")
        declared = connection.exec_driver_sql(_SQLITE_COLUMNS, (table,)).all()
        [folds] = connection.exec_driver_sql(_folding(table, [name for name, _ in declared]))
        holds = {
            name: Holds.FOLDED if folded else _holds(kind) for (name, kind), folded in zip(declared, folds, strict=True)
        }
        rows = exp.table_(table, db="main", quoted=True, alias=quoted("t"))
        return Rows(rows, Columns(holds, inexact=frozenset(holds)))

    def close(self) -> None:
        """End the connection, and remove the empty log that a database in WAL mode has while it is read.

        SQLite itself does that when the last connection ends, if that connection may write; there is nothing to write.
        """
        super().close()
        with suppress(OSError, sqlite3.Error):
            if not self._had_log and self._log.stat().st_size == 0:
                with closing(sqlite3.connect(self._place("rw"), uri=True, timeout=0)) as last:
                    last.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()

    def why(self, error: BaseException) -> str:
        """What an error of sqlite3 means; KeyboardInterrupt where it was stopped from the keyboard."""
        name = getattr(error, "sqlite_errorname", "")
        if name == "SQLITE_INTERRUPT" and not self._is_late():
            raise KeyboardInterrupt  # SQLite keeps to itself what was raised while it asked for the time
        known = (why for start, why in _SQLITE_WHY.items() if name.startswith(start))
        return next(known, "engines.database.refused")

    def _safely(self, ask: Callable[[], Answer]) -> Answer:
        self._end = monotonic() + self.seconds  # a server keeps the time itself
        return super()._safely(ask)

    def _open(self) -> sqlite3.Connection:
        patience = min(self.seconds, _PATIENCE)
        connection = sqlite3.connect(self._place("ro"), uri=True, isolation_level=None, timeout=patience)
        connection.text_factory = lambda held: held.decode(errors="replace")  # what is not UTF-8 stops no listing
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")  # no function that a view names can do anything but reckon
        connection.set_progress_handler(self._is_late, 50_000)  # steps, which take a few milliseconds
        return connection

    def _place(self, mode: str) -> str:
        return f"file:{quote(str(self._file))}?mode={mode}"

    def _is_late(self) -> bool:
        """Asked by SQLite every few milliseconds."""
        return monotonic() > self._end


def _folding(table: str, columns: list[str]) -> str:
    """Of each column, whether it takes `a` for `A`. No catalogue says that; a compared value of the column does.

    A compound query compares as its first part does, here a part without rows; without the limit the two parts might be
    compared one by one.
    """
    names = [f"c{number}" for number in range(len(columns))]
    kinds = [exp.alias_(column_named(column), name) for name, column in zip(names, columns, strict=True)]
    nothing = exp.select(*kinds).from_(exp.table_(table, db="main", quoted=True)).where("0")
    letters = exp.union(nothing, exp.select(*["'a'"] * len(columns)), distinct=False).limit(1)
    folded = [f"{name} = 'A'" for name in names]
    return exp.select(*folded).from_(letters.subquery("letters")).sql("sqlite")


def _holds(declared: str) -> Holds:
    """By SQLite's own rules: what a declaration contains decides what the column does to values."""
    kind = declared.upper()
    if "TIME" in kind:
        return Holds.MOMENT if "TIMESTAMP" in kind or "DATETIME" in kind else Holds.TIME
    if "INT" in kind:
        return Holds.INTEGER
    if any(part in kind for part in ("CHAR", "CLOB", "TEXT")):
        return Holds.TEXT
    if not kind or "BLOB" in kind:
        return Holds.ANYTHING
    return Holds.DAY if kind == "DATE" else Holds.FLAG if "BOOL" in kind else Holds.OTHER
