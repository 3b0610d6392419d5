"""Registers, lists, facts, roles and parameters: fields that fit their types, values that fit their fields."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from policykit.model.organisation import PolicyFile
from policykit.model.registers import (
    FieldShape,
    FieldType,
    ListOfRows,
    Parameter,
    ParameterValue,
    Register,
    item_of_register,
    read_parameter,
)
from policykit.problems import Notice, Problem, shown, suggest
from policykit.reading.drafts import PackDraft, possible, unknown, unreadable
from policykit.reading.files import FiledItem
from policykit.reading.ground import BUILT_IN

LONGEST_ID = 60
_ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
Table = FiledItem[Register] | FiledItem[ListOfRows]


def register_problems(draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with the shapes of records, and with what stands in them by the pack's own hand."""
    for item in _tables(draft):
        yield from _register(item)
    for rows in draft.lists.items:
        yield from _rows(rows)
    for policy in draft.policy.items:
        yield from _fields(policy, policy.model.facts, "facts")
        yield from _roles(policy)
    for parameter in draft.parameters.items:
        yield from _parameter(parameter, draft)


def unsound(draft: PackDraft) -> frozenset[str]:
    """Registers, lists and parameters that rules may not rely on, because something is wrong with them."""
    names = Counter(item.id for item in _tables(draft))
    bad_tables = {item.id for item in _tables(draft) if names[item.id] > 1 or any(True for _ in _register(item))}
    return frozenset(bad_tables | {p.id for p in draft.parameters.items if misfit(p.model, p.model.default)})


def _tables(draft: PackDraft) -> list[Table]:
    return [*draft.registers.items, *draft.lists.items]


def _register(item: Table) -> Iterator[Problem]:
    yield from _name(item)
    yield from _fields(item, item.model.fields, "fields")
    key = item.model.fields.get(item.model.key)
    if key is None:
        yield unknown(item, f"a field of {item.id}", item.model.key, item.model.fields, "key")
    elif key.type is not FieldType.REF:
        what = f"the key of {item.id} is of type {key.type}"
        yield item.problem(Notice.REGISTER, what, "make it a ref, or name a field that is", "key")


def _name(item: FiledItem[Any]) -> Iterator[Problem]:
    if item.id in BUILT_IN:
        yield item.problem(Notice.ID_TWICE, f"`{item.id}` is built in", "choose another name", "id")
    made = item_of_register(item.id)
    if not _ID.fullmatch(made) or len(made) > LONGEST_ID:
        what = f"`{item.id}` makes the id {made}, which is none"
        remedy = f"no underscores at the end or in a row, and at most {LONGEST_ID - 4} characters"
        yield item.problem(Notice.REGISTER, what, remedy, "id")


def _fields(item: FiledItem[Any], fields: Mapping[str, FieldShape], key: str) -> Iterator[Problem]:
    for name, shape in fields.items():
        for said, remedy, part in _field(shape):
            yield item.problem(Notice.FIELD, f"`{name}` {said}", remedy, key, name, part)


def _field(shape: FieldShape) -> Iterator[tuple[str, str, str]]:
    """What is wrong, what to do, and the key at fault."""
    code, flag = shape.type is FieldType.CODE, shape.type is FieldType.FLAG
    if code and not shape.values:
        yield "is a code without `values`", "list the codes that it can have", "type"
    if not code and shape.values:
        yield "has `values` and is no code", "make it a code, or take them out", "values"
    if len(set(shape.values)) < len(shape.values):
        yield "has a code twice", "list each code once", "values"
    if any(value != value.strip(" ") or not value for value in shape.values):
        yield "has a code that begins or ends with a space, or is empty", "take the spaces away", "values"
    for label in shape.labels.keys() - set(shape.values):
        remedy = suggest(label, shape.values, "take it out")
        yield f"has a label for {shown(label)}, which is no code of it", remedy, "labels"
    if not flag and (shape.when_yes or shape.when_no):
        yield "says when_yes or when_no and is no flag", "make it a flag, or take them out", "type"


def _rows(item: FiledItem[ListOfRows]) -> Iterator[Problem]:
    fields, keys = item.model.fields, set[str]()
    for number, row in enumerate(item.model.rows):
        for field, written in row.items():
            if field not in fields:
                yield unknown(item, f"a field of {item.id}", field, fields, "rows", number, field)
            elif said := unreadable(fields[field], written):
                what = f"`{field}`: {shown(written)} {said}"
                yield item.problem(Notice.LIST_ROW, what, possible(fields[field]), "rows", number, field)
        key = (row.get(item.model.key) or "").strip(" ")
        if not key or key in keys:
            what = f"the key `{item.model.key}` of row {number + 1} is {'used twice' if key else 'blank'}"
            yield item.problem(Notice.LIST_ROW, what, "give each row its own", "rows", number, item.model.key)
        keys.add(key)


def _roles(item: FiledItem[PolicyFile]) -> Iterator[Problem]:
    if (roles := item.model.roles) is None:
        return
    fact = item.model.facts.get(roles.by)
    if fact is None:
        yield unknown(item, "a fact", roles.by, item.model.facts, "roles", "by")
        return
    if fact.type is not FieldType.CODE:
        yield item.problem(Notice.ROLES, f"the fact `{roles.by}` is no code", "name a fact that is", "roles", "by")
    for kind in roles.of.keys() - set(fact.values):
        yield unknown(item, f"a value of the fact `{roles.by}`", kind, fact.values, "roles", kind)
    for kind in fact.values:
        if kind not in roles.of:
            yield item.problem(Notice.ROLES, f"no roles are given for {kind}", f"add `{kind}: [...]`", "roles")


def _parameter(item: FiledItem[Parameter], draft: PackDraft) -> Iterator[Problem]:
    parameter = item.model
    for key, written in (("at_least", parameter.at_least), ("at_most", parameter.at_most)):
        if written is not None and _bound(parameter, written) is None:
            what = f"`{key}` of `{item.id}` is no bound for a parameter of type {parameter.type}"
            yield item.problem(Notice.PARAMETER, what, "bounds are integers or dates, as the parameter is", key)
    if said := misfit(parameter, parameter.default):
        remedy = f"write a default of type {parameter.type} within its bounds"
        yield item.problem(Notice.PARAMETER, f"the default of `{item.id}` {said}", remedy, "default")
    known = (draft.clauses, draft.provisions)
    if _ID.fullmatch(parameter.source) and not any(shelf.knows(parameter.source) for shelf in known):
        ids = [id_ for shelf in known for id_ in shelf.ids]
        yield unknown(item, "a clause or provision", parameter.source, ids, "source")


def misfit(parameter: Parameter, written: str | tuple[str, ...]) -> str | None:
    """Why a parameter cannot have this value, in words; None where it can."""
    try:
        value = read_parameter(parameter, written)
    except ValueError as error:
        return str(error)
    least, most = _bound(parameter, parameter.at_least), _bound(parameter, parameter.at_most)
    if least is not None and value < least:  # type: ignore[operator] # both are of the parameter's type
        return f"is less than {parameter.at_least}"
    if most is not None and value > most:  # type: ignore[operator] # both are of the parameter's type
        return f"is more than {parameter.at_most}"
    return None


def _bound(parameter: Parameter, written: str | None) -> ParameterValue | None:
    """A bound of a parameter as its type; None where there is none, or none that can be read."""
    if written is None or parameter.type not in {"integer", "date"}:
        return None
    try:
        return read_parameter(parameter, written)
    except ValueError:
        return None
