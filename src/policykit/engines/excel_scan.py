"""A look at a workbook before any reader of workbooks does: what could fill the memory or the disk is refused here.

Nothing is unpacked as a whole, and no part of the file decides how much is read at once.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO
from xml.parsers import expat

from policykit.engines.excel_child import column_number, matches

LARGEST = 200_000_000
_MOST_PARTS = 2_000
_TIGHTEST = 200
_MOST_COLUMNS = 512
_MOST_CELLS = 12_000_000
"""Cells between A1 and the last one that holds something, empty ones too: a reader makes room for them all."""

_CHUNK = 64 * 1024
_BITE = 1024 * 1024
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"
# A cell that holds something: one that is only styled is closed at once, and readers make no room for it.
_USED = re.compile(rb"<(?:\w{1,20}:)?c\s(?:[^<>]{0,300}?\s)?r=[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"'][^<>]{0,300}(?<!/)>")


class WorkbookRefusedError(Exception):
    """The file is no workbook that can be read; the message is a clause in our own words."""


class _InSmallBites(io.FileIO):
    """A file of which a directory that lies about its size cannot make anyone read much at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(_BITE if size is None or size < 0 else min(size, _BITE))
        if len(data) == _BITE:
            msg = "the workbook's list of parts is too long"
            raise WorkbookRefusedError(msg)
        return data


def scan(workbook: Path) -> str:
    """The name of the part that holds the first sheet. Raises WorkbookRefusedError, or anything where it is damaged."""
    _look_at_start(workbook)
    with _InSmallBites(workbook) as file, zipfile.ZipFile(file) as package:
        parts = _parts(package)
        for part in parts.values():
            _look_into(package, part)
        sheet = _first_sheet(package, parts)
        with package.open(sheet) as cells:
            _measure(cells)
        return sheet.filename


def _look_at_start(workbook: Path) -> None:
    with workbook.open("rb") as file:
        start = file.read(len(_OLD))
    if start == _OLD:
        msg = "the workbook is protected by a password, or is an old .xls file"
        raise WorkbookRefusedError(msg)
    if not start.startswith(_ZIP):
        msg = "it is not an Excel workbook"
        raise WorkbookRefusedError(msg)


def _parts(package: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """The parts of a workbook by their names in small letters."""
    parts = package.infolist()
    by_name = {part.filename.lower(): part for part in parts}
    faults = {
        "the workbook is too large: it has too many parts": len(parts) > _MOST_PARTS,
        "the workbook is damaged: a part is there twice": len(by_name) != len(parts),
        "the workbook is too large when unpacked": sum(part.file_size for part in parts) > LARGEST,
        "the workbook is protected by a password": any(part.flag_bits & 1 for part in parts),
        "the workbook unpacks to far more than a real one does": any(map(_is_too_tight, parts)),
        "the workbook is packed in an unusual way": any(
            part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in parts
        ),
    }
    for what, is_so in faults.items():
        if is_so:
            raise WorkbookRefusedError(what)
    return by_name


def _is_too_tight(part: zipfile.ZipInfo) -> bool:
    return part.file_size > _TIGHTEST * max(part.compress_size, 1)


def _look_into(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with package.open(part) as file:
        if file.read(len(_ZIP) + 2) in {b"PK\3\4", b"PK\5\6"}:
            msg = "the workbook holds another packed file"
            raise WorkbookRefusedError(msg)
    if part.filename.lower().endswith((".xml", ".rels")):
        with package.open(part) as file:
            next(_elements(file), None)


def _elements(file: IO[bytes]) -> Iterator[tuple[str, dict[str, str]]]:
    """The elements of an XML file with their attributes, in order; one that declares a type of document is refused."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name, attributes))
    parser.StartDoctypeDeclHandler = _refuse_doctype
    while chunk := file.read(_CHUNK):
        parser.Parse(chunk)
        yield from found
        found.clear()


def _refuse_doctype(*_: object) -> None:
    msg = "the workbook holds declarations that no workbook needs"
    raise WorkbookRefusedError(msg)


def _first_sheet(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """The part of the first sheet: the workbook names it by a number, and a second list says which part that is."""

    def find(part: str, wanted: Callable[[str, dict[str, str]], bool]) -> dict[str, str]:
        with package.open(parts[part]) as file:
            return next(attributes for name, attributes in _elements(file) if wanted(_plain(name), attributes))

    sheet = find("xl/workbook.xml", lambda name, _: name == "sheet")
    number = next(value for name, value in sheet.items() if name.endswith(":id"))
    target = find("xl/_rels/workbook.xml.rels", lambda _, attributes: attributes.get("Id") == number)["Target"]
    name = target.removeprefix("/").lower()
    return parts[name if name.startswith("xl/") else f"xl/{name}"]


def _plain(name: str) -> str:
    return name.rpartition(":")[2]


def _measure(cells: IO[bytes]) -> None:
    """Refuse a sheet with cells so far out that making room for all before them would take too much."""
    rows, columns = 0, 0
    for found in matches(cells, _USED):
        rows = max([rows, *(int(row) for _, row in found)])
        columns = max([columns, *map(column_number, {letters for letters, _ in found})])
        if columns > _MOST_COLUMNS or rows * columns > _MOST_CELLS:
            msg = "the first sheet is too large: a cell that holds something lies too far out"
            raise WorkbookRefusedError(msg)
