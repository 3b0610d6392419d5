"""Runs on an organisation's own database: the outcomes and counts that files give, and one place for all of a check."""

import csv
import random
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests import reference
from tests.chance import cases_of
from tests.databases import URL_ENV, Database
from tests.judging import judged, looked_at, run, traced
from tests.random_packs import write_firm, write_pack
from tests.sites import POLICY, SECOND
from tests.test_packs import by_hand, without_values

from policykit.model.registers import FieldShape, FieldType, Register, read_value
from policykit.model.results import Refusal
from policykit.problems import Problem
from policykit.reading import load_pack
from policykit.running.results_file import as_json

PACK, EXAMPLE = POLICY.policy, POLICY.organisation
CHECKS_A_PACK = 30
KINDS = {FieldType.DATE: "DATE", FieldType.FLAG: "BOOLEAN", FieldType.INTEGER: "INTEGER"}


def move(folder: Path, new: Path, database: Database, registers: Mapping[str, Register] | None = None) -> Path:
    """A copy of an organisation's folder whose records are in a database: as text, or as the registers say."""
    shutil.copytree(folder, new)
    profile = yaml.safe_load((new / "organisation.yaml").read_text("utf-8"))
    for name, source in profile["records"].items():
        with (new / source["source"]).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        (new / source.pop("source")).unlink()
        shapes = [registers[name].fields[field] if registers else None for field in header]
        columns = [(field, column(shape)) for field, shape in zip(header, shapes, strict=True)]
        database.fill(f"{name} of ours", columns, [list(map(value, shapes, row)) for row in rows])
        source.update(url_env=URL_ENV, table=f"{name} of ours")
    (new / "organisation.yaml").write_text(yaml.safe_dump(profile), "utf-8")
    return new


def column(shape: FieldShape | None) -> str:
    """The type of a column."""
    return KINDS.get(shape.type, "TEXT") if shape else "TEXT"


def value(shape: FieldShape | None, text: str) -> Any:  # noqa: ANN401 - whatever a column takes
    """A value as it stands in its column."""
    return read_value(shape, text) if shape else text


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "text"])
def test_the_example_in_a_database_comes_out_as_it_does_in_files(
    typed: bool,  # noqa: FBT001 - one of two cases
    database: Database,
    tmp_path: Path,
) -> None:
    """Every outcome and count worked out by hand, whether columns have types of their own or hold text."""
    registers = dict(load_pack(PACK).registers) if typed else None
    folder = move(EXAMPLE, tmp_path / "moved", database, registers)
    before = database.contents()
    checks, duties = judged(PACK, folder)
    expected, expected_duties = by_hand(POLICY)
    assert without_values(checks) == without_values(expected)
    assert duties == expected_duties
    assert database.contents() == before


def test_random_rules_are_counted_in_databases_as_the_oracle_counts_them(
    database: Database, tmp_path: Path, chance: random.Random
) -> None:
    """Every test of the rule language, nested, with blanks, spaces and unreadable values: as on files."""
    for number in range(cases_of(4 * CHECKS_A_PACK)):
        policy, firm = tmp_path / f"policy-{number}", tmp_path / f"firm-{number}"
        shutil.copytree(SECOND.policy, policy)
        write_pack(policy, chance, CHECKS_A_PACK)
        write_firm(firm, chance)
        moved = move(firm, tmp_path / f"moved-{number}", database)
        assert judged(policy, moved) == reference.judge(policy, firm), f"pack {number}"
        seen = reference.unseen(policy, firm), reference.strangers(policy, firm)
        assert looked_at(policy, moved) == seen, f"pack {number}"


def test_results_say_which_database_and_nothing_of_where_it_is(database: Database, tmp_path: Path) -> None:
    """They name it with its version and give rows, but no digest of what has no bytes of ours; and they are shown."""
    folder = move(EXAMPLE, tmp_path / "moved", database)
    results = run(PACK, folder)
    (topics,) = (check for check in results.checks if check.id == "CHK-TRAIN-TOPICS")
    assert results.run.engine.startswith({"sqlite": "sqlite 3.", "postgres": "postgresql 1"}[database.dialect])
    assert [(used.register_, used.rows, used.digest) for used in topics.records] == [
        ("staff", 320, None),
        ("training", 1509, None),
    ]
    text = as_json(results)
    assert [part for part in (URL_ENV, " of ours", "127.0.0.1", str(tmp_path), database.url) if part in text] == []
    shown = traced(PACK, folder, results)
    assert shown.checks["CHK-TRAIN-TOPICS"].outcome.code == "pass"


def test_what_cannot_be_opened_stops_only_its_own_checks(database: Database, tmp_path: Path) -> None:
    """A table without a column makes the checks that read it errors; all others come out as before."""
    folder = move(EXAMPLE, tmp_path / "moved", database)
    before = {check.id: check for check in run(PACK, folder).checks}
    database.execute('ALTER TABLE "staff of ours" RENAME COLUMN started_on TO begun_on')
    told: list[Problem] = []
    after = {check.id: check for check in run(PACK, folder, refused=told.append).checks}
    reading = {name for name, check in before.items() if "staff" in {used.register_ for used in check.records}}
    assert reading
    assert {name for name, check in after.items() if check.outcome.code == "error"} == reading
    assert after["CHK-TRAIN-TOPICS"].refused == Refusal(register_="staff", why="records-columns")
    assert [each.what for each in told] == ["People who work for us cannot be opened: the column started_on is missing"]


def test_some_registers_may_stay_in_files(database: Database, tmp_path: Path) -> None:
    """Only what one check reads has to be in one place: both engines are named then."""
    folder = move(EXAMPLE, tmp_path / "moved", database)
    original = yaml.safe_load((EXAMPLE / "organisation.yaml").read_text("utf-8"))["records"]["complaints"]
    profile = yaml.safe_load((folder / "organisation.yaml").read_text("utf-8"))
    profile["records"]["complaints"] = {**original, "taken_on": date.fromisoformat(str(original["taken_on"]))}
    (folder / "organisation.yaml").write_text(yaml.safe_dump(profile), "utf-8")
    shutil.copy(EXAMPLE / original["source"], folder / original["source"])
    results = run(PACK, folder)
    assert results.run.engine.startswith("duckdb ")
    assert len(results.run.engine.split(", ")) == 2
    assert judged(PACK, folder)[0] == reference.judge(PACK, EXAMPLE)[0]
