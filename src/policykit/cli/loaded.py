"""The folders that a command is about, loaded."""

from dataclasses import dataclass
from pathlib import Path

from policykit.cli.endings import RefusedError, say_problems
from policykit.problems import nearest
from policykit.reading import Organisation, Pack, load_organisation, load_pack
from policykit.rules import Check


@dataclass(frozen=True)
class Loaded:
    """A pack and an organisation, whose warnings have been said."""

    pack: Pack
    organisation: Organisation


def load(policy: Path, organisation: Path | None) -> Loaded:
    """Load both folders; warnings are said, everything else is raised as PolicyError."""
    pack = load_pack(policy)
    found = load_organisation(organisation or policy / pack.policy.organisation, pack)
    say_problems(found.warnings)
    return Loaded(pack, found)


def find_check(name: str, pack: Pack) -> Check:
    """The check with that id; raises RefusedError, with the nearest id there is."""
    found = pack.checks.get(name)
    if found is None:
        close = nearest(name, pack.checks)
        raise RefusedError(f"There is no check {name}." + (f" Did you mean {close}?" if close else ""))
    return found
