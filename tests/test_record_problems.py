"""What is wrong with records is said to whoever has them: which field, how many rows, where; never a value."""

import csv
import io
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from tests.commands import Typed
from tests.databases import URL_ENV, Database
from tests.test_cli import change
from tests.test_cli_list import listed
from tests.workbooks import package, sheet, workbook

CASES: list[dict[str, Any]] = yaml.safe_load(Path("tests/cases/records/odd.yaml").read_text("utf-8"))
PROFILE, RECORDS = Path("reading_room/organisation.yaml"), Path("reading_room/records")
CANARY = "Mx Sentinel"
HEADERS = {"books": "book_ref,title,borrower,due_on,shelf", "readers": "reader_ref,children,lent_to"}
ROWS = {"books": ["B-1,,,,"], "readers": ["R-1,,"]}
READERS = """
- id: readers
  title: Readers
  row: reader
  about: person
  key: reader_ref
  fields:
    reader_ref: {type: ref, means: Reference of the reader}
    children: {type: integer, means: Children at home}
    lent_to: {type: flag, when_yes: is lent to, when_no: is not lent to, means: Whether books are lent}
"""
KNOWN = """
- id: CHK-KNOWN
  verifies: [DUTY-LIST]
  grounds: [LETTER-S1]
  title: Every borrower is a reader
  register: books
  noun: book
  plural: books
  key: book_ref
  where: [{test: recorded, field: borrower}]
  must:
    - test: exists_in
      register: readers
      match: {reader_ref: borrower}
      where: [{test: at_least, field: children, value: "0"}, {test: is, field: lent_to, value: true}]
  max_age_days: 31
  limits: Shows what is written down.
  examples_at: 2026-05-01
  typical: {row: {book_ref: B-1, borrower: R-1}, related: {readers: [{reader_ref: R-1, children: 0, lent_to: true}]}}
  examples:
    - {expect: fail, related: {readers: []}, because: nobody knows them}
"""


@pytest.fixture
def room(here: Path) -> Path:
    """The smallest pack with readers, whose references books name."""
    for path, more in {"policy/registers.yaml": READERS, "policy/checks/books.yaml": KNOWN}.items():
        with (here / path).open("a", encoding="utf-8") as file:
            file.write(more)
    change(Path("policy/registers.yaml"), "borrower: {type: text, personal: true,", "borrower: {type: ref,")
    with PROFILE.open("a", encoding="utf-8") as file:
        file.write("  readers: {source: records/readers.csv, taken_on: 2026-04-30}\n")
    return here


def keep(rows: dict[str, list[str]], suffix: str) -> None:
    """Write the records of the reading room to files that end so."""
    for name, header in HEADERS.items():
        table = RECORDS / f"{name}.csv"
        table.write_text("\n".join([header, *rows.get(name, ROWS[name])]) + "\n", "utf-8")
        if suffix == ".xlsx":
            workbook(table.with_suffix(suffix), csv.reader(io.StringIO(table.read_text("utf-8"))))
        elif suffix == ".parquet":
            read = f"read_csv('{table}', all_varchar = true, delim = ',')"
            duckdb.sql(f"COPY (FROM {read}) TO '{table.with_suffix(suffix)}' (FORMAT parquet)")
    PROFILE.write_text(PROFILE.read_text("utf-8").replace(".csv", suffix), "utf-8")


def keep_in(database: Database, rows: dict[str, list[str]]) -> None:
    """Put the records of the reading room into a database, as text."""
    profile = yaml.safe_load(PROFILE.read_text("utf-8"))
    for name, header in HEADERS.items():
        columns = [(field, "TEXT") for field in header.split(",")]
        lines = ([value or None for value in line.split(",")] for line in rows.get(name, ROWS[name]))
        database.fill(f"our {name}", columns, list(lines))
        profile["records"][name] = {"url_env": URL_ENV, "table": f"our {name}", "taken_on": "2026-04-30"}
    PROFILE.write_text(yaml.safe_dump(profile), "utf-8")


def said_of_records(said: str) -> list[str]:
    """What was said of organisation.yaml, without remedies."""
    start = f"policy/../{PROFILE}: "
    return [line.removeprefix(start).split(" - ")[0] for line in said.splitlines() if line.startswith(start)]


def expected(case: dict[str, Any], place: str | None) -> list[str]:
    """What a case says where rows have such places, or none."""
    without = [line.partition("[")[0] + line.partition("]")[2] for line in case["said"]]
    within = [line.translate(str.maketrans("", "", "[]")).replace("@", f"{place} ") for line in case["said"]]
    return within if place else without


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
@pytest.mark.parametrize(("suffix", "place"), [(".csv", "line"), (".xlsx", "row"), (".parquet", None)])
@pytest.mark.usefixtures("room")
def test_what_is_odd_in_files_is_said(suffix: str, place: str | None, case: dict[str, Any], type_in: Typed) -> None:
    """By check and by lint alike, with the line or row of the first."""
    keep(case, suffix)

    checked, linted = (type_in(f"{command} --policy policy")[2] for command in ("check", "lint"))

    assert sorted(said_of_records(checked)) == sorted(said_of_records(linted)) == expected(case, place)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["about"])
@pytest.mark.usefixtures("room")
def test_what_is_odd_in_a_database_is_said(case: dict[str, Any], database: Database, type_in: Typed) -> None:
    """As on files, but for where: rows of a table have no order."""
    keep_in(database, case)

    checked, linted = (type_in(f"{command} --policy policy")[2] for command in ("check", "lint"))

    assert sorted(said_of_records(checked)) == sorted(said_of_records(linted)) == expected(case, None)


UNREADABLE = {"books": ["B-1,,R-1,soon,red", "B-2,,R-1,,red", "B-3,,,late,green"], "readers": ["R-1,many,yes"]}
LISTED = [
    ["CHK-KNOWN", "books", "B-1", "", "unknown"],
    ["CHK-KNOWN", "books", "B-2", "", "unknown"],
    ["CHK-ON-THE-LIST", "books", "B-3", "", "unreadable"],
    ["CHK-RETURNED", "books", "B-1", "", "unreadable"],
    ["CHK-RETURNED", "books", "B-2", "", "unknown"],
    ["CHK-RETURNED", "books", "B-3", "", "unreadable"],
    ["CHK-SHELVED", "books", "B-3", "", "unreadable"],
    ["CHK-TITLED", "books", "B-1", "", "violate"],
    ["CHK-TITLED", "books", "B-2", "", "violate"],
    ["CHK-TITLED", "books", "B-3", "", "violate"],
]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
@pytest.mark.usefixtures("room")
def test_rows_of_files_that_cannot_be_read_are_listed(suffix: str, type_in: Typed) -> None:
    """Those of the check's own register, for the values that it reads."""
    keep(UNREADABLE, suffix)
    type_in("check --policy policy --list keys.csv")
    assert [row for row in listed(Path("keys.csv")) if row[2]] == LISTED


@pytest.mark.usefixtures("room")
def test_rows_of_a_database_that_cannot_be_read_are_listed(database: Database, type_in: Typed) -> None:
    """As those of files."""
    keep_in(database, UNREADABLE)
    type_in("check --policy policy --list keys.csv")
    assert [row for row in listed(Path("keys.csv")) if row[2]] == LISTED


@pytest.mark.usefixtures("room")
def test_a_line_is_counted_as_an_editor_counts(type_in: Typed) -> None:
    """Above it values go over several lines, in the header too."""
    keep({}, ".csv")
    rows = 'book_ref,"more\nthan this",title,borrower,due_on,shelf\nB-1,"On\nBees",,,,red\nB-2,,,,soon,red\n'
    (RECORDS / "books.csv").write_text(rows, "utf-8")

    said = type_in("lint --policy policy")[2]

    assert said_of_records(said) == ["Books, due_on: 1 row, line 5, holds something that is not a day like 2026-11-01"]


@pytest.mark.usefixtures("room")
def test_no_value_and_no_key_is_said(type_in: Typed) -> None:
    """Neither of what cannot be read, nor where a header is missing and a record stands in its place."""
    keep({"books": [f"{CANARY},{CANARY},{CANARY},{CANARY},{CANARY}"], "readers": [f"{CANARY},{CANARY},yes"]}, ".csv")
    said = [type_in(f"{command} --policy policy") for command in ("lint", "check")]
    (RECORDS / "books.csv").write_text(f"{CANARY},{CANARY};book-ref,titles\nB-1,x;y,z\n", "utf-8")
    said += [type_in(f"{command} --policy policy") for command in ("lint", "check")]

    assert CANARY not in str(said)
    assert CANARY not in Path("build/results.json").read_text("utf-8")
    assert "2026-11-01" not in Path("build/results.json").read_text("utf-8")


@pytest.mark.usefixtures("room")
def test_lint_opens_records_unless_it_is_told_not_to(type_in: Typed) -> None:
    """A file that is missing is an error; of what is left out nothing is said."""
    keep({}, ".csv")
    assert type_in("lint --policy policy") == (0, "Nothing to report.\n", "")

    (RECORDS / "books.csv").unlink()

    code, _, said = type_in("lint --policy policy")
    assert (code, said_of_records(said)) == (2, ["Books cannot be opened: the file records/books.csv is missing"])
    assert type_in("lint --policy policy --no-records") == (0, "Nothing to report.\n", "")


@pytest.mark.usefixtures("room")
def test_lint_says_which_database_it_does_not_know(
    database: Database, type_in: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That a variable is not set where somebody writes a policy is no mistake of theirs."""
    keep_in(database, {})
    monkeypatch.delenv(URL_ENV)

    code, out, said = type_in("lint --policy policy")

    titles = ("Books", "Readers")
    not_set = [f"{title} was not looked at: the environment variable {URL_ENV} is not set" for title in titles]
    assert (code, out, said_of_records(said)) == (0, "2 warnings, no error.\n", not_set)


@pytest.mark.parametrize("state", ["visible", "hidden"])
@pytest.mark.usefixtures("room")
def test_the_sheet_with_the_columns_is_named(state: str, type_in: Typed) -> None:
    """Where the first sheet is another one; a name of a sheet shows no control character."""
    keep({}, ".xlsx")
    data = [HEADERS["books"].split(","), ["B-1", CANARY, "", "", "red"]]
    package(RECORDS / "books.xlsx", of_sheets({"Cov&#x202E;er": [["Report"]], "Notes": [], "Data": data}, state))

    said = type_in("lint --policy policy")[2]

    sheet_with = "sheet `Data`" if state == "visible" else "hidden sheet `Data`"
    why = f"the {sheet_with} holds its columns, and read was the first, `Cover`"
    assert said_of_records(said) == [f"Books cannot be opened: {why}"]


@pytest.mark.usefixtures("room")
def test_the_sheet_that_was_read_is_named(type_in: Typed) -> None:
    """Where no sheet has the columns."""
    keep({}, ".xlsx")
    package(RECORDS / "books.xlsx", of_sheets({"Cover": [["book_ref", "title"]], "Notes": [["x"]]}))

    said = type_in("lint --policy policy")[2]

    missing = "the columns borrower, due_on and shelf are missing (read was its first sheet, `Cover`)"
    assert said_of_records(said) == [f"Books cannot be opened: {missing}"]


def of_sheets(sheets: dict[str, list[list[Any]]], last: str = "visible") -> dict[str, str | bytes]:
    """The parts of a workbook with several sheets, the last of which is in a state."""
    names = list(sheets)
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    states = {name: last if name == names[-1] else "visible" for name in names}
    listed_sheets = "".join(
        f'<sheet name="{name}" sheetId="{number}" state="{states[name]}" r:id="rId{number}"/>'
        for number, name in enumerate(names, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{office}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(names) + 1)
    )
    package_relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    return {
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{listed_sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package_relations}">{relations}</Relationships>',
        **{f"xl/worksheets/sheet{number}.xml": sheet(rows) for number, rows in enumerate(sheets.values(), 1)},
    }


@pytest.mark.parametrize("name", ["books [2].parquet", "books*?.parquet", "[a]/books 2.parquet"])
@pytest.mark.usefixtures("room")
def test_a_file_is_the_one_that_is_named(name: str, type_in: Typed) -> None:
    """Not another one that brackets, stars and question marks in its name would fit."""
    keep({}, ".parquet")
    for where in ("[a]", "a"):
        (RECORDS / where).mkdir()
    other = RECORDS / "books 2.parquet"
    (RECORDS / "books.parquet").rename(other)
    (RECORDS / "a" / "books 2.parquet").write_bytes(other.read_bytes())
    rows = f"SELECT * REPLACE ('later' AS due_on) FROM '{other}'"  # noqa: S608 - of our own
    duckdb.sql(f"COPY ({rows}) TO '{RECORDS / 'wrong.parquet'}' (FORMAT parquet)")
    (RECORDS / "wrong.parquet").rename(RECORDS / name)
    change(PROFILE, "records/books.parquet", f'"records/{name}"')

    said = type_in("lint --policy policy")[2]

    assert said_of_records(said) == ["Books, due_on: 1 row holds something that is not a day like 2026-11-01"]


@pytest.mark.usefixtures("here")
def test_a_pack_without_a_check_is_said(type_in: Typed) -> None:
    """By lint and by check, which both end with 2: nothing in it can be met."""
    Path("policy/checks/books.yaml").write_text("[]\n", "utf-8")
    Path("reading_room/waivers.yaml").unlink()
    Path("reading_room/attestations.yaml").unlink()

    for command in ("lint", "check"):
        code, _, said = type_in(f"{command} --policy policy")
        assert (code, "has no check: nothing is counted, and nothing can be met" in said) == (2, True)
