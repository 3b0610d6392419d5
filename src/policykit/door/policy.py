"""A policy as a program holds it: its items, an organisation's folder read against it, and its rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from os import PathLike
from pathlib import Path

from policykit.door.records import OpenRecords
from policykit.door.rule import Rule, day_of, refused
from policykit.exports import copy_example
from policykit.model.duties import Duty
from policykit.model.registers import Register
from policykit.model.sources import Clause, Provision
from policykit.problems import Complaint, Problem, complaint
from policykit.reading import (
    Ground,
    Organisation,
    Pack,
    Proofs,
    example_case,
    false_examples,
    load_organisation,
    load_pack,
    without_checks,
)
from policykit.rules import Case, Check, Example, Judgement, judge_unit
from policykit.running import Clock, Results, with_examples


def clock() -> datetime:
    """What time it is: handed to all that asks, so that a test or a program can give another."""
    return datetime.now(UTC)


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

    def organisation(self, path: str | PathLike[str] | None = None, *, now: Clock = clock) -> Organisation:
        """The organisation in a folder; without one the example that the policy brings. Raises PolicyError.

        It is judged as at its own fixed day, and without one as at today; whatever is said to be later is refused.
        """
        folder = self.pack.folder / self.pack.policy.organisation if path is None else Path(path)
        return load_organisation(folder, self.pack, now())

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
        if found.method != "rule":
            raise refused(self.pack, check, complaint(f"check-keys.no-rule.{found.method}", check=check))
        return found

    def expect(self, checks: Iterable[str]) -> None:
        """Raise PolicyError where one of these is no id of a check."""
        if gone := [each for each in checks if each not in self.checks]:
            raise refused(self.pack, self.pack.policy.id, *map(self._unknown, gone))

    def _unknown(self, check: str) -> Complaint:
        return complaint("reference-unknown.check", check=check).or_meant(check, self.checks)

    def place(self, item: str) -> tuple[Path, int]:
        """The file that an item stands in, and the line."""
        place = self.pack.places[item]
        return self.pack.folder / place.path, place.line

    def records(self, check: str, organisation: Organisation, as_at: date | str | None = None) -> OpenRecords:
        """The registers that a check declares, to be opened by `with`: a test function counts on their rows."""
        return OpenRecords(self.checks[check], self.ground(organisation, as_at))

    def copy_example(
        self, out: str | PathLike[str], as_at: date | str | None = None, *, replace: bool = False, now: Clock = clock
    ) -> None:
        """Copy the example organisation to a new folder, as it is or moved to a day; raises NotMadeError.

        Made for "today" it stays judged as at today, and keeps a ledger. `replace` takes the place of an example that
        was made for a day and not changed since.
        """
        example = load_organisation(self.pack.folder / self.pack.policy.organisation, self.pack)
        lives = as_at == "today"
        day = example.profile.today(now()) if lives else None if as_at is None else day_of(as_at, self.pack)
        copy_example(self.pack, example, Path(out), day, lives=lives, again=replace)

    # Examples

    @cached_property
    def proofs(self) -> Proofs:
        """What proves checks, one after the other: what their examples share is made once."""
        return Proofs(self.pack)

    def examples(self, check: str) -> tuple[tuple[Example, Judgement], ...]:
        """The examples of a check, each with what the rule says of it."""
        found = self.ruled(check)
        cases = (example_case(found, example, self.pack) for example in found.examples)
        return tuple(zip(found.examples, (judge_unit(found, *case) for case in cases), strict=True))

    def example_line(self, check: str, case: Case, expect: Judgement) -> str:
        """A case that a proof found as a line of YAML, to paste into the examples of the check."""
        return self.proofs.line(self.checks[check], case, expect)

    def false_examples(self) -> tuple[Problem, ...]:
        """The examples that come to something else than they claim."""
        return false_examples(self.pack)

    def unsound(self) -> tuple[Problem, ...]:
        """Why nobody may be told that all is well, although the policy loads."""
        return (*false_examples(self.pack), *without_checks(self.pack))

    def with_examples(self, results: Results, last: str | PathLike[str] | None = None) -> Results:
        """Results that say too how the examples of each check fare, as `policykit check` keeps them.

        That takes as long as a run. What the file of the last results says is taken over where nothing has changed.
        """
        return with_examples(results, self.pack, None if last is None else Path(last))


def load(path: str | PathLike[str]) -> Policy:
    """The policy in a folder. Raises PolicyError with every problem of the folder."""
    return Policy(load_pack(Path(path)))
