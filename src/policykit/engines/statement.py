"""The statement that counts a check, to be read or run by somebody else, in each dialect that an engine speaks."""

from collections.abc import Iterator, Mapping

from sqlglot import exp

from policykit.engines import spark_query, sql_query
from policykit.engines.counting import count_query
from policykit.engines.names import quoted
from policykit.engines.sql_dialects import POSTGRES, SQLITE
from policykit.engines.views import needed, typed_literal, with_views
from policykit.model.registers import FieldShape
from policykit.rules import Check, Setting, Values, reads

DUCKDB, SPARK = "duckdb", "spark"
DIALECTS = (DUCKDB, POSTGRES, SPARK, SQLITE)
"""What a statement can be written in."""

BuiltIn = Mapping[str, tuple[Values, ...]]


def count_statement(check: Check, setting: Setting, built_in: BuiltIn, dialect: str) -> str:
    """The one query that counts a check, over a table for each register that is named and typed as that is.

    The law and whatever else is built in stands in the query itself.
    """
    query, read = count_query(check, setting, {}), reads(check, setting)
    given = {name: (setting.registers[name], built_in[name]) for name in read if name in built_in}
    match dialect:
        case "duckdb":
            return with_views(query, _views(read, setting, built_in)).sql(DUCKDB)
        case "spark":
            return spark_query.statement(query, [spark_query.View(*each) for each in given.values()], read)
        case _:
            return sql_query.statement(query, [sql_query.View(*each) for each in given.values()], read, dialect)


def _views(read: Mapping[str, frozenset[str]], setting: Setting, built_in: BuiltIn) -> Iterator[exp.CTE]:
    for name, fields in read.items():
        if name in built_in:
            yield _view(name, built_in[name], needed(setting.registers[name], fields))


def _view(name: str, rows: tuple[Values, ...], fields: Mapping[str, FieldShape]) -> exp.CTE:
    """Rows that are built in; where there are none, a blank one that a condition drops."""
    values = [
        exp.Tuple(expressions=[typed_literal(row.get(f), shape) for f, shape in fields.items()])
        for row in rows or ({},)
    ]
    alias = exp.TableAlias(this=quoted("given"), columns=[quoted(field) for field in fields])
    given = exp.select("*").from_(exp.Values(expressions=values, alias=alias), copy=False)
    return exp.CTE(this=given if rows else given.where(exp.false()), alias=exp.TableAlias(this=quoted(name)))


def _tuple(row: Values, fields: Mapping[str, FieldShape]) -> exp.Tuple:
    return exp.Tuple(expressions=[typed_literal(row.get(field), shape) for field, shape in fields.items()])
