"""Columns of Spark as the types of our fields: the same answer as `read_value` in the model, and as for CSV files.

A value that is not blank and cannot be read becomes NULL; the column beside it says so.
"""

from sqlglot import exp

from policykit.engines.sql_columns import Holds
from policykit.engines.sql_templates import fill
from policykit.model.registers import FieldShape, FieldType

SPARK = "spark"

_HOLDS = {
    "string": Holds.TEXT,
    "date": Holds.DAY,
    "boolean": Holds.FLAG,
    **dict.fromkeys(["tinyint", "smallint", "int", "bigint"], Holds.INTEGER),
    **{f"decimal({digits},0)": Holds.INTEGER for digits in range(1, 39)},
    **dict.fromkeys(["timestamp", "timestamp_ntz"], Holds.TIME),
}
_SAME_TYPE = {FieldType.DATE: "date", FieldType.INTEGER: "bigint", FieldType.FLAG: "boolean"}

_TEXT = "NULLIF(TRIM(BOTH ' ' FROM CAST(:column AS STRING)), '')"
_FROM_TEXT = {
    FieldType.DATE: "CASE WHEN :text RLIKE :form AND :text < '9999' THEN TRY_CAST(:text AS DATE) END",
    FieldType.INTEGER: "CASE WHEN :text RLIKE :form THEN TRY_CAST(:text AS BIGINT) END",
    FieldType.FLAG: "CASE WHEN :text RLIKE :form THEN SUBSTRING(:text, 1, 1) IN ('y', 'Y', 't', 'T') END",
}
# The whole text, up to its very end: `$` would let a line end follow.
_FORMS = {
    FieldType.DATE: r"\A(?:19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}\z",
    FieldType.INTEGER: r"\A-?[0-9]{1,18}\z",
    FieldType.FLAG: r"\A(?:[Yy][Ee][Ss]|[Tt][Rr][Uu][Ee]|[Nn][Oo]|[Ff][Aa][Ll][Ss][Ee])\z",
}
_FROM_TYPE = {
    FieldType.DATE: "CASE WHEN :column BETWEEN CAST('1900-01-01' AS DATE) AND CAST('9998-12-31' AS DATE)"
    " THEN :column END",
    FieldType.INTEGER: "CASE WHEN :column BETWEEN -999999999999999999 AND 999999999999999999"
    " THEN CAST(:column AS BIGINT) END",
    FieldType.FLAG: "CASE :column WHEN 1 THEN TRUE WHEN 0 THEN FALSE END",
}


def holds(kind: str) -> Holds:
    """What a column of one of Spark's types holds."""
    return Holds.FOLDED if kind.startswith("string collate") else _HOLDS.get(kind, Holds.OTHER)


def typed(shape: FieldShape, column: exp.Expr, kind: str) -> exp.Expr:
    """The value of a column of this type of Spark's, NULL where it is blank or cannot be read."""
    found = holds(kind)
    if found is Holds.FLAG:
        return column
    if found is not Holds.TEXT:
        return fill(_FROM_TYPE[shape.type], SPARK, column=column)
    text = fill(_TEXT, SPARK, column=column)
    if shape.type is FieldType.CODE:
        return exp.Case().when(text.isin(*map(exp.Literal.string, shape.values)), text.copy())
    template = _FROM_TEXT.get(shape.type)
    return fill(template, SPARK, text=text, form=exp.Literal.string(_FORMS[shape.type])) if template else text


def unreadable(shape: FieldShape, column: exp.Expr, kind: str) -> exp.Expr:
    """Whether there is something in the column that could not be read."""
    there = fill(_TEXT, SPARK, column=column) if holds(kind) is Holds.TEXT else column
    return fill("NOT :there IS NULL AND :value IS NULL", SPARK, there=there, value=typed(shape, column, kind))


def is_changed(shape: FieldShape, column: exp.Expr, kind: str) -> exp.Expr:
    """Whether the value is anything else than what stands in the column."""
    if _SAME_TYPE.get(shape.type, "string") != kind:
        return exp.true()
    return exp.NullSafeNEQ(this=typed(shape, column, kind), expression=column.copy())
