"""policykit as its users run it: the whole of `policykit check`, whose results hold the counts."""

import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bench.rule_cases import CASES, Counts, answer

from policykit.cli import main


def count(case: str, folder: Path) -> Iterator[Counts]:
    """Check a case's pack, and read what was kept; that rules are broken is no failure."""
    results = folder / case / "results.json"
    results.unlink(missing_ok=True)
    sys.argv = ["policykit", "check", "--policy", str(folder / case / "policy"), "--results", str(results)]
    try:
        main()
    except SystemExit as ended:
        if ended.code not in {0, 1}:
            raise
    for check in json.loads(results.read_text("utf-8"))["checks"]:
        counts = check["counts"]
        yield Counts(counts["conform"], counts["violate"], counts["unknown"])


if __name__ == "__main__":
    answer({case: partial(count, case) for case in CASES})
