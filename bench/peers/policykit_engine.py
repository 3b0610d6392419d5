"""policykit from Python: its pack loaded, its registers opened and its checks counted, each part timed apart."""

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from bench.rule_cases import CASES, Counts, answer, training_file

from policykit.engines import Engines, Refused
from policykit.reading import load_organisation, load_pack, setting_of
from policykit.rules import reads

T = TypeVar("T")


def count(case: str, folder: Path) -> Iterator[Counts]:
    """Count every check of a case's pack; raises SystemExit with the reason where something is refused."""
    pack = load_pack(folder / case / "policy")
    organisation = load_organisation(folder / case / "policy" / "example", pack)
    setting = setting_of(pack, organisation, organisation.as_at)
    files = {"training": training_file(folder, case), "staff": folder / "staff.parquet"}
    with Engines() as engine:
        start = time.process_time()
        needed = {name for check in pack.checks.values() for name in reads(check, setting)}
        for name in sorted(needed):
            _given(engine.open(setting.registers[name], files[name]))
        opened = time.process_time()
        for check in pack.checks.values():
            counts = _given(engine.count(check, setting)).counts
            yield Counts(counts.conform, counts.violate, counts.unknown)
        print(json.dumps({"opening": opened - start, "counting": time.process_time() - opened}))


def _given(answered: T | Refused) -> T:
    if isinstance(answered, Refused):
        raise SystemExit(answered.why)
    return answered


if __name__ == "__main__":
    answer({case: partial(count, case) for case in CASES})
