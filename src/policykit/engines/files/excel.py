"""From an Excel workbook to a CSV file of what its first sheet holds, which then goes the way of every CSV file."""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice, takewhile
from pathlib import Path
from typing import IO
from xml.parsers import expat

from policykit.engines.engine import RefusalError, refusal
from policykit.engines.files import excel_child
from policykit.engines.files.csv_records import read_records
from policykit.english import say
from policykit.problems import shown

LARGEST = 200_000_000
_MOST_PARTS = 2_000
_TIGHTEST = 200
_MOST_COLUMNS = 512
# Cells between A1 and the last one that holds something, empty ones too: a reader makes room for them all.
_MOST_CELLS = 12_000_000
_CHUNK = 64 * 1024
_BITE = 1024 * 1024
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"
# A cell that holds something: one that is only styled is closed at once, and readers make no room for it.
_USED = re.compile(rb"<(?:\w{1,20}:)?c\s(?:[^<>]{0,300}?\s)?r=[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"'][^<>]{0,300}(?<!/)>")

_ZEROS = re.compile("0{2,99}")
_MOST_SHEETS = 10  # so many are looked at for the columns
_PLACES = re.compile(r"\bline(s?) (\d+)(?: and (\d+))?")
_NEEDED = ("SYSTEMROOT",)  # Windows starts nothing without it; no secret that we were given goes to a reader


@dataclass(frozen=True)
class Limits:
    """What the reading of one workbook may take: memory in bytes, time in seconds."""

    memory: int = 1024**3
    seconds: int = 60


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook: what it is called, whether it is hidden, its part, the formats of zeros."""

    name: str
    is_hidden: bool
    part: str
    zeros: str


def is_workbook(path: Path) -> bool:
    """Whether a file is to be read as an Excel workbook: its name says so."""
    return path.suffix.lower() == ".xlsx"


def write_csv(workbook: Path, copy: Path, csv: Path, limits: Limits) -> str:
    """Write the first sheet of a workbook as CSV, where a file is there for it; returns the digest of the workbook.

    The workbook is copied first, so that what was looked at is what is read. Raises RefusalError where it is refused,
    OSError where it cannot be read.
    """
    if workbook.stat().st_size > LARGEST:
        raise refusal("engines.workbook.too-large")
    shutil.copyfile(workbook, copy)
    with copy.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    _read(copy, csv, 0, limits)
    return f"sha256:{digest}"


def by_its_sheets(
    refused: RefusalError, workbook: Path, copy: Path, csv: Path, limits: Limits, fits: Callable[[Path], bool]
) -> RefusalError:
    """The refusal of a workbook whose first sheet does not hold the columns, with the sheet that does.

    Sheets after it are read as the first was, until one fits or cannot be read; only their names are told.
    """
    shutil.copyfile(workbook, copy)
    first = scan(copy).name
    with suppress(RefusalError):
        for number in range(1, _MOST_SHEETS):
            sheet = _read(copy, csv, number, limits)
            if fits(csv):
                message = "engines.workbook.sheet-hidden" if sheet.is_hidden else "engines.workbook.sheet-other"
                return refusal(message, first=first, sheet=sheet.name)
    return RefusalError(say("engines.workbook.first-sheet", why=refused, first=first), refused.kind)


def in_rows(why: str, csv: Path) -> str:
    """A clause about lines of the CSV file, said of the rows of the sheet: a cell may hold several lines."""

    def said(lines: re.Match[str]) -> str:
        rows = (str(_row_at(int(line), csv)) for line in lines.groups()[1:] if line)
        return f"row{lines[1]} {' and '.join(rows)}"

    return _PLACES.sub(said, why, count=1)


def _row_at(line: int, csv: Path) -> int:
    """The number of the record that begins at a line, or is the first that cannot be read."""
    row = 1
    with csv.open("rb") as file, suppress(RefusalError):
        for _ in takewhile(lambda record: record.line < line, read_records(file)):
            row += 1
    return row


def _read(workbook: Path, csv: Path, number: int, limits: Limits) -> Sheet:
    """Have a process of its own read a sheet: no shell, no input, no output, nothing of our surroundings."""
    sheet = scan(workbook, number)
    library = find_spec("python_calamine")
    if library is None or library.origin is None:
        raise refusal("engines.workbook.not-installed")
    command = [sys.executable, "-I", "-S", excel_child.__file__, str(workbook), str(csv), sheet.part, str(number)]
    command.append(sheet.zeros)
    command += [str(Path(library.origin).parents[1]), str(limits.memory), str(limits.seconds)]
    try:
        subprocess.run(  # noqa: S603 - our own file; what it is given are paths and numbers, never a command
            command,
            check=True,
            pass_fds=[int(path.name) for path in (workbook, csv) if path.name.isdecimal()],  # those without a name
            env={name: os.environ[name] for name in _NEEDED if name in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=limits.seconds * 2,
        )
    except (subprocess.SubprocessError, ValueError):
        raise refusal("engines.workbook.too-large") from None
    return sheet


class _InSmallBites(io.FileIO):
    """A file of which a directory that lies about its size cannot make anyone read much at once."""

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(_BITE if size is None or size < 0 else min(size, _BITE))
        if len(data) == _BITE:
            raise refusal("engines.workbook.list-too-long")
        return data


def scan(workbook: Path, number: int = 0) -> Sheet:
    """The first sheet, or the one with a number from 0. Raises RefusalError, also where there is none."""
    with workbook.open("rb") as file:
        start = file.read(len(_OLD))
    if start == _OLD:
        raise refusal("engines.workbook.protected-or-old")
    if not start.startswith(_ZIP):
        raise refusal("engines.workbook.other")
    try:
        with _InSmallBites(workbook) as bites, zipfile.ZipFile(bites) as package:
            return _look_through(package, number)
    except RefusalError:
        raise
    except Exception:  # noqa: BLE001 - there is no end to what damage can raise, and messages may quote what they met
        raise refusal("engines.workbook.damaged") from None


def _look_through(package: zipfile.ZipFile, number: int) -> Sheet:
    """That sheet. A cell that lies too far out is refused: who reads makes room for all before it."""
    parts = _parts(package)
    for part in parts.values():
        _look_into(package, part)
    sheet = _sheet_at(number, package, parts)
    rows, columns = 0, 0
    with package.open(sheet.part) as cells:
        for found in excel_child.matches(cells, _USED):
            rows = max([rows, *(int(row) for _, row in found)])
            columns = max([columns, *map(excel_child.column_number, {letters for letters, _ in found})])
            if columns > _MOST_COLUMNS or rows * columns > _MOST_CELLS:
                raise refusal("engines.workbook.too-far-out")
    return sheet


def _zeros(package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> str:
    """The formats of cells that show a whole number with zeros before it: `4:5` where number 4 shows five digits."""
    codes, formats, within = dict[str, str](), list[str](), ""
    if part := parts.get("xl/styles.xml"):
        with package.open(part) as file:
            for name, attributes in _elements(file):
                plain = name.rpartition(":")[2]
                if plain == "numFmt" and within in {"", "numFmts"}:
                    codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
                elif plain == "xf" and within == "cellXfs":
                    formats.append(codes.get(attributes.get("numFmtId", ""), ""))
                elif plain in {"numFmts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"}:
                    within = plain
    return " ".join(f"{number}:{len(code)}" for number, code in enumerate(formats) if _ZEROS.fullmatch(code))


def _parts(package: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """The parts of a workbook by their names in small letters."""
    parts = package.infolist()
    by_name = {part.filename.lower(): part for part in parts}
    faults = {
        "engines.workbook.too-many-parts": len(parts) > _MOST_PARTS,
        "engines.workbook.part-twice": len(by_name) != len(parts),
        "engines.workbook.unpacked-too-large": sum(part.file_size for part in parts) > LARGEST,
        "engines.workbook.protected": any(part.flag_bits & 1 for part in parts),
        "engines.workbook.unpacked-too-far": any(
            part.file_size > _TIGHTEST * max(part.compress_size, 1) for part in parts
        ),
        "engines.workbook.oddly-packed": any(part.compress_type not in _PACKED for part in parts),
    }
    for message, is_so in faults.items():
        if is_so:
            raise refusal(message)
    return by_name


def _look_into(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with package.open(part) as file:
        if file.read(len(_ZIP) + 2) in {b"PK\3\4", b"PK\5\6"}:
            raise refusal("engines.workbook.packed-inside")
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
    raise refusal("engines.workbook.declares")


def _sheet_at(number: int, package: zipfile.ZipFile, parts: Mapping[str, zipfile.ZipInfo]) -> Sheet:
    """The sheet with a number from 0: the workbook names it by an id, and a second list says which part that is."""

    def find(part: str, wanted: Callable[[str, dict[str, str]], bool], skipped: int = 0) -> dict[str, str]:
        with package.open(parts[part]) as file:
            plainly = ((name.rpartition(":")[2], attributes) for name, attributes in _elements(file))
            found = (attributes for name, attributes in plainly if wanted(name, attributes))
            return next(islice(found, skipped, None))

    sheet = find("xl/workbook.xml", lambda name, _: name == "sheet", number)
    own_id = next(value for name, value in sheet.items() if name.endswith(":id"))
    target = find("xl/_rels/workbook.xml.rels", lambda _, attributes: attributes.get("Id") == own_id)["Target"]
    place = target.removeprefix("/").lower()
    part = parts[place if place.startswith("xl/") else f"xl/{place}"]
    name = "".join(filter(str.isprintable, sheet.get("name", "")))
    return Sheet(shown(name), sheet.get("state", "visible") != "visible", part.filename, _zeros(package, parts))
