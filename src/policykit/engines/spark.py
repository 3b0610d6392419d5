"""Spark, when one machine is outgrown: the same checks as queries that write nothing, where the records are."""

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlglot import exp

from policykit.engines.counting import count_query, read_counts
from policykit.engines.engine import Counted, Opened, Refused, Table, Unit
from policykit.engines.looking import keys_query, read_rows, read_units, rows_query
from policykit.engines.spark_query import Columns, View, all_of, parquet_in, statement, survey, table_named
from policykit.engines.spark_typed import holds
from policykit.engines.sql_columns import TableColumns, misfit
from policykit.engines.sql_refusal import DatabaseRefusedError
from policykit.engines.views import Found
from policykit.model.registers import Register, Value
from policykit.rules import Check, Setting, Values, each_of, reads

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyspark.sql import SparkSession

    from policykit.engines.spark_session import Spark


class SparkEngine:
    """A Spark session: one that is given, or one that is reached when the first register is opened."""

    def __init__(self, url_env: str, session: "SparkSession | None" = None) -> None:
        self._url_env = url_env
        self._given = session
        self._spark: Spark | None = None
        self._unreachable = ""
        self._views: dict[str, View] = {}
        self._marked: dict[str, frozenset[str]] = {}

    @property
    def name(self) -> str:
        """Spark and its version; empty while there is no session."""
        return self._spark.name if self._spark else ""

    def __enter__(self) -> Self:
        """Nothing yet: Spark is not started for records that no check reads."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop Spark where it was started here; else leave the session as it was found."""
        if self._spark:
            self._spark.close()

    def open(self, register: Register, source: Table, /) -> Opened | Refused:
        """See to it that a table has the columns of the register, and that every row has a key of its own."""
        try:
            rows = parquet_in(str(source.folder)) if source.folder else table_named(source.name)
            return self._open(register, rows)
        except DatabaseRefusedError as refused:
            return Refused(str(refused))

    def build_in(self, register: Register, rows: "Iterable[Values]") -> None:
        """Keep the rows: each query that reads them brings them along."""
        self._views[register.id] = View(register, tuple(rows))

    def count(self, check: Check, setting: Setting) -> Counted | Refused:
        """Count a check with one query; whatever goes wrong stays in here, because only its name may be told."""
        try:
            lines = self._ask(count_query(check, setting, self._marked), reads(check, setting))
            found = ((part, value, state, number) for part, value, state, number in lines)
            return read_counts(found, each_of(check, setting))
        except DatabaseRefusedError as refused:
            return Refused(f"the check could not be carried out: {refused}")

    def keys(self, check: Check, setting: Setting, limit: int) -> tuple[Unit, ...] | Refused:
        """List units; as for counting, only the name of what goes wrong may be told."""
        try:
            return read_units(self._ask(keys_query(check, setting, self._marked, limit), reads(check, setting)))
        except DatabaseRefusedError as refused:
            return Refused(f"the units could not be listed: {refused}")

    def look_up(
        self, register: Register, values: Mapping[str, Value], limit: int | None
    ) -> tuple[Values, ...] | Refused:
        """Fetch rows; as for counting, only the name of what goes wrong may be told."""
        marked = sorted(self._marked.get(register.id, ()))
        try:
            found = self._ask(rows_query(register, values, marked, limit), {register.id: frozenset(register.fields)})
            return read_rows(register, marked, found)
        except DatabaseRefusedError as refused:
            return Refused(f"its rows could not be read: {refused}")

    def _open(self, register: Register, rows: exp.Table) -> Opened | Refused:
        described = self._connected().columns(all_of(rows))
        twice = next((name for name in register.fields if [own for own, _ in described].count(name) > 1), None)
        if twice:
            return Refused(f"two columns are called {twice}")
        types = dict(described)
        why = misfit(register, TableColumns("", "", {name: holds(kind) for name, kind in types.items()}))
        return Refused(why) if why else self._look_through(register, Columns(rows, types))

    def _look_through(self, register: Register, source: Columns) -> Opened | Refused:
        """One pass over all rows: how many there are, whether their keys will do, and what cannot be read."""
        [(count, recorded, distinct, *worst)] = self._connected().ask(survey(register, source))
        # Where there are no rows nothing was found, so no field is plain: a column of text has yet to become days.
        by_field = dict(zip(register.fields, worst, strict=True))
        plain = frozenset(name for name, each in by_field.items() if each == Found.PLAIN)
        self._views[register.id] = View(register, source, plain)
        self._marked[register.id] = frozenset(name for name, each in by_field.items() if each == Found.UNREADABLE)
        if recorded != count:
            return Refused("a key is blank")
        return Opened(count, None) if distinct == count else Refused("two rows have the same key")

    def _connected(self) -> "Spark":
        """The session. It is asked for once: whoever could not be reached is not waited for again."""
        if self._unreachable:
            raise DatabaseRefusedError(self._unreachable)
        if self._spark is None:
            try:
                self._spark = _reach(self._url_env, self._given)
            except DatabaseRefusedError as refused:
                self._unreachable = str(refused)
                raise
        return self._spark

    def _ask(self, query: exp.Expr, read: Mapping[str, frozenset[str]]) -> list[tuple[Any, ...]]:
        views = [self._views[name] for name in read]
        return self._connected().ask(statement(query, views, read))


def _reach(url_env: str, given: "SparkSession | None") -> "Spark":
    try:
        from policykit.engines.spark_session import open_spark  # noqa: PLC0415 - an extra that may not be installed

        return open_spark(url_env, given)
    except ImportError:
        raise DatabaseRefusedError("Spark is not installed: pip install pyspark") from None
