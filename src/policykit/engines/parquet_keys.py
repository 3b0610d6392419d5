"""Whether every row of a Parquet file has a key of its own, found in little memory however many rows there are."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from policykit.engines.parquet_columns import ParquetRefusedError
from policykit.engines.sql_templates import fill
from policykit.model.registers import Register

Ask = Callable[[exp.Expr], list[tuple[Any, ...]]]

_AT_ONCE = 2_000_000
"""Keys compared with each other in one pass: so many fit into a fraction of the memory that the database may use."""

_NUMBERS = "SELECT COUNT(*), COUNT(:key) FROM :rows"
_RISING = "SELECT BOOL_AND(own > before) FROM (SELECT :key AS own, LAG(:key) OVER () AS before FROM :rows) AS pairs"
_DISTINCT = "SELECT COUNT(DISTINCT HASH(:key)), COUNT(*) FROM :rows WHERE HASH(:key) % :parts = :part"
_SHARED = "SELECT 1 FROM :rows GROUP BY :key HAVING COUNT(*) > 1 LIMIT 1"


def check_keys(register: Register, ask: Ask) -> int:
    """The number of rows. Raises ParquetRefusedError where a key is blank or stands twice."""
    key, rows = exp.column(register.key, quoted=True), exp.table_(register.id, quoted=True)
    [(count, recorded)] = ask(fill(_NUMBERS, "duckdb", key=key, rows=rows))
    if recorded != count:
        blank = int(count - recorded)
        msg = "the key of 1 row is blank" if blank == 1 else f"the keys of {blank} rows are blank"
        raise ParquetRefusedError(msg)
    if not (_rise(key, rows, ask) or _differ(key, rows, int(count), ask)):
        msg = "two rows have the same key"
        raise ParquetRefusedError(msg)
    return int(count)


def _rise(key: exp.Expr, rows: exp.Expr, ask: Ask) -> bool:
    """Whether each key comes after the one before it, as in most exports: then no two can be the same."""
    [(rising,)] = ask(fill(_RISING, "duckdb", key=key, rows=rows))
    return rising is not False


def _differ(key: exp.Expr, rows: exp.Expr, count: int, ask: Ask) -> bool:
    """Whether no two keys are the same. As many different digests as rows prove it; fewer may be chance."""
    parts = count // _AT_ONCE + 1
    for part in range(parts):
        numbers = {"parts": exp.convert(parts), "part": exp.convert(part)}
        [(distinct, rows_of_part)] = ask(fill(_DISTINCT, "duckdb", key=key, rows=rows, **numbers))
        if distinct != rows_of_part:
            return not ask(fill(_SHARED, "duckdb", key=key, rows=rows))
    return True
