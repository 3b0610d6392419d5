"""Conditions: one class per test of the rule language."""
from typing import Annotated, Literal, Mapping
from pydantic import Field
from policykit.model.scalars import Name, Record
from policykit.rules.conditions.roles import *
from policykit.rules.conditions.roles import Role, Any, Value, Values

class Is(Record):
    test: Literal["is"]; field: Any; value: Value
class IsNot(Record):
    test: Literal["is_not"]; field: Any; value: Value
class OneOf(Record):
    test: Literal["one_of"]; field: Any; values: Values
class NoneOf(Record):
    test: Literal["none_of"]; field: Any; values: Values
class Ordering(Record):
    test: Literal["at_least", "at_most", "more_than", "less_than"]; field: Ordered; value: Value
class Between(Record):
    test: Literal["between"]; field: Ordered; low: Value; high: Value
class Rec(Record):
    test: Literal["recorded", "not_recorded"]; field: Any
class Within(Record):
    test: Literal["within", "longer_ago", "upcoming"]; field: Dated; days: MaybeDays = None; months: MaybeMonths = None
class Past(Record):
    test: Literal["past", "not_past"]; field: Dated
class Beside(Record):
    test: Literal["on_or_before", "on_or_after", "same_as"]; field: Any; other: Alike
class SoonAfter(Record):
    test: Literal["soon_after"]; field: Dated; other: Alike; days: Days
class DoneBy(Record):
    test: Literal["done_by"]; field: Dated; due: MaybeAlike = None; other: MaybeAlike = None; days: MaybeDays = None
class InForce(Record):
    test: Literal["in_force"]; field: Referring; day: OnDay
class Unique(Record):
    test: Literal["unique"]; fields_: Fields = Field(alias="fields", min_length=1)
class ExistsIn(Record):
    test: Literal["exists_in", "count_of"]
    register_: Annotated[Name, Role.REGISTER] = Field(alias="register")
    match: Annotated[Mapping[Name, Name], Role.MATCH] = {}
    where: Annotated[tuple["Condition", ...], Role.OTHER_ROWS] = ()
    at_least: MaybeCount = None
    at_most: MaybeCount = None
class Named(Record):
    test: Literal["named"]; population: Annotated[Name, Role.POPULATION]
class Group(Record):
    test: Literal["all", "any", "not"]; of: Annotated[tuple["Condition", ...], Role.SAME_ROW]
class If(Record):
    test: Literal["if"]; when: Annotated[tuple["Condition", ...], Role.SAME_ROW]; then: Annotated[tuple["Condition", ...], Role.SAME_ROW]

Condition = Annotated[Is | IsNot | OneOf | NoneOf | Ordering | Between | Rec | Within | Past | Beside | SoonAfter | DoneBy | InForce | Unique | ExistsIn | Named | Group | If, Field(discriminator="test")]
for _node in (ExistsIn, Group, If):
    _node.model_rebuild(_types_namespace={"Condition": Condition})
