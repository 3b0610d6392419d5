"""The items of a pack as needs.json and the search index see them: kinds, titles, links and fields. No Sphinx here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from policykit.model.registers import item_of_register
from policykit.model.results import CheckResult
from policykit.model.sources import Clause
from policykit.reading import setting_of
from policykit.rules import Check, Setting, reads
from policykit.tracing import DutyStanding, ProvisionStanding, Trace

KINDS = ("duty", "clause", "provision", "check", "register")

LINKS: Mapping[str, tuple[str, str]] = {
    "stated_in": ("stated in", "states"),
    "prompted_by": ("prompted by", "prompts"),
    "rests_on": ("rests on", "carries"),
    "verifies": ("verifies", "verified by"),
    "grounds": ("tests", "tested by"),
    "reads": ("reads", "read by"),
}
"""Every link with its two directions in words."""

_TEXTS: Mapping[str, str] = {
    "strength": "What the guidance says: must, should, may or none.",
    "strength_today": "The strength in effect on the as-at date.",
    "bearer": "Who has the duty.",
    "owner": "The role that looks after the duty.",
    "outcome": "What the duty or check came to on the as-at date.",
    "clause_class": "What kind of sentence it is.",
    "currency": "How the sentence stands today.",
    "treated_as": "What we made of the sentence.",
    "in_force_from": "First day of the unbroken run of periods that holds the as-at date.",
    "in_force_to": "Last day of that run; empty while it is open.",
    "verification": "How far the provision was checked against the law itself.",
    "method": "How it is checked: rule, python or attestation.",
    "severity": "How much a failure weighs.",
    "examples": "Whether the examples catch every small mistake: complete or gaps.",
}

_COUNTS: Mapping[str, str] = {
    "in_scope": "Units looked at.",
    "conform": "Units that conform.",
    "violate": "Units that do not.",
    "unknown": "Units that cannot be judged.",
    "out": "Units outside the check.",
    "unreadable": "Rows with a value that cannot be read.",
}


def fields() -> dict[str, dict[str, object]]:
    """Every field of needs.json beside the links: texts, empty where they say nothing, and counts, null likewise."""
    texts = {
        name: {"description": about, "schema": {"type": "string"}, "nullable": False, "default": ""}
        for name, about in _TEXTS.items()
    }
    counts = {
        name: {"description": about, "schema": {"type": "integer"}, "nullable": True} for name, about in _COUNTS.items()
    }
    return {**texts, **counts}


@dataclass(frozen=True)
class Item:
    """One item of the pack: what other tools see of it. `text` is its summary in plain words."""

    kind: str
    id: str
    title: str
    text: str = ""
    fields: Mapping[str, str | int | None] = field(default_factory=dict)
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def items_of(trace: Trace) -> Mapping[str, Item]:
    """Every item of the pack by its id, in order of the pack: duties, clauses, provisions, checks, registers."""
    return {item.id: item for item in _items(trace)}


def _items(trace: Trace) -> Iterator[Item]:
    setting = setting_of(trace.pack, trace.organisation, trace.as_at)
    yield from map(_duty, trace.duties.values())
    yield from map(_clause, trace.pack.clauses.values())
    yield from map(_provision, trace.provisions.values())
    yield from (_check(check, trace.checks[check.id], setting) for check in trace.pack.checks.values())
    for register in setting.registers.values():
        yield Item("register", item_of_register(register.id), register.title)


def _duty(standing: DutyStanding) -> Item:
    duty = standing.duty
    said = {
        "strength": duty.strength.value,
        "strength_today": standing.strength.value,
        "bearer": duty.bearer,
        "owner": duty.owner,
        "outcome": standing.outcome.code,
    }
    links = {"stated_in": duty.stated_in, "prompted_by": duty.prompted_by, "rests_on": duty.rests_on}
    return Item("duty", duty.id, duty.title, duty.summary, said, links)


def _clause(clause: Clause) -> Item:
    said = {"clause_class": clause.clause_class, "currency": clause.currency, "treated_as": clause.treated_as}
    return Item("clause", clause.id, clause.at, clause.gist, said)


def _provision(standing: ProvisionStanding) -> Item:
    provision = standing.provision
    said = {
        "in_force_from": _day(standing.since),
        "in_force_to": _day(standing.until),
        "verification": provision.verification.level,
    }
    return Item("provision", provision.id, provision.cited_as, provision.effect, said)


def _check(check: Check, result: CheckResult, setting: Setting) -> Item:
    said: dict[str, str | int | None] = {
        "method": check.method,
        "severity": result.severity,
        "outcome": result.outcome.code,
        "examples": _caught(result),
    }
    counts = result.counts.model_dump() if result.counts else dict.fromkeys(_COUNTS)
    registers = tuple(item_of_register(register) for register in sorted(reads(check, setting)))
    links = {"verifies": check.verifies, "grounds": check.grounds, "reads": registers}
    return Item("check", check.id, check.title, check.limits, {**said, **counts}, links)


def _caught(result: CheckResult) -> str:
    if result.examples is None:
        return ""
    return "gaps" if result.examples.gaps else "complete"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
