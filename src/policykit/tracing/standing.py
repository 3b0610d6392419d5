"""How items stand on the as-at date: what the handbook, the terminal and every export show, and the gate on results."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from policykit.english import say
from policykit.model.duties import Duty, Strength
from policykit.model.organisation import Attestation, Departure, Waiver
from policykit.model.results import CheckResult, Outcome, Run
from policykit.model.sources import Period, Provision
from policykit.problems import ExitCode
from policykit.reading import Ground, Organisation, Pack
from policykit.rules import parameters_used
from policykit.running import in_effect
from policykit.tracing.registers import RegisterStanding


@dataclass(frozen=True)
class DutyStanding:
    """One duty on the as-at date.

    `said` is what the card says first, one to three sentences; `strength` the strength in effect; `checks` the results
    of all its checks in order of id; `disagreement` that an attested check stands beside a failing one; `asked` are the
    sentences that state it and ask for something, part by part, and `unseen` those of them that no check looks at.
    """

    duty: Duty
    outcome: Outcome
    reason: str
    strength: Strength
    said: tuple[str, ...]
    checks: tuple[CheckResult, ...]
    disagreement: bool
    next_review: date
    asked: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What the duty is called."""
        return self.duty.title


def worst(outcomes: Iterable[Outcome], *, whole: bool) -> Outcome:
    """What checks come to: the worst of them, No check without any, and well only where they look at the whole duty."""
    found = min(outcomes, key=lambda outcome: outcome.badness, default=Outcome.NO_CHECK)
    return Outcome.PARTLY_CHECKED if found in {Outcome.ATTESTED, Outcome.PASS} and not whole else found


class Reach(StrEnum):
    """What a provision is to this organisation."""

    BINDS = say("tracing.reach.binds")
    OPEN = say("tracing.reach.open")
    MEANT = say("tracing.reach.meant")
    CONTEXT = say("tracing.reach.context")


class Force(StrEnum):
    """Whether a provision is law on the as-at date."""

    IN_FORCE = say("tracing.force.in-force")
    ENDED = say("tracing.force.ended")
    NOT_BEGUN = say("tracing.force.not-begun")
    UNKNOWN = say("tracing.force.unknown")


@dataclass(frozen=True)
class ProvisionStanding:
    """One provision on the as-at date.

    `since` and `until` are those of the unbroken run of periods that holds the as-at date (None where there is none, or
    no end); `words_since` is the first day of the latest period begun.
    """

    provision: Provision
    force: Force
    reach: Reach
    since: date | None
    until: date | None
    words_since: date | None
    current: Period | None


class WaiverState(StrEnum):
    """What a waiver does on the as-at date."""

    COVERS = "covers"
    EXCEEDED = "exceeded"
    UNUSED = "unused"
    EXPIRED = "expired"
    NOT_BEGUN = "not-begun"
    ORPHAN = "orphan"


@dataclass(frozen=True)
class WaiverStanding:
    """One waiver on the as-at date; `days_left` counts from it to the waiver's last day."""

    waiver: Waiver
    state: WaiverState
    days_left: int


class DueKind(StrEnum):
    """What a due date is about."""

    REVIEW = "review"
    RECORDS = "records"
    NIL_RETURN = "nil-return"
    WAIVER = "waiver"
    STATEMENT = "statement"
    DEPARTURE = "departure"
    LAW = "law"
    DUTY = "duty"


@dataclass(frozen=True)
class DueDate:
    """A day on which something begins, ends or is to be done, and the item it is about: a line beside a date."""

    day: date
    kind: DueKind
    what: str
    item: str


class GapKind(StrEnum):
    """What kind of gap it is: the words stand as a heading."""

    DEFECT = say("tracing.gaps.defect")
    OUT_OF_SCOPE = say("tracing.gaps.out-of-scope")
    EXPLAINED = say("tracing.gaps.explained")
    NO_CHECK = say("tracing.gaps.no-check")
    UNSEEN = say("tracing.gaps.unseen")
    UNVERIFIED = say("tracing.gaps.unverified")
    EXAMPLES = say("tracing.gaps.examples")
    WAIVER = say("tracing.gaps.waiver")
    DEPARTURE = say("tracing.gaps.departure")
    GONE = say("tracing.gaps.gone")
    RECORDS = say("tracing.gaps.records")


@dataclass(frozen=True)
class Gap:
    """Something that no check covers, or that nobody verified: the item it is about and one sentence."""

    kind: GapKind
    item: str
    what: str


@dataclass(frozen=True)
class Gone:
    """Something that is neither there nor retired: the day of the last run that had it, its outcome, if ever a must."""

    kind: str
    id: str
    title: str
    day: date
    outcome: Outcome | None
    must: bool


@dataclass(frozen=True)
class Change:
    """A key of an item that is not as it was, the day of the first run with it, and whether it asks for less."""

    kind: str
    id: str
    key: str
    before: str
    now: str
    day: date
    weaker: bool


@dataclass(frozen=True)
class Trace:
    """The whole graph on the as-at date. Mappings go by id, in order of the pack.

    `run` is None, and every check Not checked, where no results are to be shown. `attestations` holds the statement in
    date of each check that has one, by check; `until` the last day, included, on which the result of a check holds, by
    check, where it ends; `registers` what was counted of each register that was read, by name. `notes` are sentences
    about all of it; `gone` and `changes` are what the ledger of runs knows.
    """

    ground: Ground
    run: Run | None
    checks: Mapping[str, CheckResult]
    duties: Mapping[str, DutyStanding]
    provisions: Mapping[str, ProvisionStanding]
    waivers: tuple[WaiverStanding, ...]
    attestations: Mapping[str, Attestation]
    due: tuple[DueDate, ...]
    gaps: tuple[Gap, ...]
    until: Mapping[str, date]
    registers: Mapping[str, RegisterStanding] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    gone: tuple[Gone, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def valid_until(self) -> date | None:
        """The last day, included, on which all that is shown still holds; None where nothing ends."""
        return min(self.until.values(), default=None)

    def until_of(self, duty: str) -> date | None:
        """The last day, included, on which a duty stands as it does; None where nothing of it ends."""
        ends = (self.until[result.id] for result in self.duties[duty].checks if result.id in self.until)
        return min(ends, default=None)

    @property
    def pack(self) -> Pack:
        """The pack that is traced."""
        return self.ground.pack

    @property
    def organisation(self) -> Organisation:
        """The organisation that it is traced for."""
        return self.ground.organisation

    @property
    def as_at(self) -> date:
        """The day as of which everything stands so."""
        return self.ground.as_at

    def departures_of(self, *checks: str) -> tuple[Departure, ...]:
        """The departures by which a setting that one of these checks uses is weaker than the guidance."""
        used = {name for check in checks for name in parameters_used(self.pack.checks[check], self.ground.setting)}
        return tuple(each for each in self.organisation.departures if each.parameter in used)

    def duties_stated_in(self, clause: str) -> tuple[DutyStanding, ...]:
        """The duties that a clause states."""
        return tuple(standing for standing in self.duties.values() if clause in standing.duty.stated_in)

    def duties_prompted_by(self, clause: str) -> tuple[DutyStanding, ...]:
        """The duties that a clause leads to without saying it."""
        return tuple(standing for standing in self.duties.values() if clause in standing.duty.prompted_by)

    def duties_resting_on(self, provision: str) -> tuple[DutyStanding, ...]:
        """The duties that rest on a provision."""
        return tuple(standing for standing in self.duties.values() if provision in standing.duty.rests_on)

    def waiver_of(self, check: str) -> WaiverStanding | None:
        """The waiver in date for a check, if there is one."""
        in_date = {WaiverState.COVERS, WaiverState.EXCEEDED, WaiverState.UNUSED}
        return next((w for w in self.waivers if w.waiver.check == check and w.state in in_date), None)


_WELL = (Outcome.ATTESTED, Outcome.PASS, Outcome.NOT_APPLICABLE)
GATEABLE = tuple(outcome for outcome in Outcome if outcome not in _WELL)
"""The outcomes of a check or a duty that `--fail-on` may name: all that are not well."""


@dataclass(frozen=True)
class Gate:
    """What trips: these outcomes, of checks of severity must and of duties of strength must (of all where strict).

    A fail that a waiver in date covers does not trip, unless waivers are not to be counted.
    """

    fail_on: frozenset[Outcome] = frozenset(GATEABLE)
    strict: bool = False
    waivers: bool = True

    def trips(self, result: CheckResult) -> bool:
        """Whether one result stops a pipeline."""
        weighs = self.strict or result.severity == "must"
        return weighs and self._as_weighed(result) in self.fail_on

    def exit_code(self, seen: Trace, today: date | None = None) -> ExitCode:
        """The exit code of a run whose input was good: OK only where all is well today, else on the day of the run."""
        if seen.run is None or not seen.run.complete:
            return ExitCode.CHECK_ERROR
        today = today or seen.run.today
        tripped = {*self._tripped(seen)}
        if Outcome.ERROR in tripped:
            return ExitCode.CHECK_ERROR
        ran_out = seen.valid_until is not None and today > seen.valid_until
        lost = any(self.strict or gone.must for gone in seen.gone if gone.kind in {"duty", "check"})
        is_well = not (tripped or ran_out or lost or seen.run.what_if) and _has_evidence(seen)
        return ExitCode.OK if is_well else ExitCode.GATED

    def _tripped(self, seen: Trace) -> Iterator[Outcome]:
        yield from (result.outcome for result in seen.checks.values() if self.trips(result))
        for duty in seen.duties.values():
            weighs = self.strict or duty.strength is Strength.MUST
            outcome = duty.outcome if duty.outcome is Outcome.NOT_APPLICABLE else self._worst_weighed(duty)
            if weighs and outcome in self.fail_on:
                yield outcome

    def _worst_weighed(self, duty: DutyStanding) -> Outcome:
        """What a duty comes to where each check that fails under a waiver counts as one that holds."""
        return worst(map(self._as_weighed, duty.checks), whole=not duty.unseen)

    def _as_weighed(self, result: CheckResult) -> Outcome:
        return Outcome.PASS if self.waivers and is_waived(result) else result.outcome


def _has_evidence(seen: Trace) -> bool:
    """Whether there is a duty, a check, and records of some day, or else nothing but statements."""
    checks = seen.checks.values()
    only_statements = all(result.method == "attestation" for result in checks)
    facts = [name for name, check in seen.pack.checks.items() if in_effect.rests_on_facts(check, seen.ground)]
    is_dated = any(result.records or (result.counts and result.id in facts) for result in checks)
    return bool(seen.duties and checks) and (only_statements or is_dated)


def is_waived(result: CheckResult) -> bool:
    """Whether it fails under a waiver in date that covers it."""
    return result.outcome is Outcome.FAIL and result.waiver is not None and result.waiver.state == "covers"
