"""Random worlds for the rule language: registers, records, parameters, facts, law, and rules that fit them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from hypothesis import strategies as st
from tests.units import World

from policykit.model.calendar import days_from, months_from
from policykit.model.parameters import Parameter, ParameterValue
from policykit.model.registers import FieldShape, FieldType, Register, Value
from policykit.rules import Check, Population, Setting, Values

Draw = st.DrawFn
Raw = dict[str, Any]

CODES = ("x", "y", "z")
PROVISIONS = ("ACT-1", "ACT-2")
DAYS = tuple(map(date.fromisoformat, ("2024-02-29", "2025-02-28", "2026-03-31", "2026-11-01", "2026-12-30")))
NUMBERS = (-1, 0, 1, 2, 3, 12, 30, 1_200, 1_201, 36_500, 36_501)
# Words that engines reserve: identifiers are quoted, whatever they are.
REGISTERS = ("staff", "order", "group")
FIELDS = {
    FieldType.REF: ("user", "act"),
    FieldType.TEXT: ("note", "select"),
    FieldType.CODE: ("kind", "case"),
    FieldType.DATE: ("begun_on", "date", "end"),
    FieldType.FLAG: ("open", "null"),
    FieldType.INTEGER: ("count", "table"),
}
TEXTS = frozenset({FieldType.REF, FieldType.TEXT, FieldType.CODE})
ORDERED = (FieldType.DATE, FieldType.INTEGER)


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


def shape(kind: FieldType, name: str) -> FieldShape:
    """A field of that type, with codes and words of its own."""
    flags = {"when_yes": f"is {name}", "when_no": f"is not {name}"} if kind is FieldType.FLAG else {}
    return FieldShape(
        type=kind, means=f"What {name.replace('_', ' ')} means", values=CODES if kind is FieldType.CODE else (), **flags
    )


def register(name: str) -> Register:
    """A register with fields of every type."""
    fields = {field: shape(kind, field) for kind, names in FIELDS.items() for field in names}
    about = "person" if name == "staff" else "event"
    return Register(
        id=name,
        title=name.title(),
        row=name,
        about=about,
        key="ref",
        fields={"ref": shape(FieldType.REF, "ref")} | fields,
    )


def law() -> Register:
    """The built-in register of law, with what rules read of it."""
    dates = ("valid_from", "valid_to", "last_changed_on")
    fields = {"id": shape(FieldType.REF, "id")} | {each: shape(FieldType.DATE, each) for each in dates}
    return Register(id="law", title="Law", row="provision", about="document", key="id", fields=fields)


@cache
def days_near(as_at: date) -> st.SearchStrategy[date]:
    """Days on and around the limits that rules draw: the as-at date, whole months from it, ends of months."""
    months = st.builds(months_from, st.just(as_at), st.sampled_from((-1_200, -12, -3, -2, -1, 0, 1, 2, 12, 1_200)))
    return st.builds(days_from, months, st.sampled_from((-31, -3, -1, 0, 1, 2, 30)))


@cache
def values(kind: FieldType, as_at: date) -> st.SearchStrategy[Value]:
    """Values of a type, few enough to meet one another."""
    match kind:
        case FieldType.REF:
            return st.sampled_from((*PROVISIONS, "x"))
        case FieldType.TEXT:
            return st.sampled_from(("x", "X", "é", "it's"))
        case FieldType.CODE:
            return st.sampled_from(CODES)
        case FieldType.DATE:
            return days_near(as_at)
        case FieldType.FLAG:
            return st.booleans()
        case FieldType.INTEGER:
            return st.sampled_from(NUMBERS)


@cache
@st.composite
def worlds(draw: Draw) -> World:
    """A day, three registers with up to four rows each, law, parameters and facts of every type, two populations."""
    as_at = draw(st.sampled_from(DAYS))
    registers = {name: register(name) for name in REGISTERS} | {"law": law()}
    parameters, declared = draw(_parameters(as_at))
    fact_shapes = {f"fact_{kind}": shape(kind, kind) for kind in FieldType}
    facts = {f"fact_{kind}": draw(st.none() | values(kind, as_at)) for kind in FieldType}
    setting = Setting(as_at, registers, {}, parameters, declared, facts, fact_shapes)
    tables = {name: draw(_rows(name, as_at)) for name in REGISTERS} | {"law": draw(_law_rows(as_at))}
    populations = {f"some_{name}": draw(_population(name, as_at)) for name in REGISTERS[:2]}
    return World(replace(setting, populations=populations), tables)


@cache
@st.composite
def _parameters(draw: Draw, as_at: date) -> tuple[Mapping[str, ParameterValue], Mapping[str, Parameter]]:
    several = st.lists(st.sampled_from(CODES), unique=True, max_size=3).map(tuple)
    found: dict[str, ParameterValue] = {
        "a_code": draw(st.sampled_from(CODES)),
        "a_codes": draw(several),
        "a_date": draw(days_near(as_at)),
        "a_flag": draw(st.booleans()),
        "a_integer": draw(st.integers(0, 40)),
    }
    declared = {
        name: Parameter(
            id=name, title="Something that is set", type=name.removeprefix("a_"), default="-", source="made up"
        )
        for name in found
    }
    return found, declared


@cache
@st.composite
def _rows(draw: Draw, name: str, as_at: date) -> tuple[Values, ...]:
    often = {kind: st.one_of([values(kind, as_at)] * 4 + [st.none()]) for kind in FIELDS}
    columns = {field: often[kind] for kind, names in FIELDS.items() for field in names}
    rows = draw(st.lists(st.fixed_dictionaries(columns), max_size=4))
    return tuple({"ref": f"{name}-{number}", **row} for number, row in enumerate(rows))


@cache
@st.composite
def _law_rows(draw: Draw, as_at: date) -> tuple[Values, ...]:
    period = st.tuples(st.sampled_from(PROVISIONS), days_near(as_at), days_near(as_at))
    changed = draw(days_near(as_at))
    return tuple(
        {"id": id_, "valid_from": min(days), "valid_to": max(days), "last_changed_on": changed}
        for id_, *days in draw(st.lists(period, max_size=3))
    )


@cache
@st.composite
def _population(draw: Draw, name: str, as_at: date) -> Population:
    spot = Spot(as_at, has_each=False, has_population=False, budget=1)
    where = draw(st.lists(conditions(spot, name), min_size=1, max_size=2))
    raw = {"id": f"some_{name}", "register": name, "noun": f"some {name}", "plural": f"some {name}s", "where": where}
    return Population.model_validate(raw)


@cache
@st.composite
def checks(draw: Draw, as_at: date) -> Check:
    """A check that fits every world of that day: up to two conditions for its scope and up to two that must hold."""
    listed = st.lists(st.sampled_from(CODES), min_size=1, unique=True)
    codes = draw(st.none() | st.just({"parameter": "a_codes"}) | listed)
    name = draw(st.sampled_from(REGISTERS))
    some = conditions(Spot(as_at, has_each=codes is not None), name)
    raw: Raw = {"id": "CHK-ANY", "verifies": ["DUTY-ANY"], "grounds": ["CLAUSE-ANY"], "title": "Any", "limits": "Any"}
    raw |= {"register": name, "noun": "thing", "plural": "things", "key": "ref"}
    raw |= {"where": draw(st.lists(some, max_size=2)), "must": draw(st.lists(some, min_size=1, max_size=2))}
    return Check.model_validate(raw | ({"for_each": {"name": "thing", "in": codes}} if codes is not None else {}))


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
def _group(draw: Draw, spot: Spot, name: str) -> Raw:
    test = draw(st.sampled_from(("all", "any", "not", "if")))
    some = st.lists(conditions(spot.inner, name), min_size=1, max_size=2)
    if test == "if":
        return {"test": test, "when": draw(some), "then": draw(some)}
    return {"test": test, "of": draw(some)}


@cache
@st.composite
def _looked_up(draw: Draw, spot: Spot) -> Raw:
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
def _compared(draw: Draw, spot: Spot) -> Raw:
    """A field beside a value, or several."""
    kind = draw(st.sampled_from(FieldType))
    tests = ["is", "is_not", "one_of", "none_of", "recorded", "not_recorded"]
    tests += ["at_least", "at_most", "more_than", "less_than", "between"] * (kind in ORDERED)
    raw: Raw = {"test": draw(st.sampled_from(tests)), "field": draw(st.sampled_from(FIELDS[kind]))}
    match raw["test"]:
        case "recorded" | "not_recorded":
            return raw
        case "one_of" | "none_of":
            return raw | {"values": draw(_listed(kind, spot) | _value(kind, spot))}
        case "between":
            low = draw(_literal(kind, spot))
            return raw | {"low": low, "high": draw(st.just(low) | _looked_up_value(kind, spot))}
        case _:
            return raw | {"value": draw(_value(kind, spot))}


@cache
@st.composite
def _dated(draw: Draw, spot: Spot) -> Raw:
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
def _beside(draw: Draw, spot: Spot) -> Raw:
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
