"""What text is what type, by dialect: the same answer as `read_value` in the model, for columns instead of values.

A value that is not blank and cannot be read becomes NULL; a marker column beside it says so. Nothing is cast before a
pattern has found it good, and nothing is converted that could lose or invent something: a time of day is not cut off,
a number is no reference.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from sqlglot import exp

from policykit.engines.engine import refusal
from policykit.engines.query import Ask, column_named, fill, named, table_named
from policykit.english import listed, say
from policykit.model.registers import FieldShape, FieldType, Register
from policykit.model.scalars import FIRST_YEAR, LAST_YEAR
from policykit.model.values import (
    AS_IT_STANDS,
    BROKEN,
    MIDNIGHT,
    SPACES,
    WHITE_SPACE,
    Reading,
    folded,
    in_any_case,
    in_class,
)
from policykit.rules import marker


class Holds(StrEnum):
    """What a column holds; the catalogue has words for each."""

    TEXT = "text"
    PADDED = "padded"  # with spaces that are no part of the value; only PostgreSQL hands them out
    DAY = "day"
    MOMENT = "moment"  # a day and a time of day, of no time zone
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

    `text` is what is left of `:column` without white space at both ends, NULL where that is nothing. `read` has the
    value of a field of each type from columns that hold text, which is `:text`, and from all others that it can be read
    from. Texts, references and codes are only read from text. What is `needed` instead, the catalogue says.

    `patterns` makes what stands in these as `:odd` and the like; `said` is `:text` where it is no word for blank. A
    dialect that is `quick` reads a column as it stands first, by a CASE, and its text only where that was no value.
    """

    dialect: str
    text: str
    read: Mapping[tuple[FieldType, Holds], str]
    patterns: Callable[[Reading], Mapping[str, str]]
    said: str
    unreadable: str = "NOT :there IS NULL AND :value IS NULL"
    always: str = "TRUE"
    needed: str = "engines.needed-in-place."
    quick: bool = False
    reading: Reading = AS_IT_STANDS

    def of(self, register: Register) -> "Types":
        """How the records of one register are read."""
        return replace(self, reading=register.reading)

    def text_of(self, column: exp.Expr) -> exp.Expr:
        """What is left of the text in a column; NULL where it is blank, as are words that an organisation names."""
        text = self._fill(self.text, column=column)
        return self._fill(self.said, text=text) if self.reading.blank else text

    def typed(self, shape: FieldShape, column: exp.Expr, holds: Holds) -> exp.Expr:
        """The value of a column, NULL where it is blank or cannot be read."""
        value = self._read(shape, column, holds, self.text_of(column))
        if not self.quick or holds not in TEXTS or self.reading.blank:
            return value
        quickly = self._read(shape, column, holds, column)
        quickly.set("default", value)
        return quickly

    def _read(self, shape: FieldShape, column: exp.Expr, holds: Holds, text: exp.Expr) -> exp.Expr:
        if shape.type is FieldType.CODE:
            return exp.Case().when(text.copy().isin(*map(exp.Literal.string, shape.values)), text)
        template = self.read[shape.type, Holds.TEXT if holds in TEXTS else holds]
        return self._fill(template, column=column, text=text)

    def _fill(self, template: str, **parts: exp.Expr) -> exp.Expr:
        patterns = {name: exp.Literal.string(pattern) for name, pattern in self.patterns(self.reading).items()}
        return fill(template, self.dialect, **patterns, **parts)

    def is_unreadable(self, shape: FieldShape, column: exp.Expr, holds: Holds) -> exp.Expr:
        """Whether there is something in the column that could not be read."""
        text, value = self.text_of(column), self.typed(shape, column, holds)
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


_YES, _NO = in_any_case(["yes", "true"]), in_any_case(["no", "false"])
_FIRST, _LAST = f"{FIRST_YEAR}-01-01", f"{LAST_YEAR}-12-31"
_YEAR = "(?!9999)(?:19|[2-9][0-9])[0-9]{2}"
_LEAP = "(?:(?:19|[2-9][0-9])(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[3579][26])00)"
# Days that there are, from 1900 to 9998: PostgreSQL has no cast that fails without an error.
_REAL_DAY = (
    f"^(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    f"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)(?:{MIDNIGHT})?$"
)
# The days and numbers that there are for us, where a column holds days and numbers of its own.
IN_RANGE = {
    Holds.DAY: f"BETWEEN CAST('{_FIRST}' AS DATE) AND CAST('{_LAST}' AS DATE)",
    Holds.INTEGER: "BETWEEN -999999999999999999 AND 999999999999999999",
}
_DATE, _INTEGER, _FLAG, _RANGE = FieldType.DATE, FieldType.INTEGER, FieldType.FLAG, IN_RANGE[Holds.INTEGER]
_REF, _TEXT = FieldType.REF, FieldType.TEXT
_OWN_DAY = f"CASE WHEN :column {IN_RANGE[Holds.DAY]} THEN :column END"
_DAY_OF = "CAST(:column AS DATE)"
_AT_MIDNIGHT = f"CASE WHEN {_DAY_OF} {IN_RANGE[Holds.DAY]} AND {_DAY_OF} = :column THEN {_DAY_OF} END"


def _regular(form: Callable[[int], str], begin: str, end: str) -> Callable[[Reading], Mapping[str, str]]:
    """Regular expressions in one dialect's words for a code point, for the begin and for the end of a text."""
    spaces, broken = in_class(SPACES, form), in_class(BROKEN, form)

    @cache
    def patterns(reading: Reading) -> Mapping[str, str]:
        ends = f"{begin}[{spaces}]+|[{spaces}]+{end}"
        blank, no_value = (f"{begin}(?:{in_any_case(words)}){end}" for words in (reading.blank, reading.unreadable))
        return {"ends": ends, "blank": blank, "odd": f"[{broken}]|{no_value}|{ends}|{begin}{end}"}

    return patterns


DUCKDB = Types(
    dialect="duckdb",
    patterns=_regular("\\x{{{:x}}}".format, "^", "$"),
    text="CASE WHEN :column <> '' THEN NULLIF(REGEXP_REPLACE(:column, :ends, '', 'g'), '') END",
    said="CASE WHEN NOT REGEXP_MATCHES(:text, :blank) THEN :text END",
    read={
        **dict.fromkeys(
            [(_REF, Holds.TEXT), (_TEXT, Holds.TEXT)], "CASE WHEN NOT REGEXP_MATCHES(:text, :odd) THEN :text END"
        ),
        # The form and the years first: a cast alone takes 2026-1-5, infinity and the year 294246.
        (_DATE, Holds.TEXT): f"CASE WHEN REGEXP_FULL_MATCH(:text, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:{MIDNIGHT})?')"
        f" AND :text BETWEEN '{FIRST_YEAR}' AND '{LAST_YEAR + 1}' THEN TRY_CAST(:text AS DATE) END",
        (_DATE, Holds.DAY): _OWN_DAY,
        (_DATE, Holds.MOMENT): _AT_MIDNIGHT,
        (_INTEGER, Holds.TEXT): "CASE WHEN REGEXP_FULL_MATCH(:text, '-?[0-9]{1,18}')"
        " THEN TRY_CAST(:text AS BIGINT) END",
        (_INTEGER, Holds.INTEGER): f"CASE WHEN :column {_RANGE} THEN TRY_CAST(:column AS BIGINT) END",
        (_FLAG, Holds.TEXT): f"CASE WHEN REGEXP_FULL_MATCH(:text, '{_YES}') THEN TRUE"
        f" WHEN REGEXP_FULL_MATCH(:text, '{_NO}') THEN FALSE END",
        (_FLAG, Holds.FLAG): ":column",
    },
    unreadable="CASE WHEN :value IS NULL THEN NOT :there IS NULL ELSE FALSE END",
    needed="engines.needed-in-files.",
    quick=True,
)

# PostgreSQL knows the type of each column, and checks text by patterns, whatever the encoding of its database.
POSTGRES = Types(
    dialect="postgres",
    patterns=_regular(lambda point: f"\\U{point or 1:08x}", "^", "$"),
    text="NULLIF(REGEXP_REPLACE(CAST(:column AS TEXT), :ends, '', 'g'), '')",
    said="CASE WHEN NOT :text ~ :blank THEN :text END",
    read={
        **dict.fromkeys([(_REF, Holds.TEXT), (_TEXT, Holds.TEXT)], "CASE WHEN NOT :text ~ :odd THEN :text END"),
        (_DATE, Holds.TEXT): f"CASE WHEN :text ~ '{_REAL_DAY}' THEN CAST(LEFT(:text, 10) AS DATE) END",
        (_DATE, Holds.DAY): _OWN_DAY,
        (_DATE, Holds.MOMENT): _AT_MIDNIGHT,
        (_INTEGER, Holds.TEXT): "CASE WHEN :text ~ '^-?[0-9]{1,18}$' THEN CAST(:text AS BIGINT) END",
        (_INTEGER, Holds.INTEGER): f"CASE WHEN CAST(:column AS BIGINT) {_RANGE} THEN CAST(:column AS BIGINT) END",
        (_FLAG, Holds.TEXT): f"CASE WHEN :text ~ '^(?:{_YES})$' THEN TRUE WHEN :text ~ '^(?:{_NO})$' THEN FALSE END",
        (_FLAG, Holds.FLAG): ":column",
        (_FLAG, Holds.INTEGER): "CASE CAST(:column AS BIGINT) WHEN 1 THEN TRUE WHEN 0 THEN FALSE END",
    },
)


@cache
def _plain(reading: Reading) -> Mapping[str, str]:
    """For SQLite, which has no regular expressions: words, a line each, and all characters but the null."""
    blank, no_value = ("\n".join(["", *map(folded, words), ""]) for words in (reading.blank, reading.unreadable))
    broken = in_class(BROKEN, lambda point: chr(point or 1))
    return {"spaces": WHITE_SPACE, "blank": blank, "words": no_value, "broken": f"*[{broken}]*"}


# In SQLite each value has a type of its own, whatever its column says, and there are no regular expressions. A text
# with a null character in it ends there for some functions, and not for others.
_WHOLE = "NOT INSTR(:text, CHAR(0))"
_WORD = "NOT INSTR(:text, CHAR(10)) AND INSTR(:{}, CHAR(10) || LOWER(:text) || CHAR(10)) > 0"
_DAY = "SUBSTR(:text, 1, 10)"
_DIGITS = "CASE WHEN :text GLOB '-*' THEN SUBSTR(:text, 2) ELSE :text END"
_SQLITE = {
    **dict.fromkeys(
        [_REF, _TEXT], f"CASE WHEN {_WHOLE} AND NOT :text GLOB :broken AND NOT ({_WORD.format('words')}) THEN :text END"
    ),
    # Reckoning with a day makes 30 February one in March; without it older versions leave it as it is.
    FieldType.DATE: f"CASE WHEN {_DAY} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND {_WHOLE}"
    f" AND {_DAY} BETWEEN '{_FIRST}' AND '{_LAST}' AND DATE({_DAY}, '+0 days') = {_DAY}"
    " AND (SUBSTR(:text, 11) IN ('', ' 00:00', 'T00:00', ' 00:00:00', 'T00:00:00')"
    " OR SUBSTR(:text, 11) GLOB '[ T]00:00:00.0*' AND NOT SUBSTR(:text, 21) GLOB '*[^0]*')"
    f" THEN {_DAY} END",
    FieldType.INTEGER: "CASE WHEN TYPEOF(:column) = 'integer'"
    f" THEN CASE WHEN :column {_RANGE} THEN :column END"
    f" WHEN NOT {_DIGITS} GLOB '*[^0-9]*' AND LENGTH({_DIGITS}) BETWEEN 1 AND 18"
    f" AND {_WHOLE} THEN CAST(:text AS INTEGER) END",
    FieldType.FLAG: "CASE WHEN TYPEOF(:column) = 'integer' THEN CASE WHEN :column IN (0, 1) THEN :column END"
    " WHEN LOWER(:text) IN ('yes', 'true') THEN 1 WHEN LOWER(:text) IN ('no', 'false') THEN 0 END",
}
SQLITE = Types(
    dialect="sqlite",
    patterns=_plain,
    text="CASE WHEN TYPEOF(:column) = 'text' THEN NULLIF(TRIM(:column, :spaces), '') END",
    said=f"CASE WHEN NOT ({_WORD.format('blank')}) THEN :text END",
    read={(kind, holds): _SQLITE[kind] for kind, holds in POSTGRES.read},
    unreadable="NOT (TYPEOF(:column) = 'null' OR (TYPEOF(:column) = 'text' AND :text IS NULL)) AND :value IS NULL",
    always="1",  # not TRUE, which is a column where one has that name
)

# Patterns hold for the whole text, up to its very end: `$` would let a line end follow.
SPARK = Types(
    dialect="spark",
    patterns=_regular("\\x{{{:x}}}".format, r"\A", r"\z"),
    text="NULLIF(REGEXP_REPLACE(CAST(:column AS STRING), :ends, ''), '')",
    said="CASE WHEN NOT :text RLIKE :blank THEN :text END",
    read={
        **dict.fromkeys([(_REF, Holds.TEXT), (_TEXT, Holds.TEXT)], "CASE WHEN NOT :text RLIKE :odd THEN :text END"),
        (_DATE, Holds.TEXT): r"CASE WHEN :text RLIKE '\\A(?:19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}"
        rf"(?:{MIDNIGHT})?\\z' AND :text < '9999' THEN TRY_CAST(LEFT(:text, 10) AS DATE) END",
        (_DATE, Holds.DAY): _OWN_DAY,
        (_DATE, Holds.MOMENT): _AT_MIDNIGHT,
        (_INTEGER, Holds.TEXT): r"CASE WHEN :text RLIKE '\\A-?[0-9]{1,18}\\z' THEN TRY_CAST(:text AS BIGINT) END",
        (_INTEGER, Holds.INTEGER): f"CASE WHEN :column {_RANGE} THEN CAST(:column AS BIGINT) END",
        (_FLAG, Holds.TEXT): rf"CASE WHEN :text RLIKE '\\A(?:{_YES}|{_NO})\\z'"
        " THEN SUBSTRING(:text, 1, 1) IN ('y', 'Y', 't', 'T') END",
        (_FLAG, Holds.FLAG): ":column",
        (_FLAG, Holds.INTEGER): "CASE :column WHEN 1 THEN TRUE WHEN 0 THEN FALSE END",
    },
)


def table_of_texts(register: Register, rows: exp.Expr, columns: Mapping[str, exp.Expr]) -> exp.Create:
    """Create the table of a register in DuckDB from text, in a column for each field: typed, and marked."""
    fields, types = register.fields, DUCKDB.of(register)
    values = [named(types.typed(shape, columns[name], Holds.TEXT), name) for name, shape in fields.items()]
    values += [named(columns[name], f"{name} text") for name in fields]
    typed = exp.select(*values).from_(rows, copy=False).subquery("typed", copy=False)
    texts = {name: types.text_of(column_named(f"{name} text")) for name in fields}
    markers = [
        named(fill(types.unreadable, types.dialect, there=text, value=column_named(name)), marker(name))
        for name, text in texts.items()
    ]
    listed = exp.select(*map(column_named, fields), *markers).from_(typed, copy=False)
    return listed.ctas(table_named(register.id), copy=False)


def find_unreadable(register: Register, ask: Ask, among: Collection[str]) -> frozenset[str]:
    """The fields among some whose markers say, anywhere in the register, that something cannot be read."""
    markers = {name: column_named(marker(name)) for name in register.fields if name in among}
    return anywhere(markers, table_named(register.id), ask)


def anywhere(asked: Mapping[str, exp.Expr], rows: exp.Table, ask: Ask) -> frozenset[str]:
    """The fields for which what is asked is true in any row.

    A search for each field, not a count over all: so a dictionary is looked at once and not for every row of it.
    """
    if not asked:
        return frozenset()
    [found] = ask(exp.select(*(exp.Exists(this=exp.select("1").from_(rows).where(each)) for each in asked.values())))
    return frozenset(name for name, is_so in zip(asked, found, strict=True) if is_so)
