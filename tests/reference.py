"""The oracle: docs/specification.md read a second time, as plainly as Python allows, and slowly.

It shares no code with policykit: a condition is a function of a row, a check a loop over rows. What `policykit check`
says of any pack and any records must be what `judge` says. Where the two differ, docs/specification.md decides.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.reference_reading import Cells, Item, Read, World, months_before, open_world, typed
from tests.reference_rules import At, holds

WORST_FIRST = (
    "fail",
    "error",
    "stale",
    "incomplete",
    "unknown",
    "no-data",
    "proves-nothing",
    "not-run",
    "no-check",
    "attestation-due",
    "partly-checked",
    "attested",
    "pass",
    "not-applicable",
)
WORDS = {True: "conform", False: "violate", None: "unknown"}
Counts = dict[str, int]


@dataclass(frozen=True)
class Verdict:
    """What became of a check; the three kinds of counts are None where nothing was counted."""

    outcome: str
    counts: Counts | None = None
    rows: Counts | None = None
    by: dict[str, Counts] | None = None


def judge(policy: Path, organisation: Path, as_at: date | None = None) -> tuple[dict[str, Verdict], dict[str, str]]:
    """Every check's verdict and every duty's outcome, by id."""
    world = open_world(policy, organisation, as_at)
    checks = {name: verdict_of(check, world) for name, check in sorted(world.checks.items())}
    return checks, {name: duty_outcome(duty, checks, world) for name, duty in sorted(world.duties.items())}


def duty_outcome(duty: Item, checks: dict[str, Verdict], world: World) -> str:
    """The worst of its checks; in part, where all is well and one of the things that it is to do is in no ground."""
    if not applies(duty, world):
        return "not-applicable"
    own = [name for name in checks if duty["id"] in world.checks[name]["verifies"]]
    worst = min((checks[name].outcome for name in own), key=WORST_FIRST.index, default="no-check")
    counting = [world.checks[name] for name in own if check_applies(world.checks[name], world)]
    grounds = {ground for check in counting for ground in check["grounds"]}
    return "partly-checked" if worst in {"attested", "pass"} and asked(duty, world) - grounds else worst


def asked(duty: Item, world: World) -> set[str]:
    """Each sentence that states a duty and has a strength; where it has parts, each of these in its place."""
    clauses = [world.clauses[name] for name in duty.get("stated_in") or []]
    return {
        named
        for clause in clauses
        if clause.get("strength")
        for named in [f"{clause['id']}#{part['id']}" for part in clause.get("parts") or []] or [str(clause["id"])]
    }


def check_applies(check: Item, world: World) -> bool:
    """Whether a check counts, and one of its duties does."""
    return applies(check, world) and any(applies(world.duties[duty], world) for duty in check["verifies"])


def applies(item: Item, world: World) -> bool:
    """Whether the as-at date and the organisation's facts are inside the item's `applies`."""
    rule: Item = item.get("applies") or {}
    shapes: dict[str, Item] = world.policy.get("facts") or {}
    when: dict[str, list[str]] = rule.get("when") or {}
    first, last = str(rule.get("from") or "0001-01-01"), str(rule.get("to") or "9999-12-31")
    return first <= world.as_at.isoformat() <= last and all(
        world.facts[fact] in [typed(value, shapes[fact]) for value in values] for fact, values in when.items()
    )


def unseen(policy: Path, organisation: Path, as_at: date | None = None) -> dict[str, tuple[int | None, int | None]]:
    """Of each dated register that can be opened: the rows in no scope, and how many of these an `outside` explains."""
    world = open_world(policy, organisation, as_at)
    verdicts = {name: verdict_of(check, world).outcome for name, check in world.checks.items()}
    asked = [check for name, check in world.checks.items() if verdicts[name] != "not-applicable"]
    read = {name for check in asked if check.get("method") != "attestation" for name, _ in fields_read(check, world)}
    dated = sorted(name for name in read if name in world.profile["records"] and world.tables[name] is not None)
    return {name: _unseen(name, [check for check in asked if check.get("register") == name], world) for name in dated}


def _unseen(register: str, checks: list[Item], world: World) -> tuple[int | None, int | None]:
    if not checks or any(check.get("method", "rule") != "rule" for check in checks):
        return None, None
    fields = {field for check in checks for name, field in scope_fields(check, world) if name == register}
    outside = world.registers[register].get("outside") or []
    fields |= {
        field
        for rest in outside
        for name, field in scope_fields({**rest, "register": register}, world)
        if name == register
    }
    rows = [
        row
        for row, marks in zip(world.tables[register] or [], world.unreadable.get(register) or [], strict=False)
        if not marks & fields
        and all(
            holds(check.get("where"), At(row, register, each), world) is False
            for check in checks
            for each in codes(check, world)
        )
    ]
    told = [row for row in rows if any(holds(rest["where"], At(row, register, ""), world) for rest in outside)]
    return len(rows), len(told)


def strangers(policy: Path, organisation: Path, as_at: date | None = None) -> dict[tuple[str, str, str], int]:
    """How many rows of a dated register match no row of ours: by that register, ours, and the fields."""
    world = open_world(policy, organisation, as_at)
    asked = [check for check in world.checks.values() if check.get("method", "rule") == "rule"]
    asked = [check for check in asked if verdict_of(check, world).outcome != "not-applicable"]
    conditions = [(c, str(check["register"])) for check in asked for c in [*(check.get("where") or []), *check["must"]]]
    records, pairs = world.profile["records"], {pair for c, own in conditions for pair in looked_up(c, own, world)}
    kept = {(there, own, match) for there, own, match in pairs if there != own and {there, own} <= records.keys()}
    open_ones = (
        (there, own, match) for there, own, match in kept if None not in (world.tables[there], world.tables[own])
    )
    return {
        (there, own, match): _strangers(there, own, dict(pairs_in(match)), world) for there, own, match in open_ones
    }


def pairs_in(match: str) -> list[tuple[str, str]]:
    """The pairs of their field and ours that a text names."""
    return [(pair.split("=")[0], pair.split("=")[1]) for pair in match.split()]


def _strangers(there: str, own: str, match: Item, world: World) -> int:
    ours = {tuple(row[field] for field in match.values()) for row in world.tables[own] or []}
    keys = [tuple(row[field] for field in match) for row in world.tables[there] or []]
    return sum(None in key or key not in ours for key in keys)


def looked_up(c: Item, own: str, world: World) -> Iterator[tuple[str, str, str]]:
    """The registers that a condition looks into, from which, and by which fields: `their=our their=our`, in order."""
    for inner in inside(c, world):
        yield from looked_up(inner, own, world)
    if "register" in c:
        if c.get("match"):
            yield c["register"], own, " ".join(f"{their}={our}" for their, our in sorted(c["match"].items()))
        for inner in c.get("where") or []:
            yield from looked_up(inner, c["register"], world)


def scope_fields(check: Item, world: World) -> set[tuple[str, str | None]]:
    """The fields by which a check, or what is outside of all checks, says which rows it means."""
    return fields_read({"id": "", "register": check["register"], "where": check.get("where") or [], "must": []}, world)


def verdict_of(check: Item, world: World) -> Verdict:
    """The first outcome that applies, as docs/specification.md, The outcome of a check, lists them."""
    if not check_applies(check, world):
        return Verdict("not-applicable")
    if check.get("method") == "attestation":
        return Verdict("attested" if said_in_date(check, world) else "attestation-due")
    if any(world.tables[register] is None for register, _ in fields_read(check, world)):
        return Verdict("error")
    if any(day > world.as_at for day in taken({register for register, _ in fields_read(check, world)}, world)):
        return Verdict("not-run")
    return counted(check, world)


def said_in_date(check: Item, world: World) -> bool:
    """Whether somebody's statement about the check is in date."""
    today = world.as_at.isoformat()
    mine = [statement for statement in world.attestations if statement["check"] == check["id"]]
    return any(str(said["said_on"]) <= today <= str(said["until"]) for said in mine)


def counted(check: Item, world: World) -> Verdict:
    """The outcomes that are reached by counting."""
    read, own = fields_read(check, world), str(check["register"])
    table, bad = world.tables[own] or [], world.unreadable.get(own) or []
    spoilt = [bool(marks & {f for register, f in read if register == own}) for marks in bad] or [False] * len(table)
    rows = [units(check, row, world) for row, left_out in zip(table, spoilt, strict=True) if not left_out]
    counts = tally(truth for row in rows for truth in row.values())
    counts["out"] = sum(unit == "out" for row in rows for unit in row.values())
    counts["unreadable"] = unreadable_rows(read, world)
    outcome = outcome_of(check, counts, {register for register, _ in read}, world)
    if not check.get("for_each"):
        return Verdict(outcome, counts)
    by = {value: tally(row[value] for row in rows) for value in codes(check, world)}
    return Verdict(outcome, counts, tally(map(row_result, rows)), {v: without_scope(c) for v, c in by.items()})


def units(check: Item, row: Cells, world: World) -> dict[str, str]:
    """What becomes of one row for each value of the for_each (one value, named "", where there is none)."""
    return {each: unit(check, At(row, str(check["register"]), each), world) for each in codes(check, world)}


def codes(check: Item, world: World) -> list[str]:
    """The values of the for_each."""
    if not check.get("for_each"):
        return [""]
    source = check["for_each"]["in"]
    return list(world.parameters[source["parameter"]] if isinstance(source, dict) else source)


def unit(check: Item, at: At, world: World) -> str:
    """`out`, or what a row and a value in scope come to."""
    scope = holds(check.get("where"), at, world)
    if scope is False:
        return "out"
    return WORDS[holds(check["must"], at, world) if scope else None]


def row_result(row: dict[str, str]) -> str:
    """A row violates if any of its units does, else it is unknown if any is, else it conforms; out if all are."""
    return next((word for word in ("violate", "unknown", "conform") if word in row.values()), "out")


def tally(results: Iterator[str]) -> Counts:
    """How many are in scope, and what became of them."""
    found = Counter(results)
    parts = {word: found[word] for word in WORDS.values()}
    return {"in_scope": sum(parts.values()), **parts}


def without_scope(counts: Counts) -> Counts:
    """The counts of one value: the three parts only."""
    return {word: number for word, number in counts.items() if word != "in_scope"}


def unreadable_rows(read: set[tuple[str, str | None]], world: World) -> int:
    """Rows, of any register that the check reads, with an unreadable value in a field that it reads."""
    fields = {register: {f for r, f in read if r == register} for register, _ in read}
    return sum(bool(marks & fields[name]) for name in fields for marks in world.unreadable.get(name) or [])


def outcome_of(check: Item, counts: Counts, registers: set[str], world: World) -> str:
    """From `fail` to `pass`, the first that applies."""
    most = quantity(check["max_age_days"], world)
    if counts["violate"]:
        return "fail"
    if counts["unreadable"]:
        return "error"
    if is_stale(registers, most, world):
        return "stale"
    if counts["unknown"]:
        return "unknown"
    if counts["in_scope"] == 0 and has_nil_return(check, most, world):
        return "not-applicable"
    return "no-data" if counts["in_scope"] < quantity(check.get("minimum") or "1", world) else where_all_conform(check)


def where_all_conform(check: Item) -> str:
    """Met, where some example shows that the check could fail."""
    can_fail = any(example["expect"] == "fail" for example in check.get("examples") or [])
    return "pass" if can_fail else "proves-nothing"


def quantity(form: Read, world: World) -> int:
    """A literal or a parameter."""
    return int(str(world.parameters[form["parameter"]] if isinstance(form, dict) else form))


def is_stale(registers: set[str], most: int, world: World) -> bool:
    """Whether the oldest dated register is too old, or nobody has said when the facts were so."""
    days = taken(registers, world)
    return ("organisation" in registers and not days) or any((world.as_at - day).days > most for day in days)


def taken(registers: set[str], world: World) -> list[date]:
    """The days of those registers that the organisation takes from its systems; of facts where there are none."""
    records: dict[str, Item] = world.profile["records"]
    days = [date.fromisoformat(str(records[name]["taken_on"])) for name in registers if name in records]
    said: Item = world.profile.get("facts_said") or {}
    return days or [date.fromisoformat(str(said["taken_on"])) for name in registers if name == "organisation" and said]


def has_nil_return(check: Item, most: int, world: World) -> bool:
    """Whether somebody says that there was nothing, for a year, until lately."""
    returns: list[Item] = world.profile.get("nil_returns") or []
    begun = months_before(world.as_at, 12).isoformat()
    ended = (world.as_at - timedelta(days=most)).isoformat()
    return any(
        item["register"] == check["register"]
        and str(item["from"]) <= begun
        and ended <= str(item["to"]) <= world.as_at.isoformat()
        for item in returns
    )


def fields_read(check: Item, world: World) -> set[tuple[str, str | None]]:
    """Every register that a check reads, with each field it reads there."""
    own = str(check["register"])
    conditions = [*(check.get("where") or []), *check["must"]]
    return {(own, None), *(pair for c in conditions for pair in condition_reads(c, own, None, world))}


def condition_reads(c: Item, register: str, outer: str | None, world: World) -> Iterator[tuple[str, str | None]]:
    """The fields that one condition reads: of its own row, of the row one level out, and of rows looked up."""
    yield from ((register, c[key]) for key in ("field", "other", "due") if isinstance(c.get(key), str))
    yield from ((register, name) for name in c.get("fields") or [])
    for key, form in c.items():
        if key not in {"match", "where"} and isinstance(form, dict) and "field" in form:
            yield (register if key == "day" else outer) or "", form["field"]
    for inner in inside(c, world):
        yield from condition_reads(inner, register, outer, world)
    if "register" in c:
        yield from rows_read(c, register, world)


def inside(c: Item, world: World) -> list[Item]:
    """The conditions inside one that are about the same row."""
    groups = [c.get("of"), c.get("when"), c.get("then")]
    population = world.populations[c["population"]]["where"] if c["test"] == "named" else None
    return [inner for group in (*groups, population) for inner in group or []]


def rows_read(c: Item, register: str, world: World) -> Iterator[tuple[str, str | None]]:
    """What an `exists_in` or `count_of` reads: the register, both sides of its match, and what its `where` reads."""
    there = c["register"]
    yield there, None
    for theirs, ours in (c.get("match") or {}).items():
        yield there, theirs
        yield register, ours
    for inner in c.get("where") or []:
        yield from condition_reads(inner, there, register, world)
