"""What text is what type, by dialect: the same answer as `read_value` in the model, for columns instead of values.

A value that is not blank and cannot be read becomes NULL; a marker column beside it says so. Nothing is cast before a
pattern has found it good, and nothing is converted that could lose or invent something: a time of day is not cut off,
a number is no reference.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from sqlglot import exp

from policykit.engines.query import fill
from policykit.model.registers import FieldShape, FieldType, Register
from policykit.model.scalars import FIRST_YEAR, LAST_YEAR


class Holds(Enum):
    """What a column holds."""

    TEXT = "text"
    PADDED = "text filled up with spaces"
    """They are no part of the value; only PostgreSQL hands them out."""
    DAY = "days"
    INTEGER = "whole numbers"
    FLAG = "yes or no"
    ANYTHING = "values of any type"
    """As each value says of itself: only SQLite has such columns."""
    TIME = "a time of day"
    FOLDED = "text that takes capital letters for small ones"
    OTHER = "values of another type"


TEXTS = frozenset({Holds.TEXT, Holds.PADDED, Holds.ANYTHING})
"""What text of any kind can be read from."""

SQL_TYPES = {FieldType.DATE: "DATE", FieldType.INTEGER: "BIGINT", FieldType.FLAG: "BOOLEAN"}
"""The type of a field's own values; all others are text."""

_NEEDED = {FieldType.DATE: "days are", FieldType.INTEGER: "a whole number is", FieldType.FLAG: "yes or no is"}
_SAME = {FieldType.DATE: Holds.DAY, FieldType.INTEGER: Holds.INTEGER, FieldType.FLAG: Holds.FLAG}


@dataclass(frozen=True)
class Columns:
    """What each column of some rows holds.

    Some stand there twice; closed ones may not be read; inexact ones hold what they say, and yet have to be cast.
    """

    holds: Mapping[str, Holds]
    twice: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    inexact: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Types:
    """How one dialect reads columns as the types of our fields.

    `text` is what is left of `:column` without spaces (U+0020) at both ends, NULL where that is nothing. `read` has the
    value of a field of each type from columns that hold text, which is `:text`, and from all others that it can be read
    from. Texts, references and codes are only read from text.
    """

    dialect: str
    text: str
    read: Mapping[FieldType, Mapping[Holds, str]]
    unreadable: str = "NOT :there IS NULL AND :value IS NULL"
    always: str = "TRUE"
    needed: Mapping[FieldType, str] = field(default_factory=_NEEDED.copy)
    remedy: str = ": name a view that gives it so"

    def typed(self, shape: FieldShape, column: exp.Expr, holds: Holds) -> exp.Expr:
        """The value of a column, NULL where it is blank or cannot be read."""
        return self._value(shape, column, fill(self.text, self.dialect, column=column), holds)

    def typed_text(self, shape: FieldShape, text: exp.Expr) -> exp.Expr:
        """The value of a text without spaces around it, NULL where it is blank or cannot be read."""
        return self._value(shape, text, text, Holds.TEXT)

    def is_unreadable(self, shape: FieldShape, column: exp.Expr, holds: Holds) -> exp.Expr:
        """Whether there is something in the column that could not be read."""
        text, value = fill(self.text, self.dialect, column=column), self.typed(shape, column, holds)
        there = text if holds in TEXTS else column
        return fill(self.unreadable, self.dialect, column=column, text=text, there=there, value=value)

    def is_changed(self, shape: FieldShape, column: exp.Expr, holds: Holds, *, exact: bool) -> exp.Expr:
        """Whether the value is anything else than what stands in the column."""
        if not exact or _SAME.get(shape.type, Holds.TEXT) is not holds:
            return fill(self.always, self.dialect)
        return exp.NullSafeNEQ(this=self.typed(shape, column, holds), expression=column.copy())

    def misfit(self, register: Register, columns: Columns) -> str | None:
        """Why the register cannot be read from columns, with the remedy; None where it can."""
        fields, missing = register.fields, [name for name in register.fields if name not in columns.holds]
        if missing:
            names = f"{', '.join(missing[:-1])} and {missing[-1]}" if missing[1:] else missing[0]
            return f"the columns {names} are missing" if missing[1:] else f"the column {names} is missing"
        if twice := [name for name in fields if name in columns.twice]:
            return f"two columns are called {twice[0]}"
        if closed := [name for name in fields if name in columns.closed]:
            return f"the database does not let its user read the column {closed[0]}"
        found = (self._misfit(name, shape.type, columns.holds[name]) for name, shape in fields.items())
        return next(filter(None, found), None)

    def _misfit(self, name: str, kind: FieldType, holds: Holds) -> str | None:
        if holds is Holds.FOLDED:
            return f"the column {name} takes capital letters for small ones: name a view that tells them apart"
        if holds in TEXTS or holds in self.read.get(kind, {}):
            return None
        return f"the column {name} holds {holds.value}, and {self.needed.get(kind, 'text is')} needed{self.remedy}"

    def _value(self, shape: FieldShape, column: exp.Expr, text: exp.Expr, holds: Holds) -> exp.Expr:
        if shape.type is FieldType.CODE:
            return exp.Case().when(text.copy().isin(*map(exp.Literal.string, shape.values)), text)
        template = self.read.get(shape.type, {}).get(Holds.TEXT if holds in TEXTS else holds)
        return fill(template, self.dialect, column=column, text=text) if template else text


def _any_case(words: Iterable[str]) -> str:
    """Spelt out, because case folding would take letters of other scripts for ours."""
    return "|".join("".join(f"[{letter.upper()}{letter}]" for letter in word) for word in words)


_YES, _NO = _any_case(["yes", "true"]), _any_case(["no", "false"])
_FIRST, _LAST = f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31"
_YEAR = "(?!9999)(?:19|[2-9][0-9])[0-9]{2}"
_LEAP = "(?:(?:19|[2-9][0-9])(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[3579][26])00)"
_REAL_DAY = (
    f"^(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    f"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)$"
)
"""Days that there are, from 1900 to 9998: PostgreSQL has no cast that fails without an error."""

IN_RANGE = {
    Holds.DAY: f"BETWEEN CAST('{_FIRST}' AS DATE) AND CAST('{_LAST}' AS DATE)",
    Holds.INTEGER: "BETWEEN -999999999999999999 AND 999999999999999999",
}
"""The days and numbers that there are for us, where a column holds days and numbers of its own."""

_OWN_DAY = f"CASE WHEN :column {IN_RANGE[Holds.DAY]} THEN :column END"

DUCKDB = Types(
    dialect="duckdb",
    # Looking whether there is something to trim takes a tenth of the time that trimming takes.
    text="CASE WHEN STARTS_WITH(:column, ' ') OR ENDS_WITH(:column, ' ') THEN NULLIF(TRIM(:column, ' '), '')"
    " WHEN :column <> '' THEN :column END",
    read={
        FieldType.DATE: {
            # The form and the years first: a cast alone takes 2026-1-5, infinity and the year 294246.
            Holds.TEXT: "CASE WHEN REGEXP_FULL_MATCH(:text, '[0-9]{4}-[0-9]{2}-[0-9]{2}')"
            f" AND :text BETWEEN '{_FIRST}' AND '{_LAST}' THEN TRY_CAST(:text AS DATE) END",
            Holds.DAY: _OWN_DAY,
        },
        FieldType.INTEGER: {
            Holds.TEXT: "CASE WHEN REGEXP_FULL_MATCH(:text, '-?[0-9]{1,18}') THEN TRY_CAST(:text AS BIGINT) END",
            Holds.INTEGER: f"CASE WHEN :column {IN_RANGE[Holds.INTEGER]} THEN TRY_CAST(:column AS BIGINT) END",
        },
        FieldType.FLAG: {
            Holds.TEXT: f"CASE WHEN REGEXP_FULL_MATCH(:text, '{_YES}') THEN TRUE"
            f" WHEN REGEXP_FULL_MATCH(:text, '{_NO}') THEN FALSE END",
            Holds.FLAG: ":column",
        },
    },
    needed=_NEEDED | {FieldType.INTEGER: "whole numbers are"},
    remedy="",
)

# PostgreSQL knows the type of each column, and checks text by patterns.
POSTGRES = Types(
    dialect="postgres",
    text="NULLIF(TRIM(BOTH ' ' FROM CAST(:column AS TEXT)), '')",
    read={
        FieldType.DATE: {
            Holds.TEXT: f"CASE WHEN :text ~ '{_REAL_DAY}' THEN CAST(:text AS DATE) END",
            Holds.DAY: _OWN_DAY,
        },
        FieldType.INTEGER: {
            Holds.TEXT: "CASE WHEN :text ~ '^-?[0-9]{1,18}$' THEN CAST(:text AS BIGINT) END",
            Holds.INTEGER: f"CASE WHEN CAST(:column AS BIGINT) {IN_RANGE[Holds.INTEGER]}"
            " THEN CAST(:column AS BIGINT) END",
        },
        FieldType.FLAG: {
            Holds.TEXT: f"CASE WHEN :text ~ '^(?:{_YES})$' THEN TRUE WHEN :text ~ '^(?:{_NO})$' THEN FALSE END",
            Holds.FLAG: ":column",
            Holds.INTEGER: "CASE CAST(:column AS BIGINT) WHEN 1 THEN TRUE WHEN 0 THEN FALSE END",
        },
    },
)

# In SQLite each value has a type of its own, whatever its column says, and there are no regular expressions. A text
# with a null character in it ends there for some functions, and not for others.
_DIGITS = "CASE WHEN :text GLOB '-*' THEN SUBSTR(:text, 2) ELSE :text END"
_SQLITE = {
    # Reckoning with a day makes 30 February one in March; without it older versions leave it as it is.
    FieldType.DATE: "CASE WHEN :text GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"
    f" AND :text BETWEEN '{_FIRST}' AND '{_LAST}' AND DATE(:text, '+0 days') = :text THEN :text END",
    FieldType.INTEGER: "CASE WHEN TYPEOF(:column) = 'integer'"
    f" THEN CASE WHEN :column {IN_RANGE[Holds.INTEGER]} THEN :column END"
    f" WHEN NOT {_DIGITS} GLOB '*[^0-9]*' AND LENGTH({_DIGITS}) BETWEEN 1 AND 18"
    f" AND LENGTH(CAST({_DIGITS} AS BLOB)) = LENGTH({_DIGITS}) THEN CAST(:text AS INTEGER) END",
    FieldType.FLAG: "CASE WHEN TYPEOF(:column) = 'integer' THEN CASE WHEN :column IN (0, 1) THEN :column END"
    " WHEN LOWER(:text) IN ('yes', 'true') THEN 1 WHEN LOWER(:text) IN ('no', 'false') THEN 0 END",
}
SQLITE = Types(
    dialect="sqlite",
    text="CASE WHEN TYPEOF(:column) = 'text' THEN NULLIF(TRIM(:column, ' '), '') END",
    read={kind: dict.fromkeys(POSTGRES.read[kind], template) for kind, template in _SQLITE.items()},
    unreadable="NOT (TYPEOF(:column) = 'null' OR (TYPEOF(:column) = 'text' AND :text IS NULL)) AND :value IS NULL",
    always="1",  # not TRUE, which is a column where one has that name
)

# Patterns hold for the whole text, up to its very end: `$` would let a line end follow.
SPARK = Types(
    dialect="spark",
    text="NULLIF(TRIM(BOTH ' ' FROM CAST(:column AS STRING)), '')",
    read={
        FieldType.DATE: {
            Holds.TEXT: r"CASE WHEN :text RLIKE '\\A(?:19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}\\z'"
            " AND :text < '9999' THEN TRY_CAST(:text AS DATE) END",
            Holds.DAY: _OWN_DAY,
        },
        FieldType.INTEGER: {
            Holds.TEXT: r"CASE WHEN :text RLIKE '\\A-?[0-9]{1,18}\\z' THEN TRY_CAST(:text AS BIGINT) END",
            Holds.INTEGER: f"CASE WHEN :column {IN_RANGE[Holds.INTEGER]} THEN CAST(:column AS BIGINT) END",
        },
        FieldType.FLAG: {
            Holds.TEXT: rf"CASE WHEN :text RLIKE '\\A(?:{_YES}|{_NO})\\z'"
            " THEN SUBSTRING(:text, 1, 1) IN ('y', 'Y', 't', 'T') END",
            Holds.FLAG: ":column",
            Holds.INTEGER: "CASE :column WHEN 1 THEN TRUE WHEN 0 THEN FALSE END",
        },
    },
)
