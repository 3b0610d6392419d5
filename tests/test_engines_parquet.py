"""Records in Parquet files, read where they are: what counts, what is refused and in which words."""

import hashlib
import itertools
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlglot import exp

from policykit.engines import Engine, Engines, Opened, Refused, Source
from policykit.engines.engine import RefusalError
from policykit.engines.files import open_database
from policykit.engines.files.parquet import open_in_place
from policykit.model.registers import FieldShape, FieldType, Register
from policykit.rules import marker

CANARY = "Canary-4711"
NUMBERS = itertools.count()
GOOD = {
    "ref": "'A' || i",
    "kind": "'small'",
    "seen_on": "DATE '2026-10-01'",
    "homes": "CAST(i AS INTEGER)",
    "open": "i % 2 = 0",
    "note": "'x'",
}


def visits() -> Register:
    """A register with a field of each type."""
    shapes = {
        "ref": FieldShape(type=FieldType.REF, means="reference"),
        "kind": FieldShape(type=FieldType.CODE, means="kind", values=("small", "large")),
        "seen_on": FieldShape(type=FieldType.DATE, means="day"),
        "homes": FieldShape(type=FieldType.INTEGER, means="homes"),
        "open": FieldShape(type=FieldType.FLAG, means="open"),
        "note": FieldShape(type=FieldType.TEXT, means="note"),
    }
    return Register(id=f"visits_{next(NUMBERS)}", title="Visits", about="event", key="ref", fields=shapes)


def write(path: Path, rows: int = 3, /, **columns: str) -> Path:
    """A Parquet file whose columns are SQL over `i`, 1, 2, ...; an empty one is left out."""
    selected = ", ".join(f'{sql} AS "{name}"' for name, sql in {**GOOD, **columns}.items() if sql)
    with duckdb.connect() as database:
        database.execute(f"COPY (SELECT {selected} FROM range(1, {rows + 1}) made(i)) TO '{path}' (FORMAT parquet)")  # noqa: S608 - of our own
    return path


@pytest.fixture
def engine() -> Iterator[Engine[Source]]:
    """An engine of its own for each test."""
    with Engines() as opened:
        yield opened


def why(engine: Engine[Source], path: Path) -> str:
    """Why a file was refused."""
    found = engine.open(visits(), path)
    assert isinstance(found, Refused)
    return found.why


def values(engine: Engine[Source], path: Path, field: str) -> list[object]:
    """What the engine makes of one field, with True beside what it could not read."""
    register = visits()
    assert isinstance(engine.open(register, path), Opened)
    rows = engine.look_up(register, {}, None)
    assert not isinstance(rows, Refused)
    in_order = sorted(rows, key=lambda row: str(row["ref"]))
    return [(row[field], row.get(marker(field), False)) for row in in_order]


def test_a_parquet_file_is_opened_with_its_rows_and_the_digest_of_its_bytes(
    engine: Engine[Source], tmp_path: Path
) -> None:
    """Columns of exactly the types that are due are taken; the digest is that of the file."""
    file = write(tmp_path / "visits.parquet")
    assert engine.open(visits(), file) == Opened(3, f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}")


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ({"note": ""}, "the column note is missing"),
        ({"note": "", "homes": ""}, "the columns homes and note are missing"),
        ({"note": "", "Note": "'x'"}, "the column note is missing"),
        (
            {"seen_on": "TIME '09:00:00'"},
            "the column seen_on holds a time of day, and days are needed",
        ),
        (
            {"seen_on": "TIMESTAMPTZ '2026-10-01 09:00:00Z'"},
            "the column seen_on holds a time of day, and days are needed",
        ),
        ({"seen_on": "20261001"}, "the column seen_on holds whole numbers, and days are needed"),
        ({"ref": "i"}, "the column ref holds whole numbers, and text is needed"),
        ({"note": "'x'::BLOB"}, "the column note holds values of another type, and text is needed"),
        ({"note": "['x']"}, "the column note holds values of another type, and text is needed"),
        ({"homes": "1.0::DOUBLE"}, "the column homes holds values of another type, and whole numbers are needed"),
        ({"open": "1"}, "the column open holds whole numbers, and yes or no is needed"),
        ({"ref": "CASE WHEN i > 1 THEN 'A' || i END"}, "the key of 1 row is blank or cannot be read"),
        ({"ref": "CASE WHEN i > 2 THEN 'A' ELSE '  ' END"}, "the keys of 2 rows are blank or cannot be read"),
        ({"ref": "'A' || (i % 2)"}, "two rows have the same key"),
        ({"ref": "CASE i WHEN 1 THEN 'B' WHEN 2 THEN 'A' ELSE ' B ' END"}, "two rows have the same key"),
        ({"ref": "CASE i WHEN 1 THEN ' A' WHEN 2 THEN 'A' ELSE 'B' END"}, "two rows have the same key"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_these_words(
    column: dict[str, str], said: str, engine: Engine[Source], tmp_path: Path
) -> None:
    """A column that is missing or of another type, and a key that is blank or stands twice: one plain sentence each."""
    assert why(engine, write(tmp_path / "visits.parquet", **column)) == said


@pytest.mark.parametrize("last", [2_048, 122_880])
def test_a_key_that_stands_on_both_sides_of_a_split_is_found(last: int, engine: Engine[Source], tmp_path: Path) -> None:
    """Keys that rise are compared in one chain, also where a batch or a group of rows ends and the next one begins."""
    number = f"CAST(i - CAST(i = {last + 1} AS INTEGER) AS VARCHAR)"
    path = write(tmp_path / "visits.parquet", 125_000, ref=f"'A' || lpad({number}, 9, '0')")
    assert why(engine, path) == "two rows have the same key"


@pytest.mark.parametrize(
    ("field", "sql", "found"),
    [
        ("note", "CASE i WHEN 1 THEN '  ' WHEN 2 THEN ' a b ' END", [(None, False), ("a b", False), (None, False)]),
        (
            "kind",
            "CASE i WHEN 1 THEN ' small' WHEN 2 THEN 'Small' END",
            [("small", False), (None, True), (None, False)],
        ),
        ("homes", "CASE i WHEN 1 THEN ' 5 ' WHEN 2 THEN '1e3' END", [(5, False), (None, True), (None, False)]),
        (
            "homes",
            "CASE i WHEN 1 THEN 1000000000000000000 WHEN 2 THEN -7 END",
            [(None, True), (-7, False), (None, False)],
        ),
        ("homes", "CASE i WHEN 1 THEN 18446744073709551615::UBIGINT END", [(None, True), (None, False), (None, False)]),
        *((field, "NULL", [(None, False)] * 3) for field in ("note", "kind", "seen_on", "homes", "open")),
        ("open", "CASE i WHEN 1 THEN 'YES' WHEN 2 THEN 't' END", [(True, False), (None, True), (None, False)]),
    ],
)
def test_values_are_read_as_in_a_csv_file(
    field: str, sql: str, found: list[object], engine: Engine[Source], tmp_path: Path
) -> None:
    """NULL and text of spaces are blank; text goes by our own patterns; the unreadable is marked."""
    assert values(engine, write(tmp_path / "visits.parquet", **{field: sql}), field) == found


@pytest.mark.parametrize("day", ["'2026-1-5'", "'2026-02-30'", "DATE '1899-12-31'", "DATE '9999-12-31'"])
def test_a_day_that_is_none_of_ours_cannot_be_read(day: str, engine: Engine[Source], tmp_path: Path) -> None:
    """Days written otherwise, and days before 1900 or in the year 9999, are unreadable."""
    assert values(engine, write(tmp_path / "visits.parquet", 1, seen_on=day), "seen_on") == [(None, True)]


@pytest.mark.parametrize("kind", ["TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"])
def test_a_moment_of_no_time_zone_is_a_day_at_midnight(kind: str, engine: Engine[Source], tmp_path: Path) -> None:
    """Any other time cannot be read, and is never cut off."""
    moments = f"CASE i WHEN 1 THEN {kind} '2026-10-01 00:00:00' WHEN 2 THEN {kind} '2026-10-01 00:00:01' END"
    found = values(engine, write(tmp_path / "visits.parquet", seen_on=moments), "seen_on")
    assert found == [(date(2026, 10, 1), False), (None, True), (None, False)]


HARMED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut in half": (lambda good: good[: len(good) // 2], "the Parquet file is cut short"),
    "only the mark": (lambda _: b"PAR1", "the Parquet file is cut short"),
    "scrambled between its marks": (
        lambda _: b"PAR1" + CANARY.encode() * 20 + b"PAR1",
        "the Parquet file is damaged, or of a kind that cannot be read: ",
    ),
    "text": (lambda _: f"ref\n{CANARY}\n".encode(), "it is not a Parquet file"),
    "empty": (lambda _: b"", "it is not a Parquet file"),
    "encrypted": (lambda _: b"PARE" * 9, "the Parquet file is encrypted"),
}


@pytest.mark.parametrize("name", HARMED)
def test_a_broken_file_is_refused_and_quotes_nothing(
    name: str, engine: Engine[Source], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file that is cut short, damaged, encrypted or something else: one sentence, no value, no engine's words."""
    harm, said = HARMED[name]
    file = write(tmp_path / "visits.parquet", 2000, note=f"'{CANARY}' || i")
    file.write_bytes(harm(file.read_bytes()))
    found = why(engine, file)
    assert found.removesuffix("Exception").startswith(said)
    assert CANARY not in "".join([found, *capfd.readouterr()])


def test_a_file_that_changes_while_it_is_opened_is_refused(tmp_path: Path) -> None:
    """The keys that were checked, the rows that are counted and the digest are of the same bytes."""
    file = write(tmp_path / "visits.parquet")
    (room := tmp_path / "room").mkdir()
    with open_database(room, [file]) as database:

        def ask(query: exp.Expr) -> list[tuple[Any, ...]]:
            found = database.execute(query.sql("duckdb")).fetchall()
            write(tmp_path / "other.parquet", 2).replace(file)
            return found

        with pytest.raises(RefusalError, match="its file was changed while it was read"):
            open_in_place(visits(), file, ask)


def test_a_text_of_nothing_is_blank(engine: Engine[Source], tmp_path: Path) -> None:
    """As in a CSV file: nobody has recorded anything."""
    register = visits()
    assert isinstance(engine.open(register, write(tmp_path / "visits.parquet", note="''")), Opened)

    found = engine.look_up(register, {}, None)

    assert not isinstance(found, Refused)
    assert {row["note"] for row in found} == {None}


def test_a_column_inside_a_column_is_no_column(engine: Engine[Source], tmp_path: Path) -> None:
    """A file may hold more than a register has, also what bears the names of its fields further in."""
    plain, nested = write(tmp_path / "plain.parquet"), tmp_path / "nested.parquet"
    with duckdb.connect() as database:
        query = f"SELECT {{'ref': 'X', 'homes': 'Y'}} AS inside, * FROM read_parquet('{plain}')"  # noqa: S608 - of our own
        database.execute(f"COPY ({query}) TO '{nested}' (FORMAT parquet)")
    found = []
    for register, file in ((visits(), plain), (visits(), nested)):
        assert isinstance(engine.open(register, file), Opened)
        found.append(engine.look_up(register, {}, None))

    assert not isinstance(found[0], Refused)
    assert len(found[0]) == 3
    assert found[0] == found[1]


def test_a_file_that_is_gone_is_refused(engine: Engine[Source], tmp_path: Path) -> None:
    """A file that goes away between looking and reading is a refusal like any other, and stops no other register."""
    assert why(engine, tmp_path / "gone.parquet") == "its file could not be read"
    assert isinstance(engine.open(visits(), write(tmp_path / "visits.parquet")), Opened)


def test_names_with_signs_of_a_pattern_are_names(engine: Engine[Source], tmp_path: Path) -> None:
    """A file whose path holds brackets, stars or quotes is that file and no other."""
    (folder := tmp_path / "[our] 'own' *").mkdir()
    write(tmp_path / "plain.parquet").rename(folder / "a[b]*?.parquet")
    shutil.copy(folder / "a[b]*?.parquet", folder / "abc.parquet")
    found = engine.open(visits(), folder / "a[b]*?.parquet")
    assert isinstance(found, Opened)
    assert found.rows == 3


def test_columns_whose_names_differ_in_capitals_are_told_apart(engine: Engine[Source], tmp_path: Path) -> None:
    """DuckDB takes `Note` and `note` for one name; we take the column that is called as the field is."""
    file = write(tmp_path / "visits.parquet", 1, note="", Note="'wrong'", nope="'right'")
    file.write_bytes(file.read_bytes().replace(b"nope", b"note"))  # DuckDB itself does not write such a file
    assert values(engine, file, "note") == [("right", False)]


def test_a_column_that_is_there_twice_is_refused(engine: Engine[Source], tmp_path: Path) -> None:
    """Which of two columns of one name is meant cannot be told."""
    file = write(tmp_path / "visits.parquet", nope="'other'")
    file.write_bytes(file.read_bytes().replace(b"nope", b"note"))
    assert why(engine, file) == "two columns are called note"


def test_the_database_sees_the_file_and_no_other(tmp_path: Path) -> None:
    """A database that is shown a file reads that file; its neighbours and everything else stay closed."""
    file, other = write(tmp_path / "visits.parquet"), write(tmp_path / "other.parquet")
    (room := tmp_path / "room").mkdir()
    with open_database(room, [file]) as database:
        assert database.execute(f"FROM read_parquet('{file}') SELECT count(*)").fetchall() == [(3,)]
        for statement in (
            f"FROM read_parquet('{other}')",
            f"FROM read_parquet('{tmp_path}/*.parquet')",
            "SET enable_external_access = true",
        ):
            with pytest.raises(duckdb.Error):
                database.execute(statement).fetchall()
