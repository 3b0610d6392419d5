"""How DuckDB, PostgreSQL and SQLite are asked, and the statement that counts a check, in every dialect there is.

A dialect is known without its database: whoever reads a statement needs no driver.
"""

from datetime import date

from sqlglot import exp

from policykit.engines.in_place import Dialect, TypedView
from policykit.engines.query import count_query, fill, quoted
from policykit.engines.text_to_type import DUCKDB, POSTGRES, SQLITE
from policykit.model.registers import FieldShape, Value
from policykit.reading import Ground
from policykit.rules import Check, reads

DIALECTS = ("duckdb", "postgres", "spark", "sqlite")
"""What a statement can be written in."""

_PLACES = {"YEAR": (1, 4), "MONTH": (6, 2), "DAY": (9, 2)}
"""Where the parts of a date stand in its text, and how long they are."""


def count_statement(check: Check, ground: Ground, dialect: str) -> str:
    """The one query that counts a check, over a table for each register that is named and typed as that is.

    The law and whatever else is built in stands in the query itself.
    """
    read, registers = reads(check, ground.setting), ground.setting.registers
    views = [TypedView(registers[name], ground.built_in[name]) for name in read if name in ground.built_in]
    return _dialect(dialect).statement(count_query(check, ground.setting, {}), views, read)


def _dialect(name: str) -> Dialect:
    if name == "spark":
        from policykit.engines.spark.session import ShownSparkDialect  # noqa: PLC0415 - all that a cluster needs

        return ShownSparkDialect()
    return {"duckdb": DuckDialect, "postgres": PostgresDialect, "sqlite": SqliteDialect}[name]()


class DuckDialect(Dialect):
    """DuckDB understands a query as it stands."""

    types = DUCKDB


class PostgresDialect(Dialect):
    """PostgreSQL would write out each view that is looked at twice, and could not look rows up in an index."""

    types = POSTGRES
    materialized = False

    def fit(self, query: exp.Expr) -> exp.Expr:
        """Days are subtracted."""
        return query.transform(_fitted, copy=False)


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


def _fitted(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.DateDiff):
        return exp.paren(exp.Sub(this=node.this, expression=node.expression), copy=False)
    return node
