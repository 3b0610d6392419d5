"""Measure the rules of policykit beside SQL by hand and four peers: `python -m bench.rule_run 100000`.

Sizes are numbers of rows; cases and contenders may be named too, to measure only these.

Each contender counts in a process of its own, three times, in an order that is mixed anew in each round; who is slow,
once. What is kept is the median of the processor's seconds and of the clock's, and the highest peak of memory, all of
whole processes.
"""

import json
import os
import random
import statistics
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import product
from pathlib import Path

from bench.measuring import Cost, told_by
from bench.rule_cases import CASES

ROOT = Path(__file__).parents[1]
DATA, RESULTS = ROOT / "build" / "bench-data", ROOT / "build" / "bench.json"
TIMES, GIB = 3, 1024**3
#: Seconds of computing: who takes longer is run once, because the machine's moods matter little then.
ONCE = 20
#: Seconds of computing: who took longer at one size would need two minutes at the next, and is left out there.
TOO_LONG = 12

CONTENDERS = {
    "policykit": "policykit",
    "policykit_engine": "policykit",
    "duckdb_sql": "duckdb",
    "dataframely": "dataframely",
    "pointblank": "pointblank",
    "pandera": "pandera",
    "great_expectations": "great_expectations",
}
#: What we are called on a package index, where it is not what is imported.
OURS = {"policykit": "sphinx-policykit"}
ONE_TABLE = frozenset({"pointblank", "pandera", "great_expectations"})


@dataclass(frozen=True)
class Figure:
    """What one contender took for one case at one size: medians, and the highest peak of memory.

    `counting` is the part of the computing that counts what was opened, `opening` what comes before, where known.
    """

    rows: int
    case: str
    contender: str
    computing: float
    seconds: float
    mebibytes: float
    opening: float | None
    counting: float
    times: int


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


def compare(rows: int, case: str, names: Sequence[str]) -> Iterator[Figure]:
    """Compare contenders for one case at one size, round by round.

    The records are made in another process, because a process counts the memory of the one that starts it as its own.
    """
    folder = DATA / str(rows)
    if not folder.exists():
        told_by((sys.executable, "-m", "bench.rule_pack", folder, rows), ROOT)
    runs: dict[str, list[Run]] = {name: [] for name in names}
    for _ in range(TIMES):
        quick = [name for name, own in runs.items() if not own or own[-1].cost.computing <= ONCE]
        for name in random.sample(quick, len(quick)):
            runs[name].append(measure(folder, case, name))
    for name, own in runs.items():
        yield _figure(rows, case, name, own)


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
        len(runs),
    )


def conditions() -> dict[str, object]:
    """When and on what it was measured; nothing that would name the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory),
        "python": ".".join(map(str, sys.version_info[:3])),
        "versions": {name: version(OURS.get(name, name)) for name in (*CONTENDERS.values(), "polars", "pandas")},
    }


def keep(figure: Figure) -> None:
    """Put a figure beside those of before, in the place of an older one of its kind."""
    kept = json.loads(RESULTS.read_text("utf-8"))["figures"] if RESULTS.exists() else []
    this = (figure.rows, figure.case, figure.contender)
    others = [one for one in kept if (one["rows"], one["case"], one["contender"]) != this]
    RESULTS.write_text(json.dumps(conditions() | {"figures": [*others, asdict(figure)]}, indent=1), "utf-8")
    print(json.dumps(asdict(figure)), flush=True)


def main(sizes: Iterable[int], cases: Iterable[str], contenders: Iterable[str]) -> None:
    """Measure every size, from the smallest, and keep the figures after each case."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    slow: set[tuple[str, str]] = set()
    for rows, case in product(sorted(sizes), cases):
        names = [name for name in contenders if can(name, case) and (name, case) not in slow]
        for figure in compare(rows, case, names):
            keep(figure)
            if figure.computing > TOO_LONG:
                slow.add((figure.contender, case))


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        [int(word) for word in given if word.isdecimal()],
        [case for case in CASES if case in given] or list(CASES),
        [name for name in CONTENDERS if name in given] or list(CONTENDERS),
    )
