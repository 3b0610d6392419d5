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
_NOT_RISING = """
SELECT EXISTS(SELECT 1 FROM (SELECT :key, LAG(:key) OVER () AS "the key before" FROM :rows) AS pairs
              WHERE NOT :key > "the key before" OR :unless)
"""
_DISTINCT = "SELECT COUNT(DISTINCT HASH(:key)), COUNT(*) FROM :rows WHERE HASH(:key) % :parts = :part"
_SHARED = "SELECT 1 FROM :rows GROUP BY :key HAVING COUNT(*) > 1 LIMIT 1"


def check_keys(register: Register, ask: Ask, *, rising: bool) -> int:
    """The number of rows. Raises ParquetRefusedError where a key is blank or stands twice, unless they are `rising`."""
    key, rows = exp.column(register.key, quoted=True), exp.table_(register.id, quoted=True)
    [(count, recorded)] = ask(fill(_NUMBERS, "duckdb", key=key, rows=rows))
    if recorded != count:
        blank = int(count - recorded)
        msg = "the key of 1 row is blank" if blank == 1 else f"the keys of {blank} rows are blank"
        raise ParquetRefusedError(msg)
    if not (rising or _differ(key, rows, int(count), ask)):
        msg = "two rows have the same key"
        raise ParquetRefusedError(msg)
    return int(count)


def rise(key: exp.Expr, rows: exp.Expr, unless: exp.Expr, ask: Ask) -> bool:
    """Whether each key comes after the one before it, as in most exports: then no two can be the same.

    The search ends at the first key that does not, or for which `unless` holds. However many threads read the file,
    DuckDB compares the keys in one chain.
    """
    [(found,)] = ask(fill(_NOT_RISING, "duckdb", key=key, rows=rows, unless=unless))
    return not found


def _differ(key: exp.Expr, rows: exp.Expr, count: int, ask: Ask) -> bool:
    """Whether no two keys are the same. As many different digests as rows prove it; fewer may be chance."""
    parts = count // _AT_ONCE + 1
    for part in range(parts):
        numbers = {"parts": exp.convert(parts), "part": exp.convert(part)}
        [(distinct, rows_of_part)] = ask(fill(_DISTINCT, "duckdb", key=key, rows=rows, **numbers))
        if distinct != rows_of_part:
            return not ask(fill(_SHARED, "duckdb", key=key, rows=rows))
    return True
