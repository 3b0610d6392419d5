"""Proving: whether the examples of a check catch every small mistake in its rule, and which row would catch the rest.

An alternative is caught where an example comes out otherwise under it than under the rule. For one that is not, rows
near the examples are searched: the first that tells the two apart is what an example should show. Where no row does,
that is said, with how many were searched: it is no proof that there is none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from policykit.rules.alternatives import Alternative, alternatives
from policykit.rules.changing import Case
from policykit.rules.check import Check
from policykit.rules.judging import Judgement, judge_unit
from policykit.rules.remembering import Meanings
from policykit.rules.searching import Neighbourhood

MOST_ROWS = 5000
"""How many rows are searched for one alternative."""

SHOWN: tuple[Judgement, ...] = ("pass", "fail", "unknown")
"""What every rule can come to that its examples have to show."""

_NOT_SHOWN: Mapping[Judgement, str] = {
    "pass": "No example passes.",
    "fail": "No example fails.",
    "unknown": "No example shows a row that cannot be judged.",
}


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
            *(f"Example {each.number} expects {each.expects} and comes to {each.comes_to}." for each in self.wrong),
            *(_NOT_SHOWN[each.judgement] for each in self.missing),
            *(f"No example catches this change: {each.says}." for each in self.open),
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
        wrong=tuple(_wrong(examples, came_to)),
    )


def _judged(check: Check, case: Case) -> Judgement:
    return judge_unit(check, case.row, case.setting)


def _caught(other: Alternative[Check], examples: Iterable[Case], came_to: Iterable[Judgement]) -> bool:
    return any(
        _differ(other, case) and _judged(other.it, case) != judged
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


def _differ(other: Alternative[Check], case: Case) -> bool:
    """Whether the rule and the alternative could come out otherwise, which is quicker to tell than whether they do."""
    return any(other.slip.differences(case.row, case.setting))


def _missing(check: Check, wanted: set[Judgement], near: Neighbourhood) -> Iterator[Missing]:
    """A row for each thing that is not shown. A rule that never seems to be unknown need not show it."""
    for case in islice(near.rows(), MOST_ROWS) if wanted else ():
        judged = _judged(check, case)
        if judged in wanted:
            wanted.discard(judged)
            yield Missing(judged, case)
    yield from (Missing(judged, None) for judged in SHOWN if judged in wanted - {"unknown"})


def _wrong(examples: tuple[Case, ...], came_to: tuple[Judgement, ...]) -> Iterator[Wrong]:
    for number, (case, judged) in enumerate(zip(examples, came_to, strict=True), 1):
        if case.example.expect != judged:
            yield Wrong(number, case.example.expect, judged)
