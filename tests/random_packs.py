"""Random packs: files like anybody's, so that what is compared is the whole way from YAML and CSV to counts."""

import csv
import json
import random
from pathlib import Path

import yaml
from tests.random_rules import (
    DEEPEST,
    FACTS,
    FIELDS,
    KINDS,
    POPULATIONS,
    REGISTERS,
    TODAY,
    Maker,
    Node,
    parameters,
    values_of,
)


def write_pack(folder: Path, chance: random.Random, checks: int) -> None:
    """A policy folder with random checks, beside the duties and the law of the second pack, copied there."""
    duty = "DUTY-ADVICE"
    policy = yaml.safe_load((folder / "policy.yaml").read_text("utf-8"))
    shapes = {fact: shape(kind) for kind, fact in FACTS.items()}
    dump(folder / "policy.yaml", {**policy, "facts": {**policy["facts"], **shapes}})
    for path in (folder / "checks").glob("*.yaml"):
        path.unlink()
    dump(folder / "registers.yaml", [register(name) for name in REGISTERS])
    dump(folder / "populations.yaml", [population(name, chance) for name in REGISTERS])
    dump(folder / "parameters.yaml", [parameter(*each) for each in parameters()])
    dump(folder / "checks" / "random.yaml", [check(f"CHK-{n}", duty, chance) for n in range(checks)])


def register(name: str) -> Node:
    """A register with a field or two of each type."""
    fields = {field: shape(kind) for field, kind in FIELDS.items()}
    return {"id": name, "title": name, "about": "event", "key": "row_ref", "fields": fields}


def shape(kind: str) -> Node:
    """A field or a fact of a type."""
    return {"type": kind, "means": kind} | ({"values": KINDS} if kind == "code" else {})


def population(name: str, chance: random.Random) -> Node:
    """A population of a register."""
    where = Maker(chance, population=True).conditions(name, DEEPEST - 1)
    return {"id": POPULATIONS[name], "register": name, "noun": "one", "plural": "some", "where": where}


def parameter(name: str, kind: str, default: object) -> Node:
    """A parameter with its default."""
    return {"id": name, "title": name, "type": kind, "default": default, "source": "made up"}


def check(name: str, duty: str, chance: random.Random) -> Node:
    """A check with a random rule, with or without a for_each."""
    own, each = chance.choice(REGISTERS), chance.random() < 0.4
    made = Maker(chance, each=each)
    return {
        "id": name,
        "verifies": [duty],
        "grounds": ["CK-P9-S2"],
        "title": name,
        "limits": "Made up.",
        "register": own,
        "noun": "one",
        "plural": "some",
        "key": "row_ref",
        **({"for_each": {"name": "colour", "in": chance.choice([KINDS, {"parameter": "some_kinds"}])}} if each else {}),
        "where": chance.choice([[], made.conditions(own, 1, most=1)]),
        "must": made.conditions(own),
        "max_age_days": "31",
        "examples_at": str(TODAY),
    }


def write_firm(folder: Path, chance: random.Random) -> None:
    """An organisation's folder with random records."""
    facts = {
        "run_by": "caterer",
        "kitchens": "2",
        "f_number": "1",
        "f_day": "2026-03-29",
        "f_kind": "green",
        "f_flag": "no",
    }
    records = {name: {"source": f"{name}.csv", "taken_on": str(TODAY)} for name in REGISTERS}
    firm = {"id": "RANDOM", "name": "Random (made up)", "as_at": str(TODAY), "facts": facts, "records": records}
    folder.mkdir(exist_ok=True)
    dump(folder / "organisation.yaml", firm)
    for name in REGISTERS:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([list(FIELDS), *(row(n, chance) for n in range(chance.randint(0, 9)))])


def row(number: int, chance: random.Random) -> list[str]:
    """One row of records; now and then a blank, rarely something that cannot be read."""
    cells = [cell(kind, chance) for kind in list(FIELDS.values())[1:]]
    return [f"R-{number}", *cells]


def cell(kind: str, chance: random.Random) -> str:
    """A value, a blank, or nonsense."""
    found = chance.choice(values_of(kind))
    return chance.choices([found, f" {found} ", "", "  ", "?"], weights=[60, 5, 12, 5, 1])[0]


def dump(path: Path, data: object) -> None:
    """Write a file; JSON is YAML too, and knows no aliases."""
    path.write_text(json.dumps(data, indent=1), "utf-8")
