"""Who is who: the pack's own page, and the organisation with its facts, settings, records, waivers and statements."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from policykit.english import say
from policykit.model.registers import FieldShape
from policykit.model.scalars import Day, Id, Integer, Name, Record, Text, refused
from policykit.model.values import AS_IT_STANDS, Reading


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):  # no name of a zone, or of a file elsewhere
        raise refused("time-zone") from None


TimeZone = Annotated[str, AfterValidator(_known_zone)]


class Roles(Record):
    """Which roles of the law register's `binds` each kind of organisation has."""

    by: Name = Field(description="The fact, a code, that tells kinds apart.")
    others: tuple[Name, ...] = Field(default=(), description="Roles that nobody here has.")
    of: dict[str, tuple[Name, ...]] = Field(default={}, description="The roles of each kind; written beside `by`.")

    @property
    def known(self) -> tuple[str, ...]:
        """Every role there is, of kinds of organisations first, each once."""
        return tuple(dict.fromkeys([role for kind in self.of.values() for role in kind] + list(self.others)))

    @model_validator(mode="before")
    @classmethod
    def _kinds_beside_by(cls, data: Any) -> Any:  # noqa: ANN401 - pydantic hands over whatever stood there
        if not isinstance(data, dict) or isinstance(data.get("of"), Mapping):
            return data
        kinds = {key: value for key, value in data.items() if key not in {"by", "others"}}
        return {key: value for key, value in data.items() if key in {"by", "others"}} | {"of": kinds}


class PolicyFile(Record):
    """policy.yaml: what the pack is."""

    model_config = ConfigDict(title="Policy")  # what editors show, from the schema

    id: Id = Field(description="The pack's id.")
    title: Text = Field(description="The pack's title.")
    publisher: Text | None = Field(default=None, description="Who answers for it.")
    edition: Text = Field(description="The pack's edition.")
    jurisdiction: Text | None = Field(default=None, description="Where it counts.")
    organisation: str = Field(description="The organisation's folder, relative to this file.")
    disclaimer: Text | None = Field(default=None, description="Stands on every page.")
    name: Text | None = Field(default=None, description="The handbook's name, for the masthead.")
    urgent: Text | None = Field(default=None, description="A line for emergencies, on every page.")
    report_to: Text | None = Field(default=None, description="An address for mistakes.")
    posts: tuple[Text, ...] = Field(default=(), description="The posts by which people are named, beside those there.")
    facts: dict[Name, FieldShape] = Field(default={}, description="What an organisation must say about itself.")
    roles: Roles | None = Field(default=None, description="Without it every provision binds.")


class Expected(Record):
    """How many rows a register has at least, as its organisation says."""

    rows: Integer = Field(ge=1, description="The least number of rows.")


class Watched(Record):
    """How far the rows of a register may fall before they look incomplete."""

    fall: Integer = Field(ge=1, le=100, description="The fall, in percent, from which they look incomplete.")


class Confirmed(Record):
    """Somebody looked at records that seemed incomplete, and says that they are whole."""

    rows: Integer = Field(ge=0, description="How many rows they have.")
    taken_on: Day = Field(description="The day the records were taken that are whole.")
    by: Text = Field(description="The role that says so.")
    said_on: Day = Field(description="The day it was said.")
    why: Text = Field(description="Why there are so few.")


class RecordSource(Record):
    """Where the records of one register are, and the day they were taken."""

    source: str | None = Field(
        default=None,
        description="A file, relative to the organisation's folder; with url_env of a Spark, a folder of Parquet.",
    )
    url_env: str | None = Field(
        default=None, description="The environment variable that holds the URL of a database, or of a Spark."
    )
    table: str | None = Field(default=None, description="The table of that database, or of that Spark's catalog.")
    taken_on: Day = Field(description="The day the records were taken.")
    read: Reading = Field(default=AS_IT_STANDS, description="How words for nothing are read in them.")
    expect: Expected | None = Field(default=None, description="How many rows there are at least.")
    watch: Watched | Literal["none"] | None = Field(
        default=None, description="How far rows may fall; `none`, with `why`, where they are not watched."
    )
    why: Text | None = Field(default=None, description="Why the rows are not watched.")
    confirmed: Confirmed | None = Field(default=None, description="Somebody says that few rows are all there are.")

    @model_validator(mode="after")
    def _why_not_watched(self) -> "RecordSource":
        if (self.watch == "none") != (self.why is not None):
            raise refused("not-watched")
        return self

    @model_validator(mode="after")
    def _one_place(self) -> "RecordSource":
        if (self.source is None) == (self.table is None) or (self.table is not None and self.url_env is None):
            raise refused("no-place")
        # A URL may hold a password: it is refused where it would be kept in a file, and not quoted.
        if "://" in (self.source or ""):
            raise refused("database-in-source")
        if self.url_env is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", self.url_env):
            raise refused("url-in-variable")
        return self

    @property
    def place(self) -> str:
        """Where the records are kept, in words: registers of one place can be counted together."""
        return say(f"model.place.{'database' if self.url_env else 'files'}", variable=self.url_env)


class NilReturn(Record):
    """Somebody says that there was nothing to record in a period."""

    register_: Name = Field(alias="register", description="The register.")
    from_: Day = Field(alias="from", description="First day of the period.")
    to: Day = Field(description="Last day of the period.")
    by: Text = Field(description="The post that says so.")
    said_on: Day = Field(description="The day it was said.")


class Waiver(Record):
    """Somebody accepts for a time that a check does not hold. It never changes a count or an outcome."""

    id: Id = Field(description="The waiver's id.")
    check: Id = Field(description="The check.")
    reason: Text = Field(description="Why.")
    instead: Text = Field(description="What is done in the meantime.")
    accepted_by: Text = Field(description="The post that accepts it.")
    from_: Day = Field(alias="from", description="First day.")
    until: Day = Field(description="Last day, included; at most 365 days after the first.")
    covers: Integer = Field(ge=0, description="The most violating and unknown units that it accepts.")


class Attestation(Record):
    """Somebody says that a check holds, because no register can show it."""

    id: Id = Field(description="The statement's id.")
    check: Id = Field(description="The check.")
    statement: Text = Field(description="What is said.")
    by: Text = Field(description="The post that says so.")
    said_on: Day = Field(description="The day it was said.")
    until: Day = Field(description="Last day it counts, included; at most 365 days after it was said.")
    basis: Text | None = Field(default=None, description="What it rests on.")


class Departure(Record):
    """Somebody accepts for a time that a setting is weaker than the guidance. It changes no count and no outcome."""

    id: Id = Field(description="The departure's id.")
    parameter: Name = Field(description="The parameter.")
    value: str | tuple[str, ...] = Field(description="What it is set to, exactly as in organisation.yaml.")
    why: Text = Field(description="Why.")
    accepted_by: Text = Field(description="The post that accepts it.")
    until: Day = Field(description="Last day, included; at most 365 days after the day that is judged.")


class FactsSaid(Record):
    """Who said the facts about the organisation, and the day on which they were so."""

    taken_on: Day = Field(description="The day on which the facts were so.")
    by: Text = Field(description="The post that says so.")


class Profile(Record):
    """organisation.yaml: who the organisation is and where its records are."""

    id: Id = Field(description="The organisation's id.")
    name: Text = Field(description="Its name.")
    as_at: Day | None = Field(default=None, description="A fixed day as of which everything is judged; else today.")
    time_zone: TimeZone = Field(default="Europe/London", description="Where today begins and ends.")
    ledger: str | None = Field(
        default=None, description="A file of this folder in which every run is remembered; else beside the results."
    )
    posts: tuple[Text, ...] = Field(default=(), description="The posts by which people are named, beside the pack's.")
    facts: dict[Name, str | None] = Field(description="What it says about itself: all facts that the pack declares.")
    facts_said: FactsSaid | None = Field(default=None, description="Who said these facts, and as of which day.")
    parameters: dict[Name, str | tuple[str, ...]] = Field(default={}, description="The parameters it sets itself.")
    records: dict[Name, RecordSource] = Field(description="Its registers.")
    nil_returns: tuple[NilReturn, ...] = Field(default=(), description="Registers with nothing to record.")

    def today(self, now: datetime) -> date:
        """The day that a moment belongs to where the organisation is."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()
