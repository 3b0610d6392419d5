"""Text as the type of its field, in SQL: the same answer as `read_value` in the model, for columns instead of values.

A value that is not blank and cannot be read becomes NULL; the column beside it says so.
"""

from collections.abc import Callable, Iterable

from sqlglot import exp

from policykit.model.registers import FieldShape, FieldType
from policykit.model.scalars import FIRST_YEAR, LAST_YEAR

_COLUMN_TYPES = {
    FieldType.DATE: "DATE",
    FieldType.INTEGER: "BIGINT",
    FieldType.FLAG: "BOOLEAN",
}


def column_type(shape: FieldShape) -> exp.DataType:
    """The SQL type of a field's column."""
    return exp.DataType.build(_COLUMN_TYPES.get(shape.type, "VARCHAR"), dialect="duckdb")


def padded(column: exp.Expr) -> exp.Expr:
    """Whether text begins or ends with a space (U+0020)."""
    begins = exp.StartsWith(this=column.copy(), expression=_literal(" "))
    return exp.or_(begins, exp.EndsWith(this=column.copy(), expression=_literal(" ")))


def without_spaces(column: exp.Expr) -> exp.Expr:
    """Text without spaces (U+0020) at both ends, NULL where nothing is left."""
    # Looking whether there is something to trim takes a tenth of the time that trimming takes.
    trimmed = exp.Nullif(this=exp.Trim(this=column.copy(), expression=_literal(" ")), expression=_literal(""))
    is_some = exp.NEQ(this=column.copy(), expression=_literal(""))
    return exp.Case().when(padded(column), trimmed).when(is_some, column.copy())


def typed(shape: FieldShape, text: exp.Expr) -> exp.Expr:
    """The value of a stripped text, NULL where it is blank or cannot be read."""
    read = _READERS.get(shape.type)
    return read(shape, text) if read else text


def unreadable(text: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Whether there is a text that could not be read."""
    return exp.and_(exp.not_(_is_null(text)), _is_null(value))


def _is_null(this: exp.Expr) -> exp.Expr:
    return exp.Is(this=this.copy(), expression=exp.Null())


def _code(shape: FieldShape, text: exp.Expr) -> exp.Expr:
    return exp.Case().when(text.isin(*map(_literal, shape.values)), text.copy())


def _day(_: FieldShape, text: exp.Expr) -> exp.Expr:
    # The form and the years first: a cast alone takes 2026-1-5, infinity and the year 294246.
    form = _looks_like(text, "[0-9]{4}-[0-9]{2}-[0-9]{2}")
    years = exp.Between(this=text.copy(), low=_literal(f"{FIRST_YEAR}-01-01"), high=_literal(f"{LAST_YEAR}-12-31"))
    day = exp.TryCast(this=text.copy(), to=exp.DataType.build("DATE"), safe=True)
    return exp.Case().when(exp.and_(form, years), day)


def _integer(_: FieldShape, text: exp.Expr) -> exp.Expr:
    number = exp.TryCast(this=text.copy(), to=exp.DataType.build("BIGINT"), safe=True)
    return exp.Case().when(_looks_like(text, "-?[0-9]{1,18}"), number)


def _flag(_: FieldShape, text: exp.Expr) -> exp.Expr:
    # Spelt out, because case folding would take letters of other scripts for ours.
    yes, no = _any_case(["yes", "true"]), _any_case(["no", "false"])
    return exp.Case().when(_looks_like(text, yes), exp.true()).when(_looks_like(text, no), exp.false())


def _any_case(words: Iterable[str]) -> str:
    return "|".join("".join(f"[{letter.upper()}{letter}]" for letter in word) for word in words)


def _literal(text: str) -> exp.Expr:
    return exp.Literal.string(text)


def _looks_like(text: exp.Expr, pattern: str) -> exp.Expr:
    return exp.RegexpFullMatch(this=text.copy(), expression=_literal(pattern))


_READERS: dict[FieldType, Callable[[FieldShape, exp.Expr], exp.Expr]] = {
    FieldType.CODE: _code,
    FieldType.DATE: _day,
    FieldType.INTEGER: _integer,
    FieldType.FLAG: _flag,
}
