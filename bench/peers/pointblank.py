"""pointblank on polars: each rule as two steps over an expression, met or cannot be told, and can be told."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pointblank as pb
from bench.peers.expressions import read, rules_of
from bench.rule_cases import Counts, answer


def count(case: str, folder: Path) -> Iterator[Counts]:
    """Interrogate once, without extracts, and take the failing rows of each step."""
    rules = rules_of(case)
    frame = read(folder, case)
    plan = pb.Validate(frame)
    for rule in rules:
        plan = plan.col_vals_expr(rule.fill_null(value=True)).col_vals_expr(rule.is_not_null())
    failed = plan.interrogate(collect_extracts=False).n_failed()
    for step in range(1, 2 * len(rules), 2):
        violate, unknown = failed[step], failed[step + 1]
        yield Counts(frame.height - violate - unknown, violate, unknown)


if __name__ == "__main__":
    answer({case: partial(count, case) for case in ("row", "twenty", "csv")})
