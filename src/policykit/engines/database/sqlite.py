"""SQLite: a file opened for reading only, whose values have types of their own whatever their column says."""

import sqlite3
from contextlib import closing, suppress
from datetime import date
from pathlib import Path
from time import monotonic
from urllib.parse import quote

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.engine import URL
from sqlglot import exp

from policykit.engines.database.database import Database
from policykit.engines.engine import RefusalError
from policykit.engines.in_place import Dialect, Rows
from policykit.engines.query import fill, quoted
from policykit.engines.text_to_type import SQLITE, Columns, Holds
from policykit.model.registers import FieldShape, Value

_TABLE = "SELECT name FROM main.sqlite_master WHERE name = ? AND type IN ('table', 'view')"
_COLUMNS = "SELECT name, type FROM pragma_table_xinfo(?, 'main')"
_PATIENCE = 10
"""Seconds to wait for somebody else to finish writing."""

_STEPS = 50_000
"""Steps of SQLite between two looks at the clock: a few milliseconds."""

_PLACES = {"YEAR": (1, 4), "MONTH": (6, 2), "DAY": (9, 2)}
"""Where the parts of a date stand in its text, and how long they are."""

_DAMAGED = "the database is damaged"
_WHY = {
    "SQLITE_BUSY": "somebody else is writing to the database",
    "SQLITE_CANTOPEN": "the database cannot be opened",
    "SQLITE_NOTADB": "its file is not a SQLite database",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_READONLY": "somebody stopped in the middle of writing to it: open it once with a program that may write",
}


class SqliteDialect(Dialect):
    """Days of SQLite are text, its booleans 1 and 0."""

    types = SQLITE

    def fit(self, query: exp.Expr) -> exp.Expr:
        """What DuckDB understands as SQLite does."""
        return query.transform(self._fitted, copy=False)

    def column(self, name: str) -> exp.Identifier:
        """SQLite takes two names for values, even where they are quoted."""
        return quoted(f"{name} or not" if name in {"true", "false"} else name)

    def literal(self, value: Value | None, shape: FieldShape) -> exp.Expr:  # noqa: ARG002 - no value has a type here
        """A value that is built in."""
        return exp.convert(str(value) if isinstance(value, date) else int(value) if isinstance(value, bool) else value)

    def _fitted(self, node: exp.Expr) -> exp.Expr:
        match node:
            case exp.DateStrToDate(this=exp.Literal() as day):
                return day
            case exp.Identifier():
                return self.column(node.name)
            case exp.Boolean():
                return exp.convert(int(node.this))
            case exp.Extract():
                begin, length = map(exp.convert, _PLACES[node.this.name.upper()])
                part = "CAST(SUBSTR(:day, :begin, :length) AS INTEGER)"
                return fill(part, "sqlite", day=node.expression, begin=begin, length=length)
            case exp.DateDiff():
                days = "CAST(JULIANDAY(:later) - JULIANDAY(:earlier) AS INTEGER)"
                return fill(days, "sqlite", later=node.this, earlier=node.expression)
            case _:
                return node


class Sqlite(Database):
    """One SQLite database."""

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
            raise RefusalError("the file of the database is missing")
        engine = create_engine("sqlite://", creator=self._open, poolclass=NullPool, hide_parameters=True)
        connection = engine.connect()
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql("PRAGMA schema_version").all()
        [(page,)] = connection.exec_driver_sql("PRAGMA page_size")
        if self._file.stat().st_size % page:  # SQLite takes what is missing from the last page for blanks
            connection.close()
            raise RefusalError(_DAMAGED)
        return connection

    def find(self, connection: Connection, table: str) -> Rows | None:
        """The table and what its columns hold as far as their declarations say: each value has yet to be looked at."""
        if not connection.exec_driver_sql(_TABLE, (table,)).all():
            return None
        declared = connection.exec_driver_sql(_COLUMNS, (table,)).all()
        [folds] = connection.exec_driver_sql(_folding(table, [name for name, _ in declared]))
        holds = {
            name: Holds.FOLDED if folded else _holds(kind) for (name, kind), folded in zip(declared, folds, strict=True)
        }
        return Rows(
            exp.table_(table, db="main", quoted=True, alias=quoted("t")), Columns(holds, inexact=frozenset(holds))
        )

    def begin(self) -> None:
        """Start the clock."""
        self._end = monotonic() + self.seconds

    def leave(self) -> None:
        """Remove the empty log that a database in WAL mode has while it is read.

        SQLite itself does that when the last connection ends, if that connection may write; there is nothing to write.
        """
        with suppress(OSError, sqlite3.Error):
            if not self._had_log and self._log.stat().st_size == 0:
                with closing(sqlite3.connect(self._place("rw"), uri=True, timeout=0)) as last:
                    last.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()

    def why(self, error: BaseException) -> str:
        """What an error of sqlite3 means; KeyboardInterrupt where it was stopped from the keyboard."""
        name = getattr(error, "sqlite_errorname", "")
        if name == "SQLITE_INTERRUPT" and not self._is_late():
            raise KeyboardInterrupt  # SQLite keeps to itself what was raised while it asked for the time
        if name == "SQLITE_INTERRUPT":
            return f"the database took longer than {self.seconds} seconds"
        known = (why for start, why in _WHY.items() if name.startswith(start))
        return next(known, f"the database refused it: {type(error).__name__}")

    def _open(self) -> sqlite3.Connection:
        patience = min(self.seconds, _PATIENCE)
        connection = sqlite3.connect(self._place("ro"), uri=True, isolation_level=None, timeout=patience)
        connection.text_factory = _text
        connection.execute("PRAGMA query_only = ON")
        connection.execute("PRAGMA trusted_schema = OFF")  # no function that a view names can do anything but reckon
        connection.set_progress_handler(self._is_late, _STEPS)
        return connection

    def _place(self, mode: str) -> str:
        return f"file:{quote(str(self._file))}?mode={mode}"

    def _is_late(self) -> bool:
        """Asked by SQLite every few milliseconds."""
        return monotonic() > self._end


def _text(held: bytes) -> str:
    """Text as it is shown; what is not UTF-8 stops nobody from listing all that is."""
    return held.decode(errors="replace")


def _folding(table: str, columns: list[str]) -> str:
    """Of each column, whether it takes `a` for `A`. No catalogue says that; a compared value of the column does.

    A compound query compares as its first part does, here a part without rows; without the limit the two parts might be
    compared one by one.
    """
    names = [exp.to_identifier(f"c{number}") for number in range(len(columns))]
    kinds = [
        exp.Alias(this=exp.column(column, quoted=True), alias=name) for name, column in zip(names, columns, strict=True)
    ]
    nothing = exp.select(*kinds).from_(exp.table_(table, db="main", quoted=True)).where("0")
    letters = exp.union(nothing, exp.select(*(exp.Literal.string("a") for _ in columns)), distinct=False).limit(1)
    folded = [exp.EQ(this=exp.column(name), expression=exp.Literal.string("A")) for name in names]
    return exp.select(*folded).from_(letters.subquery("letters")).sql("sqlite")


def _holds(declared: str) -> Holds:
    """By SQLite's own rules: what a declaration contains decides what the column does to values."""
    kind = declared.upper()
    if "TIME" in kind:
        return Holds.TIME
    if "INT" in kind:
        return Holds.INTEGER
    if any(part in kind for part in ("CHAR", "CLOB", "TEXT")):
        return Holds.TEXT
    if not kind or "BLOB" in kind:
        return Holds.ANYTHING
    return Holds.DAY if kind == "DATE" else Holds.FLAG if "BOOL" in kind else Holds.OTHER
