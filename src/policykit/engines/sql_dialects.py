"""What a rule's SQL needs so that PostgreSQL and SQLite understand it as DuckDB does."""

from sqlglot import exp

from policykit.engines.sql_templates import fill

POSTGRES, SQLITE = "postgres", "sqlite"

_PLACES = {"YEAR": (1, 4), "MONTH": (6, 2), "DAY": (9, 2)}
"""Where the parts of a date stand in its text, and how long they are."""


def in_dialect(query: exp.Expr, dialect: str) -> exp.Expr:
    """The query with what this dialect says in another way. Days of SQLite are text, its booleans 1 and 0."""
    return query.transform(_for_sqlite if dialect == SQLITE else _for_postgres, copy=False)


def inner(name: str, dialect: str) -> exp.Identifier:
    """The name of a column inside a query. SQLite takes these two for values, even where they are quoted."""
    is_taken = dialect == SQLITE and name in {"true", "false"}
    return exp.to_identifier(f"{name} or not" if is_taken else name, quoted=True)


def _for_postgres(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.DateDiff):
        return exp.paren(exp.Sub(this=node.this, expression=node.expression), copy=False)
    return node


def _for_sqlite(node: exp.Expr) -> exp.Expr:
    match node:
        case exp.DateStrToDate(this=exp.Literal() as day):
            return day
        case exp.Identifier():
            return inner(node.name, SQLITE)
        case exp.Boolean():
            return exp.convert(int(node.this))
        case exp.Extract():
            begin, length = map(exp.convert, _PLACES[node.this.name.upper()])
            part = "CAST(SUBSTR(:day, :begin, :length) AS INTEGER)"
            return fill(part, SQLITE, day=node.expression, begin=begin, length=length)
        case exp.DateDiff():
            days = "CAST(JULIANDAY(:later) - JULIANDAY(:earlier) AS INTEGER)"
            return fill(days, SQLITE, later=node.this, earlier=node.expression)
        case _:
            return node
