"""A check: what is looked at, what must hold, and the examples that show what it means."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from policykit.model.duties import Applies
from policykit.model.scalars import Day, Id, Name, Record, Text
from policykit.rules.tests import Condition
from policykit.rules.values import Listing, Quantity


class ForEach(Record):
    """Judge each row once for each of several codes: a unit is a row and a value."""

    name: Name = Field(description="What the rule calls the value: `{each: name}`.")
    noun: Text | None = Field(default=None, description="The value inside a sentence; by default the name.")
    in_: Listing = Field(alias="in", description="The codes: a list, or a parameter of codes.")


class Typical(Record):
    """The row that examples start from."""

    row: Mapping[Name, str | None] = Field(default={}, description="The check's own row.")
    related: Mapping[Name, tuple[Mapping[Name, str | None], ...]] = Field(
        default={}, description="Rows of other registers; of the check's own register, its other rows."
    )
    each: Mapping[Name, str] = Field(default={}, description="The value of the for_each.")


class Example(Typical):
    """What the rule says of one made-up row; it says only what differs from `typical`."""

    expect: Literal["pass", "fail", "unknown", "out"] = Field(description="What the rule must come to.")
    because: Text = Field(description="What the example shows.")
    as_at: Day | None = Field(default=None, description="Another as-at date than the check's `examples_at`.")
    parameters: Mapping[Name, str | tuple[str, ...]] = Field(default={}, description="Parameters set otherwise.")
    facts: Mapping[Name, str | None] = Field(default={}, description="What the organisation says about itself.")


class Check(Record):
    """One test of a duty: a rule over a register, a test function, or somebody's statement."""

    id: Id = Field(description="The check's id.")
    verifies: tuple[Id, ...] = Field(min_length=1, description="The duties it tests.")
    grounds: tuple[Id, ...] = Field(min_length=1, description="The sentences or provisions that it tests.")
    title: Text = Field(description="What holds when the check passes.")
    limits: Text = Field(description="What it does not show.")
    method: Literal["rule", "python", "attestation"] = Field(default="rule", description="How it is checked.")
    severity: Literal["must", "should", "may"] | None = Field(
        default=None, description="By default as the strongest duty it verifies; never stronger than that."
    )
    applies: Applies | None = Field(default=None, description="For whom and when it counts.")
    register_: Name | None = Field(default=None, alias="register", description="The register whose rows are judged.")
    noun: Text | None = Field(default=None, description="One of what is judged.")
    plural: Text | None = Field(default=None, description='Several: stands after "3 of 268".')
    key: Name | None = Field(default=None, description="The register's key.")
    for_each: ForEach | None = Field(default=None, description="Judge each row once for each of several codes.")
    where: tuple[Condition, ...] = Field(default=(), description="Which rows are in scope: all must hold.")
    must: tuple[Condition, ...] = Field(default=(), description="What must hold for each of them.")
    words: Text | None = Field(
        default=None,
        description="For `method: python`: what the function looks at and what must hold, in plain English.",
    )
    reads: tuple[Name, ...] = Field(
        default=(), description="For `method: python`: the registers that the function may open besides `register`."
    )
    minimum: Quantity = Field(default="1", description="Fewer units in scope are not a pass; at least 1.")
    max_age_days: Quantity | None = Field(default=None, description="How old the oldest register may be.")
    examples_at: Day | None = Field(default=None, description="The as-at date of the examples.")
    typical: Typical | None = Field(default=None, description="The row that examples start from.")
    examples: tuple[Example, ...] = Field(default=(), description="What the rule says of made-up rows.")
