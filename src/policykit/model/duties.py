"""Duties: what a manager must, should or may do, in our own words; and the decision tables that serve them."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from policykit.model.scalars import Day, Id, Name, Record, Text, TextForm, days_from, months_from, refused


def _refuse_other_spans(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,2} (months?|days?)", text):
        raise refused("span")
    number, unit = text.split()
    if int(number) > (LONGEST_REVIEW if unit.startswith("month") else LONGEST_REVIEW * 31):
        raise refused("review")
    return text


LONGEST_REVIEW = 36
"""Nothing stays unread for more months than this."""

Every = Annotated[str, AfterValidator(_refuse_other_spans)]


class Strength(StrEnum):
    """Obligation strength, weakest first; `none` where the text asks for nothing."""

    NONE = "none"
    MAY = "may"
    SHOULD = "should"
    MUST = "must"

    @property
    def rank(self) -> int:
        """0 for none to 3 for must: a greater rank is the stronger."""
        return list(Strength).index(self)


class Today(Record):
    """What binds today where it differs from, or adds to, what the text says."""

    strength: Literal[Strength.MUST, Strength.SHOULD, Strength.MAY] = Field(description="How strongly, today.")
    from_: tuple[Id, ...] = Field(alias="from", min_length=1, description="The provisions that say so.")
    why: Text = Field(description="One plain sentence that follows `Today you must:`.")


class Applies(Record):
    """For whom and when a duty or check counts; each part is optional."""

    when: dict[Name, tuple[str, ...]] = Field(default={}, description="Facts and the values they must have.")
    from_: Day | None = Field(default=None, alias="from", description="First day it counts.")
    to: Day | None = Field(default=None, description="Last day it counts.")
    otherwise: Text | None = Field(default=None, description="One sentence that says why it does not apply.")


class Section(Record):
    """One part of a duty's prose: a heading and CommonMark without HTML."""

    heading: str
    text: str


class FrontMatter(Record):
    """What stands above the prose of a duty's file."""

    id: Id = Field(description="The duty's id; its file is named after it.")
    title: Text = Field(description="What to do, as one line.")
    short: Annotated[Text, StringConstraints(max_length=34)] | None = Field(
        default=None, description="For navigation and lists, at most 34 characters."
    )
    bearer: Text = Field(description="Who has the duty.")
    strength: Strength = Field(description="What the text says: must, should, may, or none where it does not ask.")
    stated_in: tuple[Id, ...] = Field(description="The clauses that state it.")
    prompted_by: tuple[Id, ...] = Field(default=(), description="Clauses that lead here without saying it.")
    today: Today | None = Field(default=None, description="What today's law adds.")
    why_here: Text | None = Field(default=None, description="Why it is here; required when `stated_in` is empty.")
    rests_on: tuple[Id, ...] = Field(description="The provisions it rests on.")
    as_cited: tuple[Id, ...] = Field(default=(), description="The provisions as the guidance names them.")
    applies: Applies | None = Field(default=None, description="For whom and when it counts.")
    owner: Text = Field(description="The role that looks after it.")
    reviewed_on: Day = Field(description="The day of the last review.")
    review_every: Every = Field(description="How often it is reviewed, such as `12 months`.")
    summary: Text = Field(description="Plain English, at most 25 words a sentence.")

    @property
    def next_review(self) -> date:
        """The day by which it is to be read again: so many months (clamped) or days after the last review."""
        number, unit = self.review_every.split()
        return (months_from if unit.startswith("month") else days_from)(self.reviewed_on, int(number))


class Duty(FrontMatter):
    """One obligation of the reader, linked to the clauses that state it and the provisions it rests on."""

    sections: tuple[Section, ...] = Field(default=(), description="The prose below the front matter, by heading.")


class Input(Record):
    """One question and its answers."""

    id: Name = Field(description="The input's id.")
    ask: Text = Field(description="The question.")
    values: dict[Name, Text] = Field(min_length=1, description="Codes and the answers they stand for.")


class DecisionRow(Record):
    """One row: the first row whose `when` holds wins."""

    id: Id = Field(description="The row's id.")
    when: dict[Name, tuple[Name, ...]] = Field(default={}, description="Inputs and codes; an input left out means any.")
    outcome: Name = Field(description="What it comes to.")


class DecisionOutcome(Record):
    """What to do."""

    title: Text = Field(description="The answer in one line.")
    do: tuple[Text, ...] = Field(description="The steps.")
    power: Text | None = Field(default=None, description="The power to rely on, in words.")
    basis: tuple[Id, ...] | None = Field(default=None, description="Candidate lawful bases.")
    special: tuple[Id, ...] | None = Field(default=None, description="Candidate conditions for special information.")
    crime: tuple[Id, ...] | None = Field(default=None, description="Candidate conditions for crime information.")
    regime: Literal["uk_gdpr", "dpa_part3", "none"] | None = Field(default=None, description="As in law.yaml.")


class Decision(Record):
    """One table of questions that ends in advice, never in a decision."""

    id: Id = Field(description="The table's id.")
    title: Text = Field(description="The question it answers.")
    for_: Text = Field(alias="for", description="Who uses it.")
    duties: tuple[Id, ...] = Field(description="The duties it serves.")
    rests_on: tuple[Id, ...] = Field(description="The provisions it rests on.")
    note: Text | None = Field(default=None, description="What to keep in mind.")
    inputs: tuple[Input, ...] = Field(min_length=1, description="The questions, in order.")
    rows: tuple[DecisionRow, ...] = Field(min_length=1, description="The rows, in order.")
    outcomes: dict[Name, DecisionOutcome] = Field(description="What rows come to.")


IdOrName = Annotated[
    str, StringConstraints(max_length=60), TextForm(r"([A-Z][A-Z0-9]*(-[A-Z0-9]+)*|[a-z][a-z0-9_]*)", "id")
]


class Retired(Record):
    """Something that was taken away on purpose: it is never asked for again, and its id never given to another."""

    id: IdOrName = Field(description="The id that it had; of a register its name.")
    kind: Literal["duty", "check", "sentence", "register", "waiver"] = Field(description="What it was.")
    on: Day = Field(description="The day it was taken away; not after today.")
    why: Text = Field(description="Why.")
    by: Text = Field(description="The role that decided it.")
    replaced_by: IdOrName | None = Field(default=None, description="What stands in its place today, of the same kind.")
