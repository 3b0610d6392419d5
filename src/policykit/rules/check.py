"""A check: what is looked at, what must hold and what shows it; what it reads, its digest, what it says of a unit."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field
from sqlglot import exp

from policykit.english import humanised
from policykit.model.duties import Applies
from policykit.model.registers import FieldType
from policykit.model.scalars import Day, GroundId, Id, Name, Record, Text
from policykit.rules.language import (
    Each,
    Node,
    Part,
    Place,
    Role,
    Row,
    Setting,
    Standing,
    Truth,
    Values,
    all_hold,
    parts,
    visit,
)
from policykit.rules.tests import Condition
from policykit.rules.tests.groups import all_sql
from policykit.rules.values import NUMBER, Listing, Moved, OfFact, OfField, OfParameter, Quantity, constant

Judgement = Literal["pass", "fail", "unknown", "out"]
"""What a check says of one unit."""

_LAW_FIELDS = frozenset({"id", "valid_from", "valid_to"})
_FIXED = (str, tuple, OfParameter, OfFact)


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
    grounds: tuple[GroundId, ...] = Field(
        min_length=1, description="The sentences, parts of them (`ID#part`) or provisions that it tests."
    )
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
    max_age_why: Text | None = Field(default=None, description="Why that may be more than 400 days.")
    examples_at: Day | None = Field(default=None, description="The as-at date of the examples.")
    typical: Typical | None = Field(default=None, description="The row that examples start from.")
    examples: tuple[Example, ...] = Field(default=(), description="What the rule says of made-up rows.")

    @property
    def grounded_in(self) -> tuple[str, ...]:
        """The sentences and provisions that it tests, in whole or in part, each once."""
        return tuple(dict.fromkeys(ground.partition("#")[0] for ground in self.grounds))


def place_of(check: Check, setting: Setting) -> Place:
    """Where a check's own conditions stand. Raises ValueError for a check that has no rule."""
    if check.register_ is None:
        raise ValueError(f"{check.id} has no rule")
    return Place(setting, setting.registers[check.register_], each_of(check, setting))


def each_of(check: Check, setting: Setting) -> Each | None:
    """The for_each with its codes, written out or from a parameter, none of one that is not known; None without one."""
    if check.for_each is None:
        return None
    codes = check.for_each.in_
    if isinstance(codes, OfParameter):
        value = setting.parameters.get(codes.parameter, ())
        codes = value if isinstance(value, tuple) else (str(value),)
    return Each(check.for_each.name, check.for_each.noun or humanised(check.for_each.name), codes)


def quantity(operand: str | OfParameter, setting: Setting) -> int | None:
    """The number of a `minimum` or `max_age_days`, written out or from a parameter; None where it is no number."""
    value = constant(operand, NUMBER, setting)
    return value if isinstance(value, int) else None


def standing(check: Check, setting: Setting) -> Iterator[Standing]:
    """Every condition of a check with its place, those of its populations too; none for a check without a rule."""
    return visit((*check.where, *check.must), place_of(check, setting)) if check.register_ else iter(())


def reads(check: Check, setting: Setting) -> Mapping[str, frozenset[str]]:
    """Registers and the fields of theirs that a check reads, its own register first; built-in ones and lists too.

    Of a test function it is known which registers it may open, so all their fields count as read.
    """
    own = {check.register_: frozenset[str]()} if check.register_ else {}
    return {**own, **read_at(standing(check, setting))}


def read_at(standings: Iterable[Standing]) -> Mapping[str, frozenset[str]]:
    """Registers and the fields of theirs that conditions read, each at its place."""
    found: dict[str, frozenset[str]] = {}
    for node, place in standings:
        for part in parts(node):
            for register, fields in _read_by(part, node, place):
                found[register] = found.get(register, frozenset()) | fields
    return found


def _read_by(part: Part, node: Node, place: Place) -> Iterator[tuple[str, frozenset[str]]]:
    own, value = place.register.id, part.value.of if isinstance(part.value, Moved) else part.value
    match part.role, value:
        case (Role.DAY, _):
            yield "law", _LAW_FIELDS
        case (_, OfField()) if place.outer:
            yield place.outer.register.id, frozenset({value.field})
        case (Role.REGISTER, str()):
            yield value, frozenset()
    if part.fields:
        yield own, frozenset(part.fields)
    if part.role is Role.MATCH:
        yield getattr(node, "register_", own), frozenset(part.value)


def _held(check: Check, setting: Setting) -> Iterator[Part]:
    return (part for node, _ in standing(check, setting) for part in parts(node))


def parameters_used(check: Check, setting: Setting) -> tuple[str, ...]:
    """The ids of all parameters that a check uses, in order."""
    whole = (check.minimum, check.max_age_days, check.for_each and check.for_each.in_)
    forms = (*whole, *(part.value for part in _held(check, setting)))
    return tuple(sorted({form.parameter for form in forms if isinstance(form, OfParameter)}))


def facts_used(check: Check, setting: Setting) -> tuple[str, ...]:
    """The ids of all facts that a check's rule uses, in order."""
    return tuple(sorted({part.value.fact for part in _held(check, setting) if isinstance(part.value, OfFact)}))


def populations_used(check: Check, setting: Setting) -> tuple[str, ...]:
    """The ids of all populations that a check names, in the order in which it does."""
    return tuple(dict.fromkeys(part.value for part in _held(check, setting) if part.role is Role.POPULATION))


def on_fixed_days(check: Check, setting: Setting) -> Iterator[Standing]:
    """The conditions of a check that compare a date of a row with a day that is the same whatever the as-at date is."""
    for node, place in standing(check, setting):
        given = [part for part in parts(node) if part.role in {Role.VALUE, Role.VALUES}]
        field = place.register.fields.get(getattr(node, "field", ""))
        if field and field.type is FieldType.DATE and any(isinstance(part.value, _FIXED) for part in given):
            yield node, place


def rule_digest(check: Check, setting: Setting, built_in: Mapping[str, Sequence[Values]]) -> str:
    """`sha256:...` of the check with the populations, parameters, facts, fields and built-in rows that it reads."""
    registers, fields = setting.registers, [(each, sorted(read)) for each, read in reads(check, setting).items()]
    what = {
        "check": _dump(check),
        "populations": [_dump(setting.populations[each]) for each in populations_used(check, setting)],
        "parameters": {each: setting.parameters[each] for each in parameters_used(check, setting)},
        "facts": {
            each: [_dump(setting.fact_shapes[each]), setting.facts.get(each)] for each in facts_used(check, setting)
        },
        "fields": {each: {field: _dump(registers[each].fields[field]) for field in read} for each, read in fields},
        "rows": {each: sorted(_seen(built_in[each], read), key=repr) for each, read in fields if each in built_in},
    }
    text = json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _dump(record: Record) -> object:
    return record.model_dump(mode="json", by_alias=True, exclude_none=True)


def _seen(rows: Sequence[Values], fields: list[str]) -> list[list[object]]:
    return [[row.get(field) for field in fields] for row in rows]


def judge_unit(check: Check, row: Row, setting: Setting) -> Judgement:
    """What the check says of one unit: a row, with the for_each value in `row.each` where there is one.

    A value that is none of the for_each's makes no unit, so it is out.
    """
    if not is_unit(check, row, setting):
        return "out"
    place = place_of(check, setting)
    return judgement(all_hold(check.where, row, place), lambda: all_hold(check.must, row, place))


def is_unit(check: Check, row: Row, setting: Setting) -> bool:
    """Whether the row's value is one of the for_each's, where there is one, and it has any."""
    each = each_of(check, setting)
    return each is None or not each.codes or row.each in {*each.codes, None}


def judgement(in_scope: Truth, holds: Callable[[], Truth]) -> Judgement:
    """What it comes to that a unit is in scope, and what must hold of it holds."""
    if in_scope is not True:
        return "unknown" if in_scope is None else "out"
    held = holds()
    return "unknown" if held is None else "pass" if held else "fail"


def scope_sql(check: Check, setting: Setting) -> exp.Expr:
    """Whether a unit is in scope: TRUE, FALSE or NULL for the row "r0" and, with a for_each, "each"."value"."""
    return all_sql(check.where, place_of(check, setting))


def must_sql(check: Check, setting: Setting) -> exp.Expr:
    """Whether what must hold holds: TRUE, FALSE or NULL, as `scope_sql`."""
    return all_sql(check.must, place_of(check, setting))
