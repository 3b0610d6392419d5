"""Rules over records: what the reference meaning says of each unit, and what a real DuckDB says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from policykit.model.registers import FieldType, Value
from policykit.rules import Check, Judgement, Row, Setting, Values, each_of, judge_unit, must_sql, scope_sql

Judged = dict[tuple[Value | None, str | None], Judgement]
"""What is said of each unit: by the key of its row, and the code where there is a for_each."""

_COLUMNS = {FieldType.DATE: "DATE", FieldType.FLAG: "BOOLEAN", FieldType.INTEGER: "BIGINT"}
_JUDGED: dict[tuple[bool | None, bool | None], Judgement] = {
    (True, True): "pass",
    (True, False): "fail",
    (True, None): "unknown",
}


@dataclass(frozen=True)
class World:
    """A setting and its records."""

    setting: Setting
    tables: Mapping[str, tuple[Values, ...]]


def judged_in_python(check: Check, world: World) -> Judged:
    """What the reference meaning says of each unit."""
    key = world.setting.registers[str(check.register_)].key
    return {(row.values[key], row.each): judge_unit(check, row, world.setting) for row in units(check, world)}


def judged_in_sql(check: Check, world: World, connection: duckdb.DuckDBPyConnection) -> Judged:
    """What DuckDB says of each unit, in a database that `opened` has filled."""
    found = connection.execute(_query(check, world.setting).sql(dialect="duckdb")).fetchall()
    return {(key, code): _judged(scope, must) for key, code, scope, must in found}


def opened(world: World) -> duckdb.DuckDBPyConnection:
    """A database with the world's records."""
    connection = duckdb.connect(config={"threads": 1})
    for name, register in world.setting.registers.items():
        columns = (f'"{field}" {_COLUMNS.get(shape.type, "VARCHAR")}' for field, shape in register.fields.items())
        connection.execute(f'CREATE TABLE "{name}" ({", ".join(columns)})')
        if rows := [[row.get(field) for field in register.fields] for row in world.tables.get(name, ())]:
            marks = ", ".join(f"({', '.join('?' for _ in row)})" for row in rows)
            connection.execute(f'INSERT INTO "{name}" VALUES {marks}', [value for row in rows for value in row])  # noqa: S608 - names are our own
    return connection


def units(check: Check, world: World) -> Iterator[Row]:
    """Every unit of a check: its rows, once for each code where there is a for_each."""
    each = each_of(check, world.setting)
    for values in world.tables[str(check.register_)]:
        for code in each.codes if each else (None,):
            yield Row(values, world.tables, code)


def _judged(scope: bool | None, must: bool | None) -> Judgement:  # noqa: FBT001 - two columns of a result
    if scope is not True:
        return "unknown" if scope is None else "out"
    return _JUDGED[scope, must]


def _query(check: Check, setting: Setting) -> exp.Select:
    """Key, code, scope and must of every unit."""
    each, register = each_of(check, setting), setting.registers[str(check.register_)]
    code = exp.column("value", table="each", quoted=True) if each else exp.null()
    key = exp.column(register.key, table="r0", quoted=True)
    own = exp.table_(register.id, quoted=True, alias=exp.to_identifier("r0", quoted=True))
    select = exp.select(key, code, scope_sql(check, setting), must_sql(check, setting)).from_(own)
    return select.join(_codes(each.codes), join_type="cross") if each else select


def _codes(codes: tuple[str, ...]) -> exp.Expr:
    """The codes as a table called "each" with one column called "value"."""
    none = exp.select(exp.convert("").as_("value", quoted=True)).where(exp.false())
    rows = [exp.select(exp.convert(code).as_("value", quoted=True)) for code in codes]
    return (
        exp.union(none, *rows, distinct=False).subquery(alias=exp.to_identifier("each", quoted=True))
        if rows
        else (none.subquery(alias=exp.to_identifier("each", quoted=True)))
    )
