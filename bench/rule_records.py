"""Made-up records of any size, and what the rules must count in them, worked out apart from any engine.

Ten rows of training belong to each person, far from each other in the file. Everything about a row follows from its
number within a period of 100,000 rows, so the counts of one period, taken in plain Python, give those of any size.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import duckdb
from bench.rule_cases import AS_AT, DONE, SINCE, THRESHOLDS, TOPIC, Counts, write_expected

PERIOD, EACH = 100_000, 10
OUTCOMES = (*["passed"] * 12, *["excused"] * 2, *["failed"] * 2, None)
TOPICS = ("safeguarding", "fire", "first_aid", "lifting", "records")

#: 9,973 has no divisor in common with a power of ten: each logical row stands once, and neighbours stand far apart.
_TRAINING = """
COPY (
  WITH numbered AS (SELECT i, (i * 9973) % $rows AS l, ((i * 9973) % $rows) % 100000 AS j FROM range($rows) AS made(i))
  SELECT 'T' || lpad(CAST(i AS VARCHAR), 9, '0') AS training_ref,
         'P' || lpad(CAST(l // 10 AS VARCHAR), 9, '0') AS person_ref,
         CASE WHEN j % 53 <> 0 THEN $topics[1 + j * 7 % 5] END AS topic,
         CASE WHEN j * 13 % 17 < 12 THEN 'passed' WHEN j * 13 % 17 < 14 THEN 'excused'
              WHEN j * 13 % 17 < 16 THEN 'failed' END AS outcome,
         CASE WHEN j % 41 <> 0 THEN DATE '2026-11-01' - CAST(j * 37 % 450 - 20 AS INTEGER) END AS done_on,
         CASE WHEN j % 29 <> 0 THEN CAST(j * 61 % 101 AS INTEGER) END AS score
  FROM numbered ORDER BY i
) TO '{path}' ({options})
"""
_STAFF = """
COPY (
  SELECT 'P' || lpad(CAST(p AS VARCHAR), 9, '0') AS person_ref,
         CASE WHEN p % 10000 * 3 % 11 < 9 THEN 'working' WHEN p % 10000 * 3 % 11 < 10 THEN 'left' END AS status
  FROM range($people) AS made(p) ORDER BY p
) TO '{path}' (FORMAT parquet)
"""


@dataclass(frozen=True)
class Training:
    """What the rules read of one row of training."""

    topic: str | None
    outcome: str | None
    done_on: date | None
    score: int | None


def write_records(folder: Path, rows: int) -> None:
    """Write the files of all cases, with so many rows of training (whole periods), and what must be counted."""
    folder.mkdir(parents=True)
    with duckdb.connect() as database:
        database.execute("SET enable_progress_bar = false")
        for name, options in {"training.parquet": "FORMAT parquet", "training.csv": "HEADER"}.items():
            made = _TRAINING.format(path=folder / name, options=options)
            database.execute(made, {"rows": rows, "topics": list(TOPICS)})
        database.execute(_STAFF.format(path=folder / "staff.parquet"), {"people": rows // EACH})
    write_expected(folder, {case: _times(counts, rows // PERIOD) for case, counts in _of_one_period().items()})


def _times(counts: Iterable[Counts], periods: int) -> Iterator[Counts]:
    for rule in counts:
        yield Counts(rule.conform * periods, rule.violate * periods, rule.unknown * periods)


def _of_one_period() -> Mapping[str, list[Counts]]:
    rows = [_training(number) for number in range(PERIOD)]
    row = _count(_both(_among(row.outcome, DONE), _within(row, SINCE)) for row in rows)
    twenty = [
        _count(_both(_at_least(row.score, rule.least), _within(row, rule.since)) for row in rows) for rule in THRESHOLDS
    ]
    return {"row": [row], "csv": [row], "twenty": twenty, "related": [_count(_of_people(rows))]}


def _training(j: int) -> Training:
    return Training(
        TOPICS[j * 7 % 5] if j % 53 else None,
        OUTCOMES[j * 13 % 17],
        AS_AT - timedelta(days=j * 37 % 450 - 20) if j % 41 else None,
        j * 61 % 101 if j % 29 else None,
    )


def _of_people(rows: list[Training]) -> Iterator[bool | None]:
    """For each person who works here, or of whom it cannot be told, whether the training asked for is recorded."""
    for person in range(PERIOD // EACH):
        state = person * 3 % 11
        if state != 9:
            own = rows[person * EACH : (person + 1) * EACH]
            yield _any(_right_training(row) for row in own) if state < 9 else None


def _right_training(row: Training) -> bool | None:
    return _both(_among(row.topic, (TOPIC,)), _both(_among(row.outcome, DONE), _within(row, SINCE)))


def _among(value: str | None, values: tuple[str, ...]) -> bool | None:
    return None if value is None else value in values


def _at_least(value: int | None, least: int) -> bool | None:
    return None if value is None else value >= least


def _within(row: Training, since: date) -> bool | None:
    return None if row.done_on is None else since <= row.done_on <= AS_AT


def _both(one: bool | None, other: bool | None) -> bool | None:  # noqa: FBT001 - truth values are what it is about
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _any(found: Iterable[bool | None]) -> bool | None:
    answers = set(found)
    return True if True in answers else None if None in answers else False


def _count(answers: Iterable[bool | None]) -> Counts:
    found = Counter(answers)
    return Counts(found[True], found[False], found[None])
