"""Decision tables: questions, rows and what to do."""

from typing import Literal

from pydantic import Field

from policykit.model.scalars import Id, Name, Record, Text


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
