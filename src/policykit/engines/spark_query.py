"""A check's query over Spark: each register that it reads is a typed view inside the query, so nothing is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from policykit.engines.names import named, quoted
from policykit.engines.spark_lookups import with_joins
from policykit.engines.spark_typed import SPARK, is_changed, typed, unreadable
from policykit.engines.views import look_through, needed, raw, typed_literal, with_views, worst_of
from policykit.model.registers import FieldShape, Register
from policykit.rules import Values, marker


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
    key = typed(register.fields[register.key], raw(register.key), source.types[register.key])
    worst = [_worst(raw(name), shape, source.types[name]) for name, shape in register.fields.items()]
    return look_through(key, worst, _aliased(source.rows)).sql(SPARK)


def statement(query: exp.Expr, views: Iterable[View], reads: Mapping[str, frozenset[str]]) -> str:
    """The query with a view in front of each register that it reads, holding the key and the fields it reads."""
    by_name = {view.register.id: view for view in views}
    fitted = with_joins(query).transform(lambda node: _of_view(node, by_name))
    tables = [_as_table(view, needed(view.register, reads[name])) for name, view in by_name.items()]
    return with_views(fitted, tables).sql(SPARK, copy=False)


def _of_view(node: exp.Expr, views: Mapping[str, View]) -> exp.Expr:
    """Named apart, with a space in it, because a table of the catalog may have a register's name."""
    if isinstance(node, exp.Table) and node.name in views:
        node.set("this", quoted(_view_name(node.name)))
    return node


def _view_name(register: str) -> str:
    return f"register {register}"


def _as_table(view: View, fields: Mapping[str, FieldShape]) -> exp.CTE:
    rows = _read(view, view.source, fields) if isinstance(view.source, Columns) else _given(view.source, fields)
    return exp.CTE(this=rows, alias=exp.TableAlias(this=quoted(_view_name(view.register.id))))


def _read(view: View, source: Columns, fields: Mapping[str, FieldShape]) -> exp.Select:
    columns: list[exp.Expr] = []
    for field, shape in fields.items():
        column, kind, plain = raw(field), source.types[field], field in view.plain
        columns.append(named(column if plain else typed(shape, column, kind), field))
        if not plain:
            columns.append(named(unreadable(shape, column, kind), marker(field)))
    return exp.select(*columns).from_(_aliased(source.rows), copy=False)


def _given(rows: tuple[Values, ...], fields: Mapping[str, FieldShape]) -> exp.Select:
    """Rows that are built in; where there are none, a blank one that a condition drops."""
    values = [tuple(typed_literal(row.get(field), fields[field]) for field in fields) for row in rows or ({},)]
    alias = exp.TableAlias(this=quoted("given"), columns=[quoted(field) for field in fields])
    listed = exp.Values(expressions=[exp.Tuple(expressions=list(row)) for row in values], alias=alias)
    given = exp.select(*(exp.column(field, quoted=True) for field in fields)).from_(listed, copy=False)
    return given if rows else given.where(exp.false(), copy=False)


def _worst(column: exp.Expr, shape: FieldShape, kind: str) -> exp.Expr:
    return worst_of(unreadable(shape, column, kind), is_changed(shape, column, kind))


def _aliased(rows: exp.Table) -> exp.Table:
    aliased = rows.copy()
    aliased.set("alias", exp.TableAlias(this=quoted("t")))
    return aliased
