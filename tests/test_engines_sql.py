"""Databases as engines: what is read, what is refused and in which words, and that nothing is ever written."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from tests.chance import drawing
from tests.databases import URL_ENV, Database, Postgres, Server, Sqlite
from tests.test_engines_counting import CASES, REGISTERS, ROWS, SETTING, UNITS, VALUES, check_of, expected

from policykit.engines import Counted, Engines, Opened, Refused, Table
from policykit.engines.in_place import InPlaceEngine
from policykit.model.registers import FieldShape, FieldType, Register, read_value
from policykit.rules import Setting, marker

TABLES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/engines/tables.yaml").read_text("utf-8"))
EACH_TABLE = [
    pytest.param(dialect, case, id=f"{dialect}: {case['about']}")
    for case in TABLES
    for dialect in ("sqlite", "postgres")
    if case.get("only", dialect) == dialect
]


def visits() -> Register:
    """The register that the cases are about."""
    kinds = {"ref": "ref", "seen_on": "date", "homes": "integer", "fire": "flag", "team": "code"}
    shapes = {
        name: FieldShape(type=FieldType(kind), means=name, values=("blue", "red") if kind == "code" else ())
        for name, kind in kinds.items()
    }
    return Register(id="visits", title="Visits", about="event", key="ref", fields=shapes)


@pytest.mark.parametrize(("database", "case"), EACH_TABLE, indirect=["database"])
def test_each_table_is_read_or_refused_in_these_words(case: dict[str, Any], database: Database) -> None:
    """Every case of cases/engines/tables.yaml comes out as it says."""
    columns = ", ".join(f"{name} {kind}" for name, kind in case["columns"].items())
    database.execute(*([case["before"]] if "before" in case else []), f"CREATE TABLE visits ({columns})")
    for row in case.get("values", []):
        database.execute(f"INSERT INTO visits VALUES ({row})")  # noqa: S608 - our own words
    with InPlaceEngine(URL_ENV) as engine:
        found = engine.open(visits(), Table(URL_ENV, "visits"))
    said = {"rows": found.rows} if isinstance(found, Opened) else {"refused": found.why}
    assert said == {key: case[key] for key in ("rows", "refused") if key in case}


def test_the_view_that_a_refusal_asks_for_is_read(database: Database) -> None:
    """A view stands in for its table: a cast says what to do about a time of day, and nobody has to guess."""
    database.execute(
        "CREATE TABLE raw (ref TEXT, seen_at TIMESTAMP, homes INTEGER, fire BOOLEAN, team TEXT)",
        "INSERT INTO raw VALUES ('A', '2026-10-30 09:00:00', 3, TRUE, 'blue')",
        "CREATE VIEW visits AS SELECT ref, CAST(seen_at AS DATE) AS seen_on, homes, fire, team FROM raw"
        if database.dialect == "postgres"
        else "CREATE VIEW visits AS SELECT ref, DATE(seen_at) AS seen_on, homes, fire, team FROM raw",
    )
    with InPlaceEngine(URL_ENV) as engine:
        assert engine.open(visits(), Table(URL_ENV, "visits")) == Opened(1, None)
        assert engine.look_up(visits(), {}, None) == (
            {"ref": "A", "seen_on": date(2026, 10, 30), "homes": 3, "fire": True, "team": "blue"},
        )


ODD = Path(__file__).parent.joinpath("cases/engines/values.txt").read_text("utf-8").splitlines()
"""What CSV files are tried with too."""
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
LIKELY = st.from_regex(
    r" ?-?[0-9]{0,4}(-[0-9]{2}-[0-9]{2})?\n?|[0-9]{17,19}|(?i:yes|no|true|false) ?|blue|red", fullmatch=True
)
DAYS = st.dates(date(1880, 1, 1)).map(str) | st.from_regex(
    r"(19|20|24|99)[0-9]{2}-(02-(28|29|30)|(04|12)-3[01])", fullmatch=True
)


@pytest.mark.parametrize("name", ["sqlite", "postgres"])
@settings(drawing(10), phases=[Phase.explicit, Phase.generate])  # to make 60 texts fewer would take minutes
@given(st.lists(WORDS | LIKELY | DAYS, min_size=60, max_size=60))
@example(ODD)
def test_text_is_read_as_the_model_reads_it(
    name: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    """Whatever a column of text holds: the same value, blank or unreadable, as for CSV files."""
    texts = [text.replace("\0", "") for text in texts]
    database: Database = Sqlite(tmp_path_factory.mktemp("texts") / "records.db")
    if name == "postgres":
        database = Postgres(request.getfixturevalue("server").url())
    shapes = dict(visits().fields)
    database.fill(
        "texts", [(field, "TEXT") for field in shapes], [[f"{n}", *[text] * 4] for n, text in enumerate(texts)]
    )
    with pytest.MonkeyPatch.context() as patch, InPlaceEngine(URL_ENV) as engine:
        patch.setenv(URL_ENV, database.url)
        assert isinstance(engine.open(visits(), Table(URL_ENV, "texts")), Opened)
        found = engine.look_up(visits(), {}, None)
    assert not isinstance(found, Refused)
    for row in found:
        for field, shape in list(shapes.items())[1:]:
            assert read(shape, texts[int(str(row["ref"]))]) == (row[field], marker(field) in row)


def read(shape: FieldShape, text: str) -> tuple[object, bool]:
    """What the model makes of a text, and whether it could not read it."""
    try:
        return read_value(shape, text), False
    except ValueError:
        return None, True


@pytest.mark.parametrize(
    ("value", "field", "found"),
    [
        ("10 * 100000000000000000", "homes", (None, True)),
        ("999999999999999999", "homes", (999999999999999999, False)),
        ("2", "fire", (None, True)),
        ("0", "fire", (False, False)),
    ],
)
def test_numbers_out_of_range_cannot_be_read(
    value: str, field: str, found: tuple[object, bool], database: Database
) -> None:
    """A whole number has at most 18 digits, and a flag kept as a number is 0 or 1."""
    database.execute(
        "CREATE TABLE visits (ref TEXT, seen_on TEXT, homes BIGINT, fire BIGINT, team TEXT)",
        f"INSERT INTO visits (ref, {field}) VALUES ('A', {value})",  # noqa: S608 - our own words
    )
    assert looked_up(field) == found


@pytest.mark.parametrize("day", ["infinity", "-infinity", "1899-12-31", "9999-01-01", "0044-03-15 BC"])
def test_days_that_no_record_can_mean_cannot_be_read(day: str, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL knows days before 1900 and after 9998, and infinity."""
    database = server.new_schema()
    monkeypatch.setenv(URL_ENV, database.url)
    database.execute(
        "CREATE TABLE visits (ref TEXT, seen_on DATE, homes TEXT, fire TEXT, team TEXT)",
        f"INSERT INTO visits (ref, seen_on) VALUES ('A', '{day}')",  # noqa: S608 - our own words
    )
    assert looked_up("seen_on") == (None, True)


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("x'41'", "team"),
        ("20261030", "seen_on"),
        ("46000.5", "seen_on"),
        ("3.0", "homes"),
        ("x'33'", "homes"),
        ("1.0", "fire"),
        ("'1'", "fire"),
        ("7", "team"),
        ("'3' || CHAR(0)", "homes"),
        ("'2026-10-30' || CHAR(0) || 'x'", "seen_on"),
        ("'yes' || CHAR(0)", "fire"),
    ],
)
def test_a_value_of_another_type_cannot_be_read(
    value: str, field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In SQLite a column may hold anything; what is of another type than its field is unreadable, never converted."""
    database = Sqlite(tmp_path / "records.db")
    monkeypatch.setenv(URL_ENV, database.url)
    database.execute(
        "CREATE TABLE visits (ref TEXT, seen_on, homes, fire, team)",
        f"INSERT INTO visits (ref, {field}) VALUES ('A', {value})",  # noqa: S608 - our own words
    )
    assert looked_up(field) == (None, True)


def looked_up(field: str) -> tuple[object, bool]:
    """The value of a field in the only row of `visits`, and whether it could not be read."""
    with InPlaceEngine(URL_ENV) as engine:
        assert engine.open(visits(), Table(URL_ENV, "visits")) == Opened(1, None)
        found = engine.look_up(visits(), {}, None)
    assert not isinstance(found, Refused)
    return found[0][field], marker(field) in found[0]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
def test_each_case_counts_as_on_files(case: dict[str, Any], database: Database) -> None:
    """Every case of cases/engines/counts.yaml, with its records in tables, is counted as it says."""
    for name, shape in REGISTERS.items():
        rows = list(csv.reader(io.StringIO("\n".join(case.get(name, [])))))
        database.fill(name, [(field, "TEXT") for field in shape.fields], rows)
    with Engines() as engine:
        for name, shape in REGISTERS.items():
            assert isinstance(engine.open(shape, Table(URL_ENV, name)), Opened)
        found = engine.count(check_of(case), SETTING)
    assert isinstance(found, Counted)
    assert found.counts.model_dump() == expected(case["counts"], UNITS)
    assert (found.rows and found.rows.model_dump()) == (expected(case["rows"], ROWS) if "rows" in case else None)
    by = None if found.by is None else [(value, counts.model_dump()) for value, counts in found.by.items()]
    assert by == ([(value, expected(counts, VALUES)) for value, counts in case["by"].items()] if "by" in case else None)


NASTY = [
    "it's",
    'say "no"',
    "a;b",
    "'; DROP TABLE visits; --",
    '"); DROP TABLE visits; --',
    "50%",
    "%s %(x)s {0} :name ? $1 @p",
    "back\\slash\\'",
    "/* comment */",
    "NULL;",
    "é ﬁ \U0001f600",
    "x" * 10_000,
]


@pytest.mark.parametrize("value", NASTY, ids=lambda value: repr(value[:20]))
def test_no_value_changes_anything_but_the_answer(value: str, database: Database) -> None:
    """Quotes, comments, placeholders and 10,000 characters, in records, rules and names of tables."""
    table = value[:40] if database.dialect == "postgres" else value
    columns = [("ref", "TEXT"), ("team", "TEXT"), ("left_on", "DATE"), ("homes", "INTEGER")]
    people = REGISTERS["people"]
    shape = people.model_copy(
        update={"fields": {**people.fields, "team": FieldShape(type=FieldType.CODE, means="team", values=(value, "b"))}}
    )
    setting = Setting(SETTING.as_at, {"people": shape}, {}, {}, {}, {}, {})
    case = {
        "for_each": {"name": "team", "in": [value, "b"]},
        "where": [{"test": "is", "field": "ref", "value": value}],
        "must": [
            {"test": "one_of", "field": "team", "values": [value]},
            {"test": "is", "field": "team", "value": {"each": "team"}},
        ],
    }
    database.fill(table, columns, [(value, value, None, None), ("B", "b", None, None), ("C", "c", None, None)])
    with Engines() as engine:
        assert engine.open(shape, Table(URL_ENV, table)) == Opened(3, None)
        found = engine.count(check_of(case), setting)
        units = engine.keys(check_of(case), setting, 10)
    assert isinstance(found, Counted)
    assert found.counts.model_dump() == expected(
        {"in_scope": "2", "conform": "1", "violate": "1", "out": "2", "unreadable": "1"}, UNITS
    )
    assert not isinstance(units, Refused)
    assert {(unit.key, unit.value, unit.state) for unit in units} == {
        (value, "b", "violate"),
        ("C", None, "unreadable"),
    }


@pytest.mark.parametrize(
    "name", ["units", "judged", "each", "r0", "r1", "select", "t", "letters", "sqlite_master", "pg_class"]
)
def test_a_register_may_have_any_name(name: str, database: Database) -> None:
    """No name of a register or field gets in the way of the query that counts it, whatever its table is called."""
    fields = {"value": "ref", "state": "text", "key": "date", "rowid": "integer", "in_scope": "flag", "t": "text"}
    fields |= {"true": "flag", "false": "text"}
    shapes = {field: FieldShape(type=FieldType(kind), means=field) for field, kind in fields.items()}
    own = Register(id=name, title=name, about="event", key="value", fields=shapes)
    setting = Setting(SETTING.as_at, {name: own}, {}, {}, {}, {}, {})
    case = {
        "where": [{"test": "is", "field": "in_scope", "value": "yes"}],
        "must": [
            {"test": "exists_in", "register": name, "match": {"t": "t"}, "where": [{"test": "past", "field": "key"}]},
            {"test": "at_least", "field": "rowid", "value": "1"},
            {"test": "is", "field": "true", "value": "no"},
            {"test": "not_recorded", "field": "false"},
        ],
    }
    kinds = {"date": "DATE", "integer": "INTEGER", "flag": "BOOLEAN"}
    one = ("A", "s", date(2026, 10, 31), 1, True, "x", False, " ")
    rows = [one, ("B", "s", date(2026, 11, 1), 1, True, "y", False, " ")]
    database.fill("the table", [(field, kinds.get(kind, "TEXT")) for field, kind in fields.items()], rows)
    with Engines() as engine:
        assert engine.open(own, Table(URL_ENV, "the table")) == Opened(2, None)
        found = engine.count(check_of(case).model_copy(update={"register_": name, "key": "value"}), setting)
    assert isinstance(found, Counted)
    assert found.counts.model_dump() == expected({"in_scope": "2", "conform": "1", "violate": "1"}, UNITS)
