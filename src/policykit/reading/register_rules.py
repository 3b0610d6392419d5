"""Rules that registers, lists, facts, roles and parameters keep."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from policykit.model.parameters import Parameter
from policykit.model.policy import PolicyFile
from policykit.model.registers import FieldShape, FieldType, ListOfRows, Register, item_of_register, read_value
from policykit.problems import Notice, Problem
from policykit.reading.built_in import BUILT_IN
from policykit.reading.draft import Draft
from policykit.reading.items import Item
from policykit.reading.keys import alike
from policykit.reading.references import unknown
from policykit.reading.saying import listed, shown
from policykit.reading.settings import bound, misfit

_ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
LONGEST_ID = 60
Table = Item[Register] | Item[ListOfRows]


def register_problems(draft: Draft) -> Iterator[Problem]:
    """Everything wrong with the shapes of records, and with what stands in them by the pack's own hand."""
    tables: list[Table] = [*draft.registers.items, *draft.lists.items]
    for item in tables:
        yield from _register(item)
    for rows in draft.lists.items:
        yield from _rows(rows)
    for policy in draft.policy.items:
        yield from _fields(policy, policy.model.facts, "facts")
        yield from _roles(policy)
    for parameter in draft.parameters.items:
        yield from _parameter(parameter, draft)


def unsound(draft: Draft) -> frozenset[str]:
    """Registers, lists and parameters that rules may not rely on, because something is wrong with them."""
    tables: list[Table] = [*draft.registers.items, *draft.lists.items]
    names = Counter(item.id for item in tables)
    bad_tables = {item.id for item in tables if names[item.id] > 1 or any(True for _ in _register(item))}
    return frozenset(bad_tables | {p.id for p in draft.parameters.items if misfit(p.model, p.model.default)})


def _register(item: Table) -> Iterator[Problem]:
    yield from _name(item)
    yield from _fields(item, item.model.fields, "fields")
    key = item.model.fields.get(item.model.key)
    if key is None:
        fields = tuple(item.model.fields)
        yield unknown(item, f"a field of {item.id}", item.model.key, fields, "key")
    elif key.type is not FieldType.REF:
        what = f"the key of {item.id} is of type {key.type}"
        yield item.problem(Notice.REGISTER, what, "make it a ref, or name a field that is", "key")


def _name(item: Item[Any]) -> Iterator[Problem]:
    if item.id in BUILT_IN:
        what = f"`{item.id}` is built in"
        yield item.problem(Notice.ID_TWICE, what, "choose another name", "id")
    made = item_of_register(item.id)
    if not _ID.fullmatch(made) or len(made) > LONGEST_ID:
        what = f"`{item.id}` makes the id {made}, which is none"
        remedy = f"no underscores at the end or in a row, and at most {LONGEST_ID - 4} characters"
        yield item.problem(Notice.REGISTER, what, remedy, "id")


def _fields(item: Item[Any], fields: Mapping[str, FieldShape], key: str) -> Iterator[Problem]:
    for name, shape in fields.items():
        for said, remedy, part in _field(name, shape):
            yield item.problem(Notice.FIELD, said, remedy, key, name, part)


def _field(name: str, shape: FieldShape) -> Iterator[tuple[str, str, str]]:
    code, flag = shape.type is FieldType.CODE, shape.type is FieldType.FLAG
    if code and not shape.values:
        yield f"`{name}` is a code without `values`", "list the codes that it can have", "type"
    if not code and shape.values:
        yield f"`{name}` has `values` and is no code", "make it a code, or take them out", "values"
    if len(set(shape.values)) < len(shape.values):
        yield f"`{name}` has a code twice", "list each code once", "values"
    if any(value != value.strip(" ") or not value for value in shape.values):
        yield f"`{name}` has a code that begins or ends with a space, or is empty", "take the spaces away", "values"
    for label in shape.labels.keys() - set(shape.values):
        meant = alike(label, shape.values)
        remedy = f"did you mean {meant}?" if meant else "take it out"
        yield f"`{name}` has a label for {shown(label)}, which is no code of it", remedy, "labels"
    if not flag and (shape.when_yes or shape.when_no):
        yield f"`{name}` says when_yes or when_no and is no flag", "make it a flag, or take them out", "type"


def _rows(item: Item[ListOfRows]) -> Iterator[Problem]:
    fields, keys = item.model.fields, set[str]()
    for number, row in enumerate(item.model.rows):
        for field, written in row.items():
            yield from _cell(item, fields, field, written, number)
        key = (row.get(item.model.key) or "").strip(" ")
        if not key or key in keys:
            what = f"the key `{item.model.key}` of row {number + 1} is {'used twice' if key else 'blank'}"
            yield item.problem(Notice.LIST_ROW, what, "give each row its own", "rows", number, item.model.key)
        keys.add(key)


def _cell(
    item: Item[ListOfRows], fields: Mapping[str, FieldShape], field: str, written: str | None, number: int
) -> Iterator[Problem]:
    if field not in fields:
        yield unknown(item, f"a field of {item.id}", field, fields, "rows", number, field)
        return
    try:
        read_value(fields[field], written)
    except ValueError as error:
        codes = fields[field].values
        remedy = f"use {listed(codes, 'or')}" if codes else f"write a {fields[field].type}"
        yield item.problem(Notice.LIST_ROW, f"`{field}`: {shown(written)} {error}", remedy, "rows", number, field)


def _roles(item: Item[PolicyFile]) -> Iterator[Problem]:
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
    for kind in (kind for kind in fact.values if kind not in roles.of):
        what = f"no roles are given for {kind}"
        yield item.problem(Notice.ROLES, what, f"add `{kind}: [...]`", "roles")


def _parameter(item: Item[Parameter], draft: Draft) -> Iterator[Problem]:
    parameter = item.model
    for key, written in (("at_least", parameter.at_least), ("at_most", parameter.at_most)):
        if written is not None and bound(parameter, written) is None:
            what = f"`{key}` of `{item.id}` is no bound for a parameter of type {parameter.type}"
            yield item.problem(Notice.PARAMETER, what, "bounds are integers or dates, as the parameter is", key)
    if said := misfit(parameter, parameter.default):
        remedy = f"write a default of type {parameter.type} within its bounds"
        yield item.problem(Notice.PARAMETER, f"the default of `{item.id}` {said}", remedy, "default")
    known = (draft.clauses, draft.provisions)
    if _ID.fullmatch(parameter.source) and not any(shelf.knows(parameter.source) for shelf in known):
        ids = [id_ for shelf in known for id_ in shelf.ids]
        yield unknown(item, "a clause or provision", parameter.source, ids, "source")
