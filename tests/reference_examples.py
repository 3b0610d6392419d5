"""The oracle's reading of a check's examples: what a rule says of one made-up row."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from tests.reference import unit
from tests.reference_reading import Cells, Item, Read, World, law_rows, open_world, parameters_of, typed
from tests.reference_rules import At


def told_apart(policy: Path, organisation: Path) -> Iterator[tuple[str, str, str]]:
    """Every example of a pack: the check with the example's reason, what it expects, and what the rule comes to."""
    world = open_world(policy, organisation)
    for name, check in world.checks.items():
        for example in check.get("examples") or []:
            yield f"{name}: {example['because']}", example["expect"], result(check, example, world)


def result(check: Item, example: Item, world: World) -> str:
    """pass, fail, unknown or out."""
    typical: Item = check.get("typical") or {}
    case = at_home(check, example, world)
    fill(case, check, overlaid_related(typical.get("related") or {}, example.get("related") or {}))
    own = check["register"]
    if own == "organisation":
        row = {"id": "EXAMPLE", **case.facts}
        case.tables[own] = [row]
    else:
        row = cells((typical.get("row") or {}) | (example.get("row") or {}), own, case)
        case.tables[own] = [row, *(case.tables[own] or [])]
    each = ((typical.get("each") or {}) | (example.get("each") or {})).values()
    found = unit(check, At(row, own, next(iter(each), None)), case)
    return {"conform": "pass", "violate": "fail"}.get(found, found)


def at_home(check: Item, example: Item, world: World) -> World:
    """The world of an example: its own day, facts and parameters, else blank facts and the pack's defaults."""
    shapes: dict[str, Item] = world.policy.get("facts") or {}
    facts = {name: typed((example.get("facts") or {}).get(name), shape) for name, shape in shapes.items()}
    parameters = world.defaults | parameters_of(example.get("parameters") or {}, world.parameter_shapes)
    as_at = date.fromisoformat(example.get("as_at") or check["examples_at"])
    return replace(world, as_at=as_at, facts=facts, parameters=parameters, tables=dict(world.tables), indexes={})


def overlaid_related(typical: Item, own: Item) -> dict[str, list[Read]]:
    """The related rows: those an example gives, each over the first typical row of its register; else the typical."""
    laid = {name: [(typical.get(name) or [{}])[0] | row for row in rows or []] for name, rows in own.items()}
    return typical | laid


def fill(case: World, check: Item, related: dict[str, list[Read]]) -> None:
    """Put the related rows, the law of the day and the organisation into the tables; everything else is empty."""
    own = {name for name in case.registers if name in case.unreadable}
    case.tables |= {name: [cells(row, name, case) for row in related.get(name) or []] for name in {*own, *related}}
    case.tables["organisation"] = [{"id": "EXAMPLE", **case.facts}]
    case.tables["law"] = law_rows(case)
    case.tables.setdefault(check["register"], [])


def cells(row: Item, register: str, case: World) -> Cells:
    """One row with every field of its register."""
    return {name: typed(row.get(name), shape) for name, shape in case.registers[register]["fields"].items()}
