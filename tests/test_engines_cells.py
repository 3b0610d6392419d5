"""What a cell says is the same wherever it stands: each case of cases/engines/cells.yaml on each engine at hand."""

import csv
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from tests.cells import CASES, UNREADABLE, Cells, assert_read_and_counted, each_table, in_words
from tests.databases import URL_ENV, Database
from tests.reference_reading import UNREADABLE as NO_VALUE
from tests.reference_reading import typed
from tests.workbooks import workbook

from policykit.engines import Engines, Opened, Table, TextOfRows, open_memory
from policykit.model.organisation import RecordSource
from policykit.model.registers import read_value

NOT_IN_XML = "".join(chr(point) for point in range(32) if chr(point) not in "\t\n\r") + "\ufffe\uffff"


def as_csv(table: Cells, folder: Path) -> Path:
    """A CSV file with every value in quotes."""
    path = folder / f"{table.register.id}.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([[*table.register.fields], *table.rows])
    return path


def as_parquet(table: Cells, folder: Path) -> Path:
    """A Parquet file of texts."""
    columns = zip(*table.rows, strict=True)
    held = {name: pa.array(column, pa.string()) for name, column in zip(table.register.fields, columns, strict=True)}
    pyarrow.parquet.write_table(pa.table(held), path := folder / f"{table.register.id}.parquet")
    return path


def as_workbook(table: Cells, folder: Path) -> Path:
    """A workbook of texts."""
    return workbook(folder / f"{table.register.id}.xlsx", [[*table.register.fields], *table.rows])


@pytest.mark.parametrize("write", [as_csv, as_parquet, as_workbook])
def test_a_cell_of_a_file_says_what_its_case_says(write: Callable[[Cells, Path], Path], tmp_path: Path) -> None:
    """Blank, unreadable or the same value, and counted so."""
    for table in each_table(unfit=NOT_IN_XML if write is as_workbook else ""):
        with Engines() as engine:
            found = engine.open(table.register, write(table, tmp_path))
            assert isinstance(found, Opened)
            assert_read_and_counted(engine, table)


def test_a_cell_of_a_database_says_what_its_case_says(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """In columns of text, of SQLite and of PostgreSQL."""
    monkeypatch.setenv(URL_ENV, database.url)
    for table in each_table():
        database.fill(table.register.id, [(name, "TEXT") for name in table.register.fields], table.rows)
        with Engines() as engine:
            found = engine.open(table.register, Table(URL_ENV, table.register.id))
            assert isinstance(found, Opened)
            assert_read_and_counted(engine, table)


def test_a_cell_that_a_program_gives_says_what_its_case_says() -> None:
    """As text, as from a CSV file."""
    for table in each_table():
        columns = dict(zip(table.register.fields, zip(*table.rows, strict=True), strict=True))
        with open_memory() as engine:
            assert isinstance(engine.open(table.register, TextOfRows(columns)), Opened)
            assert_read_and_counted(engine, table)


def test_the_model_reads_a_cell_as_its_case_says() -> None:
    """Facts, lists and examples are read by it."""
    for table in each_table():
        shapes = {shape.type: shape for shape in table.register.fields.values()}
        for cell in table.cells:
            try:
                said = in_words(read_value(shapes[cell.kind], cell.text, table.register.reading))
            except ValueError:
                said = UNREADABLE
            assert (cell.text, cell.kind, said) == (cell.text, cell.kind, cell.read)


def test_the_second_reading_of_the_specification_says_the_same() -> None:
    """It shares no code with the first; words that an organisation names are not asked of it."""
    for text, kind, read, *rules in CASES:
        if not rules:
            value = typed(text, {"type": kind, "values": ["blue", "none", "red"]})
            said = UNREADABLE if value is NO_VALUE else in_words(value)
            assert (text, kind, said) == (text, kind, str(read))


@pytest.mark.parametrize(
    "read",
    [{"blank": ["#REF!"]}, {"blank": [" "]}, {"keep": ["#ref!"]}, {"keep": ["P-1"]}, {"blank": ["na"], "keep": ["NA"]}],
)
def test_no_record_may_say_that_an_error_is_blank_or_a_value(read: dict[str, list[str]]) -> None:
    """Nor that a word is both blank and a value, nor keep what is no word for nothing."""
    with pytest.raises(ValueError, match=r"no word for nothing|cannot be a word for blank"):
        RecordSource.model_validate({"source": "a.csv", "taken_on": "2026-11-01", "read": read})
