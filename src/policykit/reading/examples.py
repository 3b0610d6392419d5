"""Examples of a check: the typical row with what the example changes laid over it, typed, ready to be judged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from policykit.model.parameters import read_parameter
from policykit.model.registers import Register, Value, read_value
from policykit.reading.built_in import BUILT_IN, ORGANISATION, built_in_rows, setting_of
from policykit.reading.pack import Pack
from policykit.rules import Case, Check, Example, Row, Setting, Typical, Values

EXAMPLE_ID = "EXAMPLE"
Texts = Mapping[str, str | None]


class ExampleCases:
    """The examples of a pack's checks, ready to be judged. What examples share is made once."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._settings: dict[object, Setting] = {}
        self._built_in: dict[object, Mapping[str, tuple[Values, ...]]] = {}

    def case(self, check: Check, example: Example) -> Case:
        """The row of an example with all tables around it, and the setting that it is judged in.

        The check has a register and the example has passed loading.
        """
        setting = self._setting(check, example)
        own = check.register_ or ""
        values = typed(row_of(check, example), setting.registers[own])
        related = related_of(check, example)
        tables = {
            **dict.fromkeys(self._pack.registers, ()),
            **self._always_there(setting),
            **{name: _typed_rows(rows, setting.registers[name]) for name, rows in related.items()},
        }
        tables[own] = (values,) if own in BUILT_IN else (values, *tables[own])
        each = {**(check.typical or Typical()).each, **example.each}
        return Case(example, Row(values, tables, next(iter(each.values()), None)), setting)

    def _setting(self, check: Check, example: Example) -> Setting:
        as_at = example.as_at or check.examples_at or date.min
        key = (as_at, *example.parameters.items(), None, *example.facts.items())
        if key not in self._settings:
            self._settings[key] = _setting(as_at, example, self._pack)
        return self._settings[key]

    def _always_there(self, setting: Setting) -> Mapping[str, tuple[Values, ...]]:
        key = (setting.as_at, tuple(setting.facts.values()))
        if key not in self._built_in:
            self._built_in[key] = built_in_rows(self._pack, setting.facts, EXAMPLE_ID, setting.as_at)
        return self._built_in[key]


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
    laid = {name: tuple(_laid(rows, typical.get(name, ()))) for name, rows in example.related.items()}
    return {**typical, **laid}


def typed(row: Texts, register: Register) -> Values:
    """Every field of the register with its typed value, None where the row says nothing. Raises ValueError."""
    return {field: read_value(shape, row.get(field)) for field, shape in register.fields.items()}


def _typed_rows(rows: Sequence[Texts], register: Register) -> tuple[Values, ...]:
    return tuple(typed(row, register) for row in rows)


def _laid(rows: Sequence[Texts], typical: Sequence[Texts]) -> Iterator[Texts]:
    first = typical[0] if typical else {}
    return ({**first, **row} for row in rows)


def _setting(as_at: date, example: Example, pack: Pack) -> Setting:
    setting = setting_of(pack, None, as_at)
    own = {id_: read_parameter(pack.parameters[id_], written) for id_, written in example.parameters.items()}
    return replace(setting, facts=_facts(example, pack), parameters={**setting.parameters, **own})


def _facts(example: Example, pack: Pack) -> Mapping[str, Value | None]:
    return {fact: read_value(shape, example.facts.get(fact)) for fact, shape in pack.policy.facts.items()}
