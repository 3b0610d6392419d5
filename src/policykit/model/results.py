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


_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def _read_moment(value: object) -> object:
    if isinstance(value, str) and not _MOMENT.fullmatch(value):
        raise ValueError(value)
    return datetime.fromisoformat(value) if isinstance(value, str) else value


Moment = Annotated[datetime, BeforeValidator(_read_moment)]
Count = Annotated[int, Field(ge=0, le=10**18)]
"""A number of things; none is larger than the whole numbers that the files of a pack can write."""

Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def agree(whole: object, *, holds: bool) -> None:
    """Refuse numbers that no counting brings; raises ValueError, as validators do."""
    if not holds:
        raise ValueError(type(whole).__name__)


class Stored(BaseModel):
    """What all parts of results.json share; read from JSON strictly, no type stands for another.

    It is no Record: that one looks at the keys first, after which pydantic no longer knows that it reads JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)


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

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        agree(self, holds=self.in_scope == self.conform + self.violate + self.unknown)
        return self


class Counts(RowCounts):
    """Units, with those outside the check and the rows that hold a value that cannot be read."""

    out: Count
    unreadable: Count


class RecordsUsed(Stored):
    """One dated register that a check read."""

    register_: str = Field(alias="register")
    taken_on: Day
    rows: Count | None = None
    digest: str | None = None
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

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        agree(self, holds=self.caught <= self.tried)
        return self


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

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        agree(self, holds=_values_are_of(self.counts, self.by) and _rows_are_of(self.counts, self.rows))
        return self


def _values_are_of(counts: Counts | None, by: dict[str, ValueCounts] | None) -> bool:
    """Whether the values of a for_each come to the units."""
    if by is None or counts is None:
        return by is None
    sums = {name: sum(getattr(of, name) for of in by.values()) for name in ValueCounts.model_fields}
    return sums == counts.model_dump(include=set(sums))


def _rows_are_of(counts: Counts | None, rows: RowCounts | None) -> bool:
    """Whether so many rows can come of the units: each has one unit that is as the row is, and the worst decides."""
    if rows is None or counts is None:
        return rows is None
    fewer = all(getattr(rows, name) <= getattr(counts, name) for name in RowCounts.model_fields)
    return fewer and all(bool(of_rows) == bool(of_units) for of_rows, of_units in _decisive(rows, counts))


def _decisive(rows: RowCounts, counts: Counts) -> tuple[tuple[int, int], ...]:
    return (rows.violate, counts.violate), (rows.in_scope, counts.in_scope)


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

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        agree(self, holds=self.started <= self.finished)
        return self
