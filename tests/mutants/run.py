"""Every mutant of mutants.yaml: one thing broken in a copy of the source, and the test that must notice.

`python -m tests.mutants.run` tries all of them, `python -m tests.mutants.run due-at-the-later waiver` those that are
named so or so in part. It prints a line for each and exits with 1 where one lives.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).with_name("mutants.yaml")
ROOT = FILE.parents[2]
SOURCE = ROOT / "src"
FAILED = 1
"""What pytest ends with where a test failed; where one is not there, or cannot be imported, it is another number."""


@dataclass(frozen=True)
class Mutant:
    """One change of the source: `was` stands there exactly once, and `killed_by` is a test that goes red with it."""

    id: str
    room: str
    was: str
    becomes: str
    why: str
    killed_by: str


def mutants() -> tuple[Mutant, ...]:
    """All mutants, as the file lists them."""
    return tuple(Mutant(**each) for each in yaml.safe_load(FILE.read_text("utf-8")))


def places(mutant: Mutant, source: Path = SOURCE) -> list[Path]:
    """Every file in which the snippet stands, once for each time."""
    texts = ((path, path.read_text("utf-8")) for path in sorted((source / "policykit").rglob("*.py")))
    return [path for path, text in texts for _ in range(text.count(mutant.was))]


def outcome_of(mutant: Mutant, copy: Path) -> str:
    """`dead`, or what is the matter: the snippet is not there once, or the test did not fail."""
    match places(mutant, copy):
        case [path]:
            text = path.read_text("utf-8")
            path.write_text(text.replace(mutant.was, mutant.becomes), "utf-8")
            ended = _run(mutant.killed_by, copy)
            path.write_text(text, "utf-8")
            return "dead" if ended == FAILED else "ALIVE" if ended == 0 else f"pytest ended with {ended}"
        case found:
            return f"its snippet stands there {len(found)} times"


def _run(test: str, copy: Path) -> int:
    """The test on the changed copy, stopped at its first failure; a stored example of another run is not looked at."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--no-header", test]
    found = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "CI": "true"}
    return subprocess.run(command, check=False, cwd=ROOT, env=found, capture_output=True).returncode


def try_all(chosen: Iterable[Mutant]) -> int:
    """Try them one by one; 1 where one is not dead."""
    began, outcomes = time.monotonic(), []
    with tempfile.TemporaryDirectory(prefix="policykit-mutants-") as room:
        copy = Path(shutil.copytree(SOURCE, Path(room) / "src", ignore=shutil.ignore_patterns("__pycache__")))
        for mutant in chosen:
            outcomes.append(outcome_of(mutant, copy))
            print(f"{outcomes[-1]}: {mutant.room}: {mutant.id} ({mutant.killed_by})", flush=True)  # noqa: T201 - its output is its purpose
    dead = outcomes.count("dead")
    print(f"{dead} of {len(outcomes)} mutants are dead, in {time.monotonic() - began:.0f} seconds.")  # noqa: T201
    return 0 if dead == len(outcomes) else 1


if __name__ == "__main__":
    wanted = sys.argv[1:] or [""]
    sys.exit(try_all(each for each in mutants() if any(part in each.id for part in wanted)))
