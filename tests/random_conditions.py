"""Random conditions that fit the registers of random worlds: every test and every value form, nested."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from hypothesis import strategies as st
from tests.random_fields import FIELDS, ORDERED, REGISTERS, TEXTS, values

from policykit.model.registers import FieldType

Raw = dict[str, Any]


@dataclass(frozen=True)
class Spot:
    """Where a condition is being made up: in how many lookups, how much further it may nest, and what it may name."""

    as_at: date
    has_each: bool
    has_population: bool = True
    lookups: int = 0
    budget: int = 3

    @property
    def inner(self) -> "Spot":
        """One group further in."""
        return replace(self, budget=self.budget - 1)

    @property
    def there(self) -> "Spot":
        """One lookup further in."""
        return replace(self.inner, lookups=self.lookups + 1)


@cache
def conditions(spot: Spot, name: str) -> st.SearchStrategy[Raw]:
    """Any condition on a row of a register."""
    kinds = [_compared(spot), _compared(spot), _compared(spot), _dated(spot), _dated(spot), _beside(spot), _whole()]
    if spot.budget:
        kinds += [_group(spot, name), _looked_up(spot), _looked_up(spot)]
    if spot.has_population and name in REGISTERS[:2]:
        kinds.append(st.just({"test": "named", "population": f"some_{name}"}))
    return st.one_of(kinds)


@cache
@st.composite
def _group(draw: st.DrawFn, spot: Spot, name: str) -> Raw:
    test = draw(st.sampled_from(("all", "any", "not", "if")))
    some = st.lists(conditions(spot.inner, name), min_size=1, max_size=2)
    if test == "if":
        return {"test": test, "when": draw(some), "then": draw(some)}
    return {"test": test, "of": draw(some)}


@cache
@st.composite
def _looked_up(draw: st.DrawFn, spot: Spot) -> Raw:
    name = draw(st.sampled_from(REGISTERS))
    ours_of = {their: kind for kind, fields in FIELDS.items() for their in fields if kind is not FieldType.DATE}
    theirs = draw(st.lists(st.sampled_from(list(ours_of)), max_size=1))
    match = {their: draw(st.sampled_from(FIELDS[ours_of[their]])) for their in theirs}
    where = draw(st.lists(conditions(spot.there, name), max_size=2))
    raw: Raw = {"test": "exists_in", "register": name, "match": match, "where": where}
    ends = draw(st.sampled_from(((), (), (), ("at_least",), ("at_most",), ("at_least", "at_most"))))
    if not ends:
        return raw
    numbers = [draw(_number(spot, (0, 1, 2))) for _ in ends]
    if len(numbers) > 1:
        # Both ends are known at load only where both are written out or set, and then in order.
        numbers[0] = draw(st.sampled_from(("0", {"fact": "fact_integer"})))
    return raw | {"test": "count_of"} | dict(zip(ends, numbers, strict=True))


@cache
@st.composite
def _compared(draw: st.DrawFn, spot: Spot) -> Raw:
    """A field beside a value, or several."""
    kind = draw(st.sampled_from(FieldType))
    tests = ["is", "is_not", "one_of", "none_of", "recorded", "not_recorded"]
    tests += ["starts_with", "not_starts_with"] * (kind in {FieldType.REF, FieldType.TEXT})
    tests += ["at_least", "at_most", "more_than", "less_than", "between"] * (kind in ORDERED)
    raw: Raw = {"test": draw(st.sampled_from(tests)), "field": draw(st.sampled_from(FIELDS[kind]))}
    match raw["test"]:
        case "recorded" | "not_recorded":
            return raw
        case "starts_with" | "not_starts_with":
            return raw | {"value": draw(_literal(kind, spot))[: draw(st.integers(1, 5))]}
        case "one_of" | "none_of":
            return raw | {"values": draw(_listed(kind, spot) | _value(kind, spot))}
        case "between":
            low = draw(_literal(kind, spot))
            return raw | {"low": low, "high": draw(st.just(low) | _looked_up_value(kind, spot))}
        case _:
            return raw | {"value": draw(_value(kind, spot))}


@cache
@st.composite
def _dated(draw: st.DrawFn, spot: Spot) -> Raw:
    """A date beside the as-at date."""
    test = draw(st.sampled_from(("within", "longer_ago", "upcoming", "past", "not_past", "in_force")))
    raw: Raw = {"test": test, "field": draw(st.sampled_from(FIELDS[FieldType.DATE]))}
    match test:
        case "past" | "not_past":
            return raw
        case "in_force":
            day: st.SearchStrategy[Raw] = st.just({"as_at": "true"}) | st.builds(
                dict, field=st.sampled_from(FIELDS[FieldType.DATE])
            )
            return raw | {"field": "act", "day": draw(day)}
        case _:
            return raw | {draw(st.sampled_from(("days", "months"))): draw(_number(spot, (0, 1, 3, 12, 30, 1_200)))}


@cache
@st.composite
def _beside(draw: st.DrawFn, spot: Spot) -> Raw:
    """A field beside another field."""
    test = draw(st.sampled_from(("on_or_before", "on_or_after", "same_as", "soon_after", "done_by")))
    timed = test in {"soon_after", "done_by"}
    kinds = (FieldType.DATE,) if timed else tuple(FieldType) if test == "same_as" else ORDERED
    kind = draw(st.sampled_from(kinds))
    raw: Raw = {"test": test, "field": draw(st.sampled_from(FIELDS[kind]))}
    names = st.sampled_from(FIELDS[kind])
    other: Any = draw(names | st.builds(dict, field=names) if spot.lookups else names)
    if test == "done_by" and draw(st.booleans()):
        return raw | {"due": other}
    return raw | {"other": other} | ({"days": draw(_number(spot, (0, 1, 3, 30, 36_500)))} if timed else {})


@cache
def _whole() -> st.SearchStrategy[Raw]:
    """A row beside all others of its register."""
    fields = st.lists(st.sampled_from(("user", "kind", "count")), min_size=1, unique=True)
    return st.builds(dict, test=st.just("unique"), fields=fields)


@cache
def _value(kind: FieldType, spot: Spot) -> st.SearchStrategy[Any]:
    """Any value form of a type."""
    forms = [_literal(kind, spot), _looked_up_value(kind, spot)]
    if kind is FieldType.DATE:
        forms.append(st.just({"as_at": "true"}))
    if kind is not FieldType.REF and kind is not FieldType.TEXT:
        forms.append(st.just({"parameter": f"a_{kind}"}))
    if kind in TEXTS and spot.has_each:
        forms.append(st.just({"each": "thing"}))
    return st.one_of(forms)


@cache
def _looked_up_value(kind: FieldType, spot: Spot) -> st.SearchStrategy[Any]:
    """A value that only the organisation, or the row one level out, knows."""
    fact = st.just({"fact": f"fact_{kind}"})
    return fact | st.builds(dict, field=st.sampled_from(FIELDS[kind])) if spot.lookups else fact


@cache
def _literal(kind: FieldType, spot: Spot) -> st.SearchStrategy[str]:
    return values(kind, spot.as_at).map(lambda value: str(value).lower() if isinstance(value, bool) else str(value))


@cache
def _listed(kind: FieldType, spot: Spot) -> st.SearchStrategy[Any]:
    listed = st.lists(_literal(kind, spot), min_size=1, max_size=3)
    return listed | st.just({"parameter": "a_codes"}) if kind in TEXTS else listed


@cache
def _number(spot: Spot, literals: Sequence[int]) -> st.SearchStrategy[Any]:
    """A number of days, months or rows: written out, from a parameter, a fact, or the row one level out."""
    forms = [st.sampled_from(literals).map(str), st.just({"parameter": "a_integer"})]
    return st.one_of([*forms, _looked_up_value(FieldType.INTEGER, spot)])
