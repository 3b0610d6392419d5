"""The cells of cases/engines/cells.yaml: tables of them, what each must be read as, and what counting must bring."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from tests.test_engines_counting import SETTING

from policykit.engines import Counted, Engine, Refused
from policykit.model.registers import FieldShape, FieldType, Register
from policykit.model.values import Reading
from policykit.rules import Check, Setting, marker

CASES: list[list[Any]] = yaml.safe_load((Path(__file__).parent / "cases/engines/cells.yaml").read_text("utf-8"))
FIELDS = {kind: f"as_{kind}" for kind in FieldType}
BLANK, UNREADABLE = "blank", "unreadable"


@dataclass(frozen=True)
class Cell:
    """One case: a text, its type, and what it is read as."""

    text: str
    kind: FieldType
    read: str


@dataclass(frozen=True)
class Cells:
    """The cases that are read by the same rules: a row each, in the column of its type."""

    register: Register
    cells: tuple[Cell, ...]

    @property
    def rows(self) -> list[list[str | None]]:
        """The rows of the table, the key first; a column that a case is not about is blank."""
        return [
            [f"K{number}", *(cell.text if cell.kind is kind else None for kind in FIELDS)]
            for number, cell in enumerate(self.cells)
        ]


def each_table(unfit: str = "") -> Iterator[Cells]:
    """A table for each way in which words are read, without texts that hold one of the characters that are `unfit`."""
    for number, rules in enumerate(sorted({repr(case[3:]) for case in CASES})):
        cases = [case for case in CASES if repr(case[3:]) == rules and not set(case[0]) & set(unfit)]
        register = Register(id=f"cells_{number}", title="Cells", about="event", key="ref", fields=_shapes())
        reading = Reading.model_validate(cases[0][3] if cases[0][3:] else {})
        cells = tuple(Cell(text, FieldType(kind), read) for text, kind, read, *_ in cases)
        yield Cells(register.read_by(reading), cells)


def _shapes() -> dict[str, FieldShape]:
    codes = {FieldType.CODE: ("blue", "none", "red")}
    fields = {name: FieldShape(type=kind, means=name, values=codes.get(kind, ())) for kind, name in FIELDS.items()}
    return {"ref": FieldShape(type=FieldType.REF, means="ref"), **fields}


def assert_read_and_counted(engine: Engine[Any], table: Cells) -> None:
    """Every cell is what its case says; and a check of what is recorded counts as many of each."""
    found = engine.look_up(table.register, {}, None)
    assert not isinstance(found, Refused)
    by_key = {row["ref"]: row for row in found}
    for number, cell in enumerate(table.cells):
        row, field = by_key[f"K{number}"], FIELDS[cell.kind]
        said = UNREADABLE if marker(field) in row else in_words(row[field])
        assert (cell.text, cell.kind, said) == (cell.text, cell.kind, cell.read)
    for kind, field in FIELDS.items():
        counted = engine.count(_recorded(table.register, field), setting_of(table))
        assert isinstance(counted, Counted)
        read = [cell.read for cell in table.cells if cell.kind is kind]
        unreadable, values = read.count(UNREADABLE), len([each for each in read if each not in {BLANK, UNREADABLE}])
        assert counted.counts.unreadable == unreadable
        assert (counted.counts.conform, counted.counts.violate) == (values, len(table.cells) - unreadable - values)


def in_words(value: object) -> str:
    """A value as a case says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return BLANK if value is None else str(value)


def setting_of(table: Cells) -> Setting:
    """What a check of the cells may look up."""
    return Setting(SETTING.as_at, {table.register.id: table.register}, {}, {}, {}, {}, {})


def _recorded(register: Register, field: str) -> Check:
    fixed = {"verifies": ["DUTY-MADE-UP"], "grounds": ["MADE-UP"], "title": "made up", "limits": "made up"}
    rule = {"register": register.id, "key": "ref", "must": [{"test": "recorded", "field": field}]}
    return Check.model_validate({"id": "CHK-MADE-UP", **fixed, **rule})
