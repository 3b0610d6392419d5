"""Rows that a program gives, as registers in memory: columns of text, or an Arrow stream of whatever it holds.

Either becomes text first, and then a table as the text of a CSV file does, so a value is read, or cannot be read, as it
would be there.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
from sqlglot import exp

from policykit.engines.engine import Given, Opened, RefusalError, Refused, StreamOfRows, TextOfRows
from policykit.engines.files import DuckEngine, open_database
from policykit.engines.files.csv import create_from_text, find_unreadable
from policykit.engines.files.parquet import check_keys, holds
from policykit.engines.private_folder import for_its_owner_only
from policykit.engines.query import column_named, fill, named, quoted, table_named
from policykit.engines.text_to_type import DUCKDB, Columns
from policykit.model.registers import Register

_STREAM, _HELD, _GIVEN = "rows that stream in", "columns of the stream", "rows that were given"
"""Names that no register can have, because they hold spaces."""

_NOTHING = '"NULL"'
"""DuckDB's type of a column without a single value."""

_WITH_NAN = {"FLOAT", "DOUBLE"}
_AT_MIDNIGHT = "COALESCE(BOOL_AND(DATE_TRUNC('day', :column) = :column), TRUE)"
_NO_NUMBER = "COALESCE(BOOL_AND(ISNAN(:column)), TRUE)"
_NO_VALUE = "COUNT(:column) = 0"


class MemoryEngine(DuckEngine):
    """DuckDB with the registers of one count in memory; only what does not fit there goes to its own folder."""

    def _connect(self, shown: Iterable[Path] = ()) -> duckdb.DuckDBPyConnection:
        return open_database(self._folder, shown, in_memory=True)

    @for_its_owner_only()
    def take(self, register: Register, rows: Given) -> Opened | Refused:
        """Make the table of a register from what was given."""
        try:
            fields = self._take_texts(rows) if isinstance(rows, TextOfRows) else self._take_stream(register, rows)
            self._carry_out(create_from_text(register, table_named(_GIVEN), dict(zip(fields, fields, strict=True))))
            self._drop(_GIVEN)
            count = check_keys(register, self._carry_out, rising=False)
            self.marked[register.id] = find_unreadable(register, self._carry_out)
        except RefusalError as refusal:
            return Refused(str(refusal))
        except Exception as error:  # noqa: BLE001 - a stream is anybody's code, and its messages may quote rows
            return Refused(f"its rows could not be read: {type(error).__name__}")
        return Opened(count, None)

    def _take_texts(self, rows: TextOfRows) -> tuple[str, ...]:
        fields = tuple(rows.columns)
        columns = [exp.ColumnDef(this=quoted(field), kind=exp.DataType.build("VARCHAR")) for field in fields]
        self._carry_out(exp.Create(this=exp.Schema(this=table_named(_GIVEN), expressions=columns), kind="TABLE"))
        each = [fill("UNNEST(CAST(:texts AS VARCHAR[]))", "duckdb", texts=exp.Placeholder()) for _ in fields]
        insert = exp.insert(exp.select(*each), table_named(_GIVEN)).sql("duckdb")
        self._database.execute(insert, [list(rows.columns[field]) for field in fields])
        return fields

    def _take_stream(self, register: Register, rows: StreamOfRows) -> tuple[str, ...]:
        """Take the columns of a register out of a stream, which flows once, and make text of them."""
        kinds = self._hold(register, rows.capsule)
        found = self._settled(kinds)
        if why := DUCKDB.misfit(register, Columns({name: holds(kind) for name, kind in found.items()})):
            raise RefusalError(why)
        texts = [named(_as_text(field, kinds[field]), field) for field in register.fields]
        self._carry_out(exp.select(*texts).from_(table_named(_HELD)).ctas(table_named(_GIVEN)))
        self._drop(_HELD)
        return tuple(register.fields)

    def _hold(self, register: Register, capsule: object) -> Mapping[str, str]:
        """Copy the columns of a register out of a stream; gives the type of each."""
        self._database.register(_STREAM, capsule)
        try:
            described = self._carry_out(exp.Describe(this=exp.select("*").from_(table_named(_STREAM))))
            kinds = {row[0]: row[1] for row in described if row[0] in register.fields}
            wanted: Sequence[exp.Expr] = [column_named(name) for name in kinds] or [exp.null()]
            self._carry_out(exp.select(*wanted).from_(table_named(_STREAM)).ctas(table_named(_HELD)))
        finally:
            self._database.unregister(_STREAM)
        return kinds

    def _settled(self, kinds: Mapping[str, str]) -> Mapping[str, str]:
        """The types of columns by what is in them: days where all times are midnight, nothing where all are blank."""
        if not kinds:
            return {}
        asked = [fill(_question(kind), "duckdb", column=column_named(name)) for name, kind in kinds.items()]
        [found] = self._carry_out(exp.select(*asked).from_(table_named(_HELD)))
        return {name: _kind(kind, so=so) for (name, kind), so in zip(kinds.items(), found, strict=True)}

    def _drop(self, table: str) -> None:
        self._carry_out(exp.Drop(tables=[table_named(table)], kind="TABLE"))


def _question(kind: str) -> str:
    """What to ask of a whole column of this type."""
    if _is_time(kind):
        return _AT_MIDNIGHT
    return _NO_NUMBER if kind in _WITH_NAN else _NO_VALUE


def _kind(kind: str, *, so: bool) -> str:
    """The type of a column, where the answer about it is so or is not."""
    if kind.startswith("ENUM"):
        return "VARCHAR"  # text that is kept as numbers into a list of texts
    if _is_time(kind):
        return "DATE" if so else kind
    return _NOTHING if so else kind


def _is_time(kind: str) -> bool:
    """Whether values are moments of no time zone: elsewhere midnight is another moment."""
    return kind.startswith("TIMESTAMP") and not kind.endswith("TIME ZONE")


def _as_text(name: str, kind: str) -> exp.Expr:
    """A column as text; one of numbers that are none was found to hold nothing else."""
    own: exp.Expr = exp.null() if kind in _WITH_NAN else column_named(name)
    return exp.cast(exp.cast(own, "DATE") if _is_time(kind) else own, "VARCHAR")
