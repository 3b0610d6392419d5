"""What a set of checks holds of the rule language: which tests, and which value forms in which kinds of place.

The lists come from the language itself, so a test or a form that is added is asked for here too.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Any, TypeVar, get_args

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import Tag
from tests.strategies import checks

from policykit.model.scalars import Record
from policykit.rules import Check, Condition
from policykit.rules.language import Key, Node, Role, parts

T = TypeVar("T")
Feature = tuple[str, ...]

NODES: tuple[type[Node], ...] = get_args(get_args(Condition)[0])
NUMBERS = frozenset({Role.DAYS, Role.MONTHS, Role.COUNT})
"""Kinds of place for a number: the code of a for_each and the as-at date are none."""
LOOKUPS = frozenset({"exists_in", "count_of"})


DAY = date(2026, 11, 1)
"""The day of all random checks and records: a check fits every world of its day."""

LAST = {"test": "unique", "fields": ["kind", "user"]}
CODE = {"test": "is", "field": "kind", "value": {"each": "thing"}}
LATER = {"test": "on_or_after", "field": "count", "other": {"field": "count"}}
FOURTH = {"test": "count_of", "register": "order", "match": {"act": "user"}, "at_least": {"field": "count"}}
THIRD = {
    "test": "exists_in",
    "register": "staff",
    "match": {"note": "note"},
    "where": [FOURTH | {"where": [LAST, CODE]}],
}
SECOND = {
    "test": "count_of",
    "register": "group",
    "where": [LATER, {"test": "not", "of": [THIRD, CODE]}],
    "at_most": "1",
}
FIRST = {"test": "exists_in", "register": "order", "match": {"kind": "case"}, "where": [LATER, SECOND]}
NAMED = {"id": "CHK-ANY", "verifies": ["DUTY-ANY"], "grounds": ["CLAUSE-ANY"], "title": "Any", "limits": "Any"}
OF_STAFF = NAMED | {"register": "staff", "noun": "thing", "plural": "things", "key": "ref"}
DEEPEST = OF_STAFF | {"for_each": {"name": "thing", "in": ["x", "y"]}, "must": [FIRST]}


def language() -> frozenset[Feature]:
    """All tests, and all kinds of place with each form that may stand there."""
    places = ((role, form) for node in NODES for role, form in _forms_of(node))
    fitting = ((role.name, form) for role, form in places if role not in NUMBERS or form not in {"each", "as_at"})
    return frozenset({*((node.test_name(),) for node in NODES), *fitting})


def held_by(check: Check) -> frozenset[Feature]:
    """What a check holds of the language; each form also with the test that it stands in, and lookups with theirs."""
    return frozenset(feature for node in (*check.where, *check.must) for feature in _held_by(node, ()))


@cache
def forty() -> list[Check]:
    """Random checks that hold all that several hundred of them hold, and one as deep as they may be."""
    return [Check.model_validate(DEEPEST), *covering(drawn(checks(DAY), 600), 40)]


def covering(pool: Iterable[Check], number: int) -> list[Check]:
    """So many checks of the pool, or a few more, that hold all that the pool holds; the richest come first."""
    left = list(pool)
    features = {id(check): held_by(check) for check in left}
    missing, chosen = frozenset[Feature]().union(*features.values()), list[Check]()
    while missing or len(chosen) < number:
        best = max(left, key=lambda check: (len(features[id(check)] & missing), len(features[id(check)])))
        missing -= features[id(best)]
        left.remove(best)
        chosen.append(best)
    return chosen


def drawn(strategy: st.SearchStrategy[T], number: int) -> list[T]:
    """So many examples of a strategy, the same ones each time."""
    found: list[T] = []
    quiet = settings(
        max_examples=number,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )

    def keep(example: T) -> None:
        found.append(example)

    quiet(given(strategy)(keep))()
    return found


def _held_by(node: Node, around: tuple[str, ...]) -> Iterator[Feature]:
    yield (node.test,)
    inner = (*around, node.test) if node.test in LOOKUPS else around
    if node.test in {*LOOKUPS, "unique", "in_force", "named"} and around:
        yield (*around, node.test)
    for part in parts(node):
        if part.role in {Role.SAME_ROW, Role.OTHER_ROWS}:
            for each in part.value:
                yield from _held_by(each, inner)
        elif part.role in FORMS:
            yield (part.role.name, _form_of(part.value))
            yield (node.test, part.name, _form_of(part.value))


def _form_of(value: Any) -> str:  # noqa: ANN401 - whatever a condition may hold
    if isinstance(value, Record):
        return next(iter(type(value).model_fields))
    return "literal" if isinstance(value, str) else "list"


def _forms_of(node: type[Node]) -> Iterator[tuple[Role, str]]:
    for info in node.model_fields.values():
        role = next((mark.role for mark in info.metadata if isinstance(mark, Key)), None)
        if role is not None:
            yield from ((role, tag) for tag in _tags(info.annotation))


def _tags(annotation: Any) -> Iterator[str]:  # noqa: ANN401 - a type of any kind
    yield from (mark.tag for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, Tag))
    for each in get_args(annotation):
        yield from _tags(each)


FORMS = frozenset(role for node in NODES for role, _ in _forms_of(node))
"""The kinds of place where a value form may stand."""
