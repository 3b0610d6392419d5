"""Examples of a check: the typical row with what the example changes laid over it, typed, ready to be judged.

Before that, whether they can be judged: fields, codes and keys that exist, every value given.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from policykit.model.parameters import ParameterValue, read_parameter
from policykit.model.registers import FieldShape, Register, read_value
from policykit.problems import Notice, Problem, shown, suggest
from policykit.reading.drafts import possible, unreadable
from policykit.reading.files import FiledItem
from policykit.reading.ground import BUILT_IN, EXAMPLE_ID, ORGANISATION, Ground, Pack, silent_organisation, typed
from policykit.reading.yaml import Loc
from policykit.rules import Case, Check, Example, Population, Row, Setting, Typical, faults, judge_unit

Texts = Mapping[str, str | None]


class ExampleCases:
    """The examples of a pack's checks, ready to be judged. What examples share is made once."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._nobody = silent_organisation(pack)
        self._grounds: dict[object, Ground] = {}

    def case(self, check: Check, example: Example) -> Case:
        """The row of an example with all tables around it, and the setting that it is judged in.

        The check has a register and the example has passed loading.
        """
        ground, own = self._ground(check, example), check.register_ or ""
        registers = ground.setting.registers
        values = typed(row_of(check, example), registers[own].fields)
        tables = {
            **dict.fromkeys(self._pack.registers, ()),
            **ground.built_in,
            **{
                name: tuple(typed(row, registers[name].fields) for row in rows)
                for name, rows in related_of(check, example).items()
            },
        }
        tables[own] = (values,) if own in BUILT_IN else (values, *tables[own])
        return Case(example, Row(values, tables, next(iter(_each_of(check, example).values()), None)), ground.setting)

    def _ground(self, check: Check, example: Example) -> Ground:
        as_at = example.as_at or check.examples_at or date.min
        key = (as_at, *example.parameters.items(), None, *example.facts.items())
        if key not in self._grounds:
            declared, facts = self._pack.parameters, self._pack.policy.facts
            own = {id_: read_parameter(declared[id_], written) for id_, written in example.parameters.items()}
            someone = replace(
                self._nobody,
                facts={fact: read_value(shape, example.facts.get(fact)) for fact, shape in facts.items()},
                parameters={**self._nobody.parameters, **own},
            )
            self._grounds[key] = Ground.of(self._pack, someone, as_at)
        return self._grounds[key]


def example_case(check: Check, example: Example, pack: Pack) -> tuple[Row, Setting]:
    """The row and the setting of one example."""
    case = ExampleCases(pack).case(check, example)
    return case.row, case.setting


def row_of(check: Check, example: Example) -> Texts:
    """The example's own row, laid over the typical one; that of `organisation` has the example's facts already."""
    built_in = {"id": EXAMPLE_ID, **example.facts} if check.register_ == ORGANISATION else {}
    return {**built_in, **(check.typical or Typical()).row, **example.row}


def related_of(check: Check, example: Example) -> Mapping[str, Sequence[Texts]]:
    """The rows of other registers, each laid over the first typical row of its register."""
    typical = (check.typical or Typical()).related
    firsts = {name: rows[0] for name, rows in typical.items() if rows}
    laid = {name: tuple({**firsts.get(name, {}), **row} for row in rows) for name, rows in example.related.items()}
    return {**typical, **laid}


def _each_of(check: Check, example: Example) -> Mapping[str, str]:
    return {**(check.typical or Typical()).each, **example.each}


def false_examples(pack: Pack) -> tuple[Problem, ...]:
    """A problem for each example that its own check contradicts: one of the two is wrong, so no tick can be trusted."""
    cases = ExampleCases(pack)
    return tuple(problem for check in pack.checks.values() for problem in _false(check, pack, cases))


def _false(check: Check, pack: Pack, cases: ExampleCases) -> Iterator[Problem]:
    for number, example in enumerate(check.examples, 1):
        case = cases.case(check, example)
        came_to = judge_unit(check, case.row, case.setting)
        if came_to != example.expect:
            what = f"example {number} of {check.id} expects {example.expect} and comes to {came_to}"
            yield pack.problem(check.id, Notice.EXAMPLE_OUTCOME, what, "mend the example or the rule")


def example_problems(item: FiledItem[Check], pack: Pack, setting: Setting, *, fits: bool) -> Iterator[Problem]:
    """Everything wrong with the typical row and the examples; `fits` where nothing is wrong with any rule used."""
    typical = list(_Given(item, pack, setting, ("typical",)).rows(item.model.typical or Typical()))
    yield from typical
    for number, example in enumerate(item.model.examples):
        given = _Given(item, pack, setting, ("examples", number))
        found = list(given.rows(example))
        yield from found
        if not typical and not found:
            yield from given.keys(example)
            yield from given.each(example)
        yield from given.facts(example)
        yield from given.parameters(example, fits=fits)


class _Given:
    """What the typical row or one example gives, cell by cell; each method says what is wrong with a part of it."""

    def __init__(self, item: FiledItem[Check], pack: Pack, setting: Setting, loc: Loc) -> None:
        self._item, self._pack, self._setting, self._loc = item, pack, setting, loc
        self._own = item.model.register_ or ""

    def _problem(self, what: str, remedy: str, *loc: str | int) -> Problem:
        return self._item.problem(Notice.EXAMPLE, what, remedy, *self._loc, *loc)

    def _stranger(self, word: str, what: str, known: Mapping[str, object], *loc: str | int) -> Problem:
        return self._problem(f"`{word}` is not {what}", suggest(word, known, "take it out, or declare it", "`"), *loc)

    def _cells(self, written: Texts, known: Mapping[str, FieldShape], what: str, *loc: str | int) -> Iterator[Problem]:
        for name, text in written.items():
            if name not in known:
                yield self._stranger(name, what, known, *loc, name)
            elif said := unreadable(known[name], text):
                yield self._problem(f"`{name}`: {shown(text)} {said}", possible(known[name]), *loc, name)

    def _row(self, register: Register, row: Texts, *loc: str | int) -> Iterator[Problem]:
        return self._cells(row, register.fields, f"a field of `{register.id}`", *loc)

    def rows(self, given: Typical) -> Iterator[Problem]:
        registers = self._setting.registers
        yield from self._row(registers[self._own], given.row, "row")
        for name, rows in given.related.items():
            if name in BUILT_IN or name in self._pack.lists:
                what = f"the register `{name}` is always there and cannot be given"
                yield self._problem(what, "take it out", "related", name)
            elif name not in self._pack.registers:
                yield self._stranger(name, "a register", self._pack.registers, "related", name)
            else:
                for number, row in enumerate(rows):
                    yield from self._row(registers[name], row, "related", name, number)

    def keys(self, example: Example) -> Iterator[Problem]:
        """Keys of an example are there and unique."""
        related = related_of(self._item.model, example)
        own = (row_of(self._item.model, example), *related.get(self._own, ()))
        for name, rows in {**related, self._own: own}.items():
            key = self._setting.registers[name].key
            keys = [(row.get(key) or "").strip(" ") for row in rows]
            if not all(keys):
                yield self._problem(f"a row of `{name}` has no `{key}`", "give every row its key")
            elif len(set(keys)) < len(keys):
                what = f"two rows of `{name}` have the same `{key}`"
                yield self._problem(what, f"give each row a `{key}` of its own")

    def each(self, example: Example) -> Iterator[Problem]:
        """Each example says which value of the for_each it is about, and no other."""
        check = self._item.model
        given, name = _each_of(check, example), check.for_each.name if check.for_each else None
        for other in given.keys() - {name}:
            what = f"`{other}` is not the name of the check's for_each"
            yield self._problem(what, f"write `{name}`" if name else "take it out", "each", other)
        if name and name not in given:
            what = f"the example does not say which {name} it is about"
            yield self._problem(what, f"add `each: {{{name}: ...}}`, here or to `typical`")

    def facts(self, example: Example) -> Iterator[Problem]:
        """The facts exist, with values that they can have."""
        return self._cells(example.facts, self._pack.policy.facts, "a fact of policy.yaml", "facts")

    def parameters(self, example: Example, *, fits: bool) -> Iterator[Problem]:
        """The parameters exist, with values that they can have and that fit the rules."""
        changed: dict[str, ParameterValue] = {}
        for id_, value in example.parameters.items():
            parameter = self._pack.parameters.get(id_)
            if parameter is None:
                yield self._stranger(id_, "a parameter", self._pack.parameters, "parameters", id_)
                continue
            try:
                changed[id_] = read_parameter(parameter, value)
            except ValueError as error:
                remedy = f"write a value of type {parameter.type}"
                yield self._problem(f"`{id_}` {error}", remedy, "parameters", id_)
        if fits and changed:
            there = replace(self._setting, parameters={**self._setting.parameters, **changed})
            rules: list[Check | Population] = [self._item.model, *self._pack.populations.values()]
            for rule in rules:
                for fault in faults(rule, there):
                    yield self._problem(fault.what, fault.remedy, "parameters")
