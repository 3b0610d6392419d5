"""The items of a pack as other tools see them, and where each stands: worked out anew for every build. No Sphinx here.

Kinds, titles, links and fields are those of needs.json. Places come from what the pages place; nothing of them is kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from policykit.english import say
from policykit.model.registers import item_of_register
from policykit.model.results import CheckResult
from policykit.model.sources import Clause
from policykit.problems import Notice, complaint, nearest
from policykit.rules import Check, Setting, reads
from policykit.tracing import DutyStanding, ProvisionStanding, Trace

KINDS = ("duty", "clause", "provision", "check", "register")

LINKS: Mapping[str, tuple[str, str]] = {
    name: (say(f"handbook.need-link.{name}.out"), say(f"handbook.need-link.{name}.back"))
    for name in ("stated_in", "prompted_by", "rests_on", "verifies", "grounds", "reads")
}
"""Every link with its two directions in words."""

_TEXTS = (
    *("strength", "strength_today", "bearer", "owner", "outcome", "clause_class", "currency", "treated_as"),
    *("in_force_from", "in_force_to", "verification", "method", "severity", "examples"),
)
_COUNTS = ("in_scope", "conform", "violate", "unknown", "out", "unreadable")

PLACING_VIEWS: Mapping[str, str] = {
    "source-ledger": "clause",
    "law-register": "provision",
    "reference/registers": "register",
}
"""The views that give a place to every item of a kind that no directive places singly."""

DUTIES = "duties"
"""The name under which cards ask for the first page with a duty."""


def fields() -> dict[str, dict[str, object]]:
    """Every field of needs.json beside the links: texts, empty where they say nothing, and counts, null likewise."""
    text: dict[str, object] = {"schema": {"type": "string"}, "nullable": False, "default": ""}
    count: dict[str, object] = {"schema": {"type": "integer"}, "nullable": True}
    texts = {name: {"description": say(f"handbook.need-text.{name}"), **text} for name in _TEXTS}
    counts = {name: {"description": say(f"handbook.need-count.{name}"), **count} for name in _COUNTS}
    return {**texts, **counts}


@dataclass(frozen=True)
class Item:
    """One item of the pack: what other tools see of it. `text` is its summary in plain words, `also` another name."""

    kind: str
    id: str
    title: str
    text: str = ""
    fields: Mapping[str, str | int | None] = field(default_factory=dict)
    links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    also: str = ""

    @property
    def searched(self) -> str:
        """What search finds it by: titles and texts, never a result."""
        return " ".join(filter(None, (self.title, self.also, self.text)))


def items_of(trace: Trace) -> Mapping[str, Item]:
    """Every item of the pack by its id, in order of the pack: duties, clauses, provisions, checks, registers."""
    return {item.id: item for item in _items(trace)}


def _items(trace: Trace) -> Iterator[Item]:
    setting = trace.ground.setting
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
    said = {
        "clause_class": clause.clause_class,
        "currency": clause.currency_today or "",
        "treated_as": clause.treated_as,
    }
    return Item("clause", clause.id, clause.at, clause.gist, said)


def _provision(standing: ProvisionStanding) -> Item:
    provision = standing.provision
    said = {
        "in_force_from": str(standing.since or ""),
        "in_force_to": str(standing.until or ""),
        "verification": provision.verification.level,
    }
    return Item("provision", provision.id, provision.cited_as, provision.effect, said, also=provision.title)


def _check(check: Check, result: CheckResult, setting: Setting) -> Item:
    caught = result.examples and ("gaps" if result.examples.gaps else "complete")
    said: dict[str, str | int | None] = {
        "method": check.method,
        "severity": result.severity,
        "outcome": result.outcome.code,
        "examples": caught or "",
    }
    counts = result.counts.model_dump() if result.counts else dict.fromkeys(_COUNTS)
    registers = tuple(item_of_register(register) for register in sorted(reads(check, setting)))
    links = {"verifies": check.verifies, "grounds": check.grounded_in, "reads": registers}
    return Item("check", check.id, check.title, check.limits, {**said, **counts}, links)


@dataclass(frozen=True)
class Placement:
    """One line of docs/ that places something.

    `what` is a kind of item or the name of a view, `argument` the item's id or what stands behind the view's name;
    `where` is `path:line`, for messages; `sections` are the headings it stands under, innermost first.
    """

    what: str
    argument: str
    docname: str
    line: int
    where: str
    sections: tuple[str, ...] = ()

    @property
    def is_item(self) -> bool:
        """Whether it places one item, not a view."""
        return self.what in KINDS

    @property
    def name(self) -> str:
        """The item's id, or the view as cards and messages name it: `gaps`, `reference/rules`."""
        if self.is_item:
            return self.argument
        return f"{self.what}/{self.argument}" if self.argument else self.what


@dataclass(frozen=True)
class Misplacement:
    """Something placed wrongly: on the page where it says so, or else an item that stands nowhere."""

    notice: Notice
    what: str
    remedy: str
    where: str | None = None
    item: str = ""


@dataclass(frozen=True)
class Places:
    """Where every item and every view stands; `singly` are the items that a directive of their own places.

    The view `duties` is the first duty in reading order.
    """

    items: Mapping[str, Placement]
    views: Mapping[str, Placement]
    singly: frozenset[str]

    def counts(self, placement: Placement) -> bool:
        """Whether what it places stands there; only views that give items no place may stand on several lines."""
        if placement.name in self.views and placement.name not in PLACING_VIEWS:
            return True
        place = self.items.get(placement.name) or self.views.get(placement.name)
        return place is not None and (place.docname, place.where) == (placement.docname, placement.where)

    @cached_property
    def standing_at(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """The items that a line of a page gives their place, by page and line: a duty and its checks, a ledger."""
        standing: dict[tuple[str, str], list[str]] = defaultdict(list)
        for item, place in self.items.items():
            standing[place.docname, place.where].append(item)
        return standing


def places_of(placements: Sequence[Placement], known: Mapping[str, Item], checks: Mapping[str, Check]) -> Places:
    """Put every item in its place. `placements` come in reading order: the first of two counts."""
    backwards = placements[::-1]
    single = {p.argument: p for p in backwards if p.is_item and _is_known(p, known)}
    views = {DUTIES if p.is_item else p.name: p for p in backwards if not p.is_item or p.what == "duty"}
    kinds = {PLACING_VIEWS[name]: view for name, view in views.items() if name in PLACING_VIEWS}
    items = {item.id: kinds[item.kind] for item in known.values() if item.kind in kinds} | single
    inside = {check.id: items[check.verifies[0]] for check in checks.values() if check.verifies[0] in items}
    return Places(inside | items, views, frozenset(single))


def faults_of(placements: Sequence[Placement], known: Mapping[str, Item], places: Places) -> Iterator[Misplacement]:
    """Everything that is placed wrongly: an unknown item, one placed twice, one placed nowhere."""
    yield from (_unknown(p, known) for p in placements if p.is_item and not _is_known(p, known))
    yield from _placed_twice([p for p in placements if not p.is_item or _is_known(p, known)], places)
    yield from _placed_nowhere(known, places)


def _is_known(placement: Placement, known: Mapping[str, Item]) -> bool:
    item = known.get(placement.argument)
    return item is not None and item.kind == placement.what


def _unknown(placement: Placement, known: Mapping[str, Item]) -> Misplacement:
    places = {"name": placement.argument, "kind": placement.what}
    alike = nearest(placement.argument, (item.id for item in known.values() if item.kind == placement.what))
    if other := known.get(placement.argument):
        found = complaint("item-unknown.of-another-kind", other=other.kind, **places)
    elif alike:
        found = complaint("item-unknown.alike", meant=alike, **places)
    else:
        found = complaint("item-unknown.nothing-alike", **places)
    return Misplacement(*found, where=placement.where)


def _placed_twice(placements: Iterable[Placement], places: Places) -> Iterator[Misplacement]:
    for placement in placements:
        name = placement.name
        first = (places.items if placement.is_item else places.views).get(name)
        if first and first is not placement and (name in places.singly or name in PLACING_VIEWS):
            twice = complaint("placed-twice.item", name=name, page=first.docname)
            yield Misplacement(*twice, where=placement.where)


def _placed_nowhere(known: Mapping[str, Item], places: Places) -> Iterator[Misplacement]:
    # A check without a place means a duty without one: the duty is named, and once is enough.
    homeless = [item for item in known.values() if item.id not in places.items and item.kind != "check"]
    for duty in (item.id for item in homeless if item.kind == "duty"):
        yield Misplacement(*complaint("placed-nowhere.duty", duty=duty), item=duty)
    for view, kind in PLACING_VIEWS.items():
        left = [item.id for item in homeless if item.kind == kind]
        if left:
            directive, _, argument = view.partition("/")
            written = f"{{{directive}}} {argument}".strip()
            nowhere = complaint("placed-nowhere.kind", n=len(left), kind=kind, first=left[0], view=written)
            yield Misplacement(*nowhere, item=left[0])
