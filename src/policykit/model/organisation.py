"""The organisation: its facts, settings, records, waivers and statements."""

import re

from pydantic import Field, model_validator

from policykit.model.scalars import Day, Id, Integer, Name, Record, Text


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

    @model_validator(mode="after")
    def _one_place(self) -> "RecordSource":
        if (self.source is None) == (self.table is None) or (self.table is not None and self.url_env is None):
            raise ValueError("needs either source, or url_env with table")
        # A URL may hold a password: it is refused where it would be kept in a file, and not quoted.
        if "://" in (self.source or ""):
            raise ValueError("needs a file in source; for a database give url_env with table")
        if self.url_env is not None and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", self.url_env):
            raise ValueError("needs in url_env the name of an environment variable, never the URL itself")
        return self

    @property
    def place(self) -> str:
        """Where the records are kept, in words: registers of one place can be counted together."""
        return "files" if self.url_env is None else f"the database of {self.url_env}"


class NilReturn(Record):
    """Somebody says that there was nothing to record in a period."""

    register_: Name = Field(alias="register", description="The register.")
    from_: Day = Field(alias="from", description="First day of the period.")
    to: Day = Field(description="Last day of the period.")
    by: Text = Field(description="The role that says so.")
    said_on: Day = Field(description="The day it was said.")


class Waiver(Record):
    """Somebody accepts for a time that a check does not hold. It never changes a count or an outcome."""

    id: Id = Field(description="The waiver's id.")
    check: Id = Field(description="The check.")
    reason: Text = Field(description="Why.")
    instead: Text = Field(description="What is done in the meantime.")
    accepted_by: Text = Field(description="The role that accepts it.")
    from_: Day = Field(alias="from", description="First day.")
    until: Day = Field(description="Last day, included; at most 365 days after the first.")
    covers: Integer = Field(ge=0, description="The most violating and unknown units that it accepts.")


class Attestation(Record):
    """Somebody says that a check holds, because no register can show it."""

    id: Id = Field(description="The statement's id.")
    check: Id = Field(description="The check.")
    statement: Text = Field(description="What is said.")
    by: Text = Field(description="The role that says so.")
    said_on: Day = Field(description="The day it was said.")
    until: Day = Field(description="Last day it counts, included; at most 365 days after it was said.")
    basis: Text | None = Field(default=None, description="What it rests on.")


class Profile(Record):
    """organisation.yaml: who the organisation is and where its records are."""

    id: Id = Field(description="The organisation's id.")
    name: Text = Field(description="Its name.")
    as_at: Day = Field(description="The day as of which everything is judged.")
    facts: dict[Name, str | None] = Field(description="What it says about itself: all facts that the pack declares.")
    parameters: dict[Name, str | tuple[str, ...]] = Field(default={}, description="The parameters it sets itself.")
    records: dict[Name, RecordSource] = Field(description="Its registers.")
    nil_returns: tuple[NilReturn, ...] = Field(default=(), description="Registers with nothing to record.")
