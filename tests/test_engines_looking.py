"""Looking at single records: the units that an engine lists, and the rows that it hands over."""

from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tests.chance import drawing
from tests.random_fields import register
from tests.strategies import checks, worlds
from tests.units import World

from policykit.engines import Refused, Unit
from policykit.engines.files import DuckEngine
from policykit.rules import Check, Row, each_of, judge_unit, marker

LISTED = {"fail": "violate", "unknown": "unknown"}


@st.composite
def cases(draw: st.DrawFn) -> tuple[World, list[Check]]:
    """A world and checks that fit it."""
    world = draw(worlds())
    return world, draw(st.lists(checks(world.setting.as_at), min_size=5, max_size=5))


def judged(check: Check, world: World) -> set[tuple[object, str | None, str]]:
    """The units that the reference meaning says violate or cannot be told."""
    each = each_of(check, world.setting)
    rows = world.tables[str(check.register_)]
    units = (Row(values, world.tables, code) for values in rows for code in (each.codes if each else (None,)))
    found = ((unit, judge_unit(check, unit, world.setting)) for unit in units)
    return {(unit.values["ref"], unit.each, LISTED[said]) for unit, said in found if said in LISTED}


@drawing(8)
@given(cases())
def test_an_engine_lists_what_does_not_conform(case: tuple[World, list[Check]]) -> None:
    """The very units that the reference meaning finds, for random rules over random records; never more than asked."""
    world, found = case
    with DuckEngine() as engine:
        for name, rows in world.tables.items():
            engine.build_in(world.setting.registers[name], rows)
        for check in found:
            units = engine.keys(check, world.setting, 1_000)
            assert not isinstance(units, Refused)
            assert {(unit.key, unit.value, unit.state) for unit in units} == judged(check, world)
            assert len(units) == len(set(units))
            first = engine.keys(check, world.setting, 1)
            assert not isinstance(first, Refused)
            assert (len(first), set(first) <= set(units)) == (min(1, len(units)), True)


@drawing(8)
@given(worlds(), st.data())
def test_an_engine_hands_over_the_rows_that_hold_values(world: World, data: st.DataObject) -> None:
    """Typed as they were taken in, whatever their type; all of them where no value is asked for."""
    with DuckEngine() as engine:
        for name, rows in world.tables.items():
            shape = world.setting.registers[name]
            engine.build_in(shape, rows)
            assert engine.look_up(shape, {}, None) == rows
            if rows:
                row, field = data.draw(st.sampled_from(rows)), data.draw(st.sampled_from(list(shape.fields)))
                wanted = {field: value} if (value := row[field]) is not None else {}
                assert engine.look_up(shape, wanted, None) == tuple(
                    each for each in rows if all(each[name] == held for name, held in wanted.items())
                )


def test_a_value_that_cannot_be_read_is_marked(tmp_path: Path) -> None:
    """It is blank, and the row says that it is not: what stood there is never handed over."""
    shape = register("staff")
    header = list(shape.fields)
    values = {"ref": "S-1", "user": "it's", "begun_on": "Mx Sentinel", "date": "2026-11-01", "open": "perhaps"}
    path = tmp_path / "staff.csv"
    path.write_text(f"{','.join(header)}\n{','.join(values.get(name, '') for name in header)}\n", "utf-8")

    with DuckEngine() as engine:
        engine.open(shape, path)
        found = engine.look_up(shape, {"user": "it's", "date": date(2026, 11, 1)}, 2)

    blank = dict.fromkeys(header)
    kept = {"ref": "S-1", "user": "it's", "date": date(2026, 11, 1)}
    assert found == ({**blank, **kept, marker("begun_on"): True, marker("open"): True},)


def test_an_engine_says_nothing_of_what_went_wrong() -> None:
    """A register that is not open is a refusal with the name of an error, not with what a database says."""
    with DuckEngine() as engine:
        refused = engine.look_up(register("staff"), {"ref": "Mx Sentinel"}, 1)

    assert refused == Refused("its rows could not be read: CatalogException")
    assert Unit("S-1", None, "violate").value is None
