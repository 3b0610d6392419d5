"""Mistakes: the same check with one small thing wrong, and what is wrong in plain English.

Each test says what is easily written in its place, and each of its keys may be one off; here every condition of a rule
is reached, through groups, lookups and populations, and clauses and matching fields are left out. The wrong version is
a check like any other.

In place of the as-at date the day itself could be written: the rule is the same then, until tomorrow. To be strict
about a number or a day where the rule is not, or the other way round, is the same as moving it by one.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar

from policykit.english import say, say_day
from policykit.model.registers import Value
from policykit.rules.check import Check, place_of
from policykit.rules.language import NO_ROW, Node, Part, Place, Role, Row, Setting, Truth, all_hold, made, parts
from policykit.rules.proving.rows import rows_at, under
from policykit.rules.tests import groups
from policykit.rules.tests.equality import Choice, Membership
from policykit.rules.tests.groups import If, Named, all_of, any_of
from policykit.rules.tests.lookups import ExistsIn, Lookup
from policykit.rules.tests.recorded import NotRecorded, Recorded
from policykit.rules.values import (
    NUMBER,
    ORDERED,
    AsAt,
    Form,
    Moved,
    OfField,
    OfParameter,
    Without,
    constant,
    values_of,
)
from policykit.rules.words.check_in_words import say_each
from policykit.rules.words.phrases import in_relative_clause, in_sentence, say_values
from policykit.rules.words.sentences import inline

T = TypeVar("T")
U = TypeVar("U")
Nodes = tuple[Node, ...]
Settled = frozenset[str]
"""Fields of the row whose blank needs no thought any more."""
_LISTED = {
    (True, True): "rules.mistake.left-out-of-may",
    (True, False): "rules.mistake.left-out-of-may-not",
    (False, True): "rules.mistake.added-to-may",
    (False, False): "rules.mistake.added-to-may-not",
}
"""What is said of a value that is left out, or added, of what a field may be, or may not be."""


@dataclass(frozen=True)
class Alternative(Generic[T]):
    """Something a little wrong, to stand in place of what stands in the rule, and how to say what is wrong with it.

    The words are made when they are asked for: of most alternatives nobody ever reads them.
    """

    it: T
    say: Callable[[], str]
    slip: "Slip"

    def inside(self, put: Callable[[T], U]) -> "Alternative[U]":
        """The same slip, seen from what holds it."""
        return Alternative(put(self.it), self.say, self.slip)


@dataclass(frozen=True)
class Slip:
    """Where an alternative differs from the rule: the conditions there, and those that stand in their place."""

    nodes: Nodes
    instead: Nodes
    place: Place

    def truths(self, row: Row, place: Place) -> tuple[Truth, Truth]:
        """What the two come to for a row at the place."""
        return all_hold(self.nodes, row, place), all_hold(self.instead, row, place)

    def differs(self, row: Row, setting: Setting) -> bool:
        """Whether the two differ on the row, or on rows that could be looked up from it; if not, the rules do not."""
        place = under(self.place, setting)
        found = (self.truths(at, place) for at in rows_at(place, row))
        return any(truths[0] != truths[1] for truths in found)


def alternatives(check: Check, setting: Setting) -> Iterator[Alternative[Check]]:
    """Small wrong versions of a check's rule, in the order in which it is written."""
    place = place_of(check, setting)
    keys = frozenset({place.register.key})
    for slip in _of_list(check.where, place, keys):
        yield slip.inside(lambda nodes: check.model_copy(update={"where": nodes}))
    codes = _codes_in_scope(check.where, place)
    for slip in _of_list(check.must, place, keys.union(_settled_by_scope(check.where, place))):
        if not _of_codes_out_of_scope(slip.slip, codes):
            yield slip.inside(lambda nodes: check.model_copy(update={"must": nodes}))
    yield from _of_units(check, place)


def _of_units(check: Check, place: Place) -> Iterator[Alternative[Check]]:
    """The codes of a for_each with one left out."""
    if place.each is None or check.for_each is None or len(place.each.codes) == 1:
        return
    noun, codes = place.each.noun, place.each.codes
    for code in codes:
        fewer = check.for_each.model_copy(update={"in_": tuple(each for each in codes if each != code)})
        said = partial(say, "rules.mistake.fewer", noun=noun, code=say_each(code, check, place.setting))
        yield Alternative(check.model_copy(update={"for_each": fewer}), said, Slip((), (any_of(),), place))


def _of_codes_out_of_scope(slip: Slip, codes: Mapping[str, frozenset[Value | None]]) -> bool:
    """Whether a code was left out or added that no row in scope has."""
    match slip:
        case Slip((node,), (Membership() as other,), Place(outer=None) as place) if other.field in codes:
            changed = _codes_of(node, place) ^ _codes_of(other, place)
            return bool(changed) and changed.isdisjoint(codes[other.field])
        case _:
            return False


def _of_list(
    nodes: Nodes, place: Place, settled: Settled, *, least: int = 0, either: bool = False
) -> Iterator[Alternative[Nodes]]:
    """A list of conditions with one changed, one left out, or all that have to hold for one that has to."""
    for number, node in enumerate(nodes):
        before, after = nodes[:number], nodes[number + 1 :]
        beside = _settled_beside((*before, *after), place, either=either)
        for slip in _of_node(node, place, settled.union(beside)):
            yield slip.inside(lambda it, before=before, after=after: (*before, it, *after))  # type: ignore[misc]
        if len(nodes) > least:
            gone = Slip((node,), (any_of(),) if either else (), place)
            yield Alternative((*before, *after), partial(_say_of, "rules.mistake.without", node, place), gone)
    if len(nodes) > 1:
        one, every = any_of(*nodes), all_of(*nodes)
        swapped = Slip((one,), (every,), place)
        yield Alternative((every if either else one,), partial(_say_joined, nodes, place, either=either), swapped)


def _of_node(node: Node, place: Place, settled: Settled) -> Iterator[Alternative[Node]]:
    asked = (field for field in dict.fromkeys(node.blanks()) if field not in settled)
    strict = (all_of(made(Recorded, field=field), node) for field in asked)
    off = (_with_key(node, part.name, value) for part in parts(node) for value in _one_off(part, node, place))
    for other in (*node.alternatives(place), *off, *strict):
        yield Alternative(other, partial(_say_replaced, node, other, place), Slip((node,), (other,), place))
    for part in parts(node):
        yield from _of_part(part, node, place, settled)


def _of_part(part: Part, node: Node, place: Place, settled: Settled) -> Iterator[Alternative[Node]]:
    """A condition with something changed in what one of its keys holds."""
    put = partial(_with_key, node, part.name)
    match part.role, part.value:
        case Role.SAME_ROW, tuple() as nodes:
            when = node.when if isinstance(node, If) and part.name == "then" else ()
            known = settled.union(_settled_beside(when, place, either=False))
            slips = _of_list(nodes, place, known, least=1, either=isinstance(node, groups.Any))
            yield from (slip.inside(put) for slip in slips)
        case Role.OTHER_ROWS, tuple() as nodes if isinstance(node, Lookup):
            there = place.into(node.register_)
            # What matches is never blank in what is matched, nor in the key; nor is anything of law.
            full = there.register.fields if there.register.id == "law" else (there.register.key, *node.match)
            yield from (slip.inside(put) for slip in _of_list(nodes, there, frozenset(full)))
            if isinstance(node, ExistsIn) and nodes and there.register.key not in node.match:
                every, row = node.of_every_row(), there.register.row
                said = partial(_say_of, "rules.mistake.every-row", node, place, row=row)
                yield Alternative(every, said, Slip((node,), (every,), place))
        case Role.POPULATION, str() as name:
            population = place.setting.populations[name]
            for slip in _of_list(population.where, place, settled):
                inside = partial(_say_inside, population.noun, slip.say)
                yield replace(slip, say=inside).inside(lambda nodes: all_of(*nodes))
        case Role.MATCH, dict() as pairs if isinstance(node, Lookup):
            yield from _of_match(node, pairs, place)
        case _:
            pass


def _of_match(node: Lookup, pairs: Mapping[str, str], place: Place) -> Iterator[Alternative[Node]]:
    """A lookup that matches one field less."""
    there = place.into(node.register_)
    for theirs, ours in pairs.items():
        other = _with_key(node, "match", {key: value for key, value in pairs.items() if key != theirs})
        their, our = there.phrase(theirs), place.phrase(ours)
        message = "rules.mistake.any-row" if their == our else "rules.mistake.any-row-of-ours"
        said = partial(say, message, row=there.register.row, their=their, our=our, ours=place.register.row)
        yield Alternative(other, said, Slip((node,), (other,), place))


def _with_key(node: Node, name: str, value: object) -> Node:
    """The same with another value of one key. Nothing is checked: no file could write some of these."""
    return node.model_copy(update={name: value})


def _one_off(part: Part, node: Node, place: Place) -> Iterator[Any]:
    """What is easily written in place of what stands in one key: one less, one more, one left out or added."""
    field = getattr(node, "field", None)
    ordered = field is not None and place.shape(field).type in ORDERED
    match part.role, part.value:
        case Role.VALUE, form if ordered:
            yield from _moved(form)
            if isinstance(form, AsAt):
                yield place.setting.as_at.isoformat()
        case Role.OTHER, str() | OfField() as form if ordered and getattr(node, "days", None) is None:
            yield from _moved(form)
        case Role.DAY, AsAt() | OfField() as form:
            yield from _moved(form)
        case ((Role.DAYS | Role.MONTHS | Role.COUNT), form):
            yield from (each for each in _moved(form) if _is_allowed(each, part.purpose.longest, place))
        case Role.VALUES, OfParameter() as codes:
            listed = place.setting.parameters[codes.parameter]
            if isinstance(listed, tuple) and len(listed) > 1:
                yield from (Without(of=codes, code=code) for code in listed)
        case Role.FIELDS, tuple() as listed:
            yield from _one_less(listed)
        case Role.VALUES, str() | tuple() as written:
            listed = (written,) if isinstance(written, str) else written
            yield from _one_less(listed)
            yield from ((*listed, code) for code in place.shape(str(field)).values if code not in listed)
        case _:
            pass


def _one_less(listed: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return (listed[:at] + listed[at + 1 :] for at in range(len(listed)) if len(listed) > 1)


def _moved(form: str | Form) -> tuple[Moved, Moved]:
    return Moved(of=form, by=-1), Moved(of=form, by=1)


def _is_allowed(form: Moved, most: int | None, place: Place) -> bool:
    """Whether a number that is known beforehand could be written; what a row says is anything."""
    number = constant(form, NUMBER, place.setting)
    return not isinstance(number, int) or 0 <= number <= (number if most is None else most)


def _with_named(nodes: Iterable[Node], place: Place) -> Iterator[Node]:
    """The conditions, and those of the populations among them."""
    for node in nodes:
        yield node
        yield from _with_named(node.conditions(place), place) if isinstance(node, Named) else ()


def _settled_beside(others: Iterable[Node], place: Place, *, either: bool) -> Iterator[str]:
    """The fields whose blank decides a list whatever another condition in it says; `either`: one is enough.

    One that must be recorded makes the list false, one that may be blank makes it true; and where one is enough, what
    is unknown for the same blank keeps it unknown.
    """
    if not either:
        yield from (node.field for node in _with_named(others, place) if isinstance(node, Recorded))
        return
    for node in others:
        yield from (node.field,) if isinstance(node, NotRecorded) else node.blanks()


def _settled_by_scope(where: Iterable[Node], place: Place) -> Iterator[str]:
    """The fields whose blank keeps a row from being in scope, so that nothing else is asked about it."""
    for node in _with_named(where, place):
        yield from (node.field,) if isinstance(node, Recorded) else node.blanks()


def _codes_in_scope(where: Iterable[Node], place: Place) -> Mapping[str, frozenset[Value | None]]:
    """The only values of some fields that rows in scope have."""
    choices = (node for node in _with_named(where, place) if isinstance(node, Choice) and node.yes)
    return {node.field: _codes_of(node, place) for node in choices}


def _codes_of(node: Node, place: Place) -> frozenset[Value | None]:
    """The values that a field may be, or may not be, as far as they hold for the whole check."""
    if not isinstance(node, Choice):
        return frozenset()
    return frozenset(values_of(node.written, place.shape(node.field), NO_ROW, place))


def _said(node: Node, place: Place) -> str:
    """The condition on its own: a sentence about the check's own row, a relative clause about a row looked up."""
    voice = in_relative_clause(place.register) if place.outer else in_sentence(place.register)
    return inline(node.words(place), voice)


def _say_of(message: str, node: Node, place: Place, **places: str) -> str:
    return say(message, said=_said(node, place), **places)


def _say_replaced(node: Node, other: Node, place: Place) -> str:
    if listed := _say_listed(node, other, place):
        return listed
    if isinstance(getattr(node, "value", None), AsAt) and isinstance(getattr(other, "value", None), str):
        return _say_of("rules.mistake.fixed-day", node, place, day=say_day(place.setting.as_at))
    return _say_of("rules.mistake.replaced", node, place, other=_said(other, place))


def _say_listed(node: Node, other: Node, place: Place) -> str:
    """The value that is missing from what a field may be, or one too many; nothing where the two differ otherwise."""
    if not isinstance(node, Choice) or not isinstance(other, Choice) or node.yes is not other.yes:
        return ""
    listed, told = (_codes_of(each, place) for each in (node, other))
    gone, more = listed - told, told - listed
    if bool(gone) == bool(more):
        return ""
    message = _LISTED[bool(gone), node.yes]
    return say(
        message, values=say_values(gone or more, place.shape(node.field), place.setting), field=place.phrase(node.field)
    )


def _say_joined(nodes: Nodes, place: Place, *, either: bool) -> str:
    said = "; ".join(f"“{_said(node, place)}”" for node in nodes)
    return say("rules.mistake.all-for-one" if either else "rules.mistake.one-for-all", said=said)


def _say_inside(noun: str, change: Callable[[], str]) -> str:
    return say("rules.mistake.inside", noun=noun, change=change())
