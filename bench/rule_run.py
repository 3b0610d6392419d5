"""Measure the rules of policykit beside SQL by hand and four peers: `make bench-rules`, or with SIZES=100000.

Each contender counts in a process of its own, three times, in an order that is mixed anew in each round. What is kept
is the median of the processor's seconds and of the clock's, and the highest peak of memory, all of whole processes.
"""

import json
import os
import random
import statistics
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.measuring import Cost, told_by
from bench.rule_cases import CASES
from bench.rule_pack import write_rules
from bench.rule_records import write_records

ROOT = Path(__file__).parents[1]
DATA, RESULTS = ROOT / "build" / "bench-data", ROOT / "build" / "bench.json"
TIMES, GIB = 3, 1024**3
#: Who took longer at one size would need two minutes at the next, and is left out there.
TOO_LONG = 12

CONTENDERS = {
    "policykit": "policykit",
    "duckdb_sql": "duckdb",
    "dataframely": "dataframely",
    "pointblank": "pointblank",
    "pandera": "pandera",
    "great_expectations": "great_expectations",
}
ONE_TABLE = frozenset({"pointblank", "pandera", "great_expectations"})


@dataclass(frozen=True)
class Figure:
    """What one contender took for one case at one size: medians, and the highest peak of memory.

    `counting` is the part of the clock's seconds in which a file that was opened is counted, where it is known apart.
    """

    rows: int
    case: str
    contender: str
    computing: float
    seconds: float
    mebibytes: float
    opening: float | None
    counting: float


@dataclass(frozen=True)
class Run:
    """One run of a contender."""

    cost: Cost
    opening: float | None
    counting: float


def measure(folder: Path, case: str, contender: str) -> Run:
    """Run one contender once; ends the benchmark where it fails or counts wrong."""
    cost, said = told_by((sys.executable, "-W", "ignore", "-m", f"bench.peers.{contender}", case, folder), ROOT)
    parts = {name: number for line in said.splitlines() if line.startswith("{") for name, number in _parts(line)}
    return Run(cost, parts.get("opening"), parts.get("counting", parts["seconds"]))


def _parts(line: str) -> Iterable[tuple[str, float]]:
    read: dict[str, float] = json.loads(line)
    return read.items()


def compare(rows: int, left_out: set[tuple[str, str]]) -> Iterator[Figure]:
    """Compare all contenders at one size; who takes too long for a case is put down to be left out from then on."""
    folder = DATA / str(rows)
    if not folder.exists():
        write_records(folder, rows)
        for case in CASES:
            write_rules(folder, case)
    for case in CASES:
        runs: dict[str, list[Run]] = {name: [] for name in CONTENDERS if can(name, case) and (name, case) not in left_out}
        for _ in range(TIMES):
            for name in random.sample(list(runs), len(runs)):
                runs[name].append(measure(folder, case, name))
        for name, own in runs.items():
            figure = _figure(rows, case, name, own)
            if figure.seconds > TOO_LONG:
                left_out.add((name, case))
            print(json.dumps(asdict(figure)), flush=True)
            yield figure


def can(contender: str, case: str) -> bool:
    """Whether a contender can say the rule of a case."""
    return not (case == "related" and contender in ONE_TABLE)


def _figure(rows: int, case: str, contender: str, runs: list[Run]) -> Figure:
    opening = [run.opening for run in runs if run.opening is not None]
    return Figure(
        rows,
        case,
        contender,
        statistics.median(run.cost.computing for run in runs),
        statistics.median(run.cost.seconds for run in runs),
        max(run.cost.mebibytes for run in runs),
        statistics.median(opening) if opening else None,
        statistics.median(run.counting for run in runs),
    )


def conditions() -> dict[str, object]:
    """When and on what it was measured; nothing that would name the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "python": ".".join(map(str, sys.version_info[:3])),
        "versions": {name: version(name) for name in (*CONTENDERS.values(), "polars", "pandas")},
    }


def main(sizes: list[int]) -> None:
    """Measure every size, from the smallest, and keep the figures after each."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    figures: list[Figure] = []
    left_out: set[tuple[str, str]] = set()
    RESULTS.parent.mkdir(exist_ok=True)
    for rows in sorted(sizes):
        for figure in compare(rows, left_out):
            figures.append(figure)
            kept = conditions() | {"figures": [asdict(one) for one in figures]}
            RESULTS.write_text(json.dumps(kept, indent=1), "utf-8")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]])
