"""Records that stay where they are: tables of databases and of Spark, looked through once and then asked in place."""

import os
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from sqlglot import exp

from policykit.engines.dialects import Rows, TypedView
from policykit.engines.engine import Engine, Opened, RefusalError, Table, refusal
from policykit.engines.query import Lines, column_named, fill
from policykit.engines.text_to_type import Columns, Types
from policykit.model.registers import FieldShape, Register
from policykit.model.results import RefusalKind
from policykit.rules import Values

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from policykit.engines.database import Database
    from policykit.engines.spark import Spark

    Connection = Database | Spark

SECONDS = 300  # no statement of a database may take longer, unless somebody says otherwise
# The URLs that Spark takes, such as spark://host:7077, sc://host:15002, yarn or local[2].
_SPARK = re.compile(r"(?:spark|sc|k8s)://\S+|yarn|local(?:\[[0-9*,]+\])?")
_CHANGED, _UNREADABLE = 1, 2  # the worst that a look at all rows finds in a field, if anything
_WORST = f"MAX(CASE WHEN :unreadable THEN {_UNREADABLE} WHEN :changed THEN {_CHANGED} ELSE 0 END)"


class InPlaceEngine(Engine[Table]):
    """Tables behind the URL in an environment variable, connected to when the first register is opened.

    Where the variable holds the URL of a Spark, they are Spark's; every other URL is a database's. With a session of
    Spark, they are read in that where the variable holds such a URL, or nothing at all.
    """

    def __init__(self, url_env: str, spark: "SparkSession | None" = None, *, seconds: int = SECONDS) -> None:
        super().__init__()
        self._url_env, self._spark, self._seconds = url_env, spark, seconds
        self._connection: Connection | None = None
        self._unreachable: tuple[str, RefusalKind] | None = None
        self._views: dict[str, TypedView] = {}

    @property
    def name(self) -> str:
        """What is connected to, and its version; empty while there is no connection."""
        return self._connection.name if self._connection else ""

    def close(self) -> None:
        """Disconnect."""
        if self._connection:
            self._connection.close()

    def take_in(self, register: Register, source: Table, /) -> Opened:
        """See to it that a table has the columns of the register, and that every row has a key of its own."""
        try:
            return self._look_through(register, source, self._connected())
        except RefusalError:
            raise
        except Exception as error:  # noqa: BLE001 - a URL can be wrong in more ways than a driver foresees
            raise refusal("engines.database.unusable", error=type(error).__name__) from None

    def build_in(self, register: Register, rows: Iterable[Values]) -> None:
        """Keep the rows: each query that reads them brings them along."""
        self._views[register.id] = TypedView(register, tuple(rows))

    def ask(self, query: exp.Expr, read: Mapping[str, frozenset[str]]) -> Lines:
        """Ask with the views that the query needs."""
        connection = self._connected()
        return connection.ask(connection.dialect.statement(query, [self._views[name] for name in read], read))

    def _look_through(self, register: Register, source: Table, connection: "Connection") -> Opened:
        """One pass over all rows: how many there are, whether their keys will do, and what cannot be read."""
        rows, types = connection.rows(source), connection.dialect.types.of(register)
        types.expect(register, rows.columns)
        [(count, recorded, distinct, *worst)] = connection.ask(survey(register, rows, types))
        # Where there are no rows nothing was found, so no field is plain: a column of text has yet to become days.
        found = dict(zip(register.fields, worst, strict=True))
        self.marked[register.id] = frozenset(name for name, each in found.items() if each == _UNREADABLE)
        self._views[register.id] = TypedView(register, rows, frozenset(name for name in found if found[name] == 0))
        if not recorded == distinct == count:
            unread = "unreadable" if register.key in self.marked[register.id] else "blank"
            raise refusal(f"engines.key.{'twice' if recorded == count else unread}")
        return Opened(count, None)

    def _connected(self) -> "Connection":
        """The connection. It is asked for once: whoever could not connect does not have to wait again."""
        if self._unreachable:
            raise RefusalError(*self._unreachable)
        if self._connection is None:
            try:
                self._connection = self._connect()
            except RefusalError as refused:
                self._unreachable = str(refused), refused.kind
                raise
        return self._connection

    def _connect(self) -> "Connection":
        """Connect with what is installed: each is an extra that may not be."""
        url = os.environ.get(self._url_env, "").strip()
        try:
            if _SPARK.fullmatch(url) or (self._spark is not None and not url):
                absent = "engines.spark.not-installed"
                from policykit.engines.spark import open_spark  # noqa: PLC0415 - as said

                return open_spark(self._url_env, self._spark)
            absent = "engines.database.no-sqlalchemy"
            from policykit.engines.database import open_database  # noqa: PLC0415 - as said

            return open_database(self._url_env, self._seconds)
        except ImportError:
            raise refusal(absent) from None


def survey(register: Register, rows: Rows, types: Types) -> str:
    """How many rows there are, how many have a key, how many keys there are, and of each field the worst."""
    key = types.typed(register.fields[register.key], column_named(register.key, "t"), rows.columns.holds[register.key])
    worst = (_worst(name, shape, rows.columns, types) for name, shape in register.fields.items())
    numbers = "SELECT COUNT(*), COUNT(:key), COUNT(DISTINCT :key)"
    counted = cast("exp.Select", fill(numbers, key=key)).select(*worst, copy=False)
    return counted.from_(rows.table.copy(), copy=False).sql(types.dialect)


def _worst(name: str, shape: FieldShape, columns: Columns, types: Types) -> exp.Expr:
    column, holds = column_named(name, "t"), columns.holds[name]
    changed = types.is_changed(shape, column, holds, exact=name not in columns.inexact)
    return fill(_WORST, unreadable=types.is_unreadable(shape, column, holds), changed=changed)
