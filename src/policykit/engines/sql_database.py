"""A connection to an organisation's database that can only read: one transaction, so that all checks see one moment.

The URL is read from the environment, used, and kept nowhere; no message of a database or a driver gets out of here.
"""

import os
import re
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from policykit.engines.sql_columns import TableColumns
from policykit.engines.sql_refusal import DatabaseRefusedError

Found = TypeVar("Found")


class Kind(Protocol):
    """A kind of database: how to connect to it so that nothing can be written, and what its catalogue says."""

    dialect: str
    name: str
    """Its name and version, as results show them."""

    def connect(self) -> Connection:
        """Connect, and begin a transaction that can only read."""

    def columns(self, connection: Connection, table: str) -> TableColumns | None:
        """What the columns of a table hold; None where there is no such table."""

    def begin(self) -> None:
        """A statement is about to be carried out."""

    def leave(self) -> None:
        """The connection has ended."""

    def why(self, error: BaseException) -> str:
        """What an error of its driver means, in our own words."""


class Database:
    """One database, connected to. Raises DatabaseRefusedError, from the start on, and nothing else."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        try:
            self._connection = kind.connect()
        except SQLAlchemyError as error:
            raise DatabaseRefusedError(self._why(error)) from None

    @property
    def dialect(self) -> str:
        """The dialect of its SQL."""
        return self._kind.dialect

    @property
    def name(self) -> str:
        """The database and its version."""
        return self._kind.name

    def close(self) -> None:
        """End the transaction and the connection."""
        try:
            self._connection.close()
        except SQLAlchemyError:
            self._connection.invalidate()
        self._kind.leave()

    def columns(self, table: str) -> TableColumns:
        """The columns of a table; raises DatabaseRefusedError where there is none."""
        found = self._safely(lambda: self._kind.columns(self._connection, table))
        if found is None:
            raise DatabaseRefusedError("its table is not in the database")
        return found

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of the answer; raises DatabaseRefusedError."""
        return self._safely(lambda: [tuple(row) for row in self._connection.exec_driver_sql(sql)])

    def _safely(self, ask: Callable[[], Found]) -> Found:
        """Ask inside a savepoint: after a refusal the transaction goes on, and still sees the same moment."""
        try:
            with self._connection.begin_nested():
                self._kind.begin()
                return ask()
        except SQLAlchemyError as error:
            raise DatabaseRefusedError(self._why(error)) from None

    def _why(self, error: SQLAlchemyError) -> str:
        return self._kind.why((error.orig or error) if isinstance(error, DBAPIError) else error)


def open_database(url_env: str, seconds: int) -> Database:
    """Connect to the database whose URL an environment variable holds. Raises DatabaseRefusedError.

    No statement may take longer than so many seconds, unless a second variable says otherwise.
    """
    written = os.environ.get(url_env, "")
    if not written:
        raise DatabaseRefusedError(f"the environment variable {url_env} is not set")
    url = _read(written)
    if url is None:
        raise DatabaseRefusedError(f"the variable {url_env} does not hold the URL of a PostgreSQL or SQLite database")
    try:
        return Database(_kind_of(url, _seconds(f"{url_env}_SECONDS", seconds)))
    except ImportError:
        raise DatabaseRefusedError("psycopg is not installed: pip install 'psycopg[binary]'") from None


def _read(written: str) -> URL | None:
    try:
        url = make_url(written)
        return url if url.get_backend_name() in {"postgresql", "postgres", "sqlite"} else None
    except (SQLAlchemyError, ValueError):
        return None


def _seconds(variable: str, otherwise: int) -> int:
    """How long a statement may take, as the operator says."""
    written = os.environ.get(variable, "")
    if not re.fullmatch("[1-9][0-9]{0,4}|", written, re.ASCII):
        raise DatabaseRefusedError(f"the variable {variable} does not hold a number of seconds from 1 to 99999")
    return int(written or otherwise)


def _kind_of(url: URL, seconds: int) -> Kind:
    if url.get_backend_name() == "sqlite":
        from policykit.engines.sql_sqlite import Sqlite  # noqa: PLC0415 - one database, one driver

        return Sqlite(url, seconds)
    from policykit.engines.sql_postgres import Postgres  # noqa: PLC0415 - one database, one driver

    return Postgres(url, seconds)
