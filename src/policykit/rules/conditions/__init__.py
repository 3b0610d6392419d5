"""Conditions: one class per test of the rule language, each with its words, its meaning and its SQL."""

from collections.abc import Mapping
from typing import Annotated, get_args

from pydantic import Field

from policykit.rules.conditions.beside import OnOrAfter, OnOrBefore, SameAs
from policykit.rules.conditions.comparing import AtLeast, AtMost, Between, LessThan, MoreThan
from policykit.rules.conditions.dating import LongerAgo, NotPast, Past, Upcoming, Within
from policykit.rules.conditions.deadlines import DoneBy, InForce, SoonAfter
from policykit.rules.conditions.equality import Is, IsNot, NoneOf, OneOf
from policykit.rules.conditions.grouping import All, Any, If, Named, Not
from policykit.rules.conditions.node import Node
from policykit.rules.conditions.recording import NotRecorded, Recorded, Unique
from policykit.rules.conditions.relating import CountOf, ExistsIn

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

# Conditions that hold conditions could not know the union while their classes were made.
for _node in (ExistsIn, CountOf, All, Any, Not, If):
    _node.model_rebuild(_types_namespace={"Condition": Condition})


def common_mistakes() -> Mapping[str, str]:
    """What is easily written in place of each test that has something of its own, by the test's name."""
    tests: tuple[type[Node], ...] = get_args(get_args(Condition)[0])
    return {test.test_name(): test.mistakes for test in tests if test.mistakes}


__all__ = ["Condition", "common_mistakes"]
