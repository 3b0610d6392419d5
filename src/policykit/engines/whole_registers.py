"""What is asked of whole registers: what is odd in one, unseen by all checks or a stranger to another, and digests."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import reduce
from typing import NamedTuple

from sqlglot import exp

from policykit.engines.query import Ask, Marked, any_marked, column_named, fill, named, quoted, table_named
from policykit.model.registers import Register
from policykit.rules import Check, DeclaredRegister, Pair, Setting, marker, outside_sql, row_scope_sql

Place = Callable[[int], str]  # says where the row with a number stands, from 1, where rows are numbered


class Odd(NamedTuple):
    """Rows that cannot be read in a field or, without a field, whose key is a word for a total; the first, in words."""

    field: str | None
    rows: int
    first: str | None


_IS_TOTAL = "LOWER(REPLACE(:key, ' ', '')) IN ('total', 'totals', 'grandtotal', 'subtotal', 'sum', 'count')"


def find_odd(register: Register, marked: Sequence[str], ask: Ask, place: Place | None) -> tuple[Odd, ...]:
    """What is odd in a register, of its key and the `marked` fields, by one query."""
    odd = [fill(_IS_TOTAL, key=column_named(register.key)), *(column_named(marker(field)) for field in marked)]
    numbers = ["COUNT(CASE WHEN :odd THEN 1 END)", *["MIN(CASE WHEN :odd THEN rowid + 1 END)"] * (place is not None)]
    columns = [fill(number, odd=each) for number in numbers for each in odd]
    [found] = ask(exp.select(*columns).from_(table_named(register.id), copy=False))
    lines = zip((None, *marked), found, found[len(odd) :] or found, strict=False)
    return tuple(Odd(field, n, place and place(first)) for field, n, first in lines if n)


def unseen_query(register: DeclaredRegister, checks: Sequence[Check], setting: Setting, marked: Marked) -> exp.Expr:
    """The query for how many rows are in the scope of no check, and how many of these the pack says why.

    A row with a value that cannot be read is looked at by whoever counts it as such.
    """
    scopes = {f"scope_{number}": row_scope_sql(check, setting) for number, check in enumerate(checks)}
    told, unreadable = {"told": outside_sql(register, setting)}, sorted(marked.get(register.id, ()))
    rows = exp.select(*(named(this, name) for name, this in (scopes | told).items()))
    rows = rows.from_(table_named(register.id, "r0"), copy=False)
    if unreadable:
        rows = rows.where(exp.not_(any_marked(unreadable)), copy=False)
    number = exp.select(exp.Count(this=exp.Star()), fill('COUNT(CASE WHEN "told" THEN 1 END)'))
    unseen = number.from_(rows.subquery(quoted("rows"), copy=False), copy=False)
    return unseen.where(*(exp.not_(column_named(name)) for name in scopes), copy=False)


def strangers_query(register: Register, pairs: Sequence[Pair]) -> exp.Expr:
    """The query for how many rows of a register match no row of ours, for each pair of registers that is looked up."""
    query = exp.select().from_(table_named(register.id, "r0"), copy=False)
    for number, pair in enumerate(pairs):
        alias, fields = f"ours_{number}", [our for _, our in pair.match]
        ours = exp.select(*map(column_named, dict.fromkeys(fields))).distinct(copy=False)
        ours = ours.from_(table_named(pair.ours), copy=False)
        ours = ours.where(*(exp.not_(exp.Is(this=column_named(our), expression=exp.null())) for our in fields))
        on = [exp.EQ(this=column_named(our, alias), expression=column_named(their, "r0")) for their, our in pair.match]
        query = query.join(ours.subquery(quoted(alias), copy=False), on=exp.and_(*on), join_type="left", copy=False)
        met = exp.Count(this=column_named(fields[0], alias))
        query = query.select(exp.Sub(this=exp.Count(this=exp.Star()), expression=met), copy=False)
    return query


_ALIKE = """
SELECT COUNT(*) FROM (SELECT :own AS "key" FROM :rows EXCEPT SELECT :other AS "key" FROM :others) AS "alone"
WHERE LOWER("key") IN (SELECT LOWER(:other) FROM :others)
"""


def alike_query(own: tuple[str, str], other: tuple[str, str]) -> exp.Expr:
    """The query for how many values of one register's field are in another's only with other capital letters."""
    rows, others = table_named(own[0]), table_named(other[0])
    return fill(_ALIKE, rows=rows, own=column_named(own[1]), others=others, other=column_named(other[1]))


def between_query(register: Register, field: str, first: date, last: date) -> exp.Expr:
    """The query for how many rows have a day in a field from the first to the last."""
    days = exp.Between(this=column_named(field), low=exp.convert(first), high=exp.convert(last))
    return exp.select(exp.Count(this=exp.Star())).from_(table_named(register.id), copy=False).where(days, copy=False)


_VALUES = "SELECT COUNT(*), CAST(SUM(MD5_NUMBER_LOWER(:row)) AS VARCHAR) FROM :rows"
_VALUE = "COALESCE(LENGTH(CAST(:column AS VARCHAR)) || ':' || CAST(:column AS VARCHAR), '-')"


def values_query(register: Register, marked: Iterable[str]) -> exp.Expr:
    """The query, in DuckDB's words, for numbers that are the same for the same typed rows in any order.

    Each row is one text, in which every value says how long it is, and the digests of the rows are added up.
    """
    columns = sorted([*register.fields, *map(marker, marked)])
    row = reduce(
        lambda one, other: exp.DPipe(this=one, expression=other),
        (fill(_VALUE, "duckdb", column=column_named(name)) for name in columns),
    )
    return fill(_VALUES, "duckdb", row=row, rows=table_named(register.id))
