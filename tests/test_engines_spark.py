"""Spark on this machine: the counts are those of the reference meaning, and nothing that Spark says gets out.

Only where Spark is installed from its own lock: `make test` leaves this file out and says so, .ci/run runs it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml
from tests.cells import assert_read_and_counted, each_table
from tests.covering import DAY, Feature, drawn, forty, held_by, language
from tests.strategies import worlds
from tests.test_engines_looking import judged
from tests.test_engines_sql_property import counted
from tests.units import World

from policykit.engines import Engine, Engines, Opened, Refused, Source, Table, Unit
from policykit.engines.files import DuckEngine
from policykit.model.registers import FieldShape, FieldType, Register
from policykit.rules import marker

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pyspark_sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed: requirements/spark.txt brings it")
if shutil.which("java") is None:
    pytest.skip("there is no Java here: on Debian, apt install openjdk-17-jre-headless", allow_module_level=True)

URL_ENV = "POLICYKIT_TEST_SPARK"
POLICY = Path(__file__).parents[1] / "policy"
CANARY = "Canary-4711"
KINDS = {FieldType.DATE: "DATE", FieldType.FLAG: "BOOLEAN", FieldType.INTEGER: "BIGINT"}
THINGS = Register(
    id="things",
    title="Things",
    about="event",
    key="ref",
    fields={
        "ref": FieldShape(type=FieldType.REF, means="reference"),
        "seen_on": FieldShape(type=FieldType.DATE, means="day"),
    },
)


@pytest.fixture(scope="module", autouse=True)
def session(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[SparkSession]":
    """One session for all tests, which the engine finds at hand and leaves open."""
    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        # All of this is for tables of a few rows, on which planning is all the work there is.
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.default.parallelism": "1",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    made = pyspark_sql.SparkSession.builder.master("local[2]").config(map=options).getOrCreate()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(URL_ENV, "local[2]")
        yield made
    made.stop()


def write_parquet(folder: Path, columns: str, rows: list[tuple[Any, ...]]) -> Path:
    """A folder with one Parquet file of these columns, written by another engine."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with duckdb.connect() as made:
        made.execute(f"CREATE TABLE t ({columns})")
        if rows:
            made.executemany(f"INSERT INTO t VALUES ({', '.join('?' for _ in rows[0])})", rows)  # noqa: S608 - marks only
        made.execute(f"COPY t TO '{folder / 'part.parquet'}' (FORMAT parquet)")
    return folder


def records_of(world: World) -> list[str]:
    """Every register but the law, which is built in."""
    return [name for name in world.tables if name != "law"]


def fill(folder: Path, world: World, *, as_text: bool) -> None:
    """A folder of Parquet for each register."""
    for name in records_of(world):
        shapes = world.setting.registers[name].fields
        kinds = {field: "VARCHAR" if as_text else KINDS.get(shape.type, "VARCHAR") for field, shape in shapes.items()}
        rows = [tuple(told(row[field]) if as_text else row[field] for field in shapes) for row in world.tables[name]]
        write_parquet(folder / name, ", ".join(f'"{field}" {kind}' for field, kind in kinds.items()), rows)


def told(value: object) -> str:
    """A value as a careless export writes it."""
    if value is None:
        return "  "
    return f" {('yes' if value else 'no') if isinstance(value, bool) else value}"


def show(session: "SparkSession", world: World) -> None:
    """A view of the session for each register, with columns of types of their own."""
    for name in records_of(world):
        shapes = world.setting.registers[name].fields
        columns = (f"`{field}` {KINDS.get(shape.type, 'STRING')}" for field, shape in shapes.items())
        rows = [tuple(row[field] for field in shapes) for row in world.tables[name]]
        session.createDataFrame(rows, ", ".join(columns)).createOrReplaceTempView(name)


@cache
def some_worlds() -> dict[str, World]:
    """Random records of one day, for each way in which Spark may have them."""
    of_day = worlds().filter(lambda world: world.setting.as_at == DAY)
    columns, text, views, *_ = drawn(of_day.filter(lambda world: min(_sizes(world)) > 2), 30)
    some_empty, *_ = drawn(of_day.filter(lambda world: min(_sizes(world)) == 0 and max(_sizes(world)) > 2), 10)
    return {"typed columns": columns, "text": text, "views": views, "views, some empty": some_empty}


def _sizes(world: World) -> list[int]:
    return [len(world.tables[name]) for name in records_of(world)]


def test_the_forty_checks_hold_every_test_and_every_value_form() -> None:
    """In each kind of place where a form may stand, by lists that the language gives; and lookups within lookups."""
    held = frozenset[Feature]().union(*map(held_by, forty()))
    assert language() - held == set()
    nested = {("exists_in", "count_of"), ("count_of", "exists_in"), ("exists_in", "unique"), ("count_of", "unique")}
    assert nested - held == set()


@pytest.mark.parametrize("kind", ["typed columns", "text", "views", "views, some empty"])
def test_spark_counts_what_the_reference_meaning_says(kind: str, session: "SparkSession", tmp_path: Path) -> None:
    """And what DuckDB counts: of the forty checks and a few, a quarter on each kind of source, none of them refused."""
    world, number = some_worlds()[kind], list(some_worlds()).index(kind)
    if "views" in kind:
        show(session, world)
    else:
        fill(tmp_path, world, as_text=kind == "text")
    with Engines() as spark, DuckEngine() as duck:
        spark.build_in(world.setting.registers["law"], world.tables["law"])
        for name, rows in world.tables.items():
            duck.build_in(world.setting.registers[name], rows)
        for name in records_of(world):
            source = Table(URL_ENV, name) if "views" in kind else Table(URL_ENV, "", tmp_path / name)
            assert spark.open(world.setting.registers[name], source) == Opened(len(world.tables[name]), None)
        for place, check in enumerate(forty()[number::4]):
            found = spark.count(check, world.setting)
            assert found == counted(check, world)
            assert found == duck.count(check, world.setting)
            if place % 3 == 0:
                assert_listed(spark.keys(check, world.setting, 1_000), judged(check, world))
        assert_handed_over(spark, world)


def assert_listed(units: tuple[Unit, ...] | Refused, expected: set[tuple[object, str | None, str]]) -> None:
    """The units are those that the reference meaning finds."""
    assert not isinstance(units, Refused)
    assert {(unit.key, unit.value, unit.state) for unit in units} == expected


def assert_handed_over(engine: Engine[Source], world: World) -> None:
    """All rows of a register, and those that hold a value, are typed as they were taken in."""
    register, rows = world.setting.registers["staff"], world.tables["staff"]
    found = engine.look_up(register, {}, None)
    assert not isinstance(found, Refused)
    assert sorted(found, key=lambda row: str(row["ref"])) == list(rows)
    for row in rows[:1]:
        assert engine.look_up(register, {"ref": str(row["ref"])}, 2) == (row,)


@pytest.mark.parametrize(
    ("columns", "rows", "why"),
    [
        ("ref VARCHAR", [("a",)], "the column seen_on is missing"),
        (
            "ref VARCHAR, seen_on TIMESTAMPTZ",
            [("a", "2026-01-01 10:00:00")],
            "the column seen_on holds a time of day, and days are needed: name a view that gives it so",
        ),
        (
            "ref BIGINT, seen_on DATE",
            [(1, None)],
            "the column ref holds whole numbers, and text is needed: name a view that gives it so",
        ),
        ("ref VARCHAR, seen_on DATE", [(CANARY, None), (CANARY, None)], "two rows have the same key"),
        ("ref VARCHAR, seen_on DATE", [(" ", None)], "a key is blank"),
    ],
)
def test_records_that_do_not_fit_are_refused(
    tmp_path: Path, columns: str, rows: list[tuple[Any, ...]], why: str
) -> None:
    """In our own words, without a value of theirs."""
    folder = write_parquet(tmp_path / "things", columns, rows)
    with Engines() as engine:
        assert engine.open(THINGS, Table(URL_ENV, "", folder)) == Refused(why)


def test_a_cell_says_what_its_case_says(tmp_path: Path) -> None:
    """Each case of cases/engines/cells.yaml, in columns of text; as on all other engines."""
    for table in each_table():
        columns = ", ".join(f"{name} VARCHAR" for name in table.register.fields)
        folder = write_parquet(tmp_path / table.register.id, columns, [tuple(row) for row in table.rows])
        with Engines() as engine:
            assert engine.open(table.register, Table(URL_ENV, "", folder)) == Opened(len(table.cells), None)
            assert_read_and_counted(engine, table)


def test_a_moment_of_no_time_zone_is_a_day_at_midnight(tmp_path: Path) -> None:
    """Any other time cannot be read."""
    rows = [("a", "2026-01-01 00:00:00"), ("b", "2026-01-01 10:00:00"), ("c", None)]
    folder = write_parquet(tmp_path / "things", "ref VARCHAR, seen_on TIMESTAMP", rows)
    with Engines() as engine:
        assert engine.open(THINGS, Table(URL_ENV, "", folder)) == Opened(3, None)
        found = engine.look_up(THINGS, {}, None)
    assert not isinstance(found, Refused)
    by_key = {row["ref"]: (row["seen_on"], marker("seen_on") in row) for row in found}
    assert by_key == {"a": (date(2026, 1, 1), False), "b": (None, True), "c": (None, False)}


def test_a_table_that_is_not_in_the_catalog_is_refused() -> None:
    """With its own sentence, whatever its name."""
    with Engines() as engine:
        for name in ("nowhere", "a.b.c", "`; DROP TABLE x", "${spark.master}"):
            assert isinstance(engine.open(THINGS, Table(URL_ENV, name)), Refused)
        assert engine.open(THINGS, Table(URL_ENV, "nowhere")) == Refused("its table is not in the catalog")


def test_a_view_of_the_session_is_read_and_its_settings_are_left_as_they_were(session: "SparkSession") -> None:
    """A session at hand stays its owner's."""
    before = session.conf.get("spark.sql.session.timeZone"), session.conf.get("spark.sql.ansi.enabled")
    session.sql("CREATE OR REPLACE TEMP VIEW seen AS SELECT 'a' AS ref, DATE '2026-01-01' AS seen_on")
    with Engines() as engine:
        assert engine.open(THINGS, Table(URL_ENV, "seen")) == Opened(1, None)
        assert engine.name.startswith("spark 4.")
    assert (session.conf.get("spark.sql.session.timeZone"), session.conf.get("spark.sql.ansi.enabled")) == before


def test_a_session_that_is_handed_over_needs_no_variable(
    session: "SparkSession", monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a notebook; whole decimals are whole numbers there, and stay open to whoever handed it over."""
    monkeypatch.delenv(URL_ENV)
    numbered = THINGS.model_copy(
        update={"fields": {**THINGS.fields, "size": FieldShape(type=FieldType.INTEGER, means="size")}}
    )
    columns = "'a' AS ref, DATE '2026-01-01' AS seen_on, CAST(7 AS DECIMAL(38, 0)) AS size"
    session.sql(f"CREATE OR REPLACE TEMP VIEW seen AS SELECT {columns}")
    with Engines(spark=session) as engine:
        assert engine.open(numbered, Table(URL_ENV, "seen")) == Opened(1, None)
        assert engine.look_up(numbered, {}, None) == ({"ref": "a", "seen_on": date(2026, 1, 1), "size": 7},)
    assert session.sql("SELECT 1").collect() == [(1,)]


@pytest.mark.parametrize("scheme", ["spark", "sc"])
def test_a_cluster_that_does_not_answer_is_refused_at_once(scheme: str, tmp_path: Path) -> None:
    """In a process without a session: nobody listens there, and Spark itself would knock for minutes."""
    script = (
        "from policykit.engines import Table, Engines\n"
        "from policykit.model.registers import FieldShape, Register\n"
        "ref = FieldShape(type='ref', means='reference')\n"
        "things = Register(id='things', title='Things', about='event', key='ref', fields={'ref': ref})\n"
        f"with Engines() as engine: print(engine.open(things, Table('{URL_ENV}', 'things')))"
    )
    environment = {**os.environ, URL_ENV: f"{scheme}://127.0.0.1:1"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("Refused(why='nobody answers at the address of the cluster')\n", "")


def test_a_damaged_file_is_refused_and_nothing_of_it_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Spark's own message names the file and may quote it."""
    (tmp_path / "things").mkdir()
    (tmp_path / "things" / "part.parquet").write_bytes(b"PAR1" + CANARY.encode() * 100)
    with Engines() as engine:
        refused = engine.open(THINGS, Table(URL_ENV, "", tmp_path / "things"))
    assert isinstance(refused, Refused)
    assert CANARY not in refused.why
    assert str(tmp_path) not in refused.why
    assert "".join(capfd.readouterr()) == ""


def test_the_example_organisation_counts_the_same_and_spark_is_silent(tmp_path: Path) -> None:
    """Its records as Parquet, checked by the command itself with a Spark of its own; nothing but our words is seen."""
    shutil.copytree(POLICY, tmp_path / "policy")
    home = tmp_path / "policy" / "example"
    profile = yaml.safe_load((home / "organisation.yaml").read_text("utf-8"))
    for name, source in profile["records"].items():
        folder = home / "parquet" / name
        folder.mkdir(parents=True)
        with duckdb.connect() as made:
            made.read_csv(str(home / source["source"]), all_varchar=True).write_parquet(str(folder / "part.parquet"))
        profile["records"][name] = {"source": f"parquet/{name}", "url_env": URL_ENV, "taken_on": source["taken_on"]}
    (home / "organisation.yaml").write_text(yaml.safe_dump(profile), "utf-8")
    on_its_day = "from datetime import UTC, datetime; main(now=lambda: datetime(2026, 11, 1, 12, tzinfo=UTC))"
    said = f"from policykit.cli import main; {on_its_day}"
    command = [sys.executable, "-c", said, "check", "--results", "results.json"]
    environment = {**os.environ, URL_ENV: "local[2]"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, "parts of musts have no check in the example"
    assert "spark" not in done.stderr.lower()
    assert "java" not in (done.stdout + done.stderr).lower()
    found = yaml.safe_load((tmp_path / "results.json").read_text("utf-8"))
    assert found["run"]["engine"].startswith("spark 4.")
    expected = yaml.safe_load((Path(__file__).parent / "data" / "expected.yaml").read_text("utf-8"))["checks"]
    by_hand = {each["id"]: each.get("counts") for each in expected if each["id"] != "CHK-RELEVANT-SAMPLE"}
    assert {each["id"]: each["counts"] for each in found["checks"] if each["id"] in by_hand} == by_hand
