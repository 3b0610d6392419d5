"""Results of a run, as results.json keeps them: counts, dates and ids, never a row."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, PlainSerializer

from policykit.model.outcomes import Outcome
from policykit.model.scalars import Record

OutcomeCode = Annotated[
    Outcome,
    BeforeValidator(lambda value: Outcome.of(value) if isinstance(value, str) else value),
    PlainSerializer(lambda outcome: outcome.code, return_type=str),
]


class Stored(Record):
    """What all parts of results.json share: read strictly, as JSON types."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, populate_by_name=True)


class RowCounts(Stored):
    """Units or rows by what became of them; in_scope = conform + violate + unknown."""

    in_scope: int
    conform: int
    violate: int
    unknown: int


class Counts(RowCounts):
    """Units, with those outside the check and the rows that hold a value that cannot be read."""

    out: int
    unreadable: int


class ValueCounts(Stored):
    """Units of one value of a for_each."""

    conform: int
    violate: int
    unknown: int


class RecordsUsed(Stored):
    """One dated register that a check read."""

    register_: str = Field(alias="register")
    taken_on: date
    rows: int | None = None
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
    until: date
    covers: int


class ExamplesTried(Stored):
    """How many small changes to the rule, of those that some row tells from it, the examples catch.

    `gaps` says what they leave open; `alike` counts the other changes, which made no difference on any row searched.
    `digest` is that of everything this was found from, so that it need not be found twice.
    """

    tried: int
    caught: int
    gaps: tuple[str, ...]
    alike: int = 0
    digest: str = ""


class CheckResult(Stored):
    """What became of one declared check."""

    id: str
    verifies: tuple[str, ...]
    method: Literal["rule", "python", "attestation"]
    severity: Literal["must", "should", "may"]
    outcome: OutcomeCode
    reason: str
    counts: Counts | None = None
    rows: RowCounts | None = None
    by: dict[str, ValueCounts] | None = None
    minimum: int | None = None
    waiver: WaiverUsed | None = None
    records: tuple[RecordsUsed, ...] = ()
    rule_digest: str
    parameters: tuple[ParameterUsed, ...] = ()
    examples: ExamplesTried | None = None
    seconds: float | None = None


class Finding(Stored):
    """What counting one check brought, before anybody judges it.

    `refused` says which register could not be opened and why ("TITLE cannot be opened: WHY"); the counts are then None.
    """

    counts: Counts | None = None
    rows: RowCounts | None = None
    by: dict[str, ValueCounts] | None = None
    records: tuple[RecordsUsed, ...] = ()
    refused: str | None = None
    seconds: float = 0.0


class Identity(Stored):
    """Which pack or organisation a run was about."""

    id: str
    edition: str | None = None
    digest: str


class Run(Stored):
    """When, by what and on what the checks were run."""

    id: str
    as_at: date
    started: datetime
    finished: datetime
    complete: bool
    policykit: str
    engine: str
    pack: Identity
    organisation: Identity


class Results(Stored):
    """results.json: one run and every declared check, in order of id."""

    schema_: Literal["policykit-results/1"] = Field(default="policykit-results/1", alias="schema")
    run: Run
    checks: tuple[CheckResult, ...]
