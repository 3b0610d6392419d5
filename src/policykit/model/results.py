"""Outcomes of checks and duties, and results of a run as results.json keeps them: counts, dates, ids, never a row."""

import re
from datetime import datetime
from enum import Enum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from policykit.english import say
from policykit.model.scalars import Day


class Outcome(Enum):
    """What a check or duty came to, worst first, with the word a reader sees."""

    FAIL = "fail"
    ERROR = "error"
    STALE = "stale"
    INCOMPLETE = "incomplete"
    UNKNOWN = "unknown"
    NO_DATA = "no-data"
    PROVES_NOTHING = "proves-nothing"
    NOT_RUN = "not-run"
    NO_CHECK = "no-check"
    ATTESTATION_DUE = "attestation-due"
    PARTLY_CHECKED = "partly-checked"
    ATTESTED = "attested"
    PASS = "pass"  # noqa: S105 - an outcome, no password
    NOT_APPLICABLE = "not-applicable"

    @property
    def code(self) -> str:
        """The outcome in files and commands."""
        return self.value

    @property
    def word(self) -> str:
        """The outcome as a reader sees it."""
        return say(f"model.outcome.{self.code}")

    @property
    def badness(self) -> int:
        """0 for the worst; the outcome of a duty is the worst of its checks."""
        return list(Outcome).index(self)


def _read_moment(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z", value):
        raise ValueError(value)
    return datetime.fromisoformat(value) if isinstance(value, str) else value


Moment = Annotated[datetime, BeforeValidator(_read_moment)]
Count = Annotated[int, Field(ge=0, le=10**18)]
"""A number of things; none is larger than the whole numbers that the files of a pack can write."""

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Stored(BaseModel):
    """What all parts of results.json share; read from JSON strictly, no type stands for another.

    It is no Record: that one looks at the keys first, after which pydantic no longer knows that it reads JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)

    def _adds_up(self) -> bool:
        """Whether the numbers are such as counting brings; what does not add up is refused."""
        return True

    @model_validator(mode="after")
    def _refuse_what_does_not_add_up(self) -> Self:
        if not self._adds_up():
            raise ValueError(type(self).__name__)
        return self


class ValueCounts(Stored):
    """Units of one value of a for_each."""

    conform: Count
    violate: Count
    unknown: Count


class RowCounts(Stored):
    """Units or rows by what became of them; in_scope = conform + violate + unknown."""

    in_scope: Count
    conform: Count
    violate: Count
    unknown: Count

    def _adds_up(self) -> bool:
        return self.in_scope == self.conform + self.violate + self.unknown


class Counts(RowCounts):
    """Units, with those outside the check and the rows that hold a value that cannot be read."""

    out: Count
    unreadable: Count


Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class Baseline(Stored):
    """How many rows a register had or should have, and who says so: what was expected, confirmed or found by a run."""

    rows: Count
    from_: Literal["expect", "confirmed", "run"] = Field(alias="from")
    run: str | None = None


class ScopeBaseline(Stored):
    """How many units a check had in scope in an earlier run: the most of those that it is held against."""

    in_scope: Count
    run: str


class RecordsUsed(Stored):
    """One dated register that a check read.

    `digest` is that of the bytes; `values` of the typed rows whatever their order, None where only bytes are known;
    `baseline` is what its rows are held against, where there is one.
    """

    register_: str = Field(alias="register")
    taken_on: Day
    rows: Count | None = None
    digest: Digest | None = None
    values: Digest | None = None
    stale: bool
    baseline: Baseline | None = None


class ParameterUsed(Stored):
    """One parameter that a check used."""

    id: str
    source: Literal["default", "organisation"]


class WaiverUsed(Stored):
    """The waiver in date for a check that fails."""

    id: str
    state: Literal["covers", "exceeded"]
    until: Day
    covers: Count


class ExamplesTried(Stored):
    """How many small changes to the rule, of those that some row tells from it, the examples catch.

    `gaps` says what they leave open; `alike` counts the other changes, which made no difference on any row searched.
    `digest` is that of everything this was found from, so that it need not be found twice.
    """

    tried: Count
    caught: Count
    gaps: tuple[str, ...]
    alike: Count = 0
    digest: str = ""

    def _adds_up(self) -> bool:
        return self.caught <= self.tried


RefusalKind = Literal[
    "records-missing",
    "records-damaged",
    "records-columns",
    "records-header",
    "records-separator",
    "records-names",
    "records-sheet",
    "records-encoding",
    "records-keys",
    "records-unreachable",
    "records-changed",
    "records-contradict",
    "check-stopped",
    "function-stopped",
]
"""The kinds of notices that say why a check was not carried out."""


class Refusal(Stored):
    """Why a check could not be carried out: the register in question and a kind of notice; words are the reader's."""

    register_: str | None = Field(default=None, alias="register")
    why: RefusalKind


class FunctionCode(Stored):
    """The module of the test function that carried out a check: its path, from beside the policy's folder."""

    path: str
    sha256: Digest


class CheckResult(Stored):
    """What became of one declared check.

    Counts, records, `refused` and `code` are what was found. All else follows from them, and is kept for others.
    """

    id: str
    verifies: tuple[str, ...]
    method: Literal["rule", "python", "attestation"]
    severity: Literal["must", "should", "may"]
    outcome: Outcome
    reason: str
    counts: Counts | None = None
    rows: RowCounts | None = None
    by: dict[str, ValueCounts] | None = None
    minimum: Count | None = None
    waiver: WaiverUsed | None = None
    records: tuple[RecordsUsed, ...] = ()
    scope_baseline: ScopeBaseline | None = None
    refused: Refusal | None = None
    code: FunctionCode | None = None
    rule_digest: str
    parameters: tuple[ParameterUsed, ...] = ()
    examples: ExamplesTried | None = None
    seconds: Seconds | None = None

    def _adds_up(self) -> bool:
        units, rows, by = self.counts, self.rows, self.by
        if units is None:
            return rows is None and by is None
        # The values of a for_each come to the units.
        sums = {name: sum(getattr(of, name) for of in (by or {}).values()) for name in ValueCounts.model_fields}
        if by is not None and sums != units.model_dump(include=set(sums)):
            return False
        # Each row has a unit that is as the row is, and of all units of a row the worst decides.
        fewer = rows is None or all(getattr(rows, name) <= getattr(units, name) for name in RowCounts.model_fields)
        same = rows is None or (bool(rows.violate), bool(rows.in_scope)) == (bool(units.violate), bool(units.in_scope))
        return fewer and same


class Finding(Stored):
    """What counting one check brought, before anybody judges it; the counts are None where it was `refused`."""

    counts: Counts | None = None
    rows: RowCounts | None = None
    by: dict[str, ValueCounts] | None = None
    records: tuple[RecordsUsed, ...] = ()
    scope_baseline: ScopeBaseline | None = None
    refused: Refusal | None = None
    code: FunctionCode | None = None
    seconds: Seconds | None = None


class LookupSeen(Stored):
    """A lookup that checks do: `match` has their field and ours, `from` is our register.

    `meets_nobody` is how many rows of the register that is looked into match no row of ours.
    """

    match: dict[str, str]
    from_: str = Field(alias="from")
    meets_nobody: Count


class RegisterSeen(Stored):
    """How much of a register checks look at.

    `in_no_scope` is how many rows are out of the scope of every check whose own register it is, `outside` how many of
    these the pack says why; both None where that was not counted.
    """

    register_: str = Field(alias="register")
    rows: Count
    in_no_scope: Count | None = None
    outside: Count | None = None
    lookups: tuple[LookupSeen, ...] = ()

    def _adds_up(self) -> bool:
        return self.rows >= (self.in_no_scope or 0) >= (self.outside or 0)


class Identity(Stored):
    """Which pack or organisation a run was about; `folder` is the organisation's, from beside the policy's folder."""

    id: str
    edition: str | None = None
    folder: str | None = None
    digest: str


class LedgerEnd(Stored):
    """How a ledger stood once: so many lines, and the digest of the last; blank before the first."""

    n: Count
    head: Digest | Literal[""]


class Run(Stored):
    """When, by what and on what the checks were run.

    `today` is the day it was where the organisation is; `what_if` says that it was not the day that is judged as at.
    """

    id: str
    as_at: Day
    today: Day
    what_if: bool = False
    started: Moment
    finished: Moment
    complete: bool
    policykit: str
    engine: str
    pack: Identity
    organisation: Identity

    def _adds_up(self) -> bool:
        hours_away = abs(self.today - self.started.date()).days <= 1  # no time zone is further from UTC
        return self.started <= self.finished and hours_away
