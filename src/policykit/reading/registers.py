"""Registers, lists, facts and roles: fields that fit their types, values that fit their fields."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from policykit.model.organisation import PolicyFile
from policykit.model.registers import FieldShape, FieldType, ListOfRows, item_of_register
from policykit.model.values import stripped
from policykit.problems import Problem, shown
from policykit.reading.drafts import PackDraft, possible, unknown, unreadable
from policykit.reading.files import FiledItem
from policykit.reading.ground import BUILT_IN
from policykit.reading.settings import misfit
from policykit.rules import DeclaredRegister

LONGEST_ID = 60
_ID = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+")
Table = FiledItem[DeclaredRegister] | FiledItem[ListOfRows]


def register_problems(draft: PackDraft) -> Iterator[Problem]:
    """Everything wrong with the shapes of records, and with what stands in them by the pack's own hand."""
    for item in _tables(draft):
        yield from _register(item)
    for register in draft.registers.items:
        yield from _expected(register, draft)
    for rows in draft.lists.items:
        yield from _rows(rows)
    for policy in draft.policy.items:
        yield from _fields(policy, policy.model.facts, "facts")
        yield from _roles(policy)


def unsound(draft: PackDraft) -> frozenset[str]:
    """Registers, lists and parameters that rules may not rely on, because something is wrong with them."""
    names = Counter(item.id for item in _tables(draft))
    bad_tables = {item.id for item in _tables(draft) if names[item.id] > 1 or any(True for _ in _register(item))}
    return frozenset(bad_tables | {p.id for p in draft.parameters.items if misfit(p.model, p.model.default)})


def _tables(draft: PackDraft) -> list[Table]:
    return [*draft.registers.items, *draft.lists.items]


def _register(item: Table) -> Iterator[Problem]:
    if item.id in BUILT_IN:
        yield item.problem("id-twice.built-in", "id", id=item.id)
    made = item_of_register(item.id)
    if not _ID.fullmatch(made) or len(made) > LONGEST_ID:
        yield item.problem("register.id", "id", id=item.id, made=made, most=LONGEST_ID - 4)
    yield from _fields(item, item.model.fields, "fields")
    key = item.model.fields.get(item.model.key)
    if key is None:
        yield unknown(item, "field", item.model.key, item.model.fields, "key", register=item.id)
    elif key.type is not FieldType.REF:
        yield item.problem("register.key-type", "key", id=item.id, type=key.type)


def _expected(item: FiledItem[DeclaredRegister], draft: PackDraft) -> Iterator[Problem]:
    """What is wrong with how many rows there should be: that is a share of a fact that is a number."""
    facts = {fact: shape for policy in draft.policy.items for fact, shape in policy.model.facts.items()}
    if item.model.expect is None or not draft.policy.items:
        return
    fact = item.model.expect.rows["fact"]
    if fact not in facts:
        yield unknown(item, "fact", fact, facts, "expect", "rows", "fact")
    elif facts[fact].type is not FieldType.INTEGER:
        yield item.problem("register.expect-no-number", "expect", "rows", "fact", fact=fact)


def _fields(item: FiledItem[Any], fields: Mapping[str, FieldShape], key: str) -> Iterator[Problem]:
    for name, shape in fields.items():
        for message, part in _field(shape):
            yield item.problem(message, key, name, part, name=name)
        for label in shape.labels.keys() - set(shape.values):
            loc = (key, name, "labels")
            yield item.unknown("field.label", label, shape.values, *loc, name=name, label=shown(label))


def _field(shape: FieldShape) -> Iterator[tuple[str, str]]:
    """What is wrong, and the key at fault."""
    code, flag = shape.type is FieldType.CODE, shape.type is FieldType.FLAG
    if code and not shape.values:
        yield "field.code-without-values", "type"
    if not code and shape.values:
        yield "field.values-of-no-code", "values"
    if len(set(shape.values)) < len(shape.values):
        yield "field.code-twice", "values"
    if any(value != stripped(value) or not value for value in shape.values):
        yield "field.spaces", "values"
    if not flag and (shape.when_yes or shape.when_no):
        yield "field.phrases-of-no-flag", "type"


def _rows(item: FiledItem[ListOfRows]) -> Iterator[Problem]:
    fields, key, keys = item.model.fields, item.model.key, set[str]()
    for number, row in enumerate(item.model.rows):
        for field, written in row.items():
            loc = ("rows", number, field)
            if field not in fields:
                yield unknown(item, "field", field, fields, *loc, register=item.id)
            elif why := unreadable(fields[field], written):
                value, can = shown(written), possible(fields[field])
                yield item.problem("list-row.value", *loc, field=field, value=value, why=why, possible=can)
        own = stripped(row.get(key))
        if not own or own in keys:
            message = "list-row.key-twice" if own else "list-row.key-missing"
            yield item.problem(message, "rows", number, key, key=key, number=number + 1)
        keys.add(own)


def _roles(item: FiledItem[PolicyFile]) -> Iterator[Problem]:
    if (roles := item.model.roles) is None:
        return
    fact = item.model.facts.get(roles.by)
    if fact is None:
        yield unknown(item, "fact", roles.by, item.model.facts, "roles", "by")
        return
    if fact.type is not FieldType.CODE:
        yield item.problem("roles.no-code", "roles", "by", fact=roles.by)
    for kind in roles.of.keys() - set(fact.values):
        yield unknown(item, "fact-value", kind, fact.values, "roles", kind, fact=roles.by)
    for kind in fact.values:
        if kind not in roles.of:
            yield item.problem("roles.missing", "roles", kind=kind)
