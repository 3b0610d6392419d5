"""The folders that a command is about, loaded."""

from dataclasses import dataclass
from pathlib import Path

from policykit.cli.endings import say_problems
from policykit.errors import Problem
from policykit.loading import Organisation, Pack, load_organisation, load_pack


@dataclass(frozen=True)
class Loaded:
    """A pack and an organisation, with the warnings that have been said."""

    pack: Pack
    organisation: Organisation
    warnings: tuple[Problem, ...]


def load(policy: Path, organisation: Path | None) -> Loaded:
    """Load both folders; warnings are said, everything else is raised as PolicyError."""
    pack = load_pack(policy)
    profile, warnings = load_organisation(organisation or policy / pack.policy.organisation, pack)
    say_problems(warnings)
    return Loaded(pack, profile, warnings)
