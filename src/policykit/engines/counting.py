"""One query per check: its units by what became of them, in any engine's SQL, and the counts read from its answer."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from enum import IntEnum

from sqlglot import exp

from policykit.engines.engine import Counted
from policykit.model.registers import Register
from policykit.model.results import Counts, RowCounts, ValueCounts
from policykit.rules import Check, Each, Setting, each_of, must_sql, reads, scope_sql

Line = tuple[str, str | None, int | None, int]
"""A line of the answer: the part it is about, the value of the for_each, the state, and how many."""

_UNIT, _ROW, _UNREADABLE = "unit", "row", "unreadable"


class _State(IntEnum):
    """What became of a unit. A row is as its worst unit, so the order counts."""

    OUT = 0
    CONFORM = 1
    UNKNOWN = 2
    VIOLATE = 3


def marker(field: str) -> str:
    """The column that says where a field could not be read; no field can have a name with a space in it."""
    return f"{field} unreadable"


def count_query(check: Check, setting: Setting, marked: Mapping[str, frozenset[str]]) -> exp.Expr:
    """The query that counts a check; its answer is `Line`s in any order.

    `marked` holds, by register, the fields that have a marker column.
    """
    register = setting.registers[check.register_ or ""]
    markers = {name: sorted(fields & marked.get(name, frozenset())) for name, fields in reads(check, setting).items()}
    each = each_of(check, setting)
    units = _states(_judged(check, setting, register, each, markers[register.id]), each)
    parts = [_by_state(_UNIT, "units", exp.null() if each is None else _column("value"))]
    if each is not None:
        parts.append(_by_state(_ROW, "rows", exp.null()))
    parts += [_unreadable(name, fields) for name, fields in markers.items() if fields]
    query: exp.Query = exp.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
    query = query.with_("units", as_=units, dialect="duckdb")
    return query if each is None else query.with_("rows", as_=_worst_units(), dialect="duckdb")


def read_counts(lines: Iterable[Line], each: Each | None) -> Counted:
    """The counts of a check from the answer to its query."""
    tallies: defaultdict[tuple[str, str | None], Counter[int]] = defaultdict(Counter)
    for part, value, state, number in lines:
        tallies[part, value][state or 0] += number
    units = sum((tally for (part, _), tally in tallies.items() if part == _UNIT), Counter[int]())
    unreadable = tallies[_UNREADABLE, None].total()
    counts = Counts(**_judged_counts(units), out=units[_State.OUT], unreadable=unreadable)
    if each is None:
        return Counted(counts, None, None)
    by = {code: ValueCounts(**_without_total(tallies[_UNIT, code])) for code in each.codes}
    return Counted(counts, RowCounts(**_judged_counts(tallies[_ROW, None])), by)


def _without_total(tally: Counter[int]) -> dict[str, int]:
    return {
        "conform": tally[_State.CONFORM],
        "violate": tally[_State.VIOLATE],
        "unknown": tally[_State.UNKNOWN],
    }


def _judged_counts(tally: Counter[int]) -> dict[str, int]:
    judged = _without_total(tally)
    return {"in_scope": sum(judged.values()), **judged}


def _judged(check: Check, setting: Setting, register: Register, each: Each | None, marked: list[str]) -> exp.Select:
    """Each unit with what its `where` and its `must` come to; rows with a value that cannot be read are left out."""
    columns = [
        exp.alias_(scope_sql(check, setting), "in_scope", quoted=True),
        exp.alias_(must_sql(check, setting), "holds", quoted=True),
    ]
    if each is not None:
        key = exp.alias_(_column(register.key, "r0"), "key", quoted=True)
        columns += [key, _column("value", "each")]
    units = exp.select(*columns).from_(_table(register.id, "r0"))
    if each is not None:
        units = units.join(_codes(each), join_type="CROSS")
    return units.where(exp.not_(_any_marked(marked, "r0"))) if marked else units


def _codes(each: Each) -> exp.Subquery:
    """The codes of the for_each as rows of a table."""
    rows: list[exp.Query] = [
        exp.select(exp.alias_(exp.Literal.string(code), "value", quoted=True)) for code in each.codes
    ]
    # An empty list has no units; a table needs a row all the same, and a condition that drops it.
    nothing = exp.select(exp.alias_(exp.Literal.string(""), "value", quoted=True)).where(exp.false())
    query = exp.union(*rows, distinct=False) if len(rows) > 1 else next(iter(rows), nothing)
    return query.subquery(exp.to_identifier("each", quoted=True))


def _states(judged: exp.Select, each: Each | None) -> exp.Select:
    """What became of each unit; where `where` or `must` is unknown, so is the unit."""
    scope, holds = _column("in_scope"), _column("holds")
    state = (
        exp.Case()
        .when(exp.not_(scope), _number(_State.OUT))
        .when(exp.and_(scope, holds), _number(_State.CONFORM))
        .when(exp.and_(scope, exp.not_(holds)), _number(_State.VIOLATE))
        .else_(_number(_State.UNKNOWN))
    )
    kept = [] if each is None else [_column("key"), _column("value")]
    return exp.select(*kept, exp.alias_(state, "state", quoted=True)).from_(_aliased(judged, "judged"))


def _worst_units() -> exp.Select:
    """What became of each row: the state of its worst unit."""
    worst = exp.alias_(exp.Max(this=_column("state")), "state", quoted=True)
    return exp.select(worst).from_(_table("units")).group_by(_column("key"))


def _by_state(part: str, source: str, value: exp.Expr) -> exp.Select:
    lines = exp.select(*_line(part, value, _column("state"))).from_(_table(source)).group_by(_column("state"))
    return lines.group_by(value) if isinstance(value, exp.Column) else lines


def _unreadable(register: str, marked: list[str]) -> exp.Select:
    lines = exp.select(*_line(_UNREADABLE, exp.null(), exp.null())).from_(_table(register, "r0"))
    return lines.where(_any_marked(marked, "r0"))


def _line(part: str, value: exp.Expr, state: exp.Expr) -> list[exp.Expr]:
    return [
        exp.alias_(exp.Literal.string(part), "part", quoted=True),
        exp.alias_(exp.cast(value.copy(), "VARCHAR"), "value", quoted=True),
        exp.alias_(exp.cast(state.copy(), "INT"), "state", quoted=True),
        exp.alias_(exp.Count(this=exp.Star()), "number", quoted=True),
    ]


def _any_marked(fields: list[str], table: str) -> exp.Expr:
    return exp.or_(*(_column(marker(field), table) for field in fields))


def _column(name: str, table: str | None = None) -> exp.Column:
    return exp.column(name, table=table, quoted=True)


def _table(name: str, alias: str | None = None) -> exp.Table:
    return exp.table_(name, alias=alias and exp.to_identifier(alias, quoted=True), quoted=True)


def _aliased(query: exp.Query, name: str) -> exp.Subquery:
    return query.subquery(exp.to_identifier(name, quoted=True))


def _number(number: int) -> exp.Expr:
    return exp.Literal.number(int(number))
