"""What loading hands on: the pack and the organisation, whole and consistent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from policykit.model.decisions import Decision
from policykit.model.duties import Duty
from policykit.model.law import Provision
from policykit.model.organisation import Attestation, Profile, Waiver
from policykit.model.parameters import Parameter, ParameterValue
from policykit.model.policy import PolicyFile
from policykit.model.registers import ListOfRows, Register, Value
from policykit.model.sources import Clause, Source
from policykit.problems import Problem
from policykit.rules import Check, Population


@dataclass(frozen=True)
class Place:
    """Where an item stands: its file, relative to the pack's folder, and its line."""

    path: str
    line: int


@dataclass(frozen=True)
class Pack:
    """One pack: everything under `policy/`, every reference resolved. Mappings go by id, in order of the files."""

    folder: Path
    policy: PolicyFile
    sources: Mapping[str, Source]
    provisions: Mapping[str, Provision]
    parameters: Mapping[str, Parameter]
    lists: Mapping[str, ListOfRows]
    populations: Mapping[str, Population]
    registers: Mapping[str, Register]
    duties: Mapping[str, Duty]
    checks: Mapping[str, Check]
    decisions: Mapping[str, Decision]
    places: Mapping[str, Place]
    digest: str

    @cached_property
    def clauses(self) -> Mapping[str, Clause]:
        """Every clause of every source, by id."""
        return {clause.id: clause for source in self.sources.values() for clause in source.clauses}


@dataclass(frozen=True)
class Organisation:
    """One organisation's folder, read against a pack: facts and parameters typed, the pack's defaults among them.

    `warnings` is what still looks like a mistake, where whoever loads it keeps that.
    """

    folder: Path
    profile: Profile
    facts: Mapping[str, Value | None]
    parameters: Mapping[str, ParameterValue]
    waivers: tuple[Waiver, ...]
    attestations: tuple[Attestation, ...]
    digest: str
    warnings: tuple[Problem, ...] = ()

    @property
    def as_at(self) -> date:
        """The day as of which the organisation asks to be judged."""
        return self.profile.as_at
