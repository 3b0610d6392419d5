"""Explaining: what a rule says of one row, condition by condition, down to the rows that it looks up.

Whatever is told here is somebody's record. It is made to be shown once, to the person who asked.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from policykit.english import say, say_day
from policykit.model.registers import Register, Value
from policykit.rules.check import Check, Judgement, judgement, place_of, read_at, reads
from policykit.rules.language import (
    Node,
    Part,
    Place,
    Role,
    Row,
    Setting,
    Truth,
    Values,
    all_hold,
    below,
    marker,
    parts,
    visit,
)
from policykit.rules.tests.days import InForce
from policykit.rules.tests.groups import All
from policykit.rules.tests.lookups import Lookup
from policykit.rules.tests.recorded import Unique
from policykit.rules.values import ANY_CODE, OfEach, OfField
from policykit.rules.words.phrases import in_sentence, outer_phrase, say_value
from policykit.rules.words.sentences import inline

_LAW = "law"

_LAST_YEAR = 9998
"""A period that ends later than any record can say is open."""

_ORDER: Mapping[Truth, str] = {True: "true", None: "unknown", False: "false"}


@dataclass(frozen=True)
class Seen:
    """A value that a condition looked at: the field in words, and the value as people write it."""

    what: str
    value: str


@dataclass(frozen=True)
class Explained:
    """A condition, or a row that one looks up: the words, what was seen, what it comes to, and what it is made of."""

    words: str
    seen: tuple[Seen, ...]
    truth: Truth
    parts: "tuple[Explained, ...]" = ()


@dataclass(frozen=True)
class Explanation:
    """One unit: whether it is in scope, whether what must hold holds, and fields with values that cannot be read."""

    scope: Explained
    must: Explained
    unreadable: tuple[str, ...] = ()

    @property
    def verdict(self) -> Judgement | Literal["unreadable"]:
        """What the check says of the unit, as `judge_unit`; a row that cannot be read is not judged."""
        if self.unreadable:
            return "unreadable"
        return judgement(self.scope.truth, lambda: self.must.truth)


def explain(check: Check, row: Row, setting: Setting) -> Explanation:
    """What the check says of one unit and why, with the for_each value in `row.each` where there is one."""
    place = place_of(check, setting)
    read = reads(check, setting)[place.register.id]
    unreadable = tuple(place.phrase(field) for field in sorted(_unreadable(row.values, read)))
    return Explanation(_whole(check.where, row, place), _whole(check.must, row, place), unreadable)


def _whole(nodes: tuple[Node, ...], row: Row, place: Place) -> Explained:
    """All of these. A row that cannot be read leaves open whatever reads it; it may never come to look decided."""
    found = tuple(_explain(node, row, place) for node in nodes)
    return Explained(All.gist, (), _truth(nodes, row, place), found)


def _explain(node: Node, row: Row, place: Place) -> Explained:
    found = tuple(_made_of(node, row, place))
    words = (len(found) > 1 and node.gist) or inline(node.words(place), in_sentence(place.register))
    return Explained(words, tuple(_seen(node, row, place)), _truth((node,), row, place), found)


def _truth(nodes: tuple[Node, ...], row: Row, place: Place) -> Truth:
    """Whether all hold; open where conditions on the row that is judged read a value of it that cannot be read."""
    read = read_at(visit(nodes, place)).get(place.register.id, ()) if row.outer is None else ()
    return None if _unreadable(row.values, read) else all_hold(nodes, row, place)


def _unreadable(values: Values, fields: Iterable[str]) -> set[str]:
    return {field for field in fields if values.get(marker(field))}


def _made_of(node: Node, row: Row, place: Place) -> Iterator[Explained]:
    """The conditions that a condition is made of, or the rows that it looks up."""
    groups = tuple(nodes for nodes, _ in below(node, place))
    if isinstance(node, Lookup):
        yield from _rows(node, row, place)
    elif len(groups) == 1:
        yield from (_explain(each, row, place) for each in groups[0])
    else:
        yield from (_explain(*nodes, row, place) if len(nodes) == 1 else _whole(nodes, row, place) for nodes in groups)


def _rows(lookup: Lookup, row: Row, place: Place) -> list[Explained]:
    """The rows that match: those that hold first, then those that come nearest to it."""
    there = place.into(lookup.register_)
    found = [_found(lookup, each, there) for each in lookup.rows(row) or ()]
    return sorted(
        found, key=lambda it: ([*_ORDER].index(it.truth), sum(each.truth is not True for each in it.parts), it.words)
    )


def _found(lookup: Lookup, row: Row, there: Place) -> Explained:
    register = there.register
    key = _said(row.values, register.key, there) if register.key in register.fields else ""
    nodes = tuple(_explain(node, row, there) for node in lookup.where)
    return Explained(f"{register.row} {key}".strip(), (), all_hold(lookup.where, row, there), nodes)


def _seen(node: Node, row: Row, place: Place) -> Iterator[Seen]:
    for part in parts(node):
        yield from _seen_by(part, node, row, place)
    found = node.truths(row, place) if isinstance(node, Lookup) else None
    if found is not None:
        counts = ((name, found.count(truth)) for truth, name in _ORDER.items())
        truths = ", ".join(say(f"rules.seen.truths.{name}", count=count) for name, count in counts if count)
        yield Seen(say("rules.seen.found"), say("rules.seen.rows", n=len(found), truths=truths))


def _seen_by(part: Part, node: Node, row: Row, place: Place) -> Iterator[Seen]:
    yield from (_own(field, row, place) for field in part.fields)
    match part.role, part.value:
        case Role.DAY, _:
            periods = node.periods(row) if isinstance(node, InForce) else ()
            said = "; ".join(_say_period(*period) for period in periods)
            yield Seen(say("rules.seen.law"), said or say("rules.seen.never"))
        case Role.FIELDS, _:
            alike = node.alike(row, place) if isinstance(node, Unique) else None
            yield Seen(say("rules.seen.alike"), str(alike or 0))
        case _, OfField(field=field) if row.outer and place.outer:
            yield Seen(outer_phrase(field, place).removeprefix("the "), _said(row.outer.values, field, place.outer))
        case _, OfEach() if place.each:
            shape = place.register.fields.get(getattr(node, "field", ""), ANY_CODE)  # it knows the labels of its codes
            said = say("rules.seen.blank") if row.each is None else say_value(row.each, shape, place.setting)
            yield Seen(say("rules.seen.each", noun=place.each.noun), said)


def _own(field: str, row: Row, place: Place) -> Seen:
    return Seen(place.phrase(field), _said(row.values, field, place))


def _said(values: Values, field: str, place: Place) -> str:
    if values.get(marker(field)):
        return say("rules.seen.unreadable")
    value = values.get(field)
    return say("rules.seen.blank") if value is None else say_value(value, place.shape(field), place.setting)


def _say_period(first: date, last: date) -> str:
    if last.year > _LAST_YEAR:
        return say("rules.seen.open-period", first=say_day(first))
    return say("rules.seen.period", first=say_day(first), last=say_day(last))


Fetch = Callable[[str, Mapping[str, Value]], Iterable[Values]]
"""The rows of a register whose fields have these values; all its rows where none are given."""


def gather(check: Check, values: Values, setting: Setting, fetch: Fetch) -> Mapping[str, Sequence[Values]]:
    """Tables that hold all that the check's rule looks up for one row: for it they are as good as whole registers."""
    gathering, place = _Gathering(fetch, {name: {} for name in reads(check, setting)}), place_of(check, setting)
    gathering.keep(place.register, [values])
    gathering.walk((*check.where, *check.must), values, place)
    return {name: tuple(rows.values()) for name, rows in gathering.tables.items()}


@dataclass(frozen=True)
class _Gathering:
    """The tables as they fill: each row once, however often it is looked up."""

    fetch: Fetch
    tables: dict[str, dict[object, Values]]

    def walk(self, nodes: Iterable[Node], values: Values, place: Place) -> None:
        """Fetch what these conditions look up for a row, and what is looked up for the rows found there."""
        for node in nodes:
            found = self._look_up(node, values, place)
            for inner, there in below(node, place):
                for each in [values] if there is place else found:
                    self.walk(inner, each, there)

    def keep(self, register: Register, rows: Iterable[Values]) -> None:
        """Add rows to a table. Rows of the law have no key, but are always fetched whole."""
        for number, row in enumerate(rows):
            self.tables[register.id][number if register.id == _LAW else row.get(register.key)] = row

    def _look_up(self, node: Node, values: Values, place: Place) -> Sequence[Values]:
        """The rows that a condition looks up itself; those of the law always all."""
        asked = _asked(node, values, place)
        if asked is None:
            return ()
        register, wanted = asked
        rows = tuple(self.fetch(register, {} if register == _LAW else wanted))
        self.keep(place.setting.registers[register], rows)
        return [row for row in rows if all(row.get(field) == value for field, value in wanted.items())]


def _asked(node: Node, values: Values, place: Place) -> tuple[str, Mapping[str, Value]] | None:
    """The register that a condition looks up and what its rows must have; None where it looks nothing up."""
    keys = {part.role: part.value for part in parts(node)}
    if Role.DAY in keys:
        return _LAW, {}
    if Role.FIELDS in keys:
        return _wanted(place.register.id, {field: field for field in keys[Role.FIELDS]}, values)
    return _wanted(keys[Role.REGISTER], keys.get(Role.MATCH, {}), values) if Role.REGISTER in keys else None


def _wanted(register: str, pairs: Mapping[str, str], values: Values) -> tuple[str, Mapping[str, Value]] | None:
    """Their fields with our values; None where one of ours is blank, because then nothing matches."""
    wanted = {their: value for their, our in pairs.items() if (value := values.get(our)) is not None}
    return (register, wanted) if len(wanted) == len(pairs) else None
