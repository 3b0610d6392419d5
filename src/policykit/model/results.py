"""Outcomes of checks and duties, and results of a run as results.json keeps them: counts, dates, ids, never a row."""

import re
from datetime import datetime
from enum import Enum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from policykit.english import say
from policykit.model.scalars import Day


class Outcome(Enum):
    """What a check or duty came to, worst first, with the word a reader sees."""

    FAIL = "fail"
    ERROR = "error"
    STALE = "stale"
    UNKNOWN = "unknown"
    NO_DATA = "no-data"
    NOT_RUN = "not-run"
    NO_CHECK = "no-check"
    ATTESTATION_DUE = "attestation-due"
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


class RecordsUsed(Stored):
    """One dated register that a check read.

    `digest` is that of the bytes; `values` of the typed rows whatever their order, None where only bytes are known.
    """

    register_: str = Field(alias="register")
    taken_on: Day
    rows: Count | None = None
    digest: str | None = None
    values: str | None = None
    stale: bool


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


class CheckResult(Stored):
    """What became of one declared check."""

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
    """What counting one check brought, before anybody judges it.

    `refused` says which register could not be opened and why ("TITLE cannot be opened: WHY"); the counts are then None.
    """

    counts: Counts | None = None
    rows: RowCounts | None = None
    by: dict[str, ValueCounts] | None = None
    records: tuple[RecordsUsed, ...] = ()
    refused: str | None = None
    seconds: Seconds = 0.0


class Identity(Stored):
    """Which pack or organisation a run was about."""

    id: str
    edition: str | None = None
    digest: str


class Run(Stored):
    """When, by what and on what the checks were run."""

    id: str
    as_at: Day
    started: Moment
    finished: Moment
    complete: bool
    policykit: str
    engine: str
    pack: Identity
    organisation: Identity
    today: Day | None = None
    what_if: bool = False

    def _adds_up(self) -> bool:
        return self.started <= self.finished


class LedgerEnd(Stored):
    """Where a ledger ended: how many lines it had, and the digest of the last of them."""

    n: Count
    head: str
