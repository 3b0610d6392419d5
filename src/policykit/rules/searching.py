"""Searching: rows near the examples of a check, with one or two things changed, in an order that never varies."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from policykit.model.registers import Value
from policykit.rules.candidates import Candidates
from policykit.rules.check import Check, Example
from policykit.rules.setting import Row, Setting, Values
from policykit.rules.usage import each_of, facts_used, reads

_ORGANISATION = "organisation"
Fields = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Case:
    """A row, ready to be judged, and the example that it is or that it was made from."""

    example: Example
    row: Row
    setting: Setting


Change = Callable[[Case], Case]


class Neighbourhood:
    """The rows near some cases of a check; `given` are the registers whose rows an example may give."""

    def __init__(self, check: Check, cases: tuple[Case, ...], given: frozenset[str]) -> None:
        self._check, self._cases, self._given = check, cases, given
        self._own = check.register_ or ""
        self._all = reads(check, cases[0].setting)
        self._keyed = tuple(register for register in self._all if register in given)
        self._candidates = [Candidates(check, case.row, case.setting) for case in cases]

    def rows(self, focus: Fields) -> Iterator[Case]:
        """Rows with something changed where the focus is, then with another thing changed anywhere too.

        In every one of them, as in every example, keys are there and unique.
        """
        return (case for case in self._rows(focus) if self._keys_fit(case))

    def _keys_fit(self, case: Case) -> bool:
        for register in self._keyed:
            key = case.setting.registers[register].key
            keys = {row[key] for row in case.row.tables[register]}
            if None in keys or len(keys) < len(case.row.tables[register]):
                return False
        return True

    def _rows(self, focus: Fields) -> Iterator[Case]:
        around = tuple(zip(self._cases, self._candidates, strict=True))
        for case, candidates in around:
            yield from (change(case) for change in self._changes(focus, case, candidates))
        for case, candidates in around:
            first = tuple(self._changes(focus, case, candidates))
            for second in self._changes(self._all, case, candidates):
                other = second(case)
                yield from (change(other) for change in first)

    def _changes(self, focus: Fields, case: Case, candidates: Candidates) -> Iterator[Change]:
        """Changes of some fields: in the row, in rows around it, and in how many of those there are."""
        for register, fields in focus.items():
            values = [(field, value) for field in sorted(fields) for value in candidates.of(register, field)]
            if register == self._own:
                yield from (partial(_in_row, register, *each) for each in values)
            if register in self._given:
                yield from self._in_table(register, values, case)
        yield from self._of_ourselves(focus, case, candidates)
        each = each_of(self._check, case.setting)
        yield from (partial(_at_code, code) for code in (each.codes if each else ()))

    def _in_table(self, register: str, values: list[tuple[str, Value | None]], case: Case) -> Iterator[Change]:
        """Rows of a register, and of the check's own register its other rows: changed, taken away, added."""
        others = range(1 if register == self._own else 0, len(case.row.tables[register]))
        for number in others:
            yield from (partial(_in_other, register, number, *each) for each in values)
        if others:
            yield partial(_cut, register, others.start)
        like = self._like(register, case)
        yield partial(_added, register, like)
        yield from (partial(_added, register, {**like, field: value}) for field, value in values)

    def _like(self, register: str, case: Case) -> Values:
        """A row of a register to start from: the first that there is in this case or in any."""
        tables = (each.row.tables[register] for each in (case, *self._cases))
        blank = dict.fromkeys(case.setting.registers[register].fields)
        return next(chain.from_iterable(tables), blank)

    def _of_ourselves(self, focus: Fields, case: Case, candidates: Candidates) -> Iterator[Change]:
        """What the organisation says about itself, where a rule asks for it from another register."""
        asked = focus.get(_ORGANISATION, frozenset()) - {"id"} if self._own != _ORGANISATION else frozenset()
        for fact in sorted(asked | set(facts_used(self._check, case.setting))):
            yield from (partial(_at_fact, fact, value) for value in candidates.of(_ORGANISATION, fact))


def _with_row(case: Case, values: Values, tables: Mapping[str, tuple[Values, ...]]) -> Case:
    return replace(case, row=replace(case.row, values=values, tables={**case.row.tables, **tables}))


def _in_row(own: str, field: str, value: Value | None, case: Case) -> Case:
    values = {**case.row.values, field: value}
    return _with_row(case, values, {own: (values, *case.row.tables[own][1:])})


def _in_other(register: str, number: int, field: str, value: Value | None, case: Case) -> Case:
    rows = [*case.row.tables[register]]
    rows[number : number + 1] = [{**row, field: value} for row in rows[number : number + 1]]
    return _with_row(case, case.row.values, {register: tuple(rows)})


def _cut(register: str, kept: int, case: Case) -> Case:
    return _with_row(case, case.row.values, {register: tuple(case.row.tables[register][:kept])})


def _added(register: str, like: Values, case: Case) -> Case:
    rows, key = case.row.tables[register], case.setting.registers[register].key
    row = {**like, key: f"ANOTHER-{len(rows)}"}
    return _with_row(case, case.row.values, {register: (*rows, row)})


def _at_code(code: str, case: Case) -> Case:
    return replace(case, row=replace(case.row, each=code))


def _at_fact(fact: str, value: Value | None, case: Case) -> Case:
    facts = {**case.setting.facts, fact: value}
    ourselves = tuple({**row, fact: value} for row in case.row.tables[_ORGANISATION])
    changed = _with_row(case, case.row.values, {_ORGANISATION: ourselves})
    return replace(changed, setting=replace(case.setting, facts=facts))
