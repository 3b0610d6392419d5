"""One query per check: its units by what became of them, in any engine's SQL, and the counts read from its answer."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from enum import IntEnum

from sqlglot import exp

from policykit.engines.engine import Counted
from policykit.engines.names import column_named, named, quoted
from policykit.model.results import Counts, RowCounts, ValueCounts
from policykit.rules import Check, Each, Setting, each_of, marker, must_sql, reads, scope_sql

Line = tuple[str, str | None, int | None, int]
"""A line of the answer: the part it is about, the value of the for_each, the state, and how many."""

_UNIT, _ROW, _UNREADABLE = "unit", "row", "unreadable"
_UNITS, _ROWS = "judged units", "judged rows"
"""Names that no register can have, because they hold a space: else a query would count itself."""


class State(IntEnum):
    """What became of a unit. A row is as its worst unit, so the order counts."""

    OUT = 0
    CONFORM = 1
    UNKNOWN = 2
    VIOLATE = 3


def count_query(check: Check, setting: Setting, marked: Mapping[str, frozenset[str]]) -> exp.Expr:
    """The query that counts a check; its answer is `Line`s in any order.

    `marked` holds, by register, the fields that have a marker column.
    """
    each, markers = each_of(check, setting), _markers(check, setting, marked)
    units = units_query(check, setting, marked, keyed=each is not None)
    parts = [_by_state(_UNIT, _UNITS, exp.null() if each is None else column_named("value"))]
    if each is not None:
        parts.append(_by_state(_ROW, _ROWS, exp.null()))
    parts += [_unreadable(name, fields) for name, fields in markers.items() if fields]
    query = _all_of(parts).with_(quoted(_UNITS), as_=units, copy=False)
    return query if each is None else query.with_(quoted(_ROWS), as_=_worst_units(), copy=False)


def units_query(check: Check, setting: Setting, marked: Mapping[str, frozenset[str]], *, keyed: bool) -> exp.Select:
    """The query for the units of a check: `state`, with a for_each `value` too, and `key` where asked.

    Rows with a value that cannot be read are left out.
    """
    register, each = setting.registers[check.register_ or ""], each_of(check, setting)
    kept = [column_named("key")] * keyed + [column_named("value")] * (each is not None)
    columns = [named(scope_sql(check, setting), "in_scope"), named(must_sql(check, setting), "holds")]
    columns += [named(column_named(register.key, "r0"), "key")] * keyed
    columns += [named(column_named("value", "each"), "value")] * (each is not None)
    units = exp.select(*columns).from_(_table(register.id, "r0"), copy=False)
    if each is not None:
        units = units.join(_codes(each), join_type="CROSS", copy=False)
    unreadable = _markers(check, setting, marked)[register.id]
    judged = units.where(exp.not_(_any_marked(unreadable)), copy=False) if unreadable else units
    return _states(judged, kept)


def read_counts(lines: Iterable[Line], each: Each | None) -> Counted:
    """The counts of a check from the answer to its query."""
    tallies: defaultdict[tuple[str, str | None], Counter[int]] = defaultdict(Counter)
    for part, value, state, number in lines:
        tallies[part, value][state or 0] += number
    units = sum((tally for (part, _), tally in tallies.items() if part == _UNIT), Counter[int]())
    unreadable = tallies[_UNREADABLE, None].total()
    counts = Counts(**_judged_counts(units), out=units[State.OUT], unreadable=unreadable)
    if each is None:
        return Counted(counts, None, None)
    by = {code: ValueCounts(**_without_total(tallies[_UNIT, code])) for code in each.codes}
    return Counted(counts, RowCounts(**_judged_counts(tallies[_ROW, None])), by)


def _without_total(tally: Counter[int]) -> dict[str, int]:
    return {
        "conform": tally[State.CONFORM],
        "violate": tally[State.VIOLATE],
        "unknown": tally[State.UNKNOWN],
    }


def _judged_counts(tally: Counter[int]) -> dict[str, int]:
    judged = _without_total(tally)
    return {"in_scope": sum(judged.values()), **judged}


def _markers(check: Check, setting: Setting, marked: Mapping[str, frozenset[str]]) -> dict[str, list[str]]:
    """Of the fields that a check reads those that hold, somewhere, a value that cannot be read."""
    return {name: sorted(fields & marked.get(name, frozenset())) for name, fields in reads(check, setting).items()}


def _codes(each: Each) -> exp.Subquery:
    """The codes of the for_each as rows of a table."""
    rows = [exp.select(named(exp.Literal.string(code), "value")) for code in each.codes]
    # An empty list has no units; a table needs a row all the same, and a condition that drops it.
    nothing = exp.select(named(exp.Literal.string(""), "value")).where(exp.false())
    return _all_of(rows or [nothing]).subquery(quoted("each"), copy=False)


def _states(judged: exp.Select, kept: list[exp.Column]) -> exp.Select:
    """What became of each unit; where `where` or `must` is unknown, so is the unit."""
    scope, holds = column_named("in_scope"), column_named("holds")
    state = (
        exp.Case()
        .when(exp.not_(scope), _number(State.OUT))
        .when(exp.and_(scope, holds), _number(State.CONFORM))
        .when(exp.and_(scope, exp.not_(holds)), _number(State.VIOLATE))
        .else_(_number(State.UNKNOWN))
    )
    return exp.select(*kept, named(state, "state")).from_(judged.subquery(quoted("judged"), copy=False), copy=False)


def _worst_units() -> exp.Select:
    """What became of each row: the state of its worst unit."""
    worst = named(exp.Max(this=column_named("state")), "state")
    return exp.select(worst).from_(_table(_UNITS)).group_by(column_named("key"))


def _by_state(part: str, source: str, value: exp.Expr) -> exp.Select:
    lines = exp.select(*_line(part, value, column_named("state"))).from_(_table(source)).group_by(column_named("state"))
    return lines.group_by(value) if isinstance(value, exp.Column) else lines


def _unreadable(register: str, marked: list[str]) -> exp.Select:
    lines = exp.select(*_line(_UNREADABLE, exp.null(), exp.null())).from_(_table(register, "r0"))
    return lines.where(_any_marked(marked))


def _line(part: str, value: exp.Expr, state: exp.Expr) -> list[exp.Expr]:
    return [
        named(exp.Literal.string(part), "part"),
        named(exp.cast(value.copy(), "VARCHAR"), "value"),
        named(exp.cast(state.copy(), "INT"), "state"),
        named(exp.Count(this=exp.Star()), "number"),
    ]


def _any_marked(fields: list[str]) -> exp.Expr:
    return exp.or_(*(column_named(marker(field), "r0") for field in fields))


def _all_of(parts: list[exp.Select]) -> exp.Query:
    return exp.union(*parts, distinct=False, copy=False) if len(parts) > 1 else parts[0]


def _table(name: str, alias: str | None = None) -> exp.Table:
    return exp.table_(name, alias=alias and quoted(alias), quoted=True)


def _number(number: int) -> exp.Expr:
    return exp.Literal.number(int(number))
