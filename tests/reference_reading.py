"""The oracle's reading: a pack as dicts of text, a table as a list of dicts. It shares no code with policykit."""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from tests import reference_csv

Read = Any
"""What a file or a cell holds: text, a list, a mapping, a day, a number, a flag, or None."""

Item = dict[str, Read]
"""One mapping of a YAML file, every scalar as text."""

Cells = dict[str, Read]
"""One row, every value by its type, None where blank."""

FOREVER = date(9999, 12, 31)
LAW_TEXTS = ("id", "instrument", "kind", "verification")
LAW_DAYS = ("valid_from", "valid_to", "last_changed_on")
UNREADABLE = object()


def read_yaml(path: Path) -> Read:
    """What a file holds, every scalar as text; None for a blank one and for a file that is not there."""
    return blanked(yaml.load(path.read_text("utf-8"), yaml.BaseLoader)) if path.exists() else None  # noqa: S506 - text only


def blanked(data: Read) -> Read:
    """The same data with None for an empty value, `~` and `null`."""
    if isinstance(data, dict):
        return {key: blanked(value) for key, value in data.items()}
    if isinstance(data, list):
        return [blanked(value) for value in data]
    return None if data in {"", "~", "null"} else data


def each_file(folder: Path) -> list[Read]:
    """What every YAML file of a folder holds, in order of name."""
    return [read_yaml(path) for path in sorted(folder.glob("*.yaml"))]


def front_matter(path: Path) -> Item:
    """The typed half of a duty's file."""
    front: Item = blanked(yaml.load(path.read_text("utf-8").split("---\n")[1], yaml.BaseLoader))  # noqa: S506 - text only
    return front


def typed(text: Read, shape: Item) -> Read:
    """One value by its type: None where blank, UNREADABLE where it is not of the type."""
    value = reference_csv.cut(str(text or ""))
    kind = shape["type"]
    if not value:
        return None
    if kind == "date":
        return day_of(value)
    if kind == "integer":
        return int(value) if re.fullmatch("-?[0-9]{1,18}", value) else UNREADABLE
    if kind == "flag":
        return {"yes": True, "true": True, "no": False, "false": False}.get(value.lower(), UNREADABLE)
    if kind == "code" and "values" in shape and value not in shape["values"]:
        return UNREADABLE
    return UNREADABLE if kind in {"ref", "text"} and reference_csv.is_broken(value) else value


def day_of(value: str) -> Read:
    """A day written 2026-11-01, from 1900 to 9998, with or without its midnight; else UNREADABLE."""
    if value[10:11] in {" ", "T"}:
        value, hour, seconds, zeros = value[:10], value[11:16], value[16:19], value[19:]
        if hour != "00:00" or seconds not in {"", ":00"} or (zeros and not re.fullmatch("[.]0+", zeros)):
            return UNREADABLE
    try:
        day = date.fromisoformat(value) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else None
    except ValueError:
        day = None
    return day if day and 1900 <= day.year <= 9998 else UNREADABLE


def read_table(path: Path, register: Item) -> tuple[list[Cells], list[set[str]]] | None:
    """The rows and, row by row, the fields that could not be read; None where the register cannot be opened."""
    fields: dict[str, Item] = register["fields"]
    try:
        texts = reference_csv.read_table(path.read_bytes(), sorted(fields, key=lambda name: name != register["key"]))
    except (OSError, reference_csv.RefusedError):
        return None
    read = [{name: typed(cell, fields[name]) for name, cell in text.items()} for text in texts]
    bad = [{name for name, value in row.items() if value is UNREADABLE} for row in read]
    rows = [{name: None if value is UNREADABLE else value for name, value in row.items()} for row in read]
    return rows, bad


@dataclass
class World:
    """The pack, the organisation and the day; `tables` and `unreadable` by register, None where it cannot be opened."""

    as_at: date
    policy: Item
    checks: dict[str, Item]
    clauses: dict[str, Item]
    duties: dict[str, Item]
    populations: dict[str, Item]
    registers: dict[str, Item]
    provisions: list[Item]
    facts: Cells
    defaults: dict[str, Read]
    parameters: dict[str, Read]
    parameter_shapes: dict[str, Item]
    profile: Item
    attestations: list[Item]
    tables: dict[str, list[Cells] | None] = field(default_factory=dict)
    unreadable: dict[str, list[set[str]]] = field(default_factory=dict)
    indexes: dict[tuple[str, tuple[str, ...]], dict[tuple[Read, ...], list[Cells]]] = field(default_factory=dict)

    def index(self, register: str, fields: tuple[str, ...]) -> dict[tuple[Read, ...], list[Cells]]:
        """The rows of a register by their values of these fields; made once, for speed alone."""
        if (register, fields) not in self.indexes:
            found = self.indexes[register, fields] = {}
            for row in self.tables[register] or []:
                found.setdefault(tuple(row[name] for name in fields), []).append(row)
        return self.indexes[register, fields]


def open_world(policy: Path, organisation: Path, as_at: date | None = None) -> World:
    """Everything that judging needs, read from the two folders."""
    pack: Item = read_yaml(policy / "policy.yaml")
    profile: Item = read_yaml(organisation / "organisation.yaml")
    fact_shapes: dict[str, Item] = pack.get("facts") or {}
    said: Item = profile["facts"]
    lists = each_file(policy / "lists")
    declared = by_id(listed(policy / "parameters.yaml"))
    defaults = {name: parameter["default"] for name, parameter in declared.items()}
    shapes = {name: {"type": parameter["type"]} for name, parameter in declared.items()}
    world = World(
        as_at=as_at or date.fromisoformat(str(profile["as_at"])),
        policy=pack,
        checks=by_id([check for file in each_file(policy / "checks") for check in file or []]),
        clauses=by_id([clause for source in each_file(policy / "sources") for clause in source["clauses"]]),
        duties=by_id([front_matter(path) for path in sorted((policy / "duties").glob("*.md"))]),
        populations=by_id(listed(policy / "populations.yaml")),
        registers=by_id([*listed(policy / "registers.yaml"), *lists]),
        provisions=listed(policy / "law.yaml"),
        facts={name: typed(said.get(name), shape) for name, shape in fact_shapes.items()},
        defaults=parameters_of(defaults, shapes),
        parameters=parameters_of(defaults | (profile.get("parameters") or {}), shapes),
        parameter_shapes=shapes,
        profile=profile,
        attestations=listed(organisation / "attestations.yaml"),
    )
    fill_tables(world, organisation, lists, fact_shapes)
    return world


def listed(path: Path) -> list[Item]:
    """A file that holds a list; none where it is missing or empty."""
    return read_yaml(path) or []


def by_id(items: list[Item]) -> dict[str, Item]:
    """The items by their ids."""
    return {str(item["id"]): item for item in items}


def parameters_of(values: Item, shapes: dict[str, Item]) -> dict[str, Read]:
    """Parameters by their types; a list of codes stays a list."""
    return {name: v if isinstance(v, list) else typed(v, shapes[name]) for name, v in values.items()}


def fill_tables(world: World, folder: Path, lists: list[Item], fact_shapes: dict[str, Item]) -> None:
    """Read every register: those built in, the pack's lists, and the organisation's records."""
    world.registers["organisation"] = {"id": "organisation", "fields": {"id": {"type": "ref"}, **fact_shapes}}
    kinds = {**dict.fromkeys(LAW_TEXTS, "ref"), **dict.fromkeys(LAW_DAYS, "date")}
    world.registers["law"] = {"id": "law", "fields": {name: {"type": kind} for name, kind in kinds.items()}}
    world.tables["organisation"] = [{"id": world.profile["id"], **world.facts}]
    world.tables["law"] = law_rows(world)
    for item in lists:
        fields: dict[str, Item] = item["fields"]
        rows: list[Item] = item["rows"]
        world.tables[str(item["id"])] = [{f: typed(row.get(f), shape) for f, shape in fields.items()} for row in rows]
    records: dict[str, Item] = world.profile["records"]
    for name, register in world.registers.items():
        if name not in world.tables:
            table = read_table(folder / str(records[name]["source"]), register) if name in records else None
            world.tables[name], world.unreadable[name] = table or (None, [])


def law_rows(world: World) -> list[Cells]:
    """One row for each period of each provision."""
    rows: list[Cells] = []
    for item in world.provisions:
        begun = [first for first, _ in periods(item) if first <= world.as_at]
        level = item["verification"]["level"]
        shared = {"id": item["id"], "instrument": item["instrument"], "kind": item["kind"], "verification": level}
        rows += [
            {**shared, "valid_from": first, "valid_to": last, "last_changed_on": max(begun, default=None)}
            for first, last in periods(item)
        ]
    return rows


def periods(provision: Item) -> list[tuple[date, date]]:
    """First and last day of each period."""
    found: list[Item] = provision["periods"]
    return [(date.fromisoformat(str(p["from"])), date.fromisoformat(str(p.get("to") or FOREVER))) for p in found]


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, or the last of a shorter one; later where `months` is negative."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if months > 0 else date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
