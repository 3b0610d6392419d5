"""pandera on polars: each rule as two checks of a frame, one that it is met or cannot be told, one that it can be told.

A check that comes out as null counts as met in pandera, so what cannot be told needs a check of its own.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandera.polars as pa
import polars as pl
from bench.peers.expressions import read, rules_of
from bench.rule_cases import Counts, answer


def count(case: str, folder: Path) -> Iterator[Counts]:
    """Validate once, and count what each check says failed."""
    rules = rules_of(case)
    frame = read(folder, case)
    checks = [
        pa.Check(partial(_result, rule=made), name=f"{kind} {number}")
        for number, rule in enumerate(rules)
        for kind, made in {"met": rule.fill_null(value=True), "told": rule.is_not_null()}.items()
    ]
    failed = _failed(pa.DataFrameSchema(checks=checks), frame)
    for number in range(len(rules)):
        violate, unknown = failed.get(f"met {number}", 0), failed.get(f"told {number}", 0)
        yield Counts(frame.height - violate - unknown, violate, unknown)


def _result(data: pa.PolarsData, rule: pl.Expr) -> pl.LazyFrame:
    selected: pl.LazyFrame = data.lazyframe.select(rule)
    return selected


def _failed(schema: pa.DataFrameSchema, frame: pl.DataFrame) -> dict[str, int]:
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as found:
        return dict(found.failure_cases.group_by("check").len().iter_rows())
    return {}


if __name__ == "__main__":
    answer({case: partial(count, case) for case in ("row", "twenty", "csv")})
