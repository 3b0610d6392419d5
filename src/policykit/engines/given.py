"""Rows that a program gives, as registers in memory: columns of text, or an Arrow stream of whatever it holds.

Either becomes text first, and then a table as the text of a CSV file does, so a value is read, or cannot be read, as it
would be there. Nothing is converted that could lose or invent something: a time of day is not cut off, a number is no
reference.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
from sqlglot import exp

from policykit.engines.csv_table import create_typed
from policykit.engines.duck import DuckEngine
from policykit.engines.duck_database import open_database
from policykit.engines.engine import Given, Opened, Refused, StreamOfRows, TextOfRows
from policykit.engines.names import column_named, named, quoted
from policykit.engines.parquet_columns import ParquetColumn, ParquetRefusedError, find_columns
from policykit.engines.parquet_keys import check_keys
from policykit.engines.private_folder import for_its_owner_only
from policykit.engines.sql_templates import fill
from policykit.model.registers import Register

_STREAM, _GIVEN = "rows that stream in", "rows that were given"
"""Names that no register can have, because they hold spaces."""

_BLANK = '"NULL"'
"""DuckDB's type of a column without a single value."""

_NUMBERS_WITH_NAN = {"FLOAT", "DOUBLE"}
_AT_MIDNIGHT = "COALESCE(BOOL_AND(DATE_TRUNC('day', :column) = :column), TRUE)"
_NOTHING = "COUNT(:column) = 0"
_NO_NUMBER = "COALESCE(BOOL_AND(ISNAN(:column)), TRUE)"


class MemoryEngine(DuckEngine):
    """DuckDB with the registers of one count in memory; only what does not fit there goes to its own folder."""

    def _connect(self, shown: Iterable[Path] = ()) -> duckdb.DuckDBPyConnection:
        return open_database(self._folder, shown, in_memory=True)

    @for_its_owner_only()
    def take(self, register: Register, rows: Given) -> Opened | Refused:
        """Make the table of a register from what was given; whatever else goes wrong only its name may be told."""
        try:
            fields = self._take_texts(rows) if isinstance(rows, TextOfRows) else self._take_stream(register, rows)
            self._ask(create_typed(register, _table(_GIVEN), dict(zip(fields, fields, strict=True))))
            self._ask(exp.Drop(tables=[_table(_GIVEN)], kind="TABLE"))
            count = check_keys(register, self._ask, rising=False)
            self._marked[register.id] = self._find_marked(register)
        except ParquetRefusedError as fault:
            return Refused(str(fault))
        except Exception as error:  # noqa: BLE001 - a stream is anybody's code, and its messages may quote rows
            return Refused(f"its rows could not be read: {type(error).__name__}")
        return Opened(count, None)

    def _take_texts(self, rows: TextOfRows) -> tuple[str, ...]:
        fields = tuple(rows.columns)
        columns = [exp.ColumnDef(this=quoted(field), kind=exp.DataType.build("VARCHAR")) for field in fields]
        self._ask(exp.Create(this=exp.Schema(this=_table(_GIVEN), expressions=columns), kind="TABLE"))
        each = [fill("UNNEST(CAST(:texts AS VARCHAR[]))", "duckdb", texts=exp.Placeholder()) for _ in fields]
        insert = exp.insert(exp.select(*each), _table(_GIVEN)).sql("duckdb")
        self._database.execute(insert, [list(rows.columns[field]) for field in fields])
        return fields

    def _take_stream(self, register: Register, rows: StreamOfRows) -> tuple[str, ...]:
        """Take the columns of a register out of a stream, which flows once, and make text of them."""
        self._database.register(_STREAM, rows.capsule)
        try:
            described = [row[:2] for row in self._ask(exp.Describe(this=exp.select("*").from_(_table(_STREAM))))]
            known = [(name, kind) for name, kind in described if name in register.fields]
            wanted: list[exp.Expr] = [column_named(name) for name, _ in known]
            held = "columns of the stream"
            self._ask(exp.select(*(wanted or [exp.null()])).from_(_table(_STREAM)).ctas(_table(held)))
        finally:
            self._database.unregister(_STREAM)
        kinds = self._settle(held, known)
        columns = find_columns(register, [name for name, _ in kinds], kinds)
        texts = [named(_as_text(column, dict(known)[column.name]), field) for field, column in columns.items()]
        self._ask(exp.select(*texts).from_(_table(held)).ctas(_table(_GIVEN)))
        self._ask(exp.Drop(tables=[_table(held)], kind="TABLE"))
        return tuple(columns)

    def _settle(self, held: str, described: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The types of columns, by what they hold: days where all times are midnight, nothing where all are blank."""
        asked = [fill(_question(kind), "duckdb", column=column_named(name)) for name, kind in described]
        if not asked:
            return []
        [found] = self._ask(exp.select(*asked).from_(_table(held)))
        return [(name, _settled(kind, so=so)) for (name, kind), so in zip(described, found, strict=True)]


def _question(kind: str) -> str:
    """What to ask of a whole column of this type."""
    if _is_time(kind):
        return _AT_MIDNIGHT
    return _NO_NUMBER if kind in _NUMBERS_WITH_NAN else _NOTHING


def _settled(kind: str, *, so: bool) -> str:
    if kind.startswith("ENUM"):
        return "VARCHAR"  # text that is kept as numbers into a list of texts
    if _is_time(kind):
        return "DATE" if so else kind
    return _BLANK if so else kind


def _is_time(kind: str) -> bool:
    """Whether values are moments of no time zone: elsewhere midnight is another moment."""
    return kind.startswith("TIMESTAMP") and not kind.endswith("TIME ZONE")


def _as_text(column: ParquetColumn, kind: str) -> exp.Expr:
    own: exp.Expr = column_named(column.name)
    if kind in _NUMBERS_WITH_NAN:
        own = exp.null()  # it was found to hold no number
    return exp.cast(exp.cast(own, "DATE") if _is_time(kind) else own, "VARCHAR")


def _table(name: str) -> exp.Table:
    return exp.table_(name, quoted=True)
