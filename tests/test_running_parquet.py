"""Runs on records in Parquet files: what CSV files give, and what stops only the checks that read it."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from tests.moved import POLICY, moved, run

from policykit.engines import Engines, Opened, Refused
from policykit.model.registers import FieldType, Register
from policykit.problems import Problem
from policykit.reading import Organisation, Pack, load_organisation, load_pack, setting_of


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The first pack."""
    return load_pack(POLICY)


@pytest.fixture
def folder(tmp_path: Path, pack: Pack) -> Path:
    """The example organisation with every register as Parquet, typed as the pack says."""
    return moved(tmp_path / "ours", pack, as_parquet, ".parquet")


def as_parquet(register: Register, csv: Path) -> None:
    """Write a register's CSV file as Parquet beside it."""
    types = {FieldType.DATE: "DATE", FieldType.INTEGER: "INTEGER", FieldType.FLAG: "BOOLEAN"}
    selected = ", ".join(f'"{name}"::{types.get(s.type, "VARCHAR")} AS "{name}"' for name, s in register.fields.items())
    with duckdb.connect() as database:
        rows = f"read_csv('{csv}', all_varchar = true)"
        query = f"SELECT {selected} FROM {rows}"  # noqa: S608 - of our own
        database.execute(f"COPY ({query}) TO '{csv.with_suffix('.parquet')}' (FORMAT parquet)")


def load(folder: Path, pack: Pack) -> Organisation:
    """The organisation of a folder."""
    return load_organisation(folder, pack)


def test_parquet_gives_the_same_counts_as_csv(pack: Pack, folder: Path) -> None:
    """Every check of the example comes out the same from Parquet files as from the CSV files they were made of."""
    ours, theirs = run(pack, folder), run(pack, POLICY / "example")
    assert [(check.id, check.reason, check.counts, check.by) for check in ours.checks] == [
        (check.id, check.reason, check.counts, check.by) for check in theirs.checks
    ]


def test_a_folder_and_a_way_out_are_refused(pack: Pack, folder: Path, tmp_path: Path) -> None:
    """A folder in a file's place, and a link out of the organisation's folder, stop only their own checks."""
    staff, actions = (folder / "records" / f"{name}.parquet" for name in ("staff", "review_actions"))
    shutil.move(staff, tmp_path / "elsewhere.parquet")
    staff.symlink_to(tmp_path / "elsewhere.parquet")
    actions.unlink()
    actions.mkdir()
    told: list[Problem] = []
    reasons = {check.id: check.reason for check in run(pack, folder, told.append).checks}
    why = "its records are not there, or not where they may be"
    assert reasons["CHK-QUALIFIED"] == f"People who work for us cannot be opened: {why}"
    said = sorted(problem.what.partition("cannot be opened: ")[2] for problem in told)
    assert said == ["its file lies outside the organisation's folder", "records/review_actions.parquet is not a file"]
    assert reasons["CHK-COMPLAINTS"] == "6 of 6 complaints received since the rule began conform"


def with_fewer_rows(file: Path) -> None:
    """Put a file in its place that is as good as it was, but for a row that is missing."""
    other = file.with_suffix(".new")
    with duckdb.connect() as database:
        query = f"SELECT * FROM read_parquet('{file}') LIMIT (SELECT count(*) - 1 FROM read_parquet('{file}'))"  # noqa: S608 - of our own
        database.execute(f"COPY ({query}) TO '{other}' (FORMAT parquet)")
    other.replace(file)


def with_as_many_bytes(file: Path) -> None:
    """Write into the same file, a moment later, as many bytes as it had."""
    before = file.stat()
    file.write_bytes(file.read_bytes())
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1_000_000))


@pytest.mark.parametrize("change", [with_fewer_rows, with_as_many_bytes], ids=lambda change: change.__name__)
def test_a_file_that_changes_while_it_is_counted_stops_its_checks(
    change: Callable[[Path], None], pack: Pack, folder: Path
) -> None:
    """The digest in the results is of the bytes that were counted: else there is no result, no key and no row."""
    organisation = load(folder, pack)
    setting = setting_of(pack, organisation, organisation.as_at)
    file = folder / "records" / "review_actions.parquet"
    with Engines() as engine:
        assert isinstance(engine.open(pack.registers["review_actions"], file), Opened)
        change(file)
        changed = Refused("a file changed in the meantime")
        assert engine.count(pack.checks["CHK-LESSONS"], setting) == changed
        assert engine.keys(pack.checks["CHK-LESSONS"], setting, 9) == changed
        assert engine.look_up(pack.registers["review_actions"], {}, None) == changed
