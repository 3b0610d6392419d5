"""dataframely: each rule as two rules of a schema; over two registers, as two filters of a collection.

A rule that comes out as null counts as met in dataframely, so what cannot be told needs a rule of its own.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import dataframely as dy
import polars as pl
from bench.peers.expressions import read, right, rules_of
from bench.rule_cases import TOPIC, Counts, answer


class Training(dy.Schema):
    """The columns of training that the rule over two registers reads."""

    training_ref = dy.String(primary_key=True)
    person_ref = dy.String(primary_key=True)
    topic = dy.String(nullable=True)
    outcome = dy.String(nullable=True)
    done_on = dy.Date(nullable=True)


class Staff(dy.Schema):
    """The columns of staff."""

    person_ref = dy.String(primary_key=True)
    status = dy.String(nullable=True)


class Registers(dy.Collection):
    """Both registers, and the rule over them."""

    staff: dy.LazyFrame[Staff]
    training: dy.LazyFrame[Training]

    @dy.filter()
    def told(self) -> pl.LazyFrame:
        """Who has left, has what is asked for, or has nothing that may be it."""
        here = pl.col("status") == "working"
        known = pl.col("found").fill_null(0) != 1
        return self._best().filter(here.not_() | (here & known)).select("person_ref")

    @dy.filter()
    def met(self) -> pl.LazyFrame:
        """Everybody but who works here and has nothing that may be it."""
        wanting = (pl.col("status") == "working") & pl.col("found").is_null()
        return self._best().filter(wanting.fill_null(value=False).not_()).select("person_ref")

    def _best(self) -> pl.LazyFrame:
        asked = (pl.col("topic") == TOPIC) & right()
        rows = self.training.select("person_ref", asked=asked).filter(pl.col("asked").fill_null(value=True))
        best = rows.group_by("person_ref").agg(found=pl.col("asked").fill_null(value=False).max().cast(pl.Int8) + 1)
        joined: pl.LazyFrame = self.staff.join(best, on="person_ref", how="left")
        return joined


def count_related(folder: Path) -> Iterator[Counts]:
    """Filter the collection once."""
    frames = {
        "staff": pl.scan_parquet(folder / "staff.parquet"),
        "training": pl.scan_parquet(folder / "training.parquet").select(list(Training.columns())),
    }
    failed = Registers.filter(frames).failure["staff"].counts()
    scope = frames["staff"].filter(pl.col("status").ne_missing("left")).select(pl.len()).collect().item()
    violate, unknown = failed.get("met", 0), failed.get("told", 0)
    yield Counts(scope - violate - unknown, violate, unknown)


def count(case: str, folder: Path) -> Iterator[Counts]:
    """Filter one frame by a schema made of the rules of a case."""
    rules = rules_of(case)
    made = {
        f"{kind}_{number}": dy.rule()(lambda _, it=it: it)
        for number, rule in enumerate(rules)
        for kind, it in {"met": rule.fill_null(value=True), "told": rule.is_not_null()}.items()
    }
    columns = {"outcome": dy.String(nullable=True), "score": dy.Int32(nullable=True), "done_on": dy.Date(nullable=True)}
    frame = read(folder, case)
    schema: type[dy.Schema] = type("Rules", (dy.Schema,), {name: columns[name] for name in frame.columns} | made)
    failed = schema.filter(frame).failure.counts()
    for number in range(len(rules)):
        violate, unknown = failed.get(f"met_{number}", 0), failed.get(f"told_{number}", 0)
        yield Counts(frame.height - violate - unknown, violate, unknown)


if __name__ == "__main__":
    answer({**{case: partial(count, case) for case in ("row", "twenty", "csv")}, "related": count_related})
