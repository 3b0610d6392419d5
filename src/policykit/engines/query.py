"""What every engine is asked, as queries in any dialect: the counts of a check, its units, and single rows.

Counts are all that most of the house lives on; only two commands ask for keys and rows, for the person at the terminal.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache
from typing import Any, Literal, cast

from sqlglot import exp, parse_one

from policykit.model.registers import FieldType, Register, Value
from policykit.model.results import Counts, RowCounts, ValueCounts
from policykit.rules import (
    Check,
    Each,
    Setting,
    Values,
    each_of,
    marker,
    must_sql,
    reads,
    scope_sql,
)

Lines = list[tuple[Any, ...]]  # the answer to a query
Ask = Callable[[exp.Expr], Lines]  # how DuckDB is asked where it takes records in
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
            parts.append(_lines(_UNREADABLE, nothing, nothing, table_named(name, "r0")).where(any_marked(fields)))
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
        parts.append(exp.select(*columns).from_(table_named(register.id, "r0")).where(any_marked(unreadable)))
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
    judged = units.where(exp.not_(any_marked(unreadable)), copy=False) if unreadable else units
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


def any_marked(fields: list[str]) -> exp.Expr:
    """Whether a row "r0" holds something that cannot be read in one of these fields."""
    return exp.or_(*(column_named(marker(field), "r0") for field in fields))


def _all_of(parts: list[exp.Select]) -> exp.Query:
    return exp.union(*parts, distinct=False, copy=False) if len(parts) > 1 else parts[0]
