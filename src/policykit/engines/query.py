"""What every engine is asked, as queries in any dialect: the counts of a check, its units, and single rows.

Counts are all that most of the house lives on; only two commands ask for keys and rows, for the person at the terminal.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache, reduce
from typing import Any, Literal, NamedTuple, cast

from sqlglot import exp, parse_one

from policykit.model.registers import FieldType, Register, Value
from policykit.model.results import Counts, RowCounts, ValueCounts
from policykit.rules import (
    Check,
    DeclaredRegister,
    Each,
    Pair,
    Setting,
    Values,
    each_of,
    marker,
    must_sql,
    outside_sql,
    reads,
    row_scope_sql,
    scope_sql,
)

Lines = list[tuple[Any, ...]]  # the answer to a query
Ask = Callable[[exp.Expr], Lines]  # how DuckDB is asked where it takes records in
Place = Callable[[int], str]  # says where the row with a number stands, from 1, where rows are numbered
Marked = Mapping[str, frozenset[str]]  # by register, the fields that hold something that cannot be read

_UNIT, _ROW, _UNREADABLE = "unit", "row", "unreadable"
_UNITS, _ROWS = "judged units", "judged rows"  # no register can have such names: else a query would count itself
_WORST_UNITS = 'SELECT MAX("state") AS "state" FROM "judged units" GROUP BY "key"'
_LINES = """
SELECT :part AS "part", CAST(:value AS VARCHAR) AS "value", CAST(:state AS INT) AS "state", COUNT(*) AS "number"
"""


class State(IntEnum):
    """What became of a unit. A row is as its worst unit, so the order counts."""

    OUT = 0
    CONFORM = 1
    UNKNOWN = 2
    VIOLATE = 3
    UNREADABLE = 4  # of a row, before any unit is made of it


# Where `where` or `must` is unknown, so is the unit.
_STATE = (
    f'CASE WHEN NOT "in_scope" THEN {State.OUT:d} WHEN "in_scope" AND "holds" THEN {State.CONFORM:d}'
    f' WHEN "in_scope" AND NOT "holds" THEN {State.VIOLATE:d} ELSE {State.UNKNOWN:d} END'
)
Listed = Literal["violate", "unknown", "unreadable"]
_LISTED: Mapping[int, Listed] = {State.VIOLATE: "violate", State.UNKNOWN: "unknown", State.UNREADABLE: "unreadable"}
# Some databases have no dates, and no yes and no.
_AS_TYPE: Mapping[FieldType, Callable[[Any], Value]] = {
    FieldType.DATE: lambda held: held if isinstance(held, date) else date.fromisoformat(held),
    FieldType.FLAG: bool,
    FieldType.INTEGER: int,
}


@dataclass(frozen=True)
class Counted:
    """What counting one check brought; `rows` and `by` are None without a for_each."""

    counts: Counts
    rows: RowCounts | None
    by: dict[str, ValueCounts] | None


@dataclass(frozen=True)
class Unit:
    """A unit that does not conform, or cannot be told or read: the key of its row, and with a for_each its value."""

    key: str
    value: str | None
    state: Listed


class Odd(NamedTuple):
    """Rows that cannot be read in a field or, without a field, whose key is a word for a total; the first, in words."""

    field: str | None
    rows: int
    first: str | None


def quoted(name: str) -> exp.Identifier:
    """A name as it stands in a query, whatever it is."""
    return exp.to_identifier(name, quoted=True)


def named(this: exp.Expr, name: str) -> exp.Expr:
    """Something that a query gives, under a name."""
    return exp.Alias(this=this, alias=quoted(name))


def column_named(name: str, table: str | None = None) -> exp.Column:
    """A column, of a table where that has to be said."""
    return exp.column(name, table=table, quoted=True)


def table_named(name: str, alias: str | None = None) -> exp.Table:
    """A table or a register."""
    return exp.table_(name, alias=alias and quoted(alias), quoted=True)


def fill(template: str, dialect: str = "", **parts: exp.Expr) -> exp.Expr:
    """SQL of a dialect with each `:name` replaced by the part of that name; as a tree, so nothing needs escaping."""

    def filled(node: exp.Expr) -> exp.Expr:
        return parts[node.name].copy() if isinstance(node, exp.Placeholder) else node

    return _parsed(template, dialect).transform(filled)


@cache
def _parsed(template: str, dialect: str) -> exp.Expr:
    parsed = parse_one(template, dialect=dialect)
    for node in parsed.walk():
        node.meta.clear()  # where each word stood: to copy it with every query takes longer than all the rest
    return parsed


def count_query(check: Check, setting: Setting, marked: Marked) -> exp.Expr:
    """The query that counts a check; `read_counts` takes the lines of its answer in any order.

    A line holds the part that it is about, the value of the for_each, the state, and how many.
    """
    each, nothing, state = each_of(check, setting), exp.null(), column_named("state")
    parts = [_lines(_UNIT, column_named("value") if each else nothing, state, table_named(_UNITS))]
    if each:
        parts.append(_lines(_ROW, nothing, state, table_named(_ROWS)))
    for name, fields in _markers(check, setting, marked).items():
        if fields:
            parts.append(_lines(_UNREADABLE, nothing, nothing, table_named(name, "r0")).where(_any_marked(fields)))
    units = _units_query(check, setting, marked, keyed=each is not None)
    query = _all_of(parts).with_(quoted(_UNITS), as_=units, copy=False)
    return query.with_(quoted(_ROWS), as_=_WORST_UNITS, copy=False) if each else query


def read_counts(lines: Iterable[tuple[Any, ...]], each: Each | None) -> Counted:
    """The counts of a check from the answer to `count_query`."""
    tallies: defaultdict[tuple[str, str | None], Counter[int]] = defaultdict(Counter)
    for part, value, state, number in lines:
        tallies[part, value][state or 0] += number
    units = sum((tally for (part, _), tally in tallies.items() if part == _UNIT), Counter[int]())
    judged, rows, unreadable = _judged(units), _judged(tallies[_ROW, None]), tallies[_UNREADABLE, None].total()
    counts = Counts(in_scope=sum(judged.values()), **judged, out=units[State.OUT], unreadable=unreadable)
    if each is None:
        return Counted(counts, None, None)
    by = {code: ValueCounts(**_judged(tallies[_UNIT, code])) for code in each.codes}
    return Counted(counts, RowCounts(in_scope=sum(rows.values()), **rows), by)


def keys_query(check: Check, setting: Setting, marked: Marked, limit: int) -> exp.Query:
    """The query for units that violate or cannot be told, and rows that cannot be read: key, value and state."""
    units, no_value = _units_query(check, setting, marked, keyed=True), exp.cast(exp.null(), "VARCHAR")
    value = column_named("value") if each_of(check, setting) else no_value
    state = exp.In(this=column_named("state"), expressions=[exp.Literal.number(int(state)) for state in _LISTED])
    columns = [column_named("key"), named(value, "value"), column_named("state")]
    parts = [exp.select(*columns).from_(units.subquery(quoted("units"), copy=False), copy=False).where(state)]
    register = setting.registers[check.register_ or ""]
    if unreadable := _markers(check, setting, marked)[register.id]:
        columns = [column_named(register.key, "r0"), no_value.copy(), exp.convert(int(State.UNREADABLE))]
        parts.append(exp.select(*columns).from_(table_named(register.id, "r0")).where(_any_marked(unreadable)))
    return _all_of(parts).limit(limit, copy=False)


def read_units(lines: Lines, limit: int) -> tuple[Unit, ...]:
    """The units from the answer to `keys_query`; DuckDB 2.0 gives more than the limit where a product feeds it."""
    return tuple(Unit(key, value, _LISTED[state]) for key, value, state in lines[:limit])


def rows_query(register: Register, values: Mapping[str, Value], marked: Iterable[str], limit: int | None) -> exp.Select:
    """The query for the rows of a register that hold these values; a blank is no value.

    Its columns are the fields of the register, and behind them the markers of `marked`, in order.
    """
    columns = [*register.fields, *map(marker, marked)]
    rows = exp.select(*map(column_named, columns)).from_(table_named(register.id), copy=False)
    for field, value in values.items():
        rows = rows.where(exp.EQ(this=column_named(field), expression=exp.convert(value)), copy=False)
    return rows if limit is None else rows.limit(limit, copy=False)


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
        rows = rows.where(exp.not_(_any_marked(unreadable)), copy=False)
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


def read_rows(register: Register, marked: Iterable[str], lines: Iterable[tuple[Any, ...]]) -> tuple[Values, ...]:
    """The rows from the answer to `rows_query`, typed as the register says."""
    shapes, markers = register.fields.items(), [marker(field) for field in marked]
    return tuple(
        {
            name: None if held is None else _AS_TYPE.get(shape.type, str)(held)
            for (name, shape), held in zip(shapes, line, strict=False)
        }
        | {name: True for name, is_so in zip(markers, line[len(shapes) :], strict=True) if is_so}
        for line in lines
    )


def _judged(tally: Counter[int]) -> dict[str, int]:
    return {state.name.lower(): tally[state] for state in (State.CONFORM, State.VIOLATE, State.UNKNOWN)}


def _markers(check: Check, setting: Setting, marked: Marked) -> dict[str, list[str]]:
    """Of the fields that a check reads those that hold, somewhere, a value that cannot be read."""
    return {name: sorted(fields & marked.get(name, frozenset())) for name, fields in reads(check, setting).items()}


def _units_query(check: Check, setting: Setting, marked: Marked, *, keyed: bool) -> exp.Select:
    """The query for the units of a check: `state`, with a for_each `value` too, and `key` where asked.

    Rows with a value that cannot be read are left out.
    """
    register, each = setting.registers[check.register_ or ""], each_of(check, setting)
    kept = {"key": column_named(register.key, "r0")} if keyed else {}
    kept |= {"value": column_named("value", "each")} if each else {}
    columns = {"in_scope": scope_sql(check, setting), "holds": must_sql(check, setting), **kept}
    units = exp.select(*(named(this, name) for name, this in columns.items()))
    units = units.from_(table_named(register.id, "r0"), copy=False)
    if each:
        units = units.join(_codes(each), join_type="CROSS", copy=False)
    unreadable = _markers(check, setting, marked)[register.id]
    judged = units.where(exp.not_(_any_marked(unreadable)), copy=False) if unreadable else units
    states = exp.select(*map(column_named, kept), named(fill(_STATE), "state"))
    return states.from_(judged.subquery(quoted("judged"), copy=False), copy=False)


def _codes(each: Each) -> exp.Subquery:
    """The codes of the for_each as rows of a table."""
    rows = [exp.select(named(exp.Literal.string(code), "value")) for code in each.codes]
    # An empty list has no units; a table needs a row all the same, and a condition that drops it.
    nothing = exp.select(named(exp.Literal.string(""), "value")).where(exp.false())
    return _all_of(rows or [nothing]).subquery(quoted("each"), copy=False)


def _lines(part: str, value: exp.Expr, state: exp.Expr, source: exp.Table) -> exp.Select:
    """Lines of the answer about one part: how many there are by the state and the value, where these are columns."""
    lines = cast("exp.Select", fill(_LINES, part=exp.Literal.string(part), value=value, state=state))
    return lines.from_(source).group_by(*(each for each in (state, value) if isinstance(each, exp.Column)))


def _any_marked(fields: list[str]) -> exp.Expr:
    return exp.or_(*(column_named(marker(field), "r0") for field in fields))


def _all_of(parts: list[exp.Select]) -> exp.Query:
    return exp.union(*parts, distinct=False, copy=False) if len(parts) > 1 else parts[0]
