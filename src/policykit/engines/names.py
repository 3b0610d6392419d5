"""Names in queries: whatever a register, a field or a column is called, it is quoted."""

from sqlglot import exp


def quoted(name: str) -> exp.Identifier:
    """A name as it stands in a query."""
    return exp.to_identifier(name, quoted=True)


def named(this: exp.Expr, name: str) -> exp.Expr:
    """Something that a query gives, under a name."""
    return exp.Alias(this=this, alias=quoted(name))


def column_named(name: str, table: str | None = None) -> exp.Column:
    """A column, of a table where that has to be said."""
    return exp.column(name, table=table, quoted=True)
