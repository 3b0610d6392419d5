"""The example organisation with its registers moved into files of another kind, and runs of all checks on it."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from policykit.model.registers import Register
from policykit.problems import Problem
from policykit.reading import Ground, Pack, load_organisation
from policykit.running import Results, run_checks

POLICY = Path(__file__).parents[1] / "policy"


def moved(folder: Path, pack: Pack, write: Callable[[Register, Path], object], suffix: str) -> Path:
    """A copy of the example in the folder, each CSV file of which `write` has written again beside it."""
    ours = Path(shutil.copytree(POLICY / "example", folder))
    for register in pack.registers.values():
        write(register, ours / "records" / f"{register.id}.csv")
    profile = ours / "organisation.yaml"
    profile.write_text(profile.read_text("utf-8").replace(".csv", suffix), "utf-8")
    return ours


def run(pack: Pack, folder: Path, refused: Callable[[Problem], None] | None = None) -> Results:
    """A run of all checks on an organisation's folder."""
    organisation = load_organisation(folder, pack)
    nine = datetime(2026, 11, 1, 9, tzinfo=UTC)
    return run_checks(Ground.of(pack, organisation, organisation.as_at), refused=refused, now=lambda: nine)
