"""What duties rest on: guidance, sentence by sentence and anchored by span and digest; and law, by its periods."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from policykit.model.duties import Strength
from policykit.model.scalars import Day, Id, Integer, Name, Record, Text, TextForm

Published = Annotated[str, TextForm(r"([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?|unknown)", "published")]
Segment = Annotated[str, TextForm(r"[0-9a-f]{12}", "segment")]
Digest = Annotated[str, TextForm(r"[0-9a-f]{64}", "digest")]
Currency = Literal["current", "superseded", "wrong_today", "not_known", "fact"]
WebAddress = Annotated[str, TextForm(r"https?://[^\s<>\"]+", "web-address")]


class Defect(Record):
    """Something that is wrong with the text as supplied."""

    clause: Id = Field(description="The clause it is about.")
    kind: str = Field(description="A word for the kind of defect, such as `list_missing`.")
    note: Text = Field(description="What is wrong, in one or two sentences.")


class ClausePart(Record):
    """One of several things that one sentence asks for."""

    id: Name = Field(description="What grounds call it, behind the clause's id and `#`.")
    words: Text = Field(description="What it asks for, in our own words.")


class Clause(Record):
    """One sentence, heading or pointer of the guidance."""

    id: Id = Field(description="The source's id and the locator.")
    at: Text = Field(description="The locator as printed, such as `P4.S1`.")
    span: tuple[Integer, Integer] = Field(description="First and last code point of the supplied text, end excluded.")
    sha256: Segment = Field(description="First 12 hex digits of the segment's SHA-256.")
    clause_class: Literal["heading", "context", "obligation", "permission", "rule", "example", "pointer", "lead_in"] = (
        Field(alias="class", description="What kind of sentence it is.")
    )
    strength: tuple[Literal[Strength.MUST, Strength.SHOULD, Strength.MAY], ...] = Field(
        default=(), description="What it asks for; empty where it asks for nothing."
    )
    gist: Text = Field(description="What it says, in our own words.")
    parts: tuple[ClausePart, ...] = Field(
        default=(), description="The things that it asks for, where they are several: each needs a check of its own."
    )
    currency: Currency | None = Field(
        default=None, description="How it stands today; required but for headings and context, which have none."
    )
    today: Text | None = Field(default=None, description="What holds today; required where superseded or wrong today.")
    notice: Text | None = Field(
        default=None, description="One sentence for the cards that lean on it; required where wrong today."
    )
    cites: tuple[Id, ...] = Field(default=(), description="The provisions that it names.")
    treated_as: Literal["duty", "explained", "out_of_scope"] = Field(description="What we made of it.")
    why: Text | None = Field(default=None, description="The reason; required with `explained` and `out_of_scope`.")

    @property
    def claims(self) -> bool:
        """Whether it says what somebody does or what holds; headings and context do not, so they have no currency."""
        return self.clause_class not in {"heading", "context"}

    @property
    def asked(self) -> Mapping[str, ClausePart | None]:
        """What it asks for, by what a check names it by: its parts, or else all of it; nothing without a strength."""
        whole: dict[str, ClausePart | None] = {self.id: None}
        return ({f"{self.id}#{part.id}": part for part in self.parts} or whole) if self.strength else {}

    @property
    def currency_today(self) -> Currency | None:
        """How it stands today, as it is shown and counted; None where it has none, whatever is written."""
        return self.currency if self.claims else None


class Source(Record):
    """One text of guidance. Its wording is its publisher's and is not kept here."""

    id: Id = Field(description="The source's id.")
    title: Text = Field(description="Its title.")
    publisher: Text = Field(description="Who published it.")
    url: WebAddress = Field(description="Where it is to be found.")
    published: Published = Field(description="Year, month or day of publication, or `unknown`.")
    sha256: Digest = Field(description="SHA-256 of the text as supplied.")
    length: Integer = Field(description="How many code points the text has as supplied.")
    defects: tuple[Defect, ...] = Field(default=(), description="What is wrong with the text as supplied.")
    clauses: tuple[Clause, ...] = Field(description="Every sentence, in order.")


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
