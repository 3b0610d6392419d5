"""Random rules on random records in real databases: the counts are those of the reference meaning, as on DuckDB."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.chance import drawing
from tests.databases import URL_ENV, Database, Sqlite
from tests.strategies import checks, worlds
from tests.test_engines_looking import judged
from tests.units import World

from policykit.engines import Counted, Engines, Opened, Refused, Table
from policykit.model.registers import FieldShape, FieldType, Value
from policykit.model.results import Counts, RowCounts, ValueCounts
from policykit.rules import Check, Row, each_of, judge_unit

CHECKS_IN_A_WORLD = 10
# A smaller case would take minutes of a server's time to find.
UNSHRUNK = settings(drawing(4 * CHECKS_IN_A_WORLD), phases=[Phase.explicit, Phase.generate])
KINDS = {FieldType.DATE: "DATE", FieldType.FLAG: "BOOLEAN", FieldType.INTEGER: "BIGINT"}
WORST = ("fail", "unknown", "pass", "out")


@st.composite
def rules(draw: st.DrawFn) -> tuple[World, list[Check], bool]:
    """A world, checks that fit it, and whether its tables hold nothing but text."""
    world = draw(worlds())
    found = draw(st.lists(checks(world.setting.as_at), min_size=CHECKS_IN_A_WORLD, max_size=CHECKS_IN_A_WORLD))
    return world, found, draw(st.booleans())


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of each kind, to be filled again and again."""
    with pytest.MonkeyPatch.context() as patch:
        made: Database
        if request.param == "sqlite":
            made = Sqlite(Path(tmp_path_factory.mktemp("property")) / "records.db")
        else:
            made = request.getfixturevalue("server").new_schema()
        patch.setenv(URL_ENV, made.url)
        yield made


@UNSHRUNK
@given(case=rules())
def test_databases_count_what_the_reference_meaning_says(
    filled: Database, case: tuple[World, list[Check], bool]
) -> None:
    """Of random rules over random records, in columns with types of their own and in columns of text."""
    world, found, as_text = case
    fill(filled, world, as_text=as_text)
    with Engines() as engine:
        engine.build_in(world.setting.registers["law"], world.tables["law"])
        for name, register in world.setting.registers.items():
            if name != "law":
                assert engine.open(register, Table(URL_ENV, name)) == Opened(len(world.tables[name]), None)
        for check in found:
            assert engine.count(check, world.setting) == counted(check, world)
            units = engine.keys(check, world.setting, 1_000)
            assert not isinstance(units, Refused)
            assert {(unit.key, unit.value, unit.state) for unit in units} == judged(check, world)


def fill(database: Database, world: World, *, as_text: bool) -> None:
    """A table for each register but the law, which is built in."""
    for name, register in world.setting.registers.items():
        if name != "law":
            columns = [(field, kind_of(shape, as_text=as_text)) for field, shape in register.fields.items()]
            rows = [[written(row[field], as_text=as_text) for field in register.fields] for row in world.tables[name]]
            database.fill(name, columns, rows)


def kind_of(shape: FieldShape, *, as_text: bool) -> str:
    """The type of a column."""
    return "TEXT" if as_text else KINDS.get(shape.type, "TEXT")


def written(value: Value | None, *, as_text: bool) -> Any:  # noqa: ANN401 - whatever a column takes
    """A value as it stands in its column; as text with spaces around it, as in a careless export."""
    if not as_text:
        return value
    if value is None:
        return "  "
    return f" {('yes' if value else 'no') if isinstance(value, bool) else value}"


def counted(check: Check, world: World) -> Counted:
    """What the reference meaning comes to, unit by unit."""
    each = each_of(check, world.setting)
    found: list[list[tuple[str | None, str]]] = [
        [
            (code, judge_unit(check, Row(values, world.tables, code), world.setting))
            for code in (each.codes if each else (None,))
        ]
        for values in world.tables[str(check.register_)]
    ]
    units = Counter(outcome for row in found for _, outcome in row)
    counts = Counts(**in_scope(units), out=units["out"], unreadable=0)
    if each is None:
        return Counted(counts, None, None)
    rows = Counter(min((outcome for _, outcome in row), key=WORST.index) for row in found if row)
    by = {code: Counter(outcome for row in found for value, outcome in row if value == code) for code in each.codes}
    values = {code: ValueCounts(**of_values(tally)) for code, tally in by.items()}
    return Counted(counts, RowCounts(**in_scope(rows)), values)


def in_scope(tally: Counter[str]) -> dict[str, int]:
    """The counts of those that are in scope."""
    found = of_values(tally)
    return {"in_scope": sum(found.values()), **found}


def of_values(tally: Counter[str]) -> dict[str, int]:
    """The counts of one value."""
    return {"conform": tally["pass"], "violate": tally["fail"], "unknown": tally["unknown"]}
