"""Candidates: values worth trying in a field, because a rule could come out otherwise there.

Blank, what the rule names, one below and one above, another code; days around every day that stands in the rows, and
around every limit that is counted from one; of law, the provisions that begin, change or end around those days.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from policykit.model.registers import FieldShape, FieldType, Value
from policykit.model.scalars import FIRST_YEAR, LAST_YEAR
from policykit.rules.check import Check
from policykit.rules.conditions.roles import Part, Role, parts
from policykit.rules.setting import Place, Row, Setting, Values
from policykit.rules.spans import moved
from policykit.rules.usage import reads, standing
from policykit.rules.values import NUMBER, constant, shifted, values_of

ANOTHER = "ANOTHER"
"""A reference or a text that is nobody else's."""

_LAW, _EDGES = "law", ("valid_from", "valid_to", "last_changed_on")
_MOST_PROVISIONS = 24
_UNITS = {Role.DAYS: "days", Role.MONTHS: "months"}
_NO_ROW = Row({}, {})
Key = tuple[str, str]


class Candidates:
    """The values worth trying in the fields around one row."""

    def __init__(self, check: Check, row: Row, setting: Setting) -> None:
        self._setting = setting
        self._found: dict[Key, tuple[Value | None, ...]] = {}
        self._spans: dict[tuple[int, str], None] = {}
        self._provisions: dict[Key, None] = {}
        values = list(_seen(check, row, setting))
        for node, place in standing(check, setting):
            for part in parts(node):
                values.extend(self._learnt(part, getattr(node, "field", ""), place))
        self._values = tuple(dict.fromkeys(values))
        self._law = row.tables[_LAW] if self._provisions else ()
        self._days = tuple(self._around(self._of_type(date)))

    def of(self, register: str, field: str) -> tuple[Value | None, ...]:
        """Each value once, blank last: a row that says something is the better example."""
        key = (register, field)
        if key not in self._found:
            shape = self._setting.registers[register].fields[field]
            self._found[key] = tuple(dict.fromkeys((*self._tried(shape, key), None)))
        return self._found[key]

    def _tried(self, shape: FieldShape, key: Key) -> Iterable[Value]:
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

    def _learnt(self, part: Part, field: str, place: Place) -> Iterator[Value]:
        """What one key of a condition names; spans and fields that name provisions are kept aside."""
        match part.role:
            case Role.VALUE | Role.VALUES:
                named = values_of(part.value, place.shape(field), _NO_ROW, place)
                yield from (value for value in named if value is not None)
            case Role.DAYS | Role.MONTHS:
                number = constant(part.value, NUMBER, place.setting)
                if isinstance(number, int):
                    self._spans[number, _UNITS[part.role]] = None
            case Role.DAY:
                self._provisions[place.register.id, field] = None
            case Role.MATCH:
                self._provisions.update(
                    {(place.register.id, ours): None for theirs, ours in part.value.items() if theirs == "id"}
                )
            case _:
                pass

    def _of_type(self, wanted: type) -> Iterator[Value]:
        return (value for value in self._values if type(value) is wanted)

    def _around(self, seen: Iterable[Value]) -> Iterator[date]:
        """The as-at date, days in the rows, and days as far from them as the rule counts; each with its neighbours."""
        known = set(self._values)
        edges = (row[edge] for row in self._law if row["id"] in known for edge in _EDGES)
        days = [day for day in (self._setting.as_at, *seen, *edges) if isinstance(day, date)]
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
