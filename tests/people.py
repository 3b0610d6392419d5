"""A made-up register of people with their courses, for cases of the rule language that are written as files."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from policykit.model.registers import FieldShape, FieldType, Parameter, Register, read_parameter, read_value
from policykit.rules import Check, Population, Setting, Values

CASES = Path(__file__).parent / "cases"


def read(file: Path) -> Any:  # noqa: ANN401 - whatever stands there
    """The texts of a YAML file."""
    return yaml.load(file.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - it builds texts and nothing else


REGISTERS: Mapping[str, Register] = {raw["id"]: Register.model_validate(raw) for raw in read(CASES / "people.yaml")}


def cases(folder: str) -> Mapping[str, Mapping[str, Any]]:
    """Every case of every file of a folder, by the file's name and what the case says."""
    files = sorted((CASES / folder).glob("*.yaml"))
    return {f"{file.stem}: {case['says']}": case for file in files for case in read(file)}


def setting_for(case: Mapping[str, Any]) -> Setting:
    """The setting that a case describes."""
    made_up = {"title": "Made up", "source": {"why": "made up"}}
    written = {name: tuple(v) if isinstance(v, list) else v for name, v in case.get("parameters", {}).items()}
    declared = {
        name: Parameter.model_validate(made_up | {"id": name, "type": name, "default": value})
        for name, value in written.items()
    }
    leavers = {"id": "leavers", "register": "people", "noun": "leaver", "plural": "leavers"}
    size = FieldShape(type=FieldType.INTEGER, means="Number of homes")
    said = case.get("facts", {}).get("size")
    return Setting(
        as_at=date.fromisoformat(case.get("as_at", "2026-11-01")),
        registers=REGISTERS,
        populations={"leavers": Population.model_validate(leavers | {"where": [{"test": "past", "field": "left"}]})},
        parameters={name: read_parameter(declared[name], value) for name, value in written.items()},
        declared=declared,
        facts={"size": None if said == "null" else read_value(size, said)},
        fact_shapes={"size": size},
        own_parameters=frozenset(written),
        organisation="Example Homes (made up)",
    )


def typed(name: str, rows: list[dict[str, str]]) -> tuple[Values, ...]:
    """Rows with the values of their types, and a reference of their own where the case gives none."""
    register = REGISTERS[name]
    return tuple(
        {field: read_value(shape, row.get(field)) for field, shape in register.fields.items()}
        | ({} if register.key in row else {register.key: f"ROW-{number}"})
        for number, row in enumerate(rows)
    )


def check_for(case: Mapping[str, Any], key: str = "must") -> Check:
    """A check with the case's condition as all that must hold, or as all that is looked at."""
    return Check.model_validate(
        {"id": "CHK-CASE", "verifies": ["DUTY"], "grounds": ["CLAUSE"], "title": "Case", "limits": "None"}
        | {"register": "people", "noun": "person", "key": "ref", key: [case["condition"]]}
    )
