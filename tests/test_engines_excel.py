"""Records in workbooks: what each kind of cell is read as, and what is said of rows."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import yaml
from tests.moved import POLICY, moved, run
from tests.workbooks import (
    CANARY,
    FAR,
    GOOD,
    OFFICE,
    PARTS,
    TOO_FAR,
    Cell,
    as_workbook,
    package,
    sheet,
    things,
    why,
    workbook,
)

from policykit.engines import Engine, Engines, Opened, Refused, Source
from policykit.model.registers import FieldType
from policykit.model.results import Refusal
from policykit.problems import Problem
from policykit.reading import Pack, load_pack
from policykit.rules import marker

EXPECTED = yaml.safe_load((Path(__file__).parent / "data/expected.yaml").read_text("utf-8"))["checks"]


@pytest.fixture
def engine() -> Iterator[Engine[Source]]:
    """An engine of its own for each test."""
    with Engines() as opened:
        yield opened


ERROR = '<c r="REF" t="e"><v>#REF!</v></c>'
UNREADABLE = (None, True)


@pytest.mark.parametrize(
    ("kind", "cell", "found"),
    [
        (FieldType.TEXT, "\t a, \"b\" 'c'\u00a0\n", ("a, \"b\" 'c'", False)),
        (FieldType.TEXT, "two\nlines", UNREADABLE),
        (FieldType.TEXT, ERROR, UNREADABLE),
        (FieldType.REF, '<c r="REF" t="e"><f>VLOOKUP(A2,Z:Z,1,FALSE)</f><v>#N/A</v></c>', UNREADABLE),
        (FieldType.REF, '<c r="REF"><f>A1&amp;B1</f></c>', UNREADABLE),
        (FieldType.REF, "#REF!", UNREADABLE),
        (FieldType.REF, '<c r="REF" s="3"><v>12</v></c>', ("00012", False)),
        (FieldType.REF, '<c s="3" r="REF"><f>6+6</f><v>-12</v></c>', ("-00012", False)),
        (FieldType.REF, '<c r="REF" s="3"><v>1234567</v></c>', ("1234567", False)),
        (FieldType.REF, '<c r="REF" s="3"><v>1.5</v></c>', ("1.5", False)),
        (FieldType.REF, '<c r="REF" s="4"><v>1234</v></c>', ("1234", False)),
        (FieldType.INTEGER, '<c r="REF" s="3"><v>12</v></c>', (12, False)),
        (FieldType.TEXT, 42, ("42", False)),
        (FieldType.TEXT, 1.5, ("1.5", False)),
        (FieldType.TEXT, "=1+1", ("=1+1", False)),
        (FieldType.TEXT, None, (None, False)),
        (FieldType.TEXT, date(2026, 11, 1), ("2026-11-01", False)),
        (FieldType.CODE, "small", ("small", False)),
        (FieldType.CODE, 7.0, ("7", False)),
        (FieldType.CODE, ERROR, UNREADABLE),
        (FieldType.INTEGER, 42.0, (42, False)),
        (FieldType.INTEGER, -7, (-7, False)),
        (FieldType.INTEGER, "42", (42, False)),
        (FieldType.INTEGER, 1.5, UNREADABLE),
        (FieldType.INTEGER, 1e300, UNREADABLE),
        (FieldType.INTEGER, 999_999_999_999_999.0, (999_999_999_999_999, False)),
        (FieldType.INTEGER, 1_234_567_890_123_450.0, UNREADABLE),
        (FieldType.INTEGER, True, UNREADABLE),
        (FieldType.INTEGER, ERROR, UNREADABLE),
        (FieldType.DATE, date(2026, 11, 1), (date(2026, 11, 1), False)),
        (FieldType.DATE, datetime(2026, 11, 1), (date(2026, 11, 1), False)),  # noqa: DTZ001 - workbooks know no time zones
        (FieldType.DATE, datetime(2026, 11, 1, 9), UNREADABLE),  # noqa: DTZ001 - workbooks know no time zones
        (FieldType.DATE, "2026-11-01", (date(2026, 11, 1), False)),
        (FieldType.DATE, "01/11/2026", UNREADABLE),
        (FieldType.DATE, 46327, UNREADABLE),
        (FieldType.DATE, '<c r="REF" s="1"><v>0.5</v></c>', UNREADABLE),
        (FieldType.DATE, ERROR, UNREADABLE),
        (FieldType.FLAG, True, (True, False)),
        (FieldType.FLAG, False, (False, False)),
        (FieldType.FLAG, "Yes", (True, False)),
        (FieldType.FLAG, 1, UNREADABLE),
        (FieldType.FLAG, ERROR, UNREADABLE),
        (FieldType.FLAG, None, (None, False)),
        (FieldType.INTEGER, '<c r="REF"><f>1+1</f><v>2</v></c>', (2, False)),
        (FieldType.INTEGER, '<c r="REF"><f>1+1</f><v></v></c>', UNREADABLE),
        (FieldType.INTEGER, '<c r="REF"><f>1+1</f></c>', UNREADABLE),
        (FieldType.INTEGER, '<c r="REF" t="str"><f>""</f><v></v></c>', (None, False)),
    ],
)
def test_each_kind_of_cell_is_read_as_people_mean_it(
    kind: FieldType, cell: Cell, found: tuple[object, bool], engine: Engine[Source], tmp_path: Path
) -> None:
    """Days, numbers, yes and no and text are read; errors and formulas never calculated cannot be read."""
    register = things(value=kind)
    assert isinstance(engine.open(register, workbook(tmp_path / "a.xlsx", [["ref", "value"], ["A", cell]])), Opened)
    rows = engine.look_up(register, {}, None)
    assert not isinstance(rows, Refused)
    [row] = rows
    assert (row["value"], row.get(marker("value"), False)) == found


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The first pack."""
    return load_pack(POLICY)


@pytest.fixture
def folder(tmp_path: Path, pack: Pack) -> Path:
    """The example organisation with every register as a workbook."""
    return moved(tmp_path / "ours", pack, as_workbook, ".xlsx")


def test_the_example_organisation_comes_out_the_same_from_workbooks(pack: Pack, folder: Path) -> None:
    """Every register of the example as a workbook: the outcomes and counts of data/expected.yaml."""
    results = run(pack, folder)
    found = {check.id: (check.outcome.code, check.counts and check.counts.model_dump()) for check in results.checks}
    assert {case["id"]: (case["outcome"], case.get("counts")) for case in EXPECTED} == found


def test_a_workbook_that_cannot_be_read_stops_its_own_checks_only(pack: Pack, folder: Path) -> None:
    """The checks that read it could not be carried out, and say so; all others come out as before."""
    workbook(folder / "records" / "complaints.xlsx", FAR)
    told: list[Problem] = []
    results = {check.id: check for check in run(pack, folder, told.append).checks}
    assert results["CHK-COMPLAINTS"].refused == Refusal(register_="complaints", why="records-damaged")
    assert [each.what for each in told] == [f"{pack.registers['complaints'].title} cannot be opened: {TOO_FAR}"]
    assert {name for name, check in results.items() if check.outcome.code == "error"} == {"CHK-COMPLAINTS"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "row 1 holds no column names (read was its first sheet, `Ours`)"),
        ([["ref"]], "the column note is missing (read was its first sheet, `Ours`)"),
        ([[], [], *GOOD], "the names of its columns are on row 3 and not on the first"),
        ([[None, "ref", "note"], ["x", "A"]], "column 1 has no name, and holds something"),
        ([["ref", "note"], [], [None, ERROR]], "row 2: the key is blank"),
        ([["ref", "note"], [ERROR]], "row 2: the key cannot be read"),
        ([["ref", "note", None, "x"], ["A", None, ERROR]], "column 3 has no name, and holds something"),
        ([["ref", "note", "note"]], "columns 2 and 3 have the same name"),
        ([*GOOD[:6], [None, CANARY], *GOOD[6:]], "row 7: the key is blank"),
        ([*GOOD[:6], [], *GOOD[6:]], "row 7: the key is blank"),
        ([*GOOD[:6], GOOD[3], *GOOD[6:]], "rows 4 and 7 have the same key"),
    ],
)
def test_what_is_wrong_is_said_of_rows(
    rows: list[list[Cell]], said: str, engine: Engine[Source], tmp_path: Path
) -> None:
    """A workbook has rows, whatever number of lines its cells hold."""
    assert why(engine, workbook(tmp_path / "a.xlsx", rows)) == said


def test_what_is_empty_at_the_end_is_not_there(engine: Engine[Source], tmp_path: Path) -> None:
    """Rows below the last record, of spaces too, and columns without a name; as in a CSV file."""
    rows: list[list[Cell]] = [
        [None, "ref", None, " "],
        [None, "A", None, ""],
        [" ", "B"],
        [],
        [None, " "],
        ["", "\u00a0"],
    ]
    found = engine.open(things(), workbook(tmp_path / "a.xlsx", rows))
    assert isinstance(found, Opened)
    assert found.rows == 2


def test_empty_rows_at_the_end_are_no_records(engine: Engine[Source], tmp_path: Path) -> None:
    """Rows below the last that holds anything are dropped: formulas that came out empty, cells that are only styled."""
    ends: list[list[Cell]] = [['<c r="REF" t="str"><f>""</f><v></v></c>'], ['<c r="REF" s="1"/>']]
    found = engine.open(things(), workbook(tmp_path / "a.xlsx", [["ref"], ["A"], ["B"], *ends]))
    assert isinstance(found, Opened)
    assert found.rows == 2


def test_the_first_sheet_is_the_one_that_stands_first(engine: Engine[Source], tmp_path: Path) -> None:
    """Whichever was made first: sheets are moved about, and what is wrong in a cell is looked for where it stands."""
    register = things(number=FieldType.INTEGER)
    book, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    moved_here = '<sheet name="Moved" sheetId="2" r:id="rId3"/>'
    second = f'<Relationship Id="rId3" Type="{OFFICE}/worksheet" Target="worksheets/sheet2.xml"/>'
    parts = {
        book: PARTS[book].replace("<sheets>", f"<sheets>{moved_here}"),
        relations: PARTS[relations].replace("</Relationships>", f"{second}</Relationships>"),
        "xl/worksheets/sheet1.xml": sheet([["ref", "number"], ["B", 1]]),
        "xl/worksheets/sheet2.xml": sheet([["ref", "number"], ["A", '<c r="REF" t="e"><v>#REF!</v></c>']]),
    }

    assert isinstance(engine.open(register, package(tmp_path / "moved.xlsx", parts)), Opened)
    assert engine.look_up(register, {}, None) == ({"ref": "A", "number": None, marker("number"): True},)


def test_days_of_a_workbook_that_counts_from_1904_are_the_days_that_it_shows(
    engine: Engine[Source], tmp_path: Path
) -> None:
    """Old Macs counted from another day; a workbook says which."""
    register, book = things(day=FieldType.DATE), "xl/workbook.xml"
    number = (date(2026, 11, 1) - date(1904, 1, 1)).days
    parts = {
        book: PARTS[book].replace("<sheets>", '<workbookPr date1904="1"/><sheets>'),
        "xl/worksheets/sheet1.xml": sheet([["ref", "day"], ["A", f'<c r="REF" s="1"><v>{number}</v></c>']]),
    }

    assert isinstance(engine.open(register, package(tmp_path / "mac.xlsx", parts)), Opened)
    assert engine.look_up(register, {}, None) == ({"ref": "A", "day": date(2026, 11, 1)},)
