"""A check's query over Spark: each register that it reads is a typed view inside the query, so nothing is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from sqlglot import exp

from policykit.engines.spark_lookups import with_joins
from policykit.engines.spark_typed import SPARK, is_changed, typed, unreadable
from policykit.model.registers import FieldShape, FieldType, Register, Value
from policykit.rules import Values, marker

_TYPES = {FieldType.DATE: "DATE", FieldType.INTEGER: "BIGINT", FieldType.FLAG: "BOOLEAN"}


class Found(IntEnum):
    """The worst that a look at all rows found in a field."""

    PLAIN = 0
    CHANGED = 1
    UNREADABLE = 2


@dataclass(frozen=True)
class Columns:
    """The rows of a register as Spark names them, and the type of each of its columns."""

    rows: exp.Table
    types: Mapping[str, str]


@dataclass(frozen=True)
class View:
    """A register as a query sees it: read where it is, or rows that are built in.

    The columns of `plain` fields hold good values only, just as they should be. A query takes them as they are, so that
    Spark can leave out files and parts of files by what it knows of them.
    """

    register: Register
    source: Columns | tuple[Values, ...]
    plain: frozenset[str] = frozenset()


def table_named(name: str) -> exp.Table:
    """A table of the catalog: `decisions`, `housing.decisions` or `main.housing.decisions`."""
    *before, own = name.split(".")
    return exp.table_(own, db=".".join(before[-1:]), catalog=".".join(before[:-1]), quoted=True)


def parquet_in(folder: str) -> exp.Table:
    """All Parquet files of a folder."""
    return exp.table_(folder, db="parquet", quoted=True)


def all_of(rows: exp.Table) -> str:
    """The query for everything there is, to be asked for its columns only."""
    return exp.select("*").from_(rows).sql(SPARK)


def survey(register: Register, source: Columns) -> str:
    """How many rows there are, how many have a key, how many keys there are, and of each field the worst `Found`."""
    key = typed(register.fields[register.key], _raw(register.key), source.types[register.key])
    numbers = [exp.Count(this=exp.Star()), exp.Count(this=key), exp.Count(this=exp.Distinct(expressions=[key.copy()]))]
    worst = [_worst(_raw(name), shape, source.types[name]) for name, shape in register.fields.items()]
    return exp.select(*numbers, *worst).from_(_aliased(source.rows), copy=False).sql(SPARK)


def statement(query: exp.Expr, views: Iterable[View], reads: Mapping[str, frozenset[str]]) -> str:
    """The query with a view in front of each register that it reads, holding the key and the fields it reads."""
    by_name = {view.register.id: view for view in views}
    fitted = with_joins(query).transform(lambda node: _of_view(node, by_name))
    tables = [_as_table(view, _fields(view.register, reads[name])) for name, view in by_name.items()]
    given = fitted.args.get("with_")
    common = [*tables, *(given.expressions if given else ())]
    fitted.set("with_", exp.With(expressions=common) if common else None)
    return fitted.sql(SPARK, copy=False)


def _of_view(node: exp.Expr, views: Mapping[str, View]) -> exp.Expr:
    """Named apart, with a space in it, because a table of the catalog may have a register's name."""
    if isinstance(node, exp.Table) and node.name in views:
        node.set("this", _name(_view_name(node.name)))
    return node


def _view_name(register: str) -> str:
    return f"register {register}"


def _fields(register: Register, read: frozenset[str]) -> Mapping[str, FieldShape]:
    return {name: shape for name, shape in register.fields.items() if name in read or name == register.key}


def _as_table(view: View, fields: Mapping[str, FieldShape]) -> exp.CTE:
    rows = _read(view, view.source, fields) if isinstance(view.source, Columns) else _given(view.source, fields)
    return exp.CTE(this=rows, alias=exp.TableAlias(this=_name(_view_name(view.register.id))))


def _read(view: View, source: Columns, fields: Mapping[str, FieldShape]) -> exp.Select:
    columns: list[exp.Expr] = []
    for field, shape in fields.items():
        column, kind, plain = _raw(field), source.types[field], field in view.plain
        columns.append(_named(column if plain else typed(shape, column, kind), field))
        if not plain:
            columns.append(_named(unreadable(shape, column, kind), marker(field)))
    return exp.select(*columns).from_(_aliased(source.rows), copy=False)


def _given(rows: tuple[Values, ...], fields: Mapping[str, FieldShape]) -> exp.Select:
    """Rows that are built in; where there are none, a blank one that a condition drops."""
    values = [tuple(_literal(row.get(field), fields[field]) for field in fields) for row in rows or ({},)]
    alias = exp.TableAlias(this=_name("given"), columns=[_name(field) for field in fields])
    listed = exp.Values(expressions=[exp.Tuple(expressions=list(row)) for row in values], alias=alias)
    given = exp.select(*(exp.column(field, quoted=True) for field in fields)).from_(listed, copy=False)
    return given if rows else given.where(exp.false(), copy=False)


def _literal(value: Value | None, shape: FieldShape) -> exp.Expr:
    written = exp.Literal.string(str(value)) if isinstance(value, date) else exp.convert(value)
    return exp.cast(written, _TYPES.get(shape.type, "TEXT"))


def _worst(column: exp.Expr, shape: FieldShape, kind: str) -> exp.Expr:
    worst = exp.Case().when(unreadable(shape, column, kind), exp.convert(int(Found.UNREADABLE)))
    worst = worst.when(is_changed(shape, column, kind), exp.convert(int(Found.CHANGED)))
    return exp.Max(this=worst.else_(exp.convert(int(Found.PLAIN))))


def _aliased(rows: exp.Table) -> exp.Table:
    aliased = rows.copy()
    aliased.set("alias", exp.TableAlias(this=_name("t")))
    return aliased


def _raw(field: str) -> exp.Column:
    return exp.column(field, table="t", quoted=True)


def _named(this: exp.Expr, name: str) -> exp.Expr:
    return exp.Alias(this=this, alias=_name(name))


def _name(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
