"""Spark on this machine: the counts are those of the reference meaning, and nothing that Spark says gets out.

Only where Spark is installed from its own lock: `make test` leaves this file out and says so, .ci/run runs it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.strategies import checks, worlds
from tests.test_engines_sql_property import counted
from tests.units import World

from policykit.engines import Opened, Refused, Table, open_engine
from policykit.model.registers import FieldShape, FieldType, Register
from policykit.rules import Check

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pyspark_sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed: requirements/spark.txt brings it")
if shutil.which("java") is None:
    pytest.skip("there is no Java here: on Debian, apt install openjdk-17-jre-headless", allow_module_level=True)

URL_ENV = "POLICYKIT_TEST_SPARK"
POLICY = Path(__file__).parents[1] / "policy"
CANARY = "Canary-4711"
KINDS = {FieldType.DATE: "DATE", FieldType.FLAG: "BOOLEAN", FieldType.INTEGER: "BIGINT"}
IN_SPARK = settings(
    max_examples=4, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
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
def session() -> "Iterator[SparkSession]":
    """One session for all tests, which the engine finds at hand and leaves open."""
    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        "spark.sql.shuffle.partitions": "1",
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


def fill(folder: Path, world: World, *, as_text: bool) -> None:
    """A folder of Parquet for each register but the law, which is built in."""
    for name, register in world.setting.registers.items():
        if name != "law":
            kinds = {
                field: "VARCHAR" if as_text else KINDS.get(shape.type, "VARCHAR")
                for field, shape in register.fields.items()
            }
            rows = [
                tuple(told(row[field]) if as_text else row[field] for field in register.fields)
                for row in world.tables[name]
            ]
            write_parquet(folder / name, ", ".join(f'"{field}" {kind}' for field, kind in kinds.items()), rows)


def told(value: object) -> str:
    """A value as a careless export writes it."""
    if value is None:
        return "  "
    return f" {('yes' if value else 'no') if isinstance(value, bool) else value}"


def lookups(node: object) -> int:
    """How deep lookups stand in one another."""
    if isinstance(node, dict):
        return (node.get("test") in {"exists_in", "count_of", "named"}) + max(map(lookups, node.values()), default=0)
    return max(map(lookups, node), default=0) if isinstance(node, list | tuple) else 0


@st.composite
def rules(draw: st.DrawFn) -> tuple[World, list[Check], bool]:
    """A world, checks that fit it, and whether its files hold nothing but text."""
    world = draw(worlds())
    found = draw(st.lists(checks(world.setting.as_at), min_size=10, max_size=10))
    return world, found, draw(st.booleans())


@IN_SPARK
@given(case=rules())
def test_spark_counts_what_the_reference_meaning_says(
    tmp_path_factory: pytest.TempPathFactory, case: tuple[World, list[Check], bool]
) -> None:
    """Of 40 random rules over random records; a rule with lookups two deep or more Spark may refuse, never miscount."""
    world, found, as_text = case
    folder = tmp_path_factory.mktemp("spark")
    fill(folder, world, as_text=as_text)
    with open_engine() as engine:
        engine.build_in(world.setting.registers["law"], world.tables["law"])
        for name, register in world.setting.registers.items():
            if name != "law":
                opened = engine.open(register, Table(URL_ENV, "", folder / name))
                assert opened == Opened(len(world.tables[name]), None)
        for check in found:
            answer = engine.count(check, world.setting)
            if isinstance(answer, Refused) and lookups(check.model_dump()) > 1:
                assert answer.why.startswith("the check could not be carried out: Spark could not do it: ")
            else:
                assert answer == counted(check, world)


@pytest.mark.parametrize(
    ("columns", "rows", "why"),
    [
        ("ref VARCHAR", [("a",)], "the column seen_on is missing"),
        (
            "ref VARCHAR, seen_on TIMESTAMP",
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
    with open_engine() as engine:
        assert engine.open(THINGS, Table(URL_ENV, "", folder)) == Refused(why)


def test_a_table_that_is_not_in_the_catalog_is_refused() -> None:
    """With its own sentence, whatever its name."""
    with open_engine() as engine:
        for name in ("nowhere", "a.b.c", "`; DROP TABLE x", "${spark.master}"):
            assert isinstance(engine.open(THINGS, Table(URL_ENV, name)), Refused)
        assert engine.open(THINGS, Table(URL_ENV, "nowhere")) == Refused("its table is not in the catalog")


def test_a_view_of_the_session_is_read_and_its_settings_are_left_as_they_were(session: "SparkSession") -> None:
    """A session at hand stays its owner's."""
    before = session.conf.get("spark.sql.session.timeZone"), session.conf.get("spark.sql.ansi.enabled")
    session.sql("CREATE OR REPLACE TEMP VIEW seen AS SELECT 'a' AS ref, DATE '2026-01-01' AS seen_on")
    with open_engine() as engine:
        assert engine.open(THINGS, Table(URL_ENV, "seen")) == Opened(1, None)
        assert engine.name.startswith("spark 4.")
    assert (session.conf.get("spark.sql.session.timeZone"), session.conf.get("spark.sql.ansi.enabled")) == before


def test_a_damaged_file_is_refused_and_nothing_of_it_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Spark's own message names the file and may quote it."""
    (tmp_path / "things").mkdir()
    (tmp_path / "things" / "part.parquet").write_bytes(b"PAR1" + CANARY.encode() * 100)
    with open_engine() as engine:
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
    command = [sys.executable, "-c", "from policykit.cli import main; main()", "check", "--results", "results.json"]
    environment = {**os.environ, URL_ENV: "local[2]"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, "nothing gated fails in the example"
    assert "spark" not in done.stderr.lower()
    assert "java" not in (done.stdout + done.stderr).lower()
    found = yaml.safe_load((tmp_path / "results.json").read_text("utf-8"))
    assert found["run"]["engine"].startswith("spark 4.")
    expected = yaml.safe_load((Path(__file__).parent / "data" / "expected.yaml").read_text("utf-8"))["checks"]
    by_hand = {each["id"]: each.get("counts") for each in expected if each["id"] != "CHK-RELEVANT-SAMPLE"}
    assert {each["id"]: each["counts"] for each in found["checks"] if each["id"] in by_hand} == by_hand
