"""Tables of the libraries that people have: pandas, polars and pyarrow, counted as their rows are."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from tests.ladders import LADDERS
from tests.sites import POLICY
from tests.test_door import told
from tests.test_door_rules import assert_counted_as_in_a_run

import policykit as pk
from policykit.door import Rule

ROWS: list[dict[str, Any]] = [
    {"loan_ref": "B-1", "due_on": date(2026, 9, 10), "back_on": date(2026, 9, 10)},
    {"loan_ref": "B-2", "due_on": date(2026, 9, 10), "back_on": date(2026, 9, 11)},
    {"loan_ref": "B-3", "due_on": None, "back_on": date(2026, 9, 11)},
    {"loan_ref": "B-4", "due_on": date(1850, 1, 1), "back_on": None},
]
TEXTS = [{field: str(value or "") for field, value in row.items()} for row in ROWS]
TEXTS_OF = {field: [row[field] for row in TEXTS] for field in ROWS[0]}
COLUMNS = {field: [row[field] for row in ROWS] for field in ROWS[0]}
DAYS = {"due_on": "datetime64[s]", "back_on": "datetime64[s]"}

TABLES: dict[str, Callable[[], object]] = {
    "arrow": lambda: pa.table(COLUMNS),
    "arrow-batches": lambda: pa.RecordBatchReader.from_batches(
        pa.table(COLUMNS).schema, pa.table(COLUMNS).to_batches(max_chunksize=1)
    ),
    "arrow-dictionary": lambda: pa.table(TEXTS_OF).set_column(
        1, "due_on", pa.array(TEXTS_OF["due_on"]).dictionary_encode()
    ),
    "polars": lambda: pl.DataFrame(ROWS),
    "polars-text": lambda: pl.DataFrame(TEXTS),
    "polars-times": lambda: pl.DataFrame(ROWS).with_columns(pl.col("due_on", "back_on").cast(pl.Datetime("us"))),
    "polars-codes": lambda: pl.DataFrame(TEXTS).with_columns(pl.col("loan_ref").cast(pl.Categorical)),
    "pandas-objects": lambda: pd.DataFrame(ROWS),
    "pandas-times": lambda: pd.DataFrame(ROWS).astype(DAYS),
    "pandas-text": lambda: pd.DataFrame(TEXTS),
    "pandas-index": lambda: pd.DataFrame(ROWS).set_index("loan_ref"),
    "pandas-dicts": lambda: pd.DataFrame(ROWS).astype(DAYS).to_dict("records"),
    "pandas-mixed": lambda: pd.DataFrame(ROWS).assign(other=[1, "x", None, 2.5]),
    "polars-dicts": lambda: pl.DataFrame(ROWS).to_dicts(),
}


@pytest.fixture(scope="module")
def back() -> Rule:
    """The rule that a loan is back on its day."""
    return pk.load(LADDERS / "policy").rule("CHK-BACK")


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_any_library_is_counted_as_its_rows_are(kind: str, back: Rule) -> None:
    """With days, times of midnight or text; with what is blank; with a day before all others that can be read."""
    counts = back.count(TABLES[kind]())

    assert counts == back.count(ROWS) == back.count(TEXTS)
    assert (counts.conform, counts.violate, counts.unknown, counts.unreadable) == (1, 1, 1, 1)


@pytest.mark.parametrize("blank", [pd.NaT, pd.NA, float("nan"), None, ""], ids=["NaT", "NA", "NaN", "None", "text"])
def test_what_a_library_has_for_nothing_is_blank(blank: object, back: Rule) -> None:
    """In a row that is judged and in a table that is counted."""
    row = {**ROWS[0], "back_on": blank}

    assert back.judge(row) == back.judge({**ROWS[0], "back_on": None})
    assert back.count([row]) == back.count([{**ROWS[0], "back_on": None}])


def test_a_value_of_a_library_is_what_it_says(back: Rule) -> None:
    """A row of a table is judged as it stands there: a Timestamp at midnight is a day, any other is none."""
    (row, *_) = pd.DataFrame(ROWS).astype(DAYS).to_dict("records")

    assert back.judge(row) == "pass"
    assert "that is not midnight" in told(lambda: back.judge({**row, "back_on": pd.Timestamp(1)}))[0]


READERS: dict[str, Callable[[Path], object]] = {
    "pandas": pd.read_csv,
    "polars": lambda path: pl.read_csv(path, try_parse_dates=True),
    "polars-rows": lambda path: pl.read_csv(path, try_parse_dates=True).to_dicts(),
}


@pytest.mark.parametrize("reader", READERS)
def test_records_are_counted_as_a_run_counts_them_whoever_reads_the_files(reader: str) -> None:
    """Numbers, days and what is blank are of the types that a library finds; for every rule that a run counted."""
    assert_counted_as_in_a_run(POLICY, READERS[reader])


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "float": (
        lambda: pd.DataFrame(ROWS).assign(back_on=[1.5, 2, 3, None]),
        "the column back_on holds values of another type, and days are needed",
    ),
    "float-and-none": (
        lambda: pl.DataFrame(ROWS).with_columns(back_on=pl.Series([float("nan"), 2.0, None, None])),
        "the column back_on holds values of another type, and days are needed",
    ),
    "objects": (
        lambda: pd.DataFrame(ROWS).assign(back_on=["2026-09-10", 5, None, None]),
        "`back_on` of `loans` is given as int, and a day is needed",
    ),
    "noon": (
        lambda: pl.DataFrame(ROWS).with_columns(back_on=pl.lit(datetime(2026, 9, 10, 12))),  # noqa: DTZ001
        "the column back_on holds a time of day, and days are needed",
    ),
    "noon-once": (
        lambda: pd.DataFrame(ROWS).assign(
            back_on=[datetime(2026, 9, day, hour) for day, hour in ((10, 0), (11, 12), (11, 0), (12, 0))]  # noqa: DTZ001
        ),
        "the column back_on holds a time of day, and days are needed",
    ),
    "zone": (
        lambda: pl.DataFrame(ROWS).with_columns(back_on=pl.lit(datetime(2026, 9, 10)).dt.replace_time_zone("UTC")),  # noqa: DTZ001
        "the column back_on holds a time of day, and days are needed",
    ),
    "missing": (lambda: pd.DataFrame(ROWS).drop(columns="back_on"), "the column back_on is missing"),
    "twice": (
        lambda: pd.concat([pd.DataFrame(ROWS), pd.DataFrame(ROWS)[["back_on"]]], axis=1),
        "the rows of `loans` are no list of dicts",
    ),
    "keys": (lambda: pl.DataFrame([ROWS[0], ROWS[0]]), "two rows have the same key"),
    "no-key": (lambda: pa.table({**COLUMNS, "loan_ref": [None] * 4}), "the keys of 4 rows are blank or cannot be read"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_table_that_is_no_register_is_refused_by_field_and_type(kind: str, back: Rule) -> None:
    """Nothing is converted that could lose or invent something, and no value is told."""
    table, what = REFUSED[kind]

    (problem,) = told(lambda: back.count(table()))

    assert what in problem
    assert not any(value in problem for value in ("B-1", "2026-09-10", "1.5"))


def test_counting_writes_nothing_to_disk(back: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While rows stream in, the folder for what does not fit into memory is empty; afterwards it is gone."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    table, seen = pa.table(COLUMNS), set[tuple[str, bool]]()

    def batches() -> Iterator[pa.RecordBatch]:
        yield from table.to_batches()
        seen.update((path.name, path.is_dir()) for path in tmp_path.rglob("*"))

    counts = back.count(pa.RecordBatchReader.from_batches(table.schema, batches()))

    assert counts == back.count(ROWS)
    assert [is_folder for _, is_folder in seen] == [True]
    assert list(tmp_path.iterdir()) == []
