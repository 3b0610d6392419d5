"""Columns of a database as the types of our fields: the same answer as `read_value` in the model, and as for CSV files.

A value that is not blank and cannot be read becomes NULL; the column beside it says so.
"""

from sqlglot import exp

from policykit.engines.sql_columns import TEXTS, Holds
from policykit.engines.sql_dialects import SQLITE
from policykit.engines.sql_templates import fill
from policykit.model.registers import FieldShape, FieldType

_YEAR = "(?!9999)(?:19|[2-9][0-9])[0-9]{2}"
_LEAP = "(?:(?:19|[2-9][0-9])(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[3579][26])00)"
_REAL_DAY = (
    f"^(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    f"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)$"
)
"""Days that there are, from 1900 to 9998: nothing else is ever cast to a date, because that would raise an error."""

_SAME_TYPE = {FieldType.DATE: Holds.DAY, FieldType.INTEGER: Holds.INTEGER, FieldType.FLAG: Holds.FLAG}

_IN_RANGE = "BETWEEN -999999999999999999 AND 999999999999999999"

# PostgreSQL knows the type of each column, and checks text by patterns.
_P_TEXT = "NULLIF(TRIM(BOTH ' ' FROM CAST(:column AS TEXT)), '')"
_P_FROM_TEXT = {
    FieldType.DATE: f"CASE WHEN :text ~ '{_REAL_DAY}' THEN CAST(:text AS DATE) END",
    FieldType.INTEGER: "CASE WHEN :text ~ '^-?[0-9]{1,18}$' THEN CAST(:text AS BIGINT) END",
    FieldType.FLAG: "CASE WHEN :text ~ '^(?:[Yy][Ee][Ss]|[Tt][Rr][Uu][Ee])$' THEN TRUE"
    " WHEN :text ~ '^(?:[Nn][Oo]|[Ff][Aa][Ll][Ss][Ee])$' THEN FALSE END",
}
_P_NATIVE = {
    FieldType.DATE: "CASE WHEN :column BETWEEN CAST('1900-01-01' AS DATE) AND CAST('9998-12-31' AS DATE)"
    " THEN :column END",
    FieldType.INTEGER: f"CASE WHEN CAST(:column AS BIGINT) {_IN_RANGE} THEN CAST(:column AS BIGINT) END",
    FieldType.FLAG: "CASE CAST(:column AS BIGINT) WHEN 1 THEN TRUE WHEN 0 THEN FALSE END",
}

# In SQLite each value has a type of its own, whatever its column says, and there are no regular expressions. A text
# with a null character in it ends there for some functions, and not for others.
_S_TEXT = "CASE WHEN TYPEOF(:column) = 'text' THEN NULLIF(TRIM(:column, ' '), '') END"
_S_DIGITS = "CASE WHEN :text GLOB '-*' THEN SUBSTR(:text, 2) ELSE :text END"
_S_VALUES = {
    # Reckoning with a day makes 30 February one in March; without it older versions leave it as it is.
    FieldType.DATE: "CASE WHEN :text GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"
    " AND :text BETWEEN '1900-01-01' AND '9998-12-31' AND DATE(:text, '+0 days') = :text THEN :text END",
    FieldType.INTEGER: f"CASE WHEN TYPEOF(:column) = 'integer' THEN CASE WHEN :column {_IN_RANGE} THEN :column END"
    " WHEN NOT :digits GLOB '*[^0-9]*' AND LENGTH(:digits) BETWEEN 1 AND 18"
    " AND LENGTH(CAST(:digits AS BLOB)) = LENGTH(:digits) THEN CAST(:text AS INTEGER) END",
    FieldType.FLAG: "CASE WHEN TYPEOF(:column) = 'integer' THEN CASE WHEN :column IN (0, 1) THEN :column END"
    " WHEN LOWER(:text) IN ('yes', 'true') THEN 1 WHEN LOWER(:text) IN ('no', 'false') THEN 0 END",
}
_S_BLANK = "TYPEOF(:column) = 'null' OR (TYPEOF(:column) = 'text' AND :text IS NULL)"


def typed(shape: FieldShape, column: exp.Expr, holds: Holds, dialect: str) -> exp.Expr:
    """The value of a column, NULL where it is blank or cannot be read."""
    if dialect == SQLITE:
        return _typed_in_sqlite(shape, column)
    if holds is Holds.FLAG:
        return column
    if holds not in TEXTS:
        return fill(_P_NATIVE[shape.type], dialect, column=column)
    text = fill(_P_TEXT, dialect, column=column)
    if shape.type is FieldType.CODE:
        return _one_of(shape, text)
    template = _P_FROM_TEXT.get(shape.type)
    return fill(template, dialect, text=text) if template else text


def unreadable(shape: FieldShape, column: exp.Expr, holds: Holds, dialect: str) -> exp.Expr:
    """Whether there is something in the column that could not be read."""
    value = typed(shape, column, holds, dialect)
    if dialect == SQLITE:
        text = fill(_S_TEXT, dialect, column=column)
        return fill(f"NOT ({_S_BLANK}) AND :value IS NULL", dialect, column=column, text=text, value=value)
    there = fill(_P_TEXT, dialect, column=column) if holds in TEXTS else column
    return fill("NOT :there IS NULL AND :value IS NULL", dialect, there=there, value=value)


def is_changed(shape: FieldShape, column: exp.Expr, holds: Holds, dialect: str) -> exp.Expr:
    """Whether the value is anything else than what stands in the column."""
    same_type = _SAME_TYPE.get(shape.type, Holds.TEXT) is holds
    if dialect == SQLITE:
        return exp.convert(1)  # not TRUE, which is a column where one has that name
    if not same_type:
        return exp.true()
    return exp.NullSafeNEQ(this=typed(shape, column, holds, dialect), expression=column.copy())


def _typed_in_sqlite(shape: FieldShape, column: exp.Expr) -> exp.Expr:
    text = fill(_S_TEXT, SQLITE, column=column)
    if shape.type is FieldType.CODE:
        return _one_of(shape, text)
    template = _S_VALUES.get(shape.type)
    if template is None:
        return text
    return fill(template, SQLITE, column=column, text=text, digits=fill(_S_DIGITS, SQLITE, text=text))


def _one_of(shape: FieldShape, text: exp.Expr) -> exp.Expr:
    return exp.Case().when(text.copy().isin(*map(exp.Literal.string, shape.values)), text)
