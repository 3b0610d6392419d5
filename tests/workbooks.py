"""Workbooks made by hand, as small as they can be: the parts of a real one, with each cell written as the test says."""

import csv
import itertools
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from policykit.engines import Engine, Refused, Source
from policykit.model.registers import FieldShape, FieldType, Register

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - workbooks know no time zones

CANARY = "Canary-4711"
Cell = str | float | bool | date | None
"""A `str` that begins with `<` is the XML of a cell, with `REF` where its own place belongs."""

NUMBERS = itertools.count()
NOTES: list[list[Cell]] = [[f"A{number}", f"{CANARY}\n{number}"] for number in range(2, 60)]
GOOD: list[list[Cell]] = [["ref", "note"], *NOTES]
"""Notes of two lines each, so that lines are not rows."""

FAR: list[list[Cell]] = [["ref"], ['<c r="XFD1048576"><v>1</v></c>']]
TOO_FAR = "the first sheet is too large: a cell that holds something lies too far out"

PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
    "_rels/.rels": f"<Relationships {_RELATIONS}>"
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="Ours" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f"<Relationships {_RELATIONS}>"
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f"<styleSheet {_MAIN}>"
    '<numFmts><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="0,000"/></numFmts>'
    "<fonts><font/></fonts><fills><fill/></fills><borders><border/></borders>"
    '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/>'
    '<xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>',
}


def things(**types: FieldType) -> Register:
    """A register whose key is `ref`, with fields of these types."""
    shapes = {
        name: FieldShape(type=kind, means=name, values=("small", "7") if kind is FieldType.CODE else ())
        for name, kind in {"ref": FieldType.REF, **types}.items()
    }
    return Register(id=f"things_{next(NUMBERS)}", title="Things", about="event", key="ref", fields=shapes)


def why(engine: Engine[Source], path: Path) -> str:
    """Why a workbook was refused."""
    found = engine.open(things(note=FieldType.TEXT), path)
    assert isinstance(found, Refused)
    return found.why


def workbook(path: Path, rows: Iterable[Iterable[Cell]], **more: str) -> Path:
    """A workbook of one sheet; `more` says what stands before the cells (`before`)."""
    return package(path, {"xl/worksheets/sheet1.xml": sheet(rows, **more)})


def package(path: Path, parts: Mapping[str, str | bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    """A workbook with these parts instead of, or beside, the usual ones."""
    with zipfile.ZipFile(path, "w", packing) as out:
        for name, text in {**PARTS, **parts}.items():
            out.writestr(name, text if isinstance(text, bytes) else _XML + text)
    return path


def sheet(rows: Iterable[Iterable[Cell]], before: str = "") -> str:
    """The XML of a sheet."""
    written = "".join(
        f'<row r="{number}">{"".join(_cell(cell, f"{letters(place)}{number}") for place, cell in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    return f"<worksheet {_MAIN}>{before}<sheetData>{written}</sheetData></worksheet>"


def letters(place: int) -> str:
    """The letters of a column, from 0."""
    first, last = divmod(place, 26)
    return (letters(first - 1) if first else "") + chr(65 + last)


def as_workbook(register: Register, table: Path) -> Path:
    """A register's CSV file as a workbook beside it, its cells typed as a person would have them in Excel."""
    with table.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    types = [register.fields[name].type if name in register.fields else FieldType.TEXT for name in header]
    typed = ([_typed(kind, value) for kind, value in zip(types, row, strict=True)] for row in rows)
    return workbook(table.with_suffix(".xlsx"), [header, *typed])


def _typed(kind: FieldType, value: str) -> Cell:
    if not value:
        return None
    if kind is FieldType.FLAG:
        return value.lower() in {"yes", "true"}
    if kind is FieldType.INTEGER:
        return int(value)
    return date.fromisoformat(value) if kind is FieldType.DATE else value


def _cell(cell: Cell, ref: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return f'<c r="{ref}" t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, str):
        if cell.startswith("<"):
            return cell.replace('"REF"', f'"{ref}"')
        return f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'
    if isinstance(cell, date):
        moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001
        style = 2 if isinstance(cell, datetime) else 1
        return f'<c r="{ref}" s="{style}"><v>{(moment - _EPOCH) / timedelta(days=1)!r}</v></c>'
    return f'<c r="{ref}"><v>{cell!r}</v></c>'
