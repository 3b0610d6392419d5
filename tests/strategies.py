"""Random worlds for the rule language: registers, records, parameters, facts, law, and rules that fit them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from hypothesis import strategies as st
from tests.random_conditions import Spot, conditions
from tests.random_fields import CODES, DAYS, FIELDS, PROVISIONS, REGISTERS, days_near, law, register, shape, values
from tests.units import World

from policykit.model.registers import FieldType, Parameter, ParameterValue
from policykit.rules import Check, Population, Setting, Values

Draw = st.DrawFn
Raw = dict[str, Any]


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
    shared: dict[str, object] = {"title": "Something that is set", "source": {"why": "made up"}}
    declared = {
        name: Parameter.model_validate(
            {**shared, "id": name, "type": name.removeprefix("a_")}
            | {"default": value if isinstance(value, tuple) else str(value)}
        )
        for name, value in found.items()
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
