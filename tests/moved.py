"""The example organisation with its registers moved into files of another kind, and runs of all checks on it."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from policykit.engines import open_engine
from policykit.model.registers import Register
from policykit.model.results import Results
from policykit.reading import Pack, load_organisation
from policykit.running import judge_check, run_checks

POLICY = Path(__file__).parents[1] / "policy"


def moved(folder: Path, pack: Pack, write: Callable[[Register, Path], object], suffix: str) -> Path:
    """A copy of the example in the folder, each CSV file of which `write` has written again beside it."""
    ours = Path(shutil.copytree(POLICY / "example", folder))
    for register in pack.registers.values():
        write(register, ours / "records" / f"{register.id}.csv")
    profile = ours / "organisation.yaml"
    profile.write_text(profile.read_text("utf-8").replace(".csv", suffix), "utf-8")
    return ours


def run(pack: Pack, folder: Path) -> Results:
    """A run of all checks on an organisation's folder."""
    organisation = load_organisation(folder, pack)[0]
    nine = datetime(2026, 11, 1, 9, tzinfo=UTC)
    return run_checks(
        pack,
        organisation,
        as_at=organisation.as_at,
        engine_factory=open_engine,
        judge=judge_check,
        now=lambda: nine,
        progress=lambda _: None,
    )
