"""The codes of a for_each in a form that Spark can plan."""

from sqlglot import exp


def with_codes(query: exp.Expr) -> exp.Expr:
    """The query with its codes as one list, or with its units code by code.

    Spark cannot send a union of single rows to those that join with it. And it lets a row that is looked up see the row
    one level out but nothing further out, so where a lookup within a lookup asks for the code, the code is written in.
    """
    return query.transform(_fitted)


def _fitted(node: exp.Expr) -> exp.Expr:
    each = next((join.this for join in node.args.get("joins") or () if join.this.alias == "each"), None)
    if each is None or each.this.args.get("where"):  # an empty list is a single row that a condition drops
        return node
    codes = list(each.this.find_all(exp.Literal))
    if any(_is_each(column) and _lookups_around(column) > 1 for column in node.find_all(exp.Column)):
        return _code_by_code(node, codes)
    each.replace(_listed(codes))
    return node


def _listed(codes: list[exp.Literal]) -> exp.Values:
    alias = exp.TableAlias(this=_name("each"), columns=[_name("value")])
    return exp.Values(expressions=[exp.Tuple(expressions=[code.copy()]) for code in codes], alias=alias)


def _code_by_code(units: exp.Expr, codes: list[exp.Literal]) -> exp.Expr:
    """The same units once for each code."""
    units.set("joins", None)
    of_each = [_for_code(units, code) for code in codes]
    return exp.union(*of_each, distinct=False, copy=False) if len(of_each) > 1 else of_each[0]


def _for_code(units: exp.Expr, code: exp.Literal) -> exp.Expr:
    return units.transform(lambda node: code.copy() if _is_each(node) else node)


def _is_each(node: exp.Expr) -> bool:
    return isinstance(node, exp.Column) and node.table == "each"


def _lookups_around(column: exp.Expr) -> int:
    """How many lookups the column stands in, within the query that joins the codes."""
    around, node = 0, column.parent
    while node and not node.args.get("joins"):
        around += isinstance(node, exp.Exists | exp.Subquery)
        node = node.parent
    return around


def _name(name: str) -> exp.Identifier:
    return exp.to_identifier(name, quoted=True)
