"""What a check uses and comes to: what it reads, its digest, what it says of one unit, and the same as SQL."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Literal

from sqlglot import exp

from policykit.english import humanised
from policykit.model.scalars import Record
from policykit.rules.check import Check
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
from policykit.rules.tests.days import Spanned
from policykit.rules.tests.groups import all_sql
from policykit.rules.values import NUMBER, Moved, OfFact, OfField, OfParameter, constant

Judgement = Literal["pass", "fail", "unknown", "out"]
"""What a check says of one unit."""

_LAW_FIELDS = frozenset({"id", "valid_from", "valid_to"})


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
    if check.register_ is None:
        return iter(())
    return visit((*check.where, *check.must), place_of(check, setting))


def reads(check: Check, setting: Setting) -> Mapping[str, frozenset[str]]:
    """Registers and the fields of theirs that a check reads, its own register first; built-in ones and lists too.

    Of a test function it is known which registers it may open, so all their fields count as read.
    """
    own = {check.register_: frozenset[str]()} if check.register_ else {}
    return {**own, **read_at(standing(check, setting))}


def read_at(standings: Iterable[Standing]) -> Mapping[str, frozenset[str]]:
    """Registers and the fields of theirs that conditions read, each at its place."""
    found: dict[str, set[str]] = {}
    for node, place in standings:
        for part in parts(node):
            for register, fields in read_by(part, node, place):
                found.setdefault(register, set()).update(fields)
    return {register: frozenset(fields) for register, fields in found.items()}


def parameters_used(check: Check, setting: Setting) -> tuple[str, ...]:
    """The ids of all parameters that a check uses, in order."""
    whole = (check.minimum, check.max_age_days, check.for_each and check.for_each.in_)
    forms = chain(whole, _forms(check, setting))
    return tuple(sorted({form.parameter for form in forms if isinstance(form, OfParameter)}))


def facts_used(check: Check, setting: Setting) -> tuple[str, ...]:
    """The ids of all facts that a check's rule uses, in order."""
    return tuple(sorted({form.fact for form in _forms(check, setting) if isinstance(form, OfFact)}))


def populations_used(check: Check, setting: Setting) -> tuple[str, ...]:
    """The ids of all populations that a check names, in the order in which it does."""
    named = (part.value for node, _ in standing(check, setting) for part in parts(node) if part.role is Role.POPULATION)
    return tuple(dict.fromkeys(map(str, named)))


def _forms(check: Check, setting: Setting) -> Iterator[object]:
    return (part.value for node, _ in standing(check, setting) for part in parts(node))


def read_by(part: Part, node: Node, place: Place) -> Iterator[tuple[str, frozenset[str]]]:
    """The fields that one key of a condition reads."""
    own, value = place.register.id, part.value
    if isinstance(value, Moved):
        value = value.of
    match part.role, value:
        case (Role.DAY, _):
            yield "law", _LAW_FIELDS
            if isinstance(value, OfField):
                yield own, frozenset({value.field})
        case (_, OfField()) if place.outer:
            yield place.outer.register.id, frozenset({value.field})
        case (Role.FIELD | Role.OTHER, str()):
            yield own, frozenset({value})
        case (Role.FIELDS, tuple()):
            yield own, frozenset(value)
        case (Role.REGISTER, str()):
            yield value, frozenset()
        case (Role.MATCH, Mapping()):
            yield own, frozenset(value.values())
            yield getattr(node, "register_", own), frozenset(value)
        case _:
            pass


def month_limits(check: Check, setting: Setting) -> Iterator[tuple[str, str, int]]:
    """The register, the field and the months of each line that a check draws.

    Months before the as-at date are negative. Numbers that stand in a fact or a field are left out.
    """
    for node, place in standing(check, setting):
        if isinstance(node, Spanned) and node.months is not None:
            number = constant(node.months, NUMBER, setting)
            if isinstance(number, int):
                yield place.register.id, node.field, node.sign * number


def rule_digest(check: Check, setting: Setting, built_in: Mapping[str, Sequence[Values]]) -> str:
    """`sha256:...` of the check with the populations, parameters, facts, fields and built-in rows that it reads."""
    fields = reads(check, setting)
    what = {
        "check": check.model_dump(mode="json", by_alias=True, exclude_none=True),
        "populations": [_dump(setting.populations[each]) for each in populations_used(check, setting)],
        "parameters": {each: setting.parameters[each] for each in parameters_used(check, setting)},
        "facts": {
            each: [_dump(setting.fact_shapes[each]), setting.facts.get(each)] for each in facts_used(check, setting)
        },
        "fields": {register: _shapes(register, fields[register], setting) for register in fields},
        "rows": {register: _rows(built_in[register], fields[register]) for register in fields if register in built_in},
    }
    text = json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _dump(record: Record) -> object:
    return record.model_dump(mode="json", by_alias=True, exclude_none=True)


def _shapes(register: str, fields: frozenset[str], setting: Setting) -> dict[str, object]:
    return {field: _dump(setting.registers[register].fields[field]) for field in sorted(fields)}


def _rows(rows: Sequence[Values], fields: frozenset[str]) -> list[list[object]]:
    """The rows as the rule sees them, in order of what they hold."""
    return sorted(([row.get(field) for field in sorted(fields)] for row in rows), key=repr)


def judge_unit(check: Check, row: Row, setting: Setting) -> Judgement:
    """What the check says of one unit: a row, with the for_each value in `row.each` where there is one.

    A value that is none of the for_each's makes no unit, so it is out.
    """
    if not is_unit(check, row, setting):
        return "out"
    place = place_of(check, setting)
    return judgement_of(check, lambda nodes: all_hold(nodes, row, place))


def is_unit(check: Check, row: Row, setting: Setting) -> bool:
    """Whether the row's value is one of the for_each's, where there is one, and it has any."""
    each = each_of(check, setting)
    return each is None or not each.codes or row.each in {*each.codes, None}


def judgement_of(check: Check, all_hold: Callable[[tuple[Node, ...]], Truth]) -> Judgement:
    """What the check says of one unit of which one can ask whether all of some conditions hold."""
    in_scope = all_hold(check.where)
    if in_scope is not True:
        return "unknown" if in_scope is None else "out"
    holds = all_hold(check.must)
    return "unknown" if holds is None else "pass" if holds else "fail"


def scope_sql(check: Check, setting: Setting) -> exp.Expr:
    """Whether a unit is in scope: TRUE, FALSE or NULL for the row "r0" and, with a for_each, "each"."value"."""
    return all_sql(check.where, place_of(check, setting))


def must_sql(check: Check, setting: Setting) -> exp.Expr:
    """Whether what must hold holds: TRUE, FALSE or NULL, as `scope_sql`."""
    return all_sql(check.must, place_of(check, setting))
