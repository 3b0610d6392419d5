"""Rows near an example: what can be changed in a row and around it, and the values that are worth trying there.

Blank, what the rule names, one below and one above, another code; days around every day that stands in the rows, and
around every limit that is counted from one; of law, the provisions that begin, change or end around those days.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from itertools import chain

from policykit.model.registers import FieldShape, FieldType, Value
from policykit.model.scalars import FIRST_YEAR, LAST_YEAR
from policykit.rules.check import Check, Example, each_of, facts_used, read_at, reads, standing
from policykit.rules.dates import moved
from policykit.rules.language import Distance, Place, Row, Setting, Standing, Values
from policykit.rules.values import ORDERED, shifted

ANOTHER = "ANOTHER"
"""A reference or a text that is nobody else's."""

_LAW, _EDGES = "law", ("valid_from", "valid_to", "last_changed_on")
_MOST_PROVISIONS = 24
_ORGANISATION = "organisation"
Column = tuple[str, str]
Fields = Mapping[str, frozenset[str]]
Choose = Callable[[str, str], tuple[Value | None, ...]]


def under(place: Place, setting: Setting) -> Place:
    """The same place in another setting."""
    if setting is place.setting:
        return place
    return replace(place, setting=setting, outer=place.outer and under(place.outer, setting))


def rows_at(place: Place, row: Row) -> Iterator[Row]:
    """Every row that conditions at a place could be asked about, seen from a row of the check's own register."""
    if place.outer is None:
        yield row
        return
    for outer in rows_at(place.outer, row):
        yield from map(outer.into, row.tables[place.register.id])


class Candidates:
    """The values worth trying in the fields around one row."""

    def __init__(self, check: Check, row: Row, setting: Setting) -> None:
        standings = tuple(standing(check, setting))
        near = [each for node, place in standings for each in node.near(place)]
        values = (*_seen(check, row, setting), *(each for each in near if not isinstance(each, Distance)))
        named = ((place.register.id, field) for node, place in standings for field in node.provisions())
        self._setting, self._values, self._provisions = setting, tuple(dict.fromkeys(values)), frozenset(named)
        self._spans = dict.fromkeys(each for each in near if isinstance(each, Distance))
        self._law = row.tables[_LAW] if self._provisions else ()
        self._days = tuple(self._around())
        self._found: dict[Column, tuple[Value | None, ...]] = {}

    def of(self, register: str, field: str) -> tuple[Value | None, ...]:
        """Each value once, blank last: a row that says something is the better example."""
        key = (register, field)
        if key not in self._found:
            shape = self._setting.registers[register].fields[field]
            self._found[key] = tuple(dict.fromkeys((*self._tried(shape, key), None)))
        return self._found[key]

    def _tried(self, shape: FieldShape, key: Column) -> Iterable[Value]:
        match shape.type:
            case FieldType.FLAG:
                return (True, False)
            case FieldType.CODE:
                return shape.values
            case FieldType.DATE:
                return self._days
            case FieldType.INTEGER:
                return _with_neighbours((0, *self._of_type(int)))
            case _:
                near = self._changing() if key in self._provisions else ()
                return (ANOTHER, *self._of_type(str), *near)

    def _of_type(self, wanted: type) -> Iterator[Value]:
        return (value for value in self._values if type(value) is wanted)

    def _around(self) -> Iterator[date]:
        """The as-at date, days in the rows, and days as far from them as the rule counts; each with its neighbours."""
        edges = (row[edge] for row in self._law if row["id"] in self._values for edge in _EDGES)
        days = [day for day in (self._setting.as_at, *self._of_type(date), *edges) if isinstance(day, date)]
        far = (moved(day, sign * number, unit) for day in days for number, unit in self._spans for sign in (-1, 1))
        near = _with_neighbours((*days, *far))
        return (day for day in near if isinstance(day, date) and FIRST_YEAR <= day.year <= LAST_YEAR)

    def _changing(self) -> Iterator[str]:
        """Provisions of which something changes on one of the days, then others: no more than a few."""
        days = set(self._days)
        rows = sorted(self._law, key=lambda row: not any(row[edge] in days for edge in _EDGES))
        yield from dict.fromkeys(str(row["id"]) for row in rows[:_MOST_PROVISIONS])


def _with_neighbours(values: Iterable[Value]) -> Iterator[Value]:
    for value in values:
        near = (value, shifted(value, -1), shifted(value, 1))
        yield from (each for each in near if each is not None and not isinstance(each, tuple))


def _seen(check: Check, row: Row, setting: Setting) -> Iterator[Value]:
    """Every value in a field that the check reads, but those of the law."""
    for register, fields in reads(check, setting).items():
        rows: Iterable[Values] = () if register == _LAW else row.tables[register]
        for values in rows:
            yield from (value for field in sorted(fields) if (value := values.get(field)) is not None)
    if row.each is not None:
        yield row.each


@dataclass(frozen=True)
class Case:
    """A row, ready to be judged, and the example that it is or that it was made from."""

    example: Example
    row: Row
    setting: Setting


Change = Callable[[Case], Case]


class Surroundings:
    """The changes worth trying on one case; `given` are the registers whose rows an example may give."""

    def __init__(self, check: Check, case: Case, cases: tuple[Case, ...], given: frozenset[str]) -> None:
        self.case = case
        self._check, self._cases, self._given, self._own = check, cases, given, check.register_ or ""
        self._facts = frozenset(facts_used(check, case.setting))

    @cached_property
    def _candidates(self) -> Candidates:
        return Candidates(self._check, self.case.row, self.case.setting)

    def changes(self, focus: Fields) -> Iterator[Change]:
        """Changes of some fields, to every value worth trying: in the row, and in rows around it."""
        return self._changes(focus, self._candidates.of)

    @cached_property
    def few(self) -> tuple[Change, ...]:
        """Changes anywhere; of numbers and days only one for each thing that conditions on them can come to."""
        return tuple(self._changes(reads(self._check, self.case.setting), self._few_of))

    @cached_property
    def _conditions(self) -> Mapping[Column, list[Standing]]:
        found: dict[Column, list[Standing]] = {}
        for one in standing(self._check, self.case.setting):
            for key in ((register, field) for register, fields in read_at([one]).items() for field in fields):
                found.setdefault(key, []).append(one)
        return found

    def _few_of(self, register: str, field: str) -> tuple[Value | None, ...]:
        values = self._candidates.of(register, field)
        if self.case.setting.registers[register].fields[field].type not in ORDERED:
            return values
        found: dict[object, Value | None] = {}
        within, conditions = register == self._own or register in self._given, self._conditions[register, field]
        for value in values:
            row = (_in_row(self._own, register, 0, field, value, self.case) if within else self.case).row
            truths = tuple(node.holds(at, place) for node, place in conditions for at in rows_at(place, row))
            found.setdefault(truths, value)
        return tuple(found.values())

    def _changes(self, focus: Fields, choose: Choose) -> Iterator[Change]:
        for register, fields in focus.items():
            if register == self._own or register in self._given:
                values = [(field, value) for field in sorted(fields) for value in choose(register, field)]
                own = values if register == self._own else ()
                yield from (partial(_in_row, self._own, register, 0, *each) for each in own)
                yield from self._in_table(register, values) if register in self._given else ()
        yield from self._of_ourselves(focus)
        each = each_of(self._check, self.case.setting)
        yield from (partial(_at_code, code) for code in (each.codes if each else ()))

    def _in_table(self, register: str, values: list[tuple[str, Value | None]]) -> Iterator[Change]:
        """Rows of a register, and of the check's own register its other rows: changed, taken away, added."""
        others = range(1 if register == self._own else 0, len(self.case.row.tables[register]))
        for number in others:
            yield from (partial(_in_row, self._own, register, number, *each) for each in values)
        if others:
            yield partial(_cut, register, others.start)
        like = self._like(register)
        yield partial(_added, register, like)
        yield from (partial(_added, register, {**like, field: value}) for field, value in values)

    def _like(self, register: str) -> Values:
        """A row of a register to start from: the first that there is in this case or in any."""
        tables = (each.row.tables[register] for each in (self.case, *self._cases))
        blank = dict.fromkeys(self.case.setting.registers[register].fields)
        return next(chain.from_iterable(tables), blank)

    def _of_ourselves(self, focus: Fields) -> Iterator[Change]:
        """What the organisation says about itself, where a rule asks for it from another register."""
        asked = focus.get(_ORGANISATION, frozenset()) - {"id"} if self._own != _ORGANISATION else frozenset()
        for fact in sorted(asked | self._facts):
            yield from (partial(_at_fact, self._own, fact, value) for value in self._candidates.of(_ORGANISATION, fact))


def unchanged(case: Case) -> Case:
    """The case as it is."""
    return case


def _with_row(case: Case, values: Values, tables: Mapping[str, tuple[Values, ...]]) -> Case:
    return Case(case.example, Row(values, {**case.row.tables, **tables}, case.row.each), case.setting)


def _in_row(own: str, register: str, number: int, field: str, value: Value | None, case: Case) -> Case:
    """The value in one row of a register; the first of the check's own is the row that is judged."""
    rows = [*case.row.tables[register]]
    if number < len(rows):
        rows[number] = {**rows[number], field: value}
    values = rows[0] if register == own else case.row.values
    return _with_row(case, values, {register: tuple(rows)})


def _cut(register: str, kept: int, case: Case) -> Case:
    return _with_row(case, case.row.values, {register: tuple(case.row.tables[register][:kept])})


def _added(register: str, like: Values, case: Case) -> Case:
    rows, key = case.row.tables[register], case.setting.registers[register].key
    row = {**like, key: f"ANOTHER-{len(rows)}"}
    return _with_row(case, case.row.values, {register: (*rows, row)})


def _at_code(code: str, case: Case) -> Case:
    return replace(case, row=replace(case.row, each=code))


def _at_fact(own: str, fact: str, value: Value | None, case: Case) -> Case:
    # What the register of ourselves says of it changes too, but where that is the row that is judged.
    setting = replace(case.setting, facts={**case.setting.facts, fact: value})
    ourselves = tuple({**row, fact: value} for row in case.row.tables[_ORGANISATION])
    tables = {} if own == _ORGANISATION else {_ORGANISATION: ourselves}
    return replace(_with_row(case, case.row.values, tables), setting=setting)
