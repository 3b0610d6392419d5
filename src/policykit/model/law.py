"""Provisions with their periods: was it law on the day?"""

from datetime import date
from typing import Literal

from pydantic import Field

from policykit.model.scalars import Day, Id, Name, Record, Text


class Period(Record):
    """One stretch of days in which a provision stood in these words; both ends included."""

    from_: Day = Field(alias="from", description="First day.")
    to: Day | None = Field(default=None, description="Last day; open without it.")
    change: Text | None = Field(default=None, description="What began or changed.")
    amended_by: Text | None = Field(default=None, description="What changed it.")
    day: Literal["not_seen", "none"] | None = Field(
        default=None, description="`not_seen` where only month or year are known, `none` where there is no first day."
    )

    def holds(self, day: date) -> bool:
        """Whether the period holds that day."""
        return self.from_ <= day and (self.to is None or day <= self.to)


class Verification(Record):
    """How far the row was checked against the law itself."""

    level: Literal["text", "secondary", "unverified"] = Field(
        description="`text`: read in the law or on its publisher's page; `secondary`: in another text; `unverified`."
    )
    checked_on: Day | None = Field(default=None, description="The day somebody looked; required unless unverified.")
    where: Text | None = Field(default=None, description="Where it was read; required unless unverified.")


class Provision(Record):
    """One piece of law, regulation or guidance that a duty can rest on."""

    id: Id = Field(description="The provision's id.")
    cited_as: Text = Field(description="As a person cites it; stands on pages in place of the id.")
    instrument: Text = Field(description="The Act, regulation or document it stands in.")
    title: Text = Field(description="What it is about.")
    uri: Text = Field(description="Its web address, or a urn for what has none.")
    kind: Literal["duty", "power", "permission", "prohibition", "definition", "exemption", "guidance", "standard"] = (
        Field(description="What kind of provision it is.")
    )
    effect: Text = Field(description="What it does, in our own words.")
    binds: tuple[Name, ...] = Field(description="The roles that it is for.")
    regime: Literal["uk_gdpr", "dpa_part3", "none"] | None = Field(
        default=None, description="Which data protection regime it belongs to, where that matters."
    )
    extent: tuple[Literal["E", "W", "S", "NI"], ...] = Field(description="Where it is law.")
    periods: tuple[Period, ...] = Field(
        description="In order, no overlap; empty where it is not known to have begun: nothing may rest on it."
    )
    superseded_by: tuple[Id, ...] = Field(default=(), description="What came in its place.")
    verification: Verification = Field(description="How far it was checked.")

    def in_force(self, day: date) -> bool:
        """Whether a period holds that day."""
        return any(period.holds(day) for period in self.periods)
