"""Words, meaning and SQL of random rules: the SQL on a real DuckDB says what the reference meaning says."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp
from tests.strategies import World, checks, worlds

from policykit.model.registers import FieldType, Value
from policykit.rules import (
    Check,
    Row,
    Setting,
    each_of,
    faults,
    judge_unit,
    must_sql,
    plain,
    reads,
    scope_sql,
    words_of,
)

CHECKS_IN_A_WORLD = 10
CHECKS = int(os.environ.get("POLICYKIT_PROPERTY_CHECKS", "200"))
RANDOM_RULES = settings(
    max_examples=max(1, CHECKS // CHECKS_IN_A_WORLD),
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
NOT_WORDS = re.compile(r"_|True|False|None|[{}]|\S  |\([^()]*\(|not not| [,;.]|,,|\.\.")
COLUMNS = {FieldType.DATE: "DATE", FieldType.FLAG: "BOOLEAN", FieldType.INTEGER: "BIGINT"}
JUDGED = {(True, True): "pass", (True, False): "fail", (True, None): "unknown", (None, None): "unknown"}


@st.composite
def rules(draw: st.DrawFn) -> tuple[World, list[Check]]:
    """A world and checks that fit it."""
    world = draw(worlds())
    return world, draw(st.lists(checks(world.setting.as_at), min_size=CHECKS_IN_A_WORLD, max_size=CHECKS_IN_A_WORLD))


def units(check: Check, world: World) -> Iterator[Row]:
    """Every row of the check's own register, once for each code where there is a for_each."""
    each = each_of(check, world.setting)
    for values in world.tables[str(check.register_)]:
        for code in each.codes if each else (None,):
            yield Row(values, world.tables, code)


def judged_in_python(check: Check, world: World) -> dict[tuple[Any, ...], str]:
    """What the reference meaning says of each unit."""
    return {(row.values["ref"], row.each): judge_unit(check, row, world.setting) for row in units(check, world)}


def judged_in_sql(check: Check, world: World, connection: duckdb.DuckDBPyConnection) -> dict[tuple[Any, ...], str]:
    """What DuckDB says of each unit."""
    rows = connection.execute(query(check, world.setting).sql(dialect="duckdb")).fetchall()
    return {
        (key, code): "out" if scope is False else JUDGED[scope, must if scope else None]
        for key, code, scope, must in rows
    }


def query(check: Check, setting: Setting) -> exp.Select:
    """Key, code, scope and must of every unit."""
    each = each_of(check, setting)
    own = exp.table_(str(check.register_), quoted=True, alias=exp.to_identifier("r0", quoted=True))
    key = exp.column("ref", table="r0", quoted=True)
    code = exp.column("value", table="each", quoted=True) if each else exp.null()
    select = exp.select(key, code, scope_sql(check, setting), must_sql(check, setting)).from_(own)
    return select.join(codes_of(each.codes), join_type="cross") if each else select


def codes_of(codes: tuple[str, ...]) -> exp.Expr:
    """The codes as a table called "each" with one column called "value"."""
    rows = [exp.select(exp.convert(code).as_("value", quoted=True)) for code in codes]
    none = exp.select(exp.convert("").as_("value", quoted=True)).where(exp.false())
    return (exp.union(*rows, none, distinct=False) if rows else none).subquery(
        alias=exp.to_identifier("each", quoted=True)
    )


def opened(world: World) -> duckdb.DuckDBPyConnection:
    """A database with the world's records."""
    connection = duckdb.connect()
    for name, register in world.setting.registers.items():
        columns = ", ".join(
            f'"{field}" {COLUMNS.get(shape.type, "VARCHAR")}' for field, shape in register.fields.items()
        )
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
        rows: list[list[Value | None]] = [[row[field] for field in register.fields] for row in world.tables[name]]
        if rows:
            marks = ", ".join("?" for _ in register.fields)
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)  # noqa: S608 - names are our own
    return connection


@RANDOM_RULES
@given(rules())
def test_sql_says_what_the_reference_meaning_says(case: tuple[World, list[Check]]) -> None:
    """Of every unit, for random rules over random records."""
    world, found = case
    with opened(world) as connection:
        for check in found:
            assert judged_in_sql(check, world, connection) == judged_in_python(check, world)


@RANDOM_RULES
@given(rules())
def test_a_check_reads_no_more_than_it_says(case: tuple[World, list[Check]]) -> None:
    """Without the fields that `reads` leaves out nothing changes, so nothing else has to be opened or asked for."""
    world, found = case
    for check in found:
        read = {**dict.fromkeys(world.tables, frozenset[str]()), **reads(check, world.setting)}
        less = {
            name: tuple({field: row[field] for field in row if field in read[name] | {"ref"}} for row in rows)
            for name, rows in world.tables.items()
        }
        assert judged_in_python(check, replace(world, tables=less)) == judged_in_python(check, world)


@RANDOM_RULES
@given(rules())
def test_rules_that_fit_have_no_faults(case: tuple[World, list[Check]]) -> None:
    """Nothing is refused that can be judged."""
    world, found = case
    for check in found:
        assert list(faults(check, world.setting)) == []


@RANDOM_RULES
@given(rules())
def test_words_are_words(case: tuple[World, list[Check]]) -> None:
    """No rule has field names, codes of the language, brackets in brackets or doubled spaces in its words."""
    world, found = case
    for check in found:
        assert not NOT_WORDS.search(plain(words_of(check, world.setting)))
