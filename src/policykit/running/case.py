"""One check before it is judged, and what judging comes to."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from policykit.model.outcomes import Outcome
from policykit.model.results import Counts, Finding, RowCounts
from policykit.reading.ground import Ground
from policykit.rules import Check, quantity
from policykit.running.ages import dated, max_age

NOTHING = Counts(in_scope=0, conform=0, violate=0, unknown=0, out=0, unreadable=0)


@dataclass(frozen=True)
class Verdict:
    """An outcome, why, and whether counting led to it."""

    outcome: Outcome
    reason: str
    by_counting: bool = True


@dataclass(frozen=True)
class Case:
    """One check on its ground, with what counting brought (None: it was not run)."""

    check: Check
    finding: Finding | None
    ground: Ground

    @property
    def as_at(self) -> date:
        """The day as of which it is judged."""
        return self.ground.as_at

    @property
    def was_run(self) -> bool:
        """Whether anything came of it: counts, or a register that could not be opened; a statement needs neither."""
        if self.finding is None or self.check.method == "attestation":
            return self.finding is not None
        return self.finding.counts is not None or self.finding.refused is not None

    @property
    def counts(self) -> Counts:
        """Units; nothing at all where nothing was counted, so that a gap can never look like a pass."""
        return (self.finding and self.finding.counts) or NOTHING

    @property
    def said(self) -> RowCounts:
        """What reasons count: rows where there is a for_each, so that people are counted as people."""
        return (self.finding and self.finding.rows) or self.counts

    @property
    def minimum(self) -> int:
        """How many units must be in scope: at least 1, whatever is set."""
        return max(1, quantity(self.check.minimum, self.ground.setting) or 1)

    @property
    def max_age(self) -> int | None:
        """How many days old the oldest register may be."""
        return max_age(self.check, self.ground)

    @cached_property
    def taken(self) -> tuple[date, ...]:
        """The days of the dated registers it reads, in order."""
        return tuple(sorted(dated(self.check, self.ground).values()))
