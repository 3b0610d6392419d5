"""A Parquet file as a register: a view in which every field is typed, and marked where it could not be read.

A column that needs nothing done to it anywhere is taken as it is, because that is how a query over it is fastest.
"""

from collections.abc import Callable, Container, Iterable, Mapping
from pathlib import Path

from sqlglot import exp

from policykit.engines.names import named
from policykit.engines.parquet_columns import ParquetColumn
from policykit.engines.sql_columns import Holds
from policykit.engines.sql_templates import fill
from policykit.engines.typed import padded, typed, unreadable, without_spaces
from policykit.model.registers import FieldShape, FieldType, Register
from policykit.rules import marker

Columns = Mapping[str, ParquetColumn]

_DIALECT = "duckdb"
_IN_RANGE = {
    Holds.DAY: "BETWEEN CAST('1900-01-01' AS DATE) AND CAST('9998-12-31' AS DATE)",
    Holds.INTEGER: "BETWEEN -999999999999999999 AND 999999999999999999",
}


def rows_of(path: Path) -> exp.Table:
    """The rows of a file, with nothing left for DuckDB to guess from its name or its neighbours."""
    options = ("binary_as_string", "hive_partitioning", "union_by_name", "filename")
    settings = [exp.EQ(this=exp.column(name), expression=exp.false()) for name in options]
    return exp.Table(this=exp.ReadParquet(expressions=[exp.Literal.string(str(path)), *settings]))


def create_view(register: Register, path: Path, columns: Columns, worked_on: Container[str]) -> exp.Create:
    """Create the view of a register; the fields that are `worked_on` are read, all others taken as they are."""
    selected: list[exp.Expr] = []
    for field, shape in register.fields.items():
        column = columns[field]
        if field not in worked_on:
            selected.append(named(_as_it_is(column), field))
            continue
        selected.append(named(_value(shape, column), field))
        if column.holds is not Holds.TEXT or shape.type not in {FieldType.REF, FieldType.TEXT}:
            selected.append(named(_marker(shape, column), marker(field)))
    return exp.Create(
        this=exp.table_(register.id, quoted=True), kind="VIEW", expression=exp.select(*selected).from_(rows_of(path))
    )


def needs_work(shape: FieldShape, column: ParquetColumn) -> exp.Expr:
    """Whether a value needs to be looked at: it has spaces around it, or may be one that cannot be read."""
    if column.holds is not Holds.TEXT:
        return _out_of_range(column)
    if shape.type is FieldType.CODE:
        return exp.not_(_column(column).isin(*map(exp.Literal.string, shape.values)))
    if shape.type in {FieldType.REF, FieldType.TEXT}:
        empty = exp.EQ(this=_column(column), expression=exp.Literal.string(""))
        return exp.or_(padded(_column(column)), empty)
    return exp.true()


def find_work(register: Register, path: Path, columns: Columns, fields: Iterable[str]) -> exp.Select:
    """One row: for each of the fields, whether any of its values needs to be looked at."""
    return _anywhere(register, path, columns, fields, needs_work)


def find_unreadable(register: Register, path: Path, columns: Columns, fields: Iterable[str]) -> exp.Select:
    """One row: for each of the fields, whether any of its values cannot be read."""
    return _anywhere(register, path, columns, fields, _marker)


def _anywhere(
    register: Register,
    path: Path,
    columns: Columns,
    fields: Iterable[str],
    asked: Callable[[FieldShape, ParquetColumn], exp.Expr],
) -> exp.Select:
    """A search for each field, not a count over all: so a dictionary is looked at once and not for every row of it.

    Where the file says that all its numbers and days lie in range, DuckDB believes it, here as in any other query.
    """
    rows = exp.select("1").from_(rows_of(path))
    found = (rows.where(asked(register.fields[name], columns[name])) for name in fields)
    return exp.select(*(exp.Exists(this=search) for search in found))


def _value(shape: FieldShape, column: ParquetColumn) -> exp.Expr:
    if column.holds is Holds.TEXT:
        return typed(shape, without_spaces(_column(column)))
    return exp.Case().when(exp.not_(_out_of_range(column)), _as_it_is(column))


def _marker(shape: FieldShape, column: ParquetColumn) -> exp.Expr:
    if column.holds is Holds.TEXT:
        text = without_spaces(_column(column))
        return unreadable(text, typed(shape, text.copy()))
    return exp.func("COALESCE", _out_of_range(column), exp.false())


def _out_of_range(column: ParquetColumn) -> exp.Expr:
    bounds = _IN_RANGE.get(column.holds)
    return fill(f"NOT :column {bounds}", _DIALECT, column=_column(column)) if bounds else exp.false()


def _as_it_is(column: ParquetColumn) -> exp.Expr:
    """The column itself; whole numbers of any width as one type, which loses nothing."""
    own = _column(column)
    return fill("TRY_CAST(:column AS BIGINT)", _DIALECT, column=own) if column.holds is Holds.INTEGER else own


def _column(column: ParquetColumn) -> exp.Expr:
    return exp.column(column.name, quoted=True)
