"""One rule on a CSV of ten million rows, as policykit counts it and as SQL by hand: load and query timed apart.

Each way runs in a process of its own (`python -m bench.rows ours FOLDER`), so that its memory can be seen from outside.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from bench.made_pack import SENTENCES, write_pack

from policykit.engines import Engines, Refused
from policykit.reading import load_organisation, load_pack, setting_of

ROWS = 10_000_000

#: One row in a hundred was done too long ago, and in one of a thousand the day is not recorded.
MAKE = """
COPY (SELECT 'R' || i AS ref,
             CASE WHEN i % 1000 = 0 THEN NULL
                  WHEN i % 100 = 0 THEN DATE '2025-01-01'
                  ELSE DATE '2026-11-01' - CAST(i % 300 AS INTEGER) END AS done_on
      FROM range(?) AS made(i)) TO ? (HEADER)
"""
LOAD = "CREATE TABLE records AS SELECT * FROM read_csv(?, columns = {'ref': 'VARCHAR', 'done_on': 'DATE'})"
_RIGHT = "(done_on IS NOT NULL AND done_on BETWEEN DATE '2025-11-01' AND DATE '2026-11-01')"
COUNT = f"""
SELECT sum(CASE WHEN {_RIGHT} THEN 1 ELSE 0 END) AS conform,
       sum(CASE WHEN NOT {_RIGHT} THEN 1 ELSE 0 END) AS violate,
       sum(CASE WHEN {_RIGHT} IS NULL THEN 1 ELSE 0 END) AS unknown
FROM records
"""  # noqa: S608 - of our own constants


def write_rows(folder: Path, rows: int = ROWS) -> None:
    """Write a small pack, and its organisation's records with so many rows."""
    write_pack(folder, SENTENCES)
    with duckdb.connect() as database:
        database.execute("SET enable_progress_bar = false")
        database.execute(MAKE, [rows, str(folder / "policy" / "example" / "records.csv")])


def count_ours(folder: Path) -> dict[str, float]:
    """Load and count as `policykit check` does."""
    pack = load_pack(folder / "policy")
    organisation = load_organisation(folder / "policy" / "example", pack)
    setting = setting_of(pack, organisation, organisation.as_at)
    check = next(iter(pack.checks.values()))
    with Engines() as engine:
        register = setting.registers["records"]
        loaded = _seconds(lambda: engine.open(register, folder / "policy" / "example" / "records.csv"))
        counted = engine.count(check, setting)
        queried = _seconds(lambda: engine.count(check, setting))
    if isinstance(counted, Refused):
        sys.exit(counted.why)
    return {"load": loaded, "query": queried, "violate": counted.counts.violate}


def count_by_hand(folder: Path) -> dict[str, float]:
    """Load and count with two statements that somebody wrote for just this file."""
    with duckdb.connect(folder / "by-hand.db") as database:
        path = folder / "policy" / "example" / "records.csv"
        loaded = _seconds(lambda: database.execute(LOAD, [str(path)]))
        row = database.execute(COUNT).fetchone()
        queried = _seconds(lambda: database.execute(COUNT).fetchall())
    return {"load": loaded, "query": queried, "violate": int(row[1]) if row else 0}


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    print(json.dumps({"ours": count_ours, "hand": count_by_hand}[sys.argv[1]](Path(sys.argv[2]))))
