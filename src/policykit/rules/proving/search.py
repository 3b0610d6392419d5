"""The search: whether examples catch every small mistake in a rule, and which row would catch the rest.

A mistake is caught where an example comes out otherwise under it than under the rule. For one that is not, rows near
the examples are searched, in an order that never varies: the first that tells the two apart is what an example should
show. Where no row does, that is said, with how many were searched: it is no proof that there is none.

A search looks at thousands of rows that differ in little, so what conditions come to is worked out once for all that
they read alike: the day and the facts, the values of the row and of those around it, and the rows looked up.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations, islice
from typing import Generic, TypeVar

from policykit.english import say
from policykit.rules.check import Check, Judgement, is_unit, judge_unit, judgement, place_of, read_at, reads
from policykit.rules.language import Node, Place, Role, Row, Setting, Truth, both, parts, visit
from policykit.rules.proving.mistakes import Alternative, Slip, alternatives
from policykit.rules.proving.rows import Case, Change, Surroundings, rows_at, unchanged, under

T = TypeVar("T")
_LOOKED_UP = frozenset({Role.REGISTER, Role.FIELDS, Role.DAY})


class Remembered(Generic[T]):
    """What is found from conditions at one place; `given` are the registers whose rows can change."""

    def __init__(
        self, find: Callable[[Row, Place], T], nodes: Iterable[Node], place: Place, given: frozenset[str]
    ) -> None:
        self._find, self._place = find, place
        standings = tuple(visit(nodes, place))
        fields = {register: sorted(read) for register, read in read_at(standings).items()}
        looks_up = any(part.role in _LOOKED_UP for node, _ in standings for part in parts(node))
        self._levels = [fields.get(register, []) for register in _outwards(place)]
        self._tables = [(each, fields[each]) for each in fields if looks_up and each in given]
        self._known: dict[int, tuple[Setting, dict[object, T]]] = {}

    def at(self, row: Row, setting: Setting) -> T:
        """What it comes to for a row at the place."""
        _, known = self._known.setdefault(id(setting), (setting, {}))
        key = self._key(row)
        if key not in known:
            known[key] = self._find(row, under(self._place, setting))
        return known[key]

    def _key(self, row: Row) -> tuple[object, ...]:
        """The values of the row and of those around it, outwards; then the rows that are looked up."""
        seen: list[object] = [row.each]
        at: Row | None = row
        for fields in self._levels:
            if at is not None:
                seen.extend(map(at.values.get, fields))
                at = at.outer
        for register, fields in self._tables:
            seen.append(len(row.tables[register]))
            for values in row.tables[register]:
                seen.extend(map(values.get, fields))
        return tuple(seen)


def _outwards(place: Place | None) -> Iterator[str]:
    """The registers of a place and of those around it."""
    while place:
        yield place.register.id
        place = place.outer


class Meanings:
    """What a check, and versions of it that share conditions, say of many rows: the same as `judge_unit`."""

    def __init__(self, check: Check, setting: Setting, given: frozenset[str]) -> None:
        self._place, self._given = place_of(check, setting), given
        self._truths: dict[int, tuple[Node, Remembered[Truth]]] = {}

    def judged(self, check: Check, case: Case) -> Judgement:
        """What the check says of the case."""
        if not is_unit(check, case.row, case.setting):
            return "out"

        def hold(nodes: Iterable[Node]) -> Truth:
            return both(self._truth(node).at(case.row, case.setting) for node in nodes)

        return judgement(hold(check.where), lambda: hold(check.must))

    def _truth(self, node: Node) -> Remembered[Truth]:
        # By identity, which is quick; the node is kept, so that no other can come to stand in its place.
        if id(node) not in self._truths:
            self._truths[id(node)] = node, Remembered(node.holds, (node,), self._place, self._given)
        return self._truths[id(node)][1]


Ways = frozenset[tuple[Truth, Truth]]
"""How a slip differs from the rule on a case: what the two come to, on each row on which they are not the same."""


class Neighbourhood:
    """The rows near some cases of a check; `given` are the registers whose rows an example may give.

    In every one of them, as in every example, keys are there and unique.
    """

    def __init__(self, check: Check, cases: tuple[Case, ...], given: frozenset[str]) -> None:
        self._all, self._given = reads(check, cases[0].setting), given
        registers = cases[0].setting.registers
        self._keys = tuple((each, registers[each].key) for each in self._all if each in given)
        self._around = tuple(Surroundings(check, case, cases, given) for case in cases)

    def rows(self) -> Iterator[Case]:
        """The cases themselves, then rows with one thing changed anywhere."""
        changed = (change(near.case) for near in self._around for change in near.changes(self._all))
        return filter(self._keys_fit, chain((near.case for near in self._around), changed))

    def rows_where(self, slip: Slip) -> Iterator[tuple[Case, bool]]:
        """Rows in which a slip could matter: one thing changed where it stands, then others anywhere besides.

        Each with whether the slip differs from the rule there. Where it does not, the alternative cannot.
        """
        search = _Search(slip, self._around, self._given)
        return ((case, bool(search.ways(case))) for case in search.rows() if self._keys_fit(case))

    def _keys_fit(self, case: Case) -> bool:
        for register, key in self._keys:  # the innermost loop of all proving
            rows = case.row.tables[register]
            keys = {row[key] for row in rows}
            if len(keys) < len(rows) or None in keys:
                return False
        return True


class _Search:
    def __init__(self, slip: Slip, around: tuple[Surroundings, ...], given: frozenset[str]) -> None:
        nodes = (*slip.nodes, *slip.instead)
        self._focus, self._around, self._place = read_at(visit(nodes, slip.place)), around, slip.place
        self._truths = Remembered(slip.truths, nodes, slip.place, given)

    def ways(self, case: Case) -> Ways:
        """How the slip differs from the rule on a case; nothing where it does not."""
        found = (self._truths.at(row, case.setting) for row in rows_at(self._place, case.row))
        return frozenset(truths for truths in found if truths[0] != truths[1])

    def rows(self) -> Iterator[Case]:
        """Rows with one change, with two near every case, then with more near the first."""
        for near in self._around:
            yield from (change(near.case) for change in near.changes(self._focus))
        for near in self._around:
            yield from _changed((other(near.case) for other in near.few), self._telling(near))
        near = self._around[0]
        yield from _changed((other(near.case) for other in near.few), tuple(near.changes(self._focus)))
        yield from _changed((one(other(near.case)) for one, other in combinations(near.few, 2)), self._telling(near))

    def _telling(self, near: Surroundings) -> tuple[Change, ...]:
        """A change for each way in which the slip can differ from the rule here, be it no change at all."""
        found: dict[Ways, Change] = {}
        for change in (unchanged, *near.changes(self._focus)):
            if ways := self.ways(change(near.case)):
                found.setdefault(ways, change)
        return tuple(found.values())


def _changed(cases: Iterable[Case], changes: tuple[Change, ...]) -> Iterator[Case]:
    return (change(case) for case in cases for change in changes)


MOST_ROWS = 5000
"""How many rows are searched for one alternative."""

SHOWN: tuple[Judgement, ...] = ("pass", "fail", "unknown")
"""What every rule can come to that its examples have to show."""


@dataclass(frozen=True)
class Telling:
    """A row that tells a rule from an alternative: what each comes to."""

    case: Case
    rule: Judgement
    alternative: Judgement


@dataclass(frozen=True)
class Survivor:
    """An alternative that no example catches, in words; the row that would, None where `searched` rows hold none."""

    says: str
    telling: Telling | None
    searched: int


@dataclass(frozen=True)
class Wrong:
    """An example, counted from 1, that comes to something else than it expects."""

    number: int
    expects: Judgement
    comes_to: Judgement


@dataclass(frozen=True)
class Missing:
    """Something that no example of the check comes to, and a row that does, where one was found."""

    judgement: Judgement
    case: Case | None


@dataclass(frozen=True)
class Proof:
    """How the examples of a check fare: of `tried` alternatives the examples catch `caught`."""

    tried: int
    caught: int
    survivors: tuple[Survivor, ...]
    missing: tuple[Missing, ...]
    wrong: tuple[Wrong, ...]

    @property
    def open(self) -> tuple[Survivor, ...]:
        """The alternatives that an example should catch, because there is a row that does."""
        return tuple(each for each in self.survivors if each.telling)

    @property
    def gaps(self) -> tuple[str, ...]:
        """What the examples leave open, a sentence each; nothing where they are complete."""
        return (
            *(say("rules.proof.wrong", **vars(each)) for each in self.wrong),
            *(say(f"rules.proof.not-shown.{each.judgement}") for each in self.missing),
            *(say("rules.proof.missed", change=each.says) for each in self.open),
        )

    @property
    def alike(self) -> tuple[Survivor, ...]:
        """The alternatives that no row searched could tell from the rule."""
        return tuple(each for each in self.survivors if not each.telling)


def prove(check: Check, examples: tuple[Case, ...], starts: tuple[Case, ...], given: frozenset[str]) -> Proof:
    """Try the examples against every alternative, and search for what they leave open.

    `starts` are the cases that the search begins at (at least one), `given` the registers whose rows an example may
    give.
    """
    came_to = tuple(_judged(check, case) for case in examples)
    every = tuple(alternatives(check, starts[0].setting))
    left = [other for other in every if not _caught(other, examples, came_to)]
    near = Neighbourhood(check, starts, given)
    return Proof(
        tried=len(every),
        caught=len(every) - len(left),
        survivors=tuple(_survivors(check, left, near, Meanings(check, starts[0].setting, given))),
        missing=tuple(_missing(check, set(SHOWN) - set(came_to), near)),
        wrong=tuple(
            Wrong(number, case.example.expect, judged)
            for number, (case, judged) in enumerate(zip(examples, came_to, strict=True), 1)
            if case.example.expect != judged
        ),
    )


def _judged(check: Check, case: Case) -> Judgement:
    return judge_unit(check, case.row, case.setting)


def _caught(other: Alternative[Check], examples: Iterable[Case], came_to: Iterable[Judgement]) -> bool:
    """Whether an example comes out otherwise; it is quicker to tell first whether it could."""
    return any(
        other.slip.differs(case.row, case.setting) and _judged(other.it, case) != judged
        for case, judged in zip(examples, came_to, strict=True)
    )


def _survivors(
    check: Check, left: Iterable[Alternative[Check]], near: Neighbourhood, meanings: Meanings
) -> Iterator[Survivor]:
    """Each with a row that tells it from the rule: one that was found for another before any other."""
    found: dict[int, Case] = {}
    for other in left:
        rows = chain(((case, True) for case in found.values()), near.rows_where(other.slip))
        searched, case = _search(check, other, islice(rows, MOST_ROWS), meanings)
        if case:
            found.setdefault(id(case), case)
        yield Survivor(other.say(), _telling(check, other, case) if case else None, searched)


def _search(
    check: Check, other: Alternative[Check], rows: Iterable[tuple[Case, bool]], meanings: Meanings
) -> tuple[int, Case | None]:
    """How many rows were searched, and the one of them that tells the two apart."""
    searched = 0
    for searched, (case, may_differ) in enumerate(rows, 1):
        if may_differ and meanings.judged(check, case) != meanings.judged(other.it, case):
            return searched, case
    return searched, None


def _telling(check: Check, other: Alternative[Check], case: Case) -> Telling | None:
    """The case, if it tells the two apart by their meaning alone, with nothing remembered."""
    rule, alternative = _judged(check, case), _judged(other.it, case)
    return Telling(case, rule, alternative) if rule != alternative else None


def _missing(check: Check, wanted: set[Judgement], near: Neighbourhood) -> Iterator[Missing]:
    """A row for each thing that is not shown. A rule that never seems to be unknown need not show it."""
    for case in islice(near.rows(), MOST_ROWS) if wanted else ():
        judged = _judged(check, case)
        if judged in wanted:
            wanted.discard(judged)
            yield Missing(judged, case)
    yield from (Missing(judged, None) for judged in SHOWN if judged in wanted - {"unknown"})
