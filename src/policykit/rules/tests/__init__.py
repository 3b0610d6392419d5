"""Tests: one class per test of the rule language, each with its words, its meaning and its SQL."""

from collections.abc import Mapping
from typing import Annotated, get_args

from pydantic import Field

from policykit.rules.language import Node, Population
from policykit.rules.tests.days import DoneBy, InForce, LongerAgo, NotPast, Past, SoonAfter, Upcoming, Within
from policykit.rules.tests.equality import Is, IsNot, NoneOf, NotStartsWith, OneOf, StartsWith
from policykit.rules.tests.groups import All, Any, If, Named, Not
from policykit.rules.tests.lookups import CountOf, ExistsIn
from policykit.rules.tests.order import AtLeast, AtMost, Between, LessThan, MoreThan, OnOrAfter, OnOrBefore, SameAs
from policykit.rules.tests.recorded import NotRecorded, Recorded, Unique

Condition = Annotated[
    Is
    | IsNot
    | OneOf
    | NoneOf
    | AtLeast
    | AtMost
    | MoreThan
    | LessThan
    | Between
    | StartsWith
    | NotStartsWith
    | Recorded
    | NotRecorded
    | Within
    | LongerAgo
    | Upcoming
    | Past
    | NotPast
    | OnOrBefore
    | OnOrAfter
    | SameAs
    | SoonAfter
    | DoneBy
    | InForce
    | Unique
    | ExistsIn
    | CountOf
    | Named
    | All
    | Any
    | Not
    | If,
    Field(discriminator="test"),
]
"""One condition; `test` says which."""

# What holds conditions could not know the union while its class was made.
for _holder in (Population, ExistsIn, CountOf, All, Any, Not, If):
    _holder.model_rebuild(_types_namespace={"Condition": Condition})


def common_mistakes() -> Mapping[str, str]:
    """What is easily written in place of each test that has something of its own, by the test's name."""
    tests: tuple[type[Node], ...] = get_args(get_args(Condition)[0])
    return {test.test_name(): test.mistakes for test in tests if test.mistakes}


__all__ = ["Condition", "common_mistakes"]
