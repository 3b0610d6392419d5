"""A check's query over a database that nobody may write to: each register it reads is a typed view inside the query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from policykit.engines.names import quoted
from policykit.engines.sql_columns import Holds, TableColumns
from policykit.engines.sql_dialects import POSTGRES, in_dialect, inner
from policykit.engines.sql_typed import is_changed, typed, unreadable
from policykit.engines.views import look_through, needed, raw, typed_literal, with_views, worst_of
from policykit.model.registers import FieldShape, Register, Value
from policykit.rules import Values, marker


@dataclass(frozen=True)
class View:
    """A register as a query sees it: read from a table, or from rows that are built in.

    The columns of `plain` fields hold good values only, just as they should be. A query takes them as they are, so that
    the indexes of the database are of use.
    """

    register: Register
    source: TableColumns | tuple[Values, ...]
    plain: frozenset[str] = frozenset()


def survey(register: Register, table: TableColumns, dialect: str) -> str:
    """How many rows there are, how many have a key, how many keys there are, and of each field the worst `Found`."""
    key = typed(register.fields[register.key], raw(register.key), table.columns[register.key], dialect)
    worst = [_worst(raw(name), shape, table.columns[name], dialect) for name, shape in register.fields.items()]
    return look_through(key, worst, _rows_of(table)).sql(dialect)


def _worst(column: exp.Expr, shape: FieldShape, holds: Holds, dialect: str) -> exp.Expr:
    return worst_of(unreadable(shape, column, holds, dialect), is_changed(shape, column, holds, dialect))


def statement(query: exp.Expr, views: Iterable[View], reads: Mapping[str, frozenset[str]], dialect: str) -> str:
    """The query with a view of each register in front, holding the key and the fields it reads, in this dialect."""
    tables = [_as_table(view, needed(view.register, reads[view.register.id]), dialect) for view in views]
    return with_views(in_dialect(query, dialect), tables).sql(dialect, copy=False)


def _as_table(view: View, fields: Mapping[str, FieldShape], dialect: str) -> exp.CTE:
    if isinstance(view.source, TableColumns):
        return _from_table(view, view.source, fields, dialect)
    return _from_rows(view.register.id, view.source, fields, dialect)


def _from_table(view: View, table: TableColumns, fields: Mapping[str, FieldShape], dialect: str) -> exp.CTE:
    columns = []
    for field, shape in fields.items():
        column, holds, plain = raw(field), table.columns[field], field in view.plain
        value = column if plain else typed(shape, column, holds, dialect)
        columns.append(exp.Alias(this=value, alias=inner(field, dialect)))
        if not plain:
            columns.append(exp.Alias(this=unreadable(shape, column, holds, dialect), alias=quoted(marker(field))))
    rows = exp.select(*columns).from_(_rows_of(table), copy=False)
    # PostgreSQL would else write out each view that is looked at twice, and could not look rows up in an index.
    inlined = False if dialect == POSTGRES else None
    return exp.CTE(this=rows, alias=exp.TableAlias(this=quoted(view.register.id)), materialized=inlined)


def _rows_of(table: TableColumns) -> exp.Table:
    """The table, named with its schema, because a view of the same name must not be taken for it."""
    return exp.table_(table.name, db=table.schema, quoted=True, alias=quoted("t"))


def _from_rows(name: str, rows: tuple[Values, ...], fields: Mapping[str, FieldShape], dialect: str) -> exp.CTE:
    nothing = dict.fromkeys(fields)
    values = [tuple(_literal(row.get(field), fields[field], dialect) for field in fields) for row in rows or (nothing,)]
    table = exp.TableAlias(this=quoted(name), columns=[inner(field, dialect) for field in fields])
    listed: exp.Expr = exp.Values(expressions=[exp.Tuple(expressions=list(row)) for row in values])
    if not rows:
        listed = exp.select(*values[0]).where(exp.EQ(this=exp.convert(1), expression=exp.convert(0)), copy=False)
    return exp.CTE(this=listed, alias=table)


def _literal(value: Value | None, shape: FieldShape, dialect: str) -> exp.Expr:
    """A value that is built in; PostgreSQL has to be told the type of each."""
    if dialect == POSTGRES:
        return typed_literal(value, shape)
    if isinstance(value, date):
        return exp.Literal.string(value.isoformat())
    return exp.convert(int(value) if isinstance(value, bool) else value)
