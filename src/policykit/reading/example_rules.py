"""Whether the examples of a check can be judged: fields, codes and keys that exist, every value given."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from policykit.model.parameters import ParameterValue, read_parameter
from policykit.model.registers import FieldShape, Register, read_value
from policykit.problems import Notice, Problem
from policykit.reading.built_in import BUILT_IN
from policykit.reading.examples import Texts, related_of, row_of
from policykit.reading.flaws import Loc
from policykit.reading.items import Item
from policykit.reading.keys import alike
from policykit.reading.pack import Pack
from policykit.reading.saying import listed, shown
from policykit.rules import Check, Example, Fault, Setting, Typical, faults


def example_problems(item: Item[Check], pack: Pack, setting: Setting, *, fits: bool) -> Iterator[Problem]:
    """Everything wrong with the typical row and the examples; `fits` where nothing is wrong with any rule used."""
    typical = list(_Rows(item, pack, setting, ("typical",)).problems(item.model.typical or Typical()))
    yield from typical
    for number, example in enumerate(item.model.examples):
        loc = ("examples", number)
        found = list(_Rows(item, pack, setting, loc).problems(example))
        yield from found
        if not typical and not found:
            yield from _keys(item, example, setting, loc)
            yield from _each(item, example, loc)
        yield from _settings(item, example, pack, setting, loc, fits=fits)


class _Rows:
    """The rows that the typical row or one example gives, cell by cell."""

    def __init__(self, item: Item[Check], pack: Pack, setting: Setting, loc: Loc) -> None:
        self.item, self.pack, self.setting, self.loc = item, pack, setting, loc

    def problems(self, given: Typical) -> Iterator[Problem]:
        own = self.setting.registers[self.item.model.register_ or ""]
        yield from self._row(own, given.row, "row")
        for name, rows in given.related.items():
            if name in BUILT_IN or name in self.pack.lists:
                what = f"the register `{name}` is always there and cannot be given"
                yield self._problem(what, "take it out", "related", name)
            elif name not in self.pack.registers:
                yield self._problem(f"`{name}` is not a register", _meant(name, self.pack.registers), "related", name)
            else:
                for number, row in enumerate(rows):
                    yield from self._row(self.setting.registers[name], row, "related", name, number)

    def _row(self, register: Register, row: Texts, *loc: str | int) -> Iterator[Problem]:
        for field, written in row.items():
            if field not in register.fields:
                what = f"`{field}` is not a field of `{register.id}`"
                yield self._problem(what, _meant(field, register.fields), *loc, field)
            elif said := _unreadable(register.fields[field], written):
                yield self._problem(f"`{field}`: {shown(written)} {said}", _hint(register.fields[field]), *loc, field)

    def _problem(self, what: str, remedy: str, *loc: str | int) -> Problem:
        return self.item.problem(Notice.EXAMPLE, what, remedy, *self.loc, *loc)


def _keys(item: Item[Check], example: Example, setting: Setting, loc: Loc) -> Iterator[Problem]:
    """Keys of an example are there and unique."""
    own = item.model.register_ or ""
    related = related_of(item.model, example)
    tables: dict[str, Sequence[Texts]] = {**related, own: (row_of(item.model, example), *related.get(own, ()))}
    for name, rows in tables.items():
        key = setting.registers[name].key
        keys = [(row.get(key) or "").strip(" ") for row in rows]
        if not all(keys):
            what = f"a row of `{name}` has no `{key}`"
            yield item.problem(Notice.EXAMPLE, what, "give every row its key", *loc)
        elif len(set(keys)) < len(keys):
            what = f"two rows of `{name}` have the same `{key}`"
            yield item.problem(Notice.EXAMPLE, what, f"give each row a `{key}` of its own", *loc)


def _each(item: Item[Check], example: Example, loc: Loc) -> Iterator[Problem]:
    given = {**(item.model.typical or Typical()).each, **example.each}
    name = item.model.for_each.name if item.model.for_each else None
    for other in given.keys() - {name}:
        what = f"`{other}` is not the name of the check's for_each"
        yield item.problem(Notice.EXAMPLE, what, f"write `{name}`" if name else "take it out", *loc, "each", other)
    if name and name not in given:
        what = f"the example does not say which {name} it is about"
        yield item.problem(Notice.EXAMPLE, what, f"add `each: {{{name}: ...}}`, here or to `typical`", *loc)


def _settings(
    item: Item[Check], example: Example, pack: Pack, setting: Setting, loc: Loc, *, fits: bool
) -> Iterator[Problem]:
    for fact, written in example.facts.items():
        shape = pack.policy.facts.get(fact)
        if shape is None:
            what = f"`{fact}` is not a fact of policy.yaml"
            yield item.problem(Notice.EXAMPLE, what, _meant(fact, pack.policy.facts), *loc, "facts", fact)
        elif said := _unreadable(shape, written):
            yield item.problem(Notice.EXAMPLE, f"`{fact}`: {shown(written)} {said}", _hint(shape), *loc, "facts", fact)
    changed: dict[str, ParameterValue] = {}
    for id_, value in example.parameters.items():
        parameter = pack.parameters.get(id_)
        if parameter is None:
            what = f"`{id_}` is not a parameter"
            yield item.problem(Notice.EXAMPLE, what, _meant(id_, pack.parameters), *loc, "parameters", id_)
            continue
        try:
            changed[id_] = read_parameter(parameter, value)
        except ValueError as error:
            remedy = f"write a value of type {parameter.type}"
            yield item.problem(Notice.EXAMPLE, f"`{id_}` {error}", remedy, *loc, "parameters", id_)
    if fits and changed:
        there = replace(setting, parameters={**setting.parameters, **changed})
        for fault in (*faults(item.model, there), *_population_faults(pack, there)):
            yield item.problem(Notice.EXAMPLE, fault.what, fault.remedy, *loc, "parameters")


def _population_faults(pack: Pack, setting: Setting) -> Iterator[Fault]:
    return chain.from_iterable(faults(population, setting) for population in pack.populations.values())


def _unreadable(shape: FieldShape, written: str | None) -> str | None:
    try:
        read_value(shape, written)
    except ValueError as error:
        return str(error)
    return None


def _hint(shape: FieldShape) -> str:
    return f"use {listed(shape.values, 'or')}" if shape.values else f"write a {shape.type}"


def _meant(word: str, known: Mapping[str, object]) -> str:
    meant = alike(word, tuple(known))
    return f"did you mean `{meant}`?" if meant else "take it out, or declare it"
