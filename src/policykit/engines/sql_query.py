"""A check's query over a database that nobody may write to: each register it reads is a typed view inside the query."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from sqlglot import exp

from policykit.engines.sql_columns import Holds, TableColumns
from policykit.engines.sql_dialects import POSTGRES, in_dialect, inner
from policykit.engines.sql_typed import is_changed, typed, unreadable
from policykit.model.registers import FieldShape, FieldType, Register, Value
from policykit.rules import Values, marker

_TYPES = {FieldType.DATE: "DATE", FieldType.INTEGER: "BIGINT", FieldType.FLAG: "BOOLEAN"}


@dataclass(frozen=True)
class View:
    """A register as a query sees it: read from a table, or from rows that are built in.

    The columns of `plain` fields hold good values only, just as they should be. A query takes them as they are, so that
    the indexes of the database are of use.
    """

    register: Register
    source: TableColumns | tuple[Values, ...]
    plain: frozenset[str] = frozenset()


class Found(IntEnum):
    """The worst that a look at all rows found in a field."""

    PLAIN = 0
    CHANGED = 1
    UNREADABLE = 2


def survey(register: Register, table: TableColumns, dialect: str) -> str:
    """How many rows there are, how many have a key, how many keys there are, and of each field the worst `Found`."""
    key = typed(register.fields[register.key], _raw(register.key), table.columns[register.key], dialect)
    numbers = [exp.Count(this=exp.Star()), exp.Count(this=key), exp.Count(this=exp.Distinct(expressions=[key.copy()]))]
    worst = [_worst(_raw(name), shape, table.columns[name], dialect) for name, shape in register.fields.items()]
    return exp.select(*numbers, *worst).from_(_rows_of(table), copy=False).sql(dialect)


def _worst(column: exp.Expr, shape: FieldShape, holds: Holds, dialect: str) -> exp.Expr:
    unread, changed = unreadable(shape, column, holds, dialect), is_changed(shape, column, holds, dialect)
    worst = exp.Case().when(unread, exp.convert(int(Found.UNREADABLE))).when(changed, exp.convert(int(Found.CHANGED)))
    return exp.Max(this=worst.else_(exp.convert(int(Found.PLAIN))))


def statement(query: exp.Expr, views: Iterable[View], reads: Mapping[str, frozenset[str]], dialect: str) -> str:
    """The query with a view of each register in front, holding the key and the fields it reads, in this dialect."""
    fitted = in_dialect(query, dialect)
    tables = [_as_table(view, _fields(view.register, reads[view.register.id]), dialect) for view in views]
    given = fitted.args.get("with_")
    common = [*tables, *(given.expressions if given else ())]
    fitted.set("with_", exp.With(expressions=common) if common else None)
    return fitted.sql(dialect, copy=False)


def _fields(register: Register, read: frozenset[str]) -> Mapping[str, FieldShape]:
    return {name: shape for name, shape in register.fields.items() if name in read or name == register.key}


def _as_table(view: View, fields: Mapping[str, FieldShape], dialect: str) -> exp.CTE:
    if isinstance(view.source, TableColumns):
        return _from_table(view, view.source, fields, dialect)
    return _from_rows(view.register.id, view.source, fields, dialect)


def _from_table(view: View, table: TableColumns, fields: Mapping[str, FieldShape], dialect: str) -> exp.CTE:
    columns = []
    for field, shape in fields.items():
        column, holds, plain = _raw(field), table.columns[field], field in view.plain
        value = column if plain else typed(shape, column, holds, dialect)
        columns.append(exp.Alias(this=value, alias=inner(field, dialect)))
        if not plain:
            columns.append(exp.Alias(this=unreadable(shape, column, holds, dialect), alias=_name(marker(field))))
    rows = exp.select(*columns).from_(_rows_of(table), copy=False)
    # PostgreSQL would else write out each view that is looked at twice, and could not look rows up in an index.
    inlined = False if dialect == POSTGRES else None
    return exp.CTE(this=rows, alias=exp.TableAlias(this=_name(view.register.id)), materialized=inlined)


def _rows_of(table: TableColumns) -> exp.Table:
    """The table, named with its schema, because a view of the same name must not be taken for it."""
    return exp.table_(table.name, db=table.schema, quoted=True, alias=_name("t"))


def _raw(field: str) -> exp.Column:
    return exp.column(field, table="t", quoted=True)


def _from_rows(name: str, rows: tuple[Values, ...], fields: Mapping[str, FieldShape], dialect: str) -> exp.CTE:
    nothing = dict.fromkeys(fields)
    values = [tuple(_literal(row.get(field), fields[field], dialect) for field in fields) for row in rows or (nothing,)]
    table = exp.TableAlias(this=_name(name), columns=[inner(field, dialect) for field in fields])
    listed: exp.Expr = exp.Values(expressions=[exp.Tuple(expressions=list(row)) for row in values])
    if not rows:
        listed = exp.select(*values[0]).where(exp.EQ(this=exp.convert(1), expression=exp.convert(0)), copy=False)
    return exp.CTE(this=listed, alias=table)


def _literal(value: Value | None, shape: FieldShape, dialect: str) -> exp.Expr:
    """A value that is built in; PostgreSQL has to be told the type of each."""
    if dialect == POSTGRES:
        written = exp.Literal.string(str(value)) if isinstance(value, date) else exp.convert(value)
        return exp.cast(written, _TYPES.get(shape.type, "TEXT"))
    if isinstance(value, date):
        return exp.Literal.string(value.isoformat())
    return exp.convert(int(value) if isinstance(value, bool) else value)


def _name(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
