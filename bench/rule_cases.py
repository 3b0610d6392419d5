"""What every contender counts: four cases on made-up records, and what each of them must come to.

A contender is a script of `bench.peers`, run as `python -m bench.peers.NAME CASE FOLDER`. It counts the units that
conform, violate and are unknown with `CASE` on the files in `FOLDER`; its time counts only where these are right.
"""

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

AS_AT = date(2026, 11, 1)
DONE = ("passed", "excused")
TOPIC = "safeguarding"
MONTHS = 12
SINCE = date(2025, 11, 1)

CASES: Mapping[str, str] = {
    "row": "A rule of two clauses on each row",
    "related": "A rule over two registers",
    "twenty": "Twenty rules on one register",
    "csv": "The rule of two clauses, records in CSV",
}


@dataclass(frozen=True)
class Threshold:
    """One of the twenty rules: a score of at least so much, and done within so many months, not before `since`."""

    least: int
    months: int

    @property
    def since(self) -> date:
        """The first day that is within the months."""
        year, month = divmod(AS_AT.year * 12 + AS_AT.month - 1 - self.months, 12)
        return date(year, month + 1, 1)


THRESHOLDS = tuple(Threshold(least=number * 4, months=number % 12 + 1) for number in range(20))


@dataclass(frozen=True)
class Counts:
    """The three counts of one rule."""

    conform: int
    violate: int
    unknown: int


Count = Callable[[Path], Iterable[Counts]]
"""Counts one case on the files of a folder: one answer for each of its rules."""


def training_file(folder: Path, case: str) -> Path:
    """The records of training that a case is about."""
    return folder / ("training.csv" if case == "csv" else "training.parquet")


def answer(ways: Mapping[str, Count]) -> None:
    """Count the case that the command line names, say what computing it took, and end with 1 where a count is wrong."""
    case, folder = sys.argv[1], Path(sys.argv[2])
    start = time.process_time()
    counted = list(ways[case](folder))
    seconds = time.process_time() - start
    if counted != expected(folder)[case]:
        sys.exit(f"{sys.argv[0]} does not count {case} right: {counted[:3]}")
    print(json.dumps({"seconds": seconds}))


def write_expected(folder: Path, counts: Mapping[str, Iterable[Counts]]) -> None:
    """Keep what each case must come to."""
    written = {case: [vars(rule) for rule in rules] for case, rules in counts.items()}
    (folder / "expected.json").write_text(json.dumps(written), "utf-8")


def expected(folder: Path) -> Mapping[str, list[Counts]]:
    """What each case must come to."""
    read = json.loads((folder / "expected.json").read_text("utf-8"))
    return {case: [Counts(**rule) for rule in rules] for case, rules in read.items()}
