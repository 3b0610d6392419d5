"""SQL written out for one dialect, with expressions put in where it has a placeholder."""

from functools import cache

from sqlglot import exp, parse_one


def fill(template: str, dialect: str, **parts: exp.Expr) -> exp.Expr:
    """The template with each `:name` replaced by the part of that name; as a tree, so nothing needs to be escaped."""

    def filled(node: exp.Expr) -> exp.Expr:
        return parts[node.name].copy() if isinstance(node, exp.Placeholder) else node

    return _parsed(template, dialect).transform(filled)


@cache
def _parsed(template: str, dialect: str) -> exp.Expr:
    return parse_one(template, dialect=dialect)
