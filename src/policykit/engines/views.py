"""Records that stay where they are, as views inside a query: what databases and Spark have in common."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import IntEnum

from sqlglot import exp

from policykit.model.registers import FieldShape, FieldType, Register, Value

_TYPES = {FieldType.DATE: "DATE", FieldType.INTEGER: "BIGINT", FieldType.FLAG: "BOOLEAN"}


class Found(IntEnum):
    """The worst that a look at all rows found in a field."""

    PLAIN = 0
    CHANGED = 1
    UNREADABLE = 2


def look_through(key: exp.Expr, worst: Iterable[exp.Expr], rows: exp.Table) -> exp.Select:
    """How many rows there are, how many have a key, how many keys there are, and of each field the worst `Found`."""
    numbers = [exp.Count(this=exp.Star()), exp.Count(this=key), exp.Count(this=exp.Distinct(expressions=[key.copy()]))]
    return exp.select(*numbers, *worst).from_(rows, copy=False)


def worst_of(is_unreadable: exp.Expr, is_changed: exp.Expr) -> exp.Expr:
    """The worst `Found` of a field, from what tells each in a row."""
    worst = exp.Case().when(is_unreadable, _number(Found.UNREADABLE)).when(is_changed, _number(Found.CHANGED))
    return exp.Max(this=worst.else_(_number(Found.PLAIN)))


def with_views(query: exp.Expr, views: Iterable[exp.CTE]) -> exp.Expr:
    """The query with views in front, before those that it has itself."""
    own = query.args.get("with_")
    common = [*views, *(own.expressions if own else ())]
    query.set("with_", exp.With(expressions=common) if common else None)
    return query


def needed(register: Register, read: frozenset[str]) -> Mapping[str, FieldShape]:
    """The fields of a view: those that are read, and the key."""
    return {field: shape for field, shape in register.fields.items() if field in read or field == register.key}


def typed_literal(value: Value | None, shape: FieldShape) -> exp.Expr:
    """A value that is built in, with its type, which a blank does not show."""
    written = exp.Literal.string(str(value)) if isinstance(value, date) else exp.convert(value)
    return exp.cast(written, _TYPES.get(shape.type, "TEXT"))


def raw(field: str) -> exp.Column:
    """The column of a field as it stands in the records, which are called `t`."""
    return exp.column(field, table="t", quoted=True)


def _number(found: Found) -> exp.Expr:
    return exp.convert(int(found))
