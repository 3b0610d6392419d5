"""What counting a check brings: cases that anybody can read and add to, in cases/engines/counts.yaml."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from policykit.engines import Counted, Engine, Engines, Opened, Refused, Source
from policykit.model.registers import FieldShape, Parameter, Register
from policykit.rules import Check, Setting, Values

FILE = Path(__file__).parent / "cases/engines/counts.yaml"
CASES: list[dict[str, Any]] = yaml.load(FILE.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - all text, as in a pack
UNITS = ("in_scope", "conform", "violate", "unknown", "out", "unreadable")
ROWS = UNITS[:4]
VALUES = UNITS[1:4]


def register(name: str, key: str, /, **fields: str) -> Register:
    """A register with a key and fields of the types given; a code comes as `code a b`."""
    kinds = {key: "ref", **fields}
    shapes = {
        field: FieldShape(type=kind.split()[0], means=field, values=kind.split()[1:]) for field, kind in kinds.items()
    }
    return Register(id=name, title=name.capitalize(), about="person", key=key, fields=shapes)


REGISTERS = {
    "people": register("people", "ref", team="code blue red", left_on="date", homes="integer"),
    "courses": register("courses", "ref", person="ref", topic="code fire law", done_on="date"),
}
SETTING = Setting(
    as_at=date(2026, 11, 1),
    registers=REGISTERS,
    populations={},
    parameters={"topics": ()},
    declared={"topics": Parameter(id="topics", title="Topics", type="codes", default=(), source={"why": "made up"})},
    facts={},
    fact_shapes={},
)


def check_of(case: dict[str, Any]) -> Check:
    """The check of a case, with what every check must have."""
    rule = {key: case[key] for key in ("where", "must", "for_each") if key in case}
    fixed = {"verifies": ["DUTY-MADE-UP"], "grounds": ["MADE-UP"], "title": "made up", "limits": "made up"}
    return Check.model_validate({"id": "CHK-MADE-UP", "register": "people", "key": "ref", **fixed, **rule})


def open_all(engine: Engine[Source], case: dict[str, Any], folder: Path, kind: str) -> None:
    """Write the records of a case to files of a kind and open them."""
    for name, shape in REGISTERS.items():
        file = folder / f"{name}.csv"
        file.write_text("\n".join([",".join(shape.fields), *case.get(name, [])]), encoding="utf-8")
        assert isinstance(engine.open(shape, as_parquet(file) if kind == "parquet" else file), Opened)


def as_parquet(csv: Path) -> Path:
    """The same table as a Parquet file of texts."""
    file = csv.with_suffix(".parquet")
    with duckdb.connect() as database:
        database.read_csv(str(csv), all_varchar=True, header=True, delimiter=",").to_parquet(str(file))
    return file


def expected(given: dict[str, str], names: tuple[str, ...]) -> dict[str, int]:
    """The counts of a case; those left out are 0."""
    return {name: int(given.get(name, 0)) for name in names}


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_each_case_counts_as_it_says(case: dict[str, Any], kind: str, tmp_path: Path) -> None:
    """Units, rows and values of every case of cases/engines/counts.yaml are counted as it says."""
    with Engines() as engine:
        open_all(engine, case, tmp_path, kind)
        found = engine.count(check_of(case), SETTING)
    assert isinstance(found, Counted)
    assert found.counts.model_dump() == expected(case["counts"], UNITS)
    assert (found.rows and found.rows.model_dump()) == (expected(case["rows"], ROWS) if "rows" in case else None)
    by = None if found.by is None else [(value, counts.model_dump()) for value, counts in found.by.items()]
    assert by == ([(value, expected(counts, VALUES)) for value, counts in case["by"].items()] if "by" in case else None)


@pytest.mark.parametrize(
    "name", ["units", "rows", "judged", "each", "r0", "r1", "select", "order", "unit", "sqlite_master"]
)
def test_a_register_may_have_any_name(name: str, tmp_path: Path) -> None:
    """No name of a register or field gets in the way of the query that counts it."""
    own = register(name, "value", state="code blue red", key="date", rowid="integer", in_scope="flag")
    setting = Setting(SETTING.as_at, {name: own}, {}, {}, {}, {}, {})
    condition = {
        "test": "exists_in",
        "register": name,
        "match": {"value": "value"},
        "where": [{"test": "past", "field": "key"}],
    }
    case = {
        "for_each": {"name": "colour", "in": ["blue", "red"]},
        "must": [condition],
        "where": [
            {"test": "is", "field": "state", "value": {"each": "colour"}},
            {"test": "is", "field": "in_scope", "value": "yes"},
            {"test": "at_least", "field": "rowid", "value": "1"},
        ],
    }
    (file := tmp_path / "records.csv").write_text(
        "value,state,key,rowid,in_scope\nA,blue,2026-10-31,1,yes\nB,red,2026-11-01,2,yes\nC,red,soon,3,yes\n",
        encoding="utf-8",
    )
    with Engines() as engine:
        assert isinstance(engine.open(own, file), Opened)
        found = engine.count(check_of(case).model_copy(update={"register_": name, "key": "value"}), setting)
    assert isinstance(found, Counted)
    assert found.counts.model_dump() == expected(
        {"in_scope": "2", "conform": "1", "violate": "1", "out": "2", "unreadable": "1"}, UNITS
    )


def test_rows_that_are_built_in_are_counted_like_records(tmp_path: Path) -> None:
    """A list of the pack is a table like any other, blanks and days included."""
    case = {
        "must": [
            {
                "test": "exists_in",
                "register": "courses",
                "match": {"person": "ref"},
                "where": [{"test": "past", "field": "done_on"}],
            }
        ]
    }
    (file := tmp_path / "people.csv").write_text("ref,team,left_on,homes\nA,,,\nB,,,\nC,,,\n", encoding="utf-8")
    rows: list[Values] = [
        {"ref": "1", "person": "A", "topic": "fire", "done_on": date(2026, 1, 1)},
        {"ref": "2", "person": "B", "topic": "law", "done_on": None},
    ]
    with Engines() as engine:
        engine.open(REGISTERS["people"], file)
        engine.build_in(REGISTERS["courses"], rows)
        found = engine.count(check_of(case), SETTING)
    assert isinstance(found, Counted)
    assert found.counts.model_dump() == expected(
        {"in_scope": "3", "conform": "1", "unknown": "1", "violate": "1"}, UNITS
    )


def test_what_goes_wrong_in_an_engine_is_told_by_its_name_only() -> None:
    """A check whose register was never opened cannot be carried out, and nothing more is said of it."""
    with Engines() as engine:
        found = engine.count(check_of({"must": [{"test": "recorded", "field": "team"}]}), SETTING)
    assert found == Refused("the check could not be carried out: CatalogException")
