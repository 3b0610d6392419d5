"""How records that stay where they are get asked: each register a typed view inside the query, so nothing is written.

A dialect is known without its database: whoever reads the statement that counts a check needs no driver.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from policykit.engines.query import column_named, count_query, fill, named, quoted
from policykit.engines.spark_joins import with_joins
from policykit.engines.text_to_type import DUCKDB, POSTGRES, SPARK, SQL_TYPES, SQLITE, Columns, Types
from policykit.model.registers import FieldShape, Register, Value
from policykit.reading import Ground
from policykit.rules import Check, Values, marker, reads

_PLACES = {"YEAR": (1, 4), "MONTH": (6, 2), "DAY": (9, 2)}  # of the parts of a date in its text, and how long they are


@dataclass(frozen=True)
class Rows:
    """The rows of a register as a query names them, which calls them `t`, and what their columns hold."""

    table: exp.Table
    columns: Columns


@dataclass(frozen=True)
class TypedView:
    """A register as a query sees it: read where it is, or rows that are built in.

    The columns of `plain` fields hold good values only, just as they should be. A query takes them as they are, so that
    indexes, and what is known of the parts of a file, are of use.
    """

    register: Register
    source: Rows | tuple[Values, ...]
    plain: frozenset[str] = frozenset()


class Dialect:
    """How a query is said where the records are; as it stands here, as it is everywhere else."""

    types: Types = DUCKDB
    materialized: bool | None = None  # whether a view is written out before it is used; None says nothing of that

    def fit(self, query: exp.Expr) -> exp.Expr:
        """The query with what this dialect says in another way."""
        return query

    def name(self, register: str) -> str:
        """What the view of a register is called."""
        return register

    def column(self, name: str) -> exp.Identifier:
        """The name of a column inside a query."""
        return quoted(name)

    def literal(self, value: Value | None, shape: FieldShape) -> exp.Expr:
        """A value that is built in, with its type, which a blank does not show."""
        written = exp.Literal.string(str(value)) if isinstance(value, date) else exp.convert(value)
        return exp.cast(written, SQL_TYPES.get(shape.type, "TEXT"))

    def statement(self, query: exp.Expr, views: Iterable[TypedView], read: Mapping[str, frozenset[str]]) -> str:
        """The query with a view of each register in front, holding the key and the fields it reads."""
        fitted = self.fit(query)
        own = fitted.args.get("with_")
        common = [*(self._view(view, read[view.register.id]) for view in views), *(own.expressions if own else ())]
        fitted.set("with_", exp.With(expressions=common) if common else None)
        return fitted.sql(self.types.dialect, copy=False)

    def given(self, name: str, rows: tuple[Values, ...], fields: Mapping[str, FieldShape]) -> exp.CTE:
        """A view of rows that are built in; where there are none, of a blank one that a condition drops."""
        values = [[self.literal(row.get(name), shape) for name, shape in fields.items()] for row in rows or ({},)]
        listed: exp.Expr = exp.Values(expressions=[exp.Tuple(expressions=row) for row in values])
        if not rows:
            listed = exp.select(*values[0]).where("1 = 0", copy=False)
        return exp.CTE(this=listed, alias=exp.TableAlias(this=quoted(name), columns=[*map(self.column, fields)]))

    def _view(self, view: TypedView, read: frozenset[str]) -> exp.CTE:
        register, name = view.register, self.name(view.register.id)
        fields = {field: shape for field, shape in register.fields.items() if field in read or field == register.key}
        if not isinstance(view.source, Rows):
            return self.given(name, view.source, fields)
        types, columns = self.types.of(register), list[exp.Expr]()
        for field, shape in fields.items():
            column, holds, plain = column_named(field, "t"), view.source.columns.holds[field], field in view.plain
            value = column if plain else types.typed(shape, column, holds)
            columns.append(exp.Alias(this=value, alias=self.column(field)))
            columns += [] if plain else [named(types.is_unreadable(shape, column, holds), marker(field))]
        rows = exp.select(*columns).from_(view.source.table.copy(), copy=False)
        return exp.CTE(this=rows, alias=exp.TableAlias(this=quoted(name)), materialized=self.materialized)


class PostgresDialect(Dialect):
    """PostgreSQL would write out each view that is looked at twice, and could not look rows up in an index."""

    types = POSTGRES
    materialized = False

    def fit(self, query: exp.Expr) -> exp.Expr:
        """Days are subtracted."""
        return query.transform(self._fitted, copy=False)

    def _fitted(self, node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.DateDiff):
            return exp.paren(exp.Sub(this=node.this, expression=node.expression), copy=False)
        return node


class SqliteDialect(Dialect):
    """Days of SQLite are text, its booleans 1 and 0."""

    types = SQLITE

    def fit(self, query: exp.Expr) -> exp.Expr:
        """What DuckDB understands as SQLite does."""
        return query.transform(self._fitted, copy=False)

    def column(self, name: str) -> exp.Identifier:
        """SQLite takes two names for values, even where they are quoted."""
        return quoted(f"{name} or not" if name in {"true", "false"} else name)

    def literal(self, value: Value | None, shape: FieldShape) -> exp.Expr:  # noqa: ARG002 - no value has a type here
        """A value that is built in."""
        return exp.convert(str(value) if isinstance(value, date) else int(value) if isinstance(value, bool) else value)

    def _fitted(self, node: exp.Expr) -> exp.Expr:
        match node:
            case exp.DateStrToDate(this=exp.Literal() as day):
                return day
            case exp.Identifier():
                return self.column(node.name)
            case exp.Boolean():
                return exp.convert(int(node.this))
            case exp.Extract():
                begin, length = map(exp.convert, _PLACES[node.this.name.upper()])
                part = "CAST(SUBSTR(:day, :begin, :length) AS INTEGER)"
                return fill(part, "sqlite", day=node.expression, begin=begin, length=length)
            case exp.DateDiff():
                days = "CAST(JULIANDAY(:later) - JULIANDAY(:earlier) AS INTEGER)"
                return fill(days, "sqlite", later=node.this, earlier=node.expression)
            case _:
                return node


class SparkDialect(Dialect):
    """Spark is asked with joins for lookups, and may have a table of its own by the name of a register."""

    types = SPARK

    def __init__(self, prefix: str = "register ") -> None:
        """Views have names that begin so: no register has a space in its own."""
        self._prefix = prefix

    def fit(self, query: exp.Expr) -> exp.Expr:
        """The query with joins for lookups, and with the names of our views."""
        fitted = with_joins(query)
        own = {view.alias for view in fitted.find_all(exp.CTE)}
        for table in fitted.find_all(exp.Table):
            if table.name not in own:
                table.set("this", quoted(self.name(table.name)))
        return fitted

    def name(self, register: str) -> str:
        """A name that only we can have given."""
        return f"{self._prefix}{register}"


_DIALECTS: Mapping[str, Dialect] = {
    "duckdb": Dialect(),
    "postgres": PostgresDialect(),
    "spark": SparkDialect(prefix=""),  # whoever reads a statement has the tables
    "sqlite": SqliteDialect(),
}
DIALECTS = tuple(_DIALECTS)  # what a statement can be written in


def count_statement(check: Check, ground: Ground, dialect: str) -> str:
    """The one query that counts a check, over a table for each register that is named and typed as that is.

    The law and whatever else is built in stands in the query itself.
    """
    read, registers = reads(check, ground.setting), ground.setting.registers
    views = [TypedView(registers[name], ground.built_in[name]) for name in read if name in ground.built_in]
    return _DIALECTS[dialect].statement(count_query(check, ground.setting, {}), views, read)
