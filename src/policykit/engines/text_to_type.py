"""What text is what type, by dialect: the same answer as `read_value` in the model, for columns instead of values.

A value that is not blank and cannot be read becomes NULL; a marker column beside it says so. Nothing is cast before a
pattern has found it good, and nothing is converted that could lose or invent something: a time of day is not cut off,
a number is no reference.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlglot import exp

from policykit.engines.engine import refusal
from policykit.engines.query import Ask, column_named, fill, named, table_named
from policykit.english import listed, say
from policykit.model.registers import FieldShape, FieldType, Register
from policykit.model.scalars import FIRST_YEAR, LAST_YEAR
from policykit.rules import marker


class Holds(StrEnum):
    """What a column holds; the catalogue has words for each."""

    TEXT = "text"
    PADDED = "padded"  # with spaces that are no part of the value; only PostgreSQL hands them out
    DAY = "day"
    INTEGER = "integer"
    FLAG = "flag"
    ANYTHING = "anything"  # values of any type, as each says of itself: only SQLite has such columns
    TIME = "time"
    FOLDED = "folded"
    OTHER = "other"


TEXTS = frozenset({Holds.TEXT, Holds.PADDED, Holds.ANYTHING})  # what text of any kind can be read from
SQL_TYPES = {FieldType.DATE: "DATE", FieldType.INTEGER: "BIGINT", FieldType.FLAG: "BOOLEAN"}  # all others are text
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
    from. Texts, references and codes are only read from text. What is `needed` instead, the catalogue says.
    """

    dialect: str
    text: str
    read: Mapping[tuple[FieldType, Holds], str]
    unreadable: str = "NOT :there IS NULL AND :value IS NULL"
    always: str = "TRUE"
    needed: str = "engines.needed-in-place."

    def typed(self, shape: FieldShape, column: exp.Expr, holds: Holds, text: exp.Expr | None = None) -> exp.Expr:
        """The value of a column, NULL where it is blank or cannot be read; of its `text` where that is at hand."""
        text = fill(self.text, self.dialect, column=column) if text is None else text
        if shape.type is FieldType.CODE:
            return exp.Case().when(text.copy().isin(*map(exp.Literal.string, shape.values)), text)
        template = self.read.get((shape.type, Holds.TEXT if holds in TEXTS else holds))
        return fill(template, self.dialect, column=column, text=text) if template else text

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

    def expect(self, register: Register, columns: Columns) -> None:
        """See to it that a register can be read from columns. Raises RefusalError, which says the remedy."""
        fields = register.fields
        if missing := [name for name in fields if name not in columns.holds]:
            raise refusal("engines.columns-missing", n=len(missing), names=listed(missing))
        for message, faulty in {"engines.column-twice": columns.twice, "engines.column-closed": columns.closed}.items():
            if found := [name for name in fields if name in faulty]:
                raise refusal(message, column=found[0])
        for name, shape in fields.items():
            self._expect(name, shape.type, columns.holds[name])

    def _expect(self, name: str, kind: FieldType, holds: Holds) -> None:
        if holds is Holds.FOLDED:
            raise refusal("engines.column-folds", column=name)
        if holds not in TEXTS and (kind, holds) not in self.read:
            needed = kind if kind in _SAME else FieldType.TEXT
            raise refusal(f"{self.needed}{needed}", column=name, holds=say(f"engines.holds.{holds}"))


def _any_case(words: Iterable[str]) -> str:
    """Spelt out, because case folding would take letters of other scripts for ours."""
    return "|".join("".join(f"[{letter.upper()}{letter}]" for letter in word) for word in words)


_YES, _NO = _any_case(["yes", "true"]), _any_case(["no", "false"])
_FIRST, _LAST = f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31"
_YEAR = "(?!9999)(?:19|[2-9][0-9])[0-9]{2}"
_LEAP = "(?:(?:19|[2-9][0-9])(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[3579][26])00)"
# Days that there are, from 1900 to 9998: PostgreSQL has no cast that fails without an error.
_REAL_DAY = (
    f"^(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    f"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)$"
)
# The days and numbers that there are for us, where a column holds days and numbers of its own.
IN_RANGE = {
    Holds.DAY: f"BETWEEN CAST('{_FIRST}' AS DATE) AND CAST('{_LAST}' AS DATE)",
    Holds.INTEGER: "BETWEEN -999999999999999999 AND 999999999999999999",
}
_DATE, _INTEGER, _FLAG, _RANGE = FieldType.DATE, FieldType.INTEGER, FieldType.FLAG, IN_RANGE[Holds.INTEGER]
_OWN_DAY = f"CASE WHEN :column {IN_RANGE[Holds.DAY]} THEN :column END"

DUCKDB = Types(
    dialect="duckdb",
    # Looking whether there is something to trim takes a tenth of the time that trimming takes.
    text="CASE WHEN STARTS_WITH(:column, ' ') OR ENDS_WITH(:column, ' ') THEN NULLIF(TRIM(:column, ' '), '')"
    " WHEN :column <> '' THEN :column END",
    read={
        # The form and the years first: a cast alone takes 2026-1-5, infinity and the year 294246.
        (_DATE, Holds.TEXT): "CASE WHEN REGEXP_FULL_MATCH(:text, '[0-9]{4}-[0-9]{2}-[0-9]{2}')"
        f" AND :text BETWEEN '{_FIRST}' AND '{_LAST}' THEN TRY_CAST(:text AS DATE) END",
        (_DATE, Holds.DAY): _OWN_DAY,
        (_INTEGER, Holds.TEXT): "CASE WHEN REGEXP_FULL_MATCH(:text, '-?[0-9]{1,18}')"
        " THEN TRY_CAST(:text AS BIGINT) END",
        (_INTEGER, Holds.INTEGER): f"CASE WHEN :column {_RANGE} THEN TRY_CAST(:column AS BIGINT) END",
        (_FLAG, Holds.TEXT): f"CASE WHEN REGEXP_FULL_MATCH(:text, '{_YES}') THEN TRUE"
        f" WHEN REGEXP_FULL_MATCH(:text, '{_NO}') THEN FALSE END",
        (_FLAG, Holds.FLAG): ":column",
    },
    needed="engines.needed-in-files.",
)

# PostgreSQL knows the type of each column, and checks text by patterns.
POSTGRES = Types(
    dialect="postgres",
    text="NULLIF(TRIM(BOTH ' ' FROM CAST(:column AS TEXT)), '')",
    read={
        (_DATE, Holds.TEXT): f"CASE WHEN :text ~ '{_REAL_DAY}' THEN CAST(:text AS DATE) END",
        (_DATE, Holds.DAY): _OWN_DAY,
        (_INTEGER, Holds.TEXT): "CASE WHEN :text ~ '^-?[0-9]{1,18}$' THEN CAST(:text AS BIGINT) END",
        (_INTEGER, Holds.INTEGER): f"CASE WHEN CAST(:column AS BIGINT) {_RANGE} THEN CAST(:column AS BIGINT) END",
        (_FLAG, Holds.TEXT): f"CASE WHEN :text ~ '^(?:{_YES})$' THEN TRUE WHEN :text ~ '^(?:{_NO})$' THEN FALSE END",
        (_FLAG, Holds.FLAG): ":column",
        (_FLAG, Holds.INTEGER): "CASE CAST(:column AS BIGINT) WHEN 1 THEN TRUE WHEN 0 THEN FALSE END",
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
    f" THEN CASE WHEN :column {_RANGE} THEN :column END"
    f" WHEN NOT {_DIGITS} GLOB '*[^0-9]*' AND LENGTH({_DIGITS}) BETWEEN 1 AND 18"
    f" AND LENGTH(CAST({_DIGITS} AS BLOB)) = LENGTH({_DIGITS}) THEN CAST(:text AS INTEGER) END",
    FieldType.FLAG: "CASE WHEN TYPEOF(:column) = 'integer' THEN CASE WHEN :column IN (0, 1) THEN :column END"
    " WHEN LOWER(:text) IN ('yes', 'true') THEN 1 WHEN LOWER(:text) IN ('no', 'false') THEN 0 END",
}
SQLITE = Types(
    dialect="sqlite",
    text="CASE WHEN TYPEOF(:column) = 'text' THEN NULLIF(TRIM(:column, ' '), '') END",
    read={(kind, holds): _SQLITE[kind] for kind, holds in POSTGRES.read},
    unreadable="NOT (TYPEOF(:column) = 'null' OR (TYPEOF(:column) = 'text' AND :text IS NULL)) AND :value IS NULL",
    always="1",  # not TRUE, which is a column where one has that name
)

# Patterns hold for the whole text, up to its very end: `$` would let a line end follow.
SPARK = Types(
    dialect="spark",
    text="NULLIF(TRIM(BOTH ' ' FROM CAST(:column AS STRING)), '')",
    read={
        (_DATE, Holds.TEXT): r"CASE WHEN :text RLIKE '\\A(?:19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}\\z'"
        " AND :text < '9999' THEN TRY_CAST(:text AS DATE) END",
        (_DATE, Holds.DAY): _OWN_DAY,
        (_INTEGER, Holds.TEXT): r"CASE WHEN :text RLIKE '\\A-?[0-9]{1,18}\\z' THEN TRY_CAST(:text AS BIGINT) END",
        (_INTEGER, Holds.INTEGER): f"CASE WHEN :column {_RANGE} THEN CAST(:column AS BIGINT) END",
        (_FLAG, Holds.TEXT): rf"CASE WHEN :text RLIKE '\\A(?:{_YES}|{_NO})\\z'"
        " THEN SUBSTRING(:text, 1, 1) IN ('y', 'Y', 't', 'T') END",
        (_FLAG, Holds.FLAG): ":column",
        (_FLAG, Holds.INTEGER): "CASE :column WHEN 1 THEN TRUE WHEN 0 THEN FALSE END",
    },
)


def markable(register: Register, among: Collection[str] | None = None) -> tuple[str, ...]:
    """The fields, or those `among` them, that text may not fit: a marker column beside each says where."""
    asked = register.fields if among is None else among
    may_not_fit = {*_SAME, FieldType.CODE}
    return tuple(name for name, shape in register.fields.items() if shape.type in may_not_fit and name in asked)


def table_of_texts(register: Register, rows: exp.Expr, columns: Mapping[str, exp.Expr]) -> exp.Create:
    """Create the table of a register in DuckDB from text, in a column for each field: typed, and marked."""
    fields, marked = register.fields, markable(register)
    texts = [named(fill(DUCKDB.text, "duckdb", column=columns[name]), name) for name in fields]
    stripped = exp.select(*texts).from_(rows).subquery("stripped", copy=False)
    columns = {name: column_named(name) for name in fields}
    values = [named(DUCKDB.typed(fields[name], own, Holds.TEXT, own), name) for name, own in columns.items()]
    values += [named(column_named(name), f"{name} text") for name in marked]
    typed = exp.select(*values).from_(stripped, copy=False).subquery("typed", copy=False)
    markers = [
        named(fill(DUCKDB.unreadable, there=column_named(f"{name} text"), value=columns[name]), marker(name))
        for name in marked
    ]
    listed = exp.select(*map(column_named, fields), *markers).from_(typed, copy=False)
    return listed.ctas(table_named(register.id), copy=False)


def find_unreadable(register: Register, ask: Ask, among: Collection[str] | None = None) -> frozenset[str]:
    """The fields whose markers say, anywhere in the register, that something cannot be read."""
    markers = {name: column_named(marker(name)) for name in markable(register, among)}
    return anywhere(markers, table_named(register.id), ask)


def anywhere(asked: Mapping[str, exp.Expr], rows: exp.Table, ask: Ask) -> frozenset[str]:
    """The fields for which what is asked is true in any row.

    A search for each field, not a count over all: so a dictionary is looked at once and not for every row of it.
    """
    if not asked:
        return frozenset()
    [found] = ask(exp.select(*(exp.Exists(this=exp.select("1").from_(rows).where(each)) for each in asked.values())))
    return frozenset(name for name, is_so in zip(asked, found, strict=True) if is_so)
