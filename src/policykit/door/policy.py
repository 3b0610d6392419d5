"""A policy as a program holds it: its items, an organisation's folder read against it, and its rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from os import PathLike
from pathlib import Path

from policykit.door.rows import Fault
from policykit.door.rule import Rule, day_of, refused
from policykit.model.duties import Duty
from policykit.model.registers import Register
from policykit.model.sources import Clause, Provision
from policykit.problems import Notice, suggest
from policykit.reading import Ground, Organisation, Pack, load_organisation, load_pack
from policykit.rules import Check

NO_RULE = {
    "attestation": "it is confirmed by statements",
    "python": "a test function carries it out",
}
"""Why a check has no rule, by its method."""


@dataclass(frozen=True)
class Policy:
    """A policy that was loaded whole: nothing in it is missing, and nothing contradicts itself."""

    pack: Pack

    @property
    def title(self) -> str:
        """What it is called."""
        return self.pack.policy.title

    @property
    def duties(self) -> Mapping[str, Duty]:
        """Its duties, by id."""
        return self.pack.duties

    @property
    def checks(self) -> Mapping[str, Check]:
        """Its checks, by id."""
        return self.pack.checks

    @property
    def registers(self) -> Mapping[str, Register]:
        """The registers that an organisation keeps for it, by id."""
        return self.pack.registers

    @property
    def clauses(self) -> Mapping[str, Clause]:
        """The sentences of its guidance, by id."""
        return self.pack.clauses

    @property
    def provisions(self) -> Mapping[str, Provision]:
        """The law that it rests on, by id."""
        return self.pack.provisions

    def organisation(self, path: str | PathLike[str] | None = None) -> Organisation:
        """The organisation in a folder; without one the example that the policy brings. Raises PolicyError."""
        folder = self.pack.folder / self.pack.policy.organisation if path is None else Path(path)
        return load_organisation(folder, self.pack)

    def rule(self, check: str, organisation: Organisation | None = None, as_at: date | str | None = None) -> Rule:
        """The rule of a check, for an organisation and a day; without them for the example, on the organisation's day.

        Raises PolicyError where there is no such check, or where it has no rule.
        """
        return Rule(self.ruled(check), self.ground(organisation, as_at))

    def ground(self, organisation: Organisation | None, as_at: date | str | None) -> Ground:
        """What is judged on: an organisation or the example, and a day or the organisation's own."""
        ours = organisation or self.organisation()
        return Ground.of(self.pack, ours, day_of(as_at or ours.as_at, self.pack))

    def ruled(self, check: str) -> Check:
        """The check with an id, which has a rule; raises PolicyError."""
        self.expect([check])
        found = self.checks[check]
        if why := NO_RULE.get(found.method):
            what = f"{check} has no rule: {why}"
            raise refused(self.pack, check, (Notice.CHECK_KEYS, what, "name a check that has one"))
        return found

    def expect(self, checks: Iterable[str]) -> None:
        """Raise PolicyError where one of these is no id of a check."""
        unknown = [each for each in checks if each not in self.checks]
        if unknown:
            raise refused(self.pack, self.pack.policy.id, *map(self._unknown, unknown))

    def _unknown(self, check: str) -> Fault:
        remedy = suggest(check, self.checks, "name one of the checks of the policy")
        return Notice.REFERENCE_UNKNOWN, f"there is no check {check}", remedy


def load(path: str | PathLike[str]) -> Policy:
    """The policy in a folder. Raises PolicyError with every problem of the folder."""
    return Policy(load_pack(Path(path)))
