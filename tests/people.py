"""A made-up register of people with their courses, for cases of the rule language that are written as files."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from policykit.model.parameters import Parameter, read_parameter
from policykit.model.registers import FieldShape, FieldType, Register, read_value
from policykit.rules import Check, Population, Setting, Values

CASES = Path(__file__).parent / "cases"
FIELDS = {
    "people": "ref:ref boss:ref act:ref team:text kind:code started:date left:date due:date away:flag "
    "score:integer weeks:integer",
    "courses": "ref:ref person:ref kind:code done:date passed:flag cost:integer",
    "law": "id:ref valid_from:date valid_to:date last_changed_on:date",
}


def cases(folder: str) -> Mapping[str, Mapping[str, Any]]:
    """Every case of every file of a folder, by the file's name and what the case says."""
    return {
        f"{file.stem}: {case['says']}": case
        for file in sorted((CASES / folder).glob("*.yaml"))
        for case in yaml.load(file.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - it builds texts and nothing else
    }


def shape(kind: str, name: str) -> FieldShape:
    """A field of that type."""
    return FieldShape(type=FieldType(kind), means=name, values=("a", "b", "c") if kind == "code" else ())


def registers() -> Mapping[str, Register]:
    """People, their courses, and law."""
    shapes = {name: dict(field.split(":") for field in fields.split()) for name, fields in FIELDS.items()}
    return {
        name: Register(
            id=name,
            title=name,
            about="person",
            key=next(iter(kinds)),
            fields={f: shape(k, f) for f, k in kinds.items()},
        )
        for name, kinds in shapes.items()
    }


def setting_for(case: Mapping[str, Any]) -> Setting:
    """The setting that a case describes."""
    made_up = {"title": "Made up", "default": "-", "source": "made up"}
    declared = {
        name: Parameter.model_validate(made_up | {"id": name, "type": name}) for name in case.get("parameters", {})
    }
    written = {name: tuple(v) if isinstance(v, list) else v for name, v in case.get("parameters", {}).items()}
    leavers = {"id": "leavers", "register": "people", "noun": "leaver", "plural": "leavers"}
    size = shape("integer", "size")
    said = case.get("facts", {}).get("size")
    return Setting(
        as_at=date.fromisoformat(case.get("as_at", "2026-11-01")),
        registers=registers(),
        populations={"leavers": Population.model_validate(leavers | {"where": [{"test": "past", "field": "left"}]})},
        parameters={name: read_parameter(declared[name], value) for name, value in written.items()},
        declared=declared,
        facts={"size": None if said == "null" else read_value(size, said)},
        fact_shapes={"size": size},
    )


def typed(name: str, rows: list[dict[str, str]]) -> tuple[Values, ...]:
    """Rows with the values of their types, and a reference of their own where the case gives none."""
    register = registers()[name]
    return tuple(
        {field: read_value(shape, row.get(field)) for field, shape in register.fields.items()}
        | ({} if register.key in row else {register.key: f"ROW-{number}"})
        for number, row in enumerate(rows)
    )


def check_for(case: Mapping[str, Any]) -> Check:
    """A check whose only requirement is the case's condition."""
    return Check.model_validate(
        {"id": "CHK-CASE", "verifies": ["DUTY"], "grounds": ["CLAUSE"], "title": "Case", "limits": "None"}
        | {"register": "people", "noun": "person", "key": "ref", "must": [case["condition"]]}
    )
