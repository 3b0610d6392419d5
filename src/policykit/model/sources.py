"""The guidance, sentence by sentence: anchored by span and digest, said in our own words."""

from typing import Annotated, Literal

from pydantic import Field

from policykit.model.scalars import Form, Id, Integer, Record, Text
from policykit.model.strength import Strength

Published = Annotated[
    str,
    Form(r"([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?|unknown)", "is not a date of publication", "write 2015-01, or `unknown`"),
]
Segment = Annotated[
    str,
    Form(r"[0-9a-f]{12}", "is not the start of a digest", "write the first 12 hex digits of the segment's SHA-256"),
]
Digest = Annotated[str, Form(r"[0-9a-f]{64}", "is not a digest", "write the 64 hex digits of the text's SHA-256")]
WebAddress = Annotated[str, Form(r"https?://[^\s<>\"]+", "is not a web address", "begin it with https://")]


class Defect(Record):
    """Something that is wrong with the text as supplied."""

    clause: Id = Field(description="The clause it is about.")
    kind: str = Field(description="A word for the kind of defect, such as `list_missing`.")
    note: Text = Field(description="What is wrong, in one or two sentences.")


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
    currency: Literal["current", "superseded", "wrong_today", "fact"] = Field(description="How it stands today.")
    today: Text | None = Field(default=None, description="What holds today; required where superseded or wrong today.")
    notice: Text | None = Field(
        default=None, description="One sentence for the cards that lean on it; required where wrong today."
    )
    cites: tuple[Id, ...] = Field(default=(), description="The provisions that it names.")
    treated_as: Literal["duty", "explained", "out_of_scope"] = Field(description="What we made of it.")
    why: Text | None = Field(default=None, description="The reason; required with `explained` and `out_of_scope`.")


class Source(Record):
    """One text of guidance. Its wording is its publisher's and is not kept here."""

    id: Id = Field(description="The source's id.")
    title: Text = Field(description="Its title.")
    publisher: Text = Field(description="Who published it.")
    url: WebAddress = Field(description="Where it is to be found.")
    published: Published = Field(description="Year, month or day of publication, or `unknown`.")
    sha256: Digest = Field(description="SHA-256 of the text as supplied.")
    defects: tuple[Defect, ...] = Field(default=(), description="What is wrong with the text as supplied.")
    clauses: tuple[Clause, ...] = Field(description="Every sentence, in order.")
