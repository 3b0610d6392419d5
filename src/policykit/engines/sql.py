"""Databases, where the records are: the same checks as queries that write nothing, on the organisation's own tables."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sqlglot import exp

from policykit.engines.counting import count_query, read_counts
from policykit.engines.engine import Counted, Opened, Refused, Table, Unit
from policykit.engines.looking import keys_query, read_rows, read_units, rows_query
from policykit.engines.sql_columns import TableColumns, misfit
from policykit.engines.sql_query import View, statement, survey
from policykit.engines.sql_refusal import DatabaseRefusedError
from policykit.engines.views import Found
from policykit.model.registers import Register, Value
from policykit.rules import Check, Setting, Values, each_of, reads

if TYPE_CHECKING:
    from policykit.engines.sql_database import Database

Answer = TypeVar("Answer")
Lines = list[tuple[Any, ...]]

_NOT_CARRIED_OUT = "the check could not be carried out"
SECONDS = 300
"""No statement may take longer, unless the engine is made with another number."""


class SqlEngine:
    """A PostgreSQL or SQLite database behind one URL, connected to when the first register is opened."""

    def __init__(self, url_env: str, seconds: int = SECONDS) -> None:
        self._url_env = url_env
        self._seconds = seconds
        self._database: Database | None = None
        self._unreachable = ""
        self._views: dict[str, View] = {}
        self._marked: dict[str, frozenset[str]] = {}

    @property
    def name(self) -> str:
        """The database and its version; empty while there is no connection."""
        return self._database.name if self._database else ""

    def __enter__(self) -> Self:
        """Nothing yet: a database that no check reads is not connected to."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Disconnect."""
        if self._database:
            self._database.close()

    def open(self, register: Register, source: Table, /) -> Opened | Refused:
        """See to it that a table has the columns of the register, and that every row has a key of its own."""
        try:
            table = self._connected().columns(source.name)
            if why := misfit(register, table):
                return Refused(why)
            return self._look_through(register, table)
        except DatabaseRefusedError as refused:
            return Refused(str(refused))
        except Exception as error:  # noqa: BLE001 - as below; a URL can be wrong in more ways than a driver foresees
            return Refused(f"its database cannot be used: {type(error).__name__}")

    def build_in(self, register: Register, rows: Iterable[Values]) -> None:
        """Keep the rows: each query that reads them brings them along."""
        self._views[register.id] = View(register, tuple(rows))

    def count(self, check: Check, setting: Setting) -> Counted | Refused:
        """Count a check with one query."""
        query, each = count_query(check, setting, self._marked), each_of(check, setting)
        return self._answer(query, reads(check, setting), partial(read_counts, each=each), _NOT_CARRIED_OUT)

    def keys(self, check: Check, setting: Setting, limit: int) -> tuple[Unit, ...] | Refused:
        """List units."""
        query = keys_query(check, setting, self._marked, limit)
        return self._answer(query, reads(check, setting), read_units, "the units could not be listed")

    def look_up(
        self, register: Register, values: Mapping[str, Value], limit: int | None
    ) -> tuple[Values, ...] | Refused:
        """Fetch rows."""
        marked, fields = sorted(self._marked.get(register.id, ())), {register.id: frozenset(register.fields)}
        query = rows_query(register, values, marked, limit)
        return self._answer(query, fields, partial(read_rows, register, marked), "its rows could not be read")

    def _connected(self) -> "Database":
        """The database. It is asked for a connection once: whoever could not connect does not have to wait again."""
        if self._unreachable:
            raise DatabaseRefusedError(self._unreachable)
        if self._database is None:
            try:
                self._database = _connect(self._url_env, self._seconds)
            except DatabaseRefusedError as refused:
                self._unreachable = str(refused)
                raise
        return self._database

    def _answer(
        self, query: exp.Expr, read: Mapping[str, frozenset[str]], made_of: Callable[[Lines], Answer], failed: str
    ) -> Answer | Refused:
        """What an answer is made into; whatever goes wrong stays in here, because only its name may be told."""
        try:
            database, views = self._connected(), [self._views[name] for name in read]
            return made_of(database.ask(statement(query, views, read, database.dialect)))
        except DatabaseRefusedError as refused:
            return Refused(f"{failed}: {refused}")
        except Exception as error:  # noqa: BLE001 - messages of a database quote records, so none may get out
            return Refused(f"{failed}: {type(error).__name__}")

    def _look_through(self, register: Register, table: TableColumns) -> Opened | Refused:
        """One pass over all rows: how many there are, whether their keys will do, and what cannot be read."""
        database = self._connected()
        [(count, recorded, distinct, *worst)] = database.ask(survey(register, table, database.dialect))
        found = {state: _fields_of(state, register, worst) for state in Found}
        self._views[register.id] = View(register, table, plain=found[Found.PLAIN])
        self._marked[register.id] = found[Found.UNREADABLE]
        if recorded != count:
            return Refused("a key is blank")
        return Opened(count, None) if distinct == count else Refused("two rows have the same key")


def _fields_of(state: Found, register: Register, worst: list[int | None]) -> frozenset[str]:
    """The fields in which this is the worst that was found; in a table without rows nothing was."""
    return frozenset(name for name, each in zip(register.fields, worst, strict=True) if each == state)


def _connect(url_env: str, seconds: int) -> "Database":
    try:
        from policykit.engines.sql_database import open_database  # noqa: PLC0415 - an extra that may not be installed
    except ImportError:
        raise DatabaseRefusedError("SQLAlchemy is not installed: pip install sqlalchemy") from None
    return open_database(url_env, seconds)
