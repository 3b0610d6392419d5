"""Where every item stands: worked out anew for each build from what the pages place, never kept with them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from policykit.handbook.items import KINDS, Item
from policykit.problems import Notice
from policykit.rules import Check

PLACING_VIEWS: Mapping[str, str] = {
    "source-ledger": "clause",
    "law-register": "provision",
    "reference/registers": "register",
}
"""The views that give a place to every item of a kind that no directive places singly."""

DUTIES = "duties"
"""The name under which cards ask for the first page with a duty."""


def view_name(directive: str, argument: str) -> str:
    """A view as cards and messages name it: `gaps`, `reference/rules`."""
    return f"{directive}/{argument}" if argument else directive


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
    def view(self) -> str:
        """The view's name with its argument."""
        return view_name(self.what, self.argument)


@dataclass(frozen=True)
class Fault:
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

    def is_place_of(self, name: str, docname: str, where: str) -> bool:
        """Whether an item, or a view, stands on this line; only views that give items no place may stand on several."""
        if name in self.views and name not in PLACING_VIEWS:
            return True
        place = self.items.get(name) or self.views.get(name)
        return place is not None and (place.docname, place.where) == (docname, where)

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
    views = {p.view if not p.is_item else DUTIES: p for p in backwards if not p.is_item or p.what == "duty"}
    kinds = {PLACING_VIEWS[name]: view for name, view in views.items() if name in PLACING_VIEWS}
    items = {item.id: kinds[item.kind] for item in known.values() if item.kind in kinds} | single
    inside = {check.id: items[check.verifies[0]] for check in checks.values() if check.verifies[0] in items}
    return Places(inside | items, views, frozenset(single))


def faults_of(placements: Sequence[Placement], known: Mapping[str, Item], places: Places) -> Iterator[Fault]:
    """Everything that is placed wrongly: an unknown item, one placed twice, one placed nowhere."""
    yield from (_unknown(p, known) for p in placements if p.is_item and not _is_known(p, known))
    yield from _placed_twice([p for p in placements if not p.is_item or _is_known(p, known)], places)
    yield from _placed_nowhere(known, places)


def _is_known(placement: Placement, known: Mapping[str, Item]) -> bool:
    item = known.get(placement.argument)
    return item is not None and item.kind == placement.what


def _unknown(placement: Placement, known: Mapping[str, Item]) -> Fault:
    name, kind = placement.argument, placement.what
    if name in known:
        remedy = f"write {{{known[name].kind}}} {name}"
    else:
        close = get_close_matches(name, [item.id for item in known.values() if item.kind == kind], n=1)
        remedy = f"did you mean {close[0]}?" if close else "take the id from the policy folder"
    return Fault(Notice.ITEM_UNKNOWN, f"there is no {kind} {name}", remedy, where=placement.where)


def _placed_twice(placements: Iterable[Placement], places: Places) -> Iterator[Fault]:
    for placement in placements:
        name = placement.argument if placement.is_item else placement.view
        first = (places.items if placement.is_item else places.views).get(name)
        if first and first is not placement and (name in places.singly or name in PLACING_VIEWS):
            what = f"{name} is placed a second time, after {first.docname}"
            yield Fault(Notice.PLACED_TWICE, what, "keep one of the two and link to it", where=placement.where)


def _placed_nowhere(known: Mapping[str, Item], places: Places) -> Iterator[Fault]:
    # A check without a place means a duty without one: the duty is named, and once is enough.
    homeless = [item for item in known.values() if item.id not in places.items and item.kind != "check"]
    for duty in (item.id for item in homeless if item.kind == "duty"):
        remedy = f"write {{duty}} {duty} on the page where it belongs"
        yield Fault(Notice.PLACED_NOWHERE, f"{duty} is on no page", remedy, item=duty)
    for view, kind in PLACING_VIEWS.items():
        left = [item.id for item in homeless if item.kind == kind]
        if left:
            what = f"{len(left)} items of kind {kind} are on no page, first {left[0]}"
            yield Fault(Notice.PLACED_NOWHERE, what, f"write {_as_written(view)} on a page", item=left[0])


def _as_written(view: str) -> str:
    directive, _, argument = view.partition("/")
    return f"{{{directive}}} {argument}".strip()
