"""The rules as polars expressions, for the peers that take them: true, false, or null where it cannot be told."""

from pathlib import Path

import polars as pl
from bench.rule_cases import AS_AT, DONE, SINCE, THRESHOLDS, training_file

READS = {"row": ["outcome", "done_on"], "csv": ["outcome", "done_on"], "twenty": ["score", "done_on"]}


def rules_of(case: str) -> list[pl.Expr]:
    """The rules of a case on rows of training."""
    if case != "twenty":
        return [right()]
    return [
        pl.col("score").ge(rule.least) & pl.col("done_on").is_between(pl.lit(rule.since), pl.lit(AS_AT))
        for rule in THRESHOLDS
    ]


def right() -> pl.Expr:
    """The rule of two clauses."""
    return pl.col("outcome").is_in(list(DONE)) & pl.col("done_on").is_between(pl.lit(SINCE), pl.lit(AS_AT))


def read(folder: Path, case: str) -> pl.DataFrame:
    """The columns that a case reads, and no others."""
    path = training_file(folder, case)
    if case == "csv":
        return pl.read_csv(path, columns=READS[case], schema_overrides={"outcome": pl.String, "done_on": pl.Date})
    return pl.read_parquet(path, columns=READS[case])
