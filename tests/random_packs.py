"""Random packs: files like anybody's, so that what is compared is the whole way from YAML and CSV to counts."""

import csv
import json
import random
from datetime import timedelta
from pathlib import Path

import yaml
from tests.random_rules import FACTS, FIELDS, KEYS, OWN, PARAMETERS, POPULATIONS, TODAY, VALUES, Maker, Node, Spot

DUTY = "DUTY-ADVICE"
CLAUSE, PARTS = "CK-P9-S2", ("first", "second")
GROUNDS = ([CLAUSE], [f"{CLAUSE}#first"], [f"{CLAUSE}#first", f"{CLAUSE}#second"])
SAID = {"f_number": "1", "f_day": "2026-03-29", "f_kind": "green", "f_flag": "no"}


def write_pack(folder: Path, chance: random.Random, checks: int) -> None:
    """A policy folder with random checks, beside the duties and the law of the second pack, copied there."""
    policy = yaml.safe_load((folder / "policy.yaml").read_text("utf-8"))
    for path in (folder / "checks").glob("*.yaml"):
        path.unlink()
    facts = {**policy["facts"], **{fact: shape(kind) for kind, fact in FACTS.items()}}
    dump(folder / "policy.yaml", {**policy, "facts": facts})
    dump(folder / "registers.yaml", [register(name) | {"about": "event"} for name in POPULATIONS])
    dump(folder / "lists" / "colours.yaml", register("colours") | {"rows": rows("colours", 4, chance)})
    dump(folder / "populations.yaml", [population(name, chance) for name in POPULATIONS])
    dump(folder / "parameters.yaml", [parameter(name, *rest) for name, rest in PARAMETERS.items()])
    for path in (folder / "sources").glob("*.yaml"):
        write_parts(path)
    dump(folder / "checks" / "random.yaml", [check(f"CHK-{n}", chance) for n in range(checks)])


def write_parts(path: Path) -> None:
    """Give the sentence that states the duty its two parts."""
    source = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - text only
    for clause in source["clauses"]:
        clause.update({"parts": [{"id": part, "words": part} for part in PARTS]} if clause["id"] == CLAUSE else {})
    dump(path, source)


def register(name: str) -> Node:
    """A register with its fields."""
    fields = {field: shape(kind) for field, kind in FIELDS[name].items()}
    return {"id": name, "title": name, "key": KEYS[name], "fields": fields}


def shape(kind: str) -> Node:
    """A field or a fact of a type."""
    return {"type": kind, "means": kind} | ({"values": VALUES["code"]} if kind == "code" else {})


def population(name: str, chance: random.Random) -> Node:
    """A population of a register."""
    where = Maker(chance, population=True).conditions(Spot(name, depth=2))
    return {"id": POPULATIONS[name], "register": name, "noun": "one", "plural": "some", "where": where}


def parameter(name: str, kind: str, default: object) -> Node:
    """A parameter with its default."""
    return {"id": name, "title": name, "type": kind, "default": default, "source": {"why": "made up"}}


def check(name: str, chance: random.Random) -> Node:
    """A check with a random rule, with or without a for_each."""
    own, each = chance.choice(["alpha", "beta", "alpha", "beta", "organisation", "colours"]), chance.random() < 0.4
    maker, spot = Maker(chance, each=each), Spot(own)
    codes = chance.choice([VALUES["code"], {"parameter": "some_kinds"}, {"parameter": "no_kinds"}])
    return {
        "id": name,
        "verifies": [DUTY],
        "grounds": chance.choice(GROUNDS),
        "title": name,
        "limits": "Made up.",
        "register": own,
        "noun": "one",
        "plural": "some",
        "key": KEYS[own],
        **({"for_each": {"name": "colour", "in": codes}} if each else {}),
        "where": chance.choice([[], [maker.condition(spot)]]),
        "must": [maker.by_code(spot)] if each and chance.random() < 0.5 else maker.conditions(spot),
        "max_age_days": "31",
        "examples_at": str(TODAY),
        "examples": chance.choice([[], [example(own, each=each)]]),
    }


def example(register: str, *, each: bool) -> Node:
    """An example that claims to fail, with no more than it needs: a check that has one may pass."""
    value = {"each": {"colour": VALUES["code"][0]}} if each else {}
    row = {KEYS[register]: "R-1"} if register != "organisation" else {}
    return {"expect": "fail", "because": "made up", "row": row, **value}


def write_firm(folder: Path, chance: random.Random) -> None:
    """An organisation's folder with random records, some of them of the day after."""
    days = {name: chance.choices([TODAY, TODAY + timedelta(days=1)], weights=[19, 1])[0] for name in POPULATIONS}
    records = {name: {"source": f"{name}.csv", "taken_on": str(day)} for name, day in days.items()}
    facts = {"run_by": "caterer", "kitchens": "2", **SAID}
    folder.mkdir(exist_ok=True)
    firm = {"id": "RANDOM", "name": "Random (made up)", "as_at": str(TODAY), "facts": facts, "records": records}
    dump(folder / "organisation.yaml", firm)
    for name in POPULATIONS:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(OWN))
            writer.writeheader()
            writer.writerows(rows(name, chance.randint(0, 9), chance, nonsense=1))


def rows(name: str, number: int, chance: random.Random, nonsense: int = 0) -> list[dict[str, str]]:
    """Rows of a register: now and then a blank; in records, rarely something that cannot be read."""
    key = KEYS[name]
    return [
        {field: f"R-{n}" if field == key else cell(kind, chance, nonsense) for field, kind in FIELDS[name].items()}
        for n in range(number)
    ]


def cell(kind: str, chance: random.Random, nonsense: int) -> str:
    """A value, a blank, or nonsense."""
    found = chance.choice(VALUES[kind])
    return chance.choices([found, f" {found} ", "", "  ", "?"], weights=[60, 5, 12, 5, nonsense])[0]


def dump(path: Path, data: object) -> None:
    """Write a file; JSON is YAML too, and knows no aliases."""
    path.write_text(json.dumps(data, indent=1), "utf-8")
