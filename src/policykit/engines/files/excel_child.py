"""A process of its own that writes one sheet of a workbook as CSV: what a workbook kills is this, not the run.

It is started as a file, by `excel`, so it knows nothing of policykit and loads little: the arguments are the
workbook, the CSV file, the part of the workbook that holds the sheet and its number from 0, the formats of zeros, the
folder of python_calamine, and the limits in bytes and seconds. It says nothing; that it ended well is all that is known
of it.
"""

import contextlib
import csv
import itertools
import re
import signal
import sys
import zipfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

_CHUNK = 256 * 1024
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_LARGEST_CSV = 512 * 1024 * 1024
_EXACT = 10**15  # Excel keeps 15 digits of a number: from here on what a cell holds need not be what was typed
_ERROR = "#ERROR!"  # for an error such as #REF!, and for a formula that was never calculated: no type can read it
# What repeats has a limit, so that no sheet can make the patterns go back and forth for long.
_TAG = rb"<(?:\w{1,20}:)?c(?=[\s>])(?:(?=[^<>]{0,300}?\sr=[\"']([A-Za-z]{1,3})([0-9]{1,7})[\"'])|)"
_FAULTY = re.compile(
    _TAG + rb"(?:(?=[^<>]{0,300}?\st=[\"']e[\"'])"
    rb"|(?![^<>]{0,300}?\st=[\"']str[\"'])[^<>]{0,300}>\s{0,99}<(?:\w{1,20}:)?f\b[^<>]{0,300}(?:/>|>[^<]{0,9999}</[\w:]{1,20}>)"
    rb"\s{0,99}(?:<[\w:]{1,20}\s{0,9}/>|<[\w:]{1,20}>\s{0,99}</[\w:]{1,20}>)?\s{0,99}</(?:\w{1,20}:)?c\b)"
)


def matches(sheet: IO[bytes], pattern: re.Pattern[bytes]) -> Iterator[list[tuple[bytes, ...]]]:
    """What a pattern of two groups or more finds in the cells of a sheet, some cells at a time."""
    held = b""
    while chunk := sheet.read(_CHUNK):
        held += chunk
        end = max(held.rfind(b"<c"), 0) or held.rfind(b"<")
        if end > 0:
            yield pattern.findall(held[:end])
            held = held[end:]
        elif len(held) > _CHUNK:  # text without end: no cell begins in it
            held = b""
    yield pattern.findall(held)


def column_number(letters: bytes) -> int:
    """The number of a column, from 1: A is 1, XFD is 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def text_of(value: object, digits: int = 0) -> str:
    """A cell as text: what a person would have typed into a CSV file, and of a format of zeros what it shows."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and not (value.is_integer() and abs(value) < _EXACT):
        return repr(value)
    if isinstance(value, int | float):
        return "-" * (value < 0) + str(abs(int(value))).zfill(digits)
    return str(value)  # a day as 2026-11-01; with a time of day, that stays


def _die_with_the_run() -> None:
    """A run that is killed leaves nobody at work on its records. Only Linux sees to that."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - not every system needs it

        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)


def _limit(memory: int, seconds: int) -> None:
    """Before anything of the workbook is looked at. Where a system knows no such limits, the scan must be enough."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    limits = {"CORE": 0, "CPU": seconds, "FSIZE": _LARGEST_CSV, "AS": memory}  # a core would hold the records
    for name, limit in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        with contextlib.suppress(ValueError, OSError):  # the system allows less, or does not limit this
            resource.setrlimit(kind, (limit, limit))


def _faulty_cells(workbook: str, part: str) -> dict[int, set[int]]:
    """Row by row, the columns of cells that hold an error or were never calculated; the library calls them blank.

    Raises ValueError where such a cell does not say its place.
    """
    found: dict[int, set[int]] = {}
    with zipfile.ZipFile(workbook) as package, package.open(part) as sheet:
        for letters, row in itertools.chain.from_iterable(matches(sheet, _FAULTY)):
            found.setdefault(int(row) - 1, set()).add(column_number(letters) - 1)
    return found


def _digits_shown(workbook: str, part: str, formats: dict[bytes, int]) -> dict[int, bytearray]:
    """Column by column, for each row how many digits a format of zeros shows there, as far down as there is one."""
    found: dict[int, bytearray] = {}
    if formats:
        shown = re.compile(_TAG + rb"(?=[^<>]{0,300}?\ss=[\"'](" + b"|".join(formats) + rb")[\"'])")
        with zipfile.ZipFile(workbook) as package, package.open(part) as sheet:
            for letters, row, style in itertools.chain.from_iterable(matches(sheet, shown)):
                column = found.setdefault(column_number(letters) - 1, bytearray())
                column.extend(bytes(max(int(row) - len(column), 0)))
                column[int(row) - 1] = formats[style]
    return found


def _rows(workbook: str, index: int, faulty: dict[int, set[int]], digits: dict[int, bytearray]) -> Iterator[list[str]]:
    """Every row from the first of the sheet, every column from A."""
    import python_calamine  # noqa: PLC0415 - what may do harm comes after the limits

    sheet = python_calamine.CalamineWorkbook.from_path(workbook).get_sheet_by_index(index)
    last = sheet.end or (-1, -1)
    height = max([last[0], *faulty]) + 1
    width = max([last[1], *itertools.chain.from_iterable(faulty.values())]) + 1
    before = [""] * (sheet.start[1] if sheet.start else 0)
    cells: Iterable[Any] = sheet.iter_rows() if sheet.start else ()
    for number, row in enumerate(itertools.islice(itertools.chain(cells, itertools.repeat(())), height)):
        shown = {column: rows[number] for column, rows in digits.items() if number < len(rows)}
        values = before + [text_of(value, shown.get(column, 0)) for column, value in enumerate(row, len(before))]
        values += [""] * (width - len(values))
        for column in faulty.get(number, ()):
            values[column] = _ERROR
        yield values


def main(workbook: str, copy: str, part: str, index: str, zeros: str, library: str, memory: str, seconds: str) -> None:
    """Write the sheet. Raises, or is killed, where that cannot be done."""
    _die_with_the_run()
    _limit(int(memory), int(seconds))
    sys.path.append(library)
    faulty = _faulty_cells(workbook, part)
    formats = (each.split(":") for each in zeros.split())
    digits = _digits_shown(workbook, part, {number.encode(): int(many) for number, many in formats})
    with open(copy, "w", encoding="utf-8", newline="") as out:  # noqa: PTH123 - pathlib is one more thing to load
        csv.writer(out, lineterminator="\r\n").writerows(_rows(workbook, int(index), faulty, digits))


if __name__ == "__main__":
    main(*sys.argv[1:])
