"""Runs that are remembered: the smallest pack copied, run for real on any day, and kept in a ledger; by hand or alone.

As a program (`python -m tests.remembering FOLDER NUMBER`) it keeps so many runs, and says each that is safe.
"""

import re
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path

from policykit import memory
from policykit.reading import Ground, load_organisation, load_pack
from policykit.running import Results, record_digests, run_checks, watched
from policykit.tracing import Trace, trace

FIRST = date(2026, 5, 1)


def ledger_in(folder: Path) -> Path:
    """Where the runs of a copy of the smallest pack are remembered."""
    return folder / "reading_room" / "runs.jsonl"


def without_a_fixed_day(folder: Path) -> None:
    """Let the club be judged as at today."""
    profile = folder / "reading_room" / "organisation.yaml"
    profile.write_text(re.sub(r"as_at: .*\n", "", profile.read_text("utf-8")), "utf-8")


def taken_on(folder: Path, day: date) -> None:
    """Say that the records were taken on that day."""
    profile = folder / "reading_room" / "organisation.yaml"
    profile.write_text(re.sub(r"taken_on: [0-9-]+", f"taken_on: {day}", profile.read_text("utf-8")), "utf-8")


def records(folder: Path, *rows: str) -> None:
    """Have these books and no other."""
    text = "\n".join(["book_ref,title,borrower,due_on,shelf", *rows, ""])
    (folder / "reading_room" / "records" / "books.csv").write_text(text, "utf-8")


def run(folder: Path, today: date = FIRST) -> tuple[Results, Trace]:
    """A run of all checks on a day, and how everything stands by it."""
    now = datetime.combine(today, time(9), UTC)
    pack = load_pack(folder / "policy")
    organisation = load_organisation(folder / "reading_room", pack, now)
    ground = Ground.of(pack, organisation, organisation.as_at)
    results = run_checks(ground, now=lambda: now)
    return results, trace(ground, results, record_digests(organisation))


def held(folder: Path, today: date = FIRST) -> tuple[Results, Trace]:
    """A run of all checks on a day, held against the runs before, and how everything stands by it."""
    results, seen = run(folder, today)
    lines = memory.read_ledger(ledger_in(folder)).lines_of(seen.pack.policy.id, seen.organisation.profile.id)
    judged = watched(results, seen.ground, memory.before_of(lines, seen.pack))
    return judged, trace(seen.ground, judged, record_digests(seen.organisation))


def remember(folder: Path, today: date = FIRST, *, before: Results | None = None) -> Results:
    """Run all checks on a day, and keep that in the ledger."""
    return memory.keep(*run(folder, today), ledger_in(folder), before)


def remember_held(folder: Path, today: date = FIRST) -> Results:
    """Run all checks on a day, held against the runs before, and keep that in the ledger."""
    return memory.keep(*held(folder, today), ledger_in(folder))


if __name__ == "__main__":
    place = Path(sys.argv[1])
    found = run(place)
    for _ in range(int(sys.argv[2])):
        kept = memory.keep(*found, ledger_in(place))
        sys.stdout.write(f"{kept.ledger.n + 1 if kept.ledger else 0}\n")
        sys.stdout.flush()
