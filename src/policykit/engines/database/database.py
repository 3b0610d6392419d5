"""A connection to an organisation's database that can only read: one transaction, so that all checks see one moment.

The URL is read from the environment, used, and kept nowhere; no message of a database or a driver gets out of here.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from policykit.engines.engine import RefusalError, Table
from policykit.engines.in_place import Dialect, Rows
from policykit.engines.query import Lines

Answer = TypeVar("Answer")


class Database(ABC):
    """One database, connected to. Raises RefusalError, from the start on, and nothing else.

    A kind of database knows how to connect so that nothing can be written, and what its catalogue and its errors mean.
    """

    dialect: Dialect
    name: str
    """Its name and version, as results show them."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        try:
            self._connection = self.connect()
        except SQLAlchemyError as error:
            raise RefusalError(self._why(error)) from None

    @abstractmethod
    def connect(self) -> Connection:
        """Connect, and begin a transaction that can only read."""

    @abstractmethod
    def find(self, connection: Connection, table: str) -> Rows | None:
        """The rows of a table and what its columns hold; None where there is no such table."""

    @abstractmethod
    def why(self, error: BaseException) -> str:
        """What an error of its driver means, in our own words."""

    def begin(self) -> None:  # noqa: B027 - a server keeps the time itself
        """A statement is about to be carried out."""

    def leave(self) -> None:  # noqa: B027 - a server clears up itself
        """The connection has ended."""

    def rows(self, source: Table) -> Rows:
        """The rows of a table; raises RefusalError where there is none."""
        found = self._safely(lambda: self.find(self._connection, source.name))
        if found is None:
            raise RefusalError("its table is not in the database")
        return found

    def ask(self, sql: str) -> Lines:
        """All lines of the answer."""
        return self._safely(lambda: [tuple(row) for row in self._connection.exec_driver_sql(sql)])

    def close(self) -> None:
        """End the transaction and the connection."""
        try:
            self._connection.close()
        except SQLAlchemyError:
            self._connection.invalidate()
        self.leave()

    def _safely(self, ask: Callable[[], Answer]) -> Answer:
        """Ask inside a savepoint: after a refusal the transaction goes on, and still sees the same moment."""
        try:
            with self._connection.begin_nested():
                self.begin()
                return ask()
        except SQLAlchemyError as error:
            raise RefusalError(self._why(error)) from None

    def _why(self, error: SQLAlchemyError) -> str:
        return self.why((error.orig or error) if isinstance(error, DBAPIError) else error)


def read_url(url_env: str) -> URL:
    """The URL that an environment variable holds. Raises RefusalError where it is none of PostgreSQL or SQLite."""
    written = os.environ.get(url_env, "")
    if not written:
        raise RefusalError(f"the environment variable {url_env} is not set")
    try:
        url = make_url(written)
        if url.get_backend_name() in {"postgresql", "postgres", "sqlite"}:
            return url
    except (SQLAlchemyError, ValueError):
        pass
    raise RefusalError(f"the variable {url_env} does not hold the URL of a PostgreSQL or SQLite database")
