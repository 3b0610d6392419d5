"""Commands timed from outside, with the memory of the process at its highest."""

import os
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

SCRIPTS = Path(sysconfig.get_path("scripts"))
KIB_PER_MIB = 1024


@dataclass(frozen=True)
class Cost:
    """What one command took: seconds on the clock, seconds of computing, and MiB at its peak."""

    seconds: float
    computing: float
    mebibytes: float


def told_by(command: Iterable[object], cwd: Path, *, accepted: tuple[int, ...] = (0,)) -> tuple[Cost, str]:
    """Run a command to its end, and give what it printed too; ends the whole benchmark where it fails."""
    start = time.perf_counter()
    with subprocess.Popen([*map(str, command)], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        said = process.stdout.read().decode(errors="replace") if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in accepted:
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{said}")
    seconds, computing = time.perf_counter() - start, usage.ru_utime + usage.ru_stime
    return Cost(seconds, computing, usage.ru_maxrss / KIB_PER_MIB), said


def cost_of(command: Iterable[object], cwd: Path, *, accepted: tuple[int, ...] = (0,)) -> Cost:
    """Run a command to its end, and give only what it took."""
    return told_by(command, cwd, accepted=accepted)[0]


def median_of(times: int, measure: Callable[[], Cost]) -> Cost:
    """Measure several times: the median of the seconds, the highest of the peaks."""
    costs = [measure() for _ in range(times)]
    return Cost(
        statistics.median(cost.seconds for cost in costs),
        statistics.median(cost.computing for cost in costs),
        max(cost.mebibytes for cost in costs),
    )
