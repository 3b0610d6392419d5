"""From an Excel workbook to a CSV file of what its first sheet holds, which then goes the way of every CSV file."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path

from policykit.engines import excel_child
from policykit.engines.csv_records import CsvRefusedError, read_records
from policykit.engines.excel_scan import LARGEST, WorkbookRefusedError, scan

_PLACES = re.compile(r"\bline(s?) (\d+)(?: and (\d+))?")
_NEEDED = ("SYSTEMROOT",)  # Windows starts nothing without it; no secret that we were given goes to a reader
_TOO_LARGE = "the workbook is too large or damaged"


@dataclass(frozen=True)
class Limits:
    """What the reading of one workbook may take: memory in bytes, time in seconds."""

    memory: int = 1024**3
    seconds: int = 60


def is_workbook(path: Path) -> bool:
    """Whether a file is to be read as an Excel workbook: its name says so."""
    return path.suffix.lower() == ".xlsx"


def write_csv(workbook: Path, csv: Path, limits: Limits) -> str:
    """Write the first sheet of a workbook as CSV; returns the digest of the workbook.

    The workbook is copied beside the CSV file while that is made, so that what was looked at is what is read. Raises
    WorkbookRefusedError where it is refused, OSError where it cannot be read.
    """
    copy = csv.with_suffix(".xlsx")
    try:
        if workbook.stat().st_size > LARGEST:
            raise WorkbookRefusedError(_TOO_LARGE)
        shutil.copyfile(workbook, copy)
        with copy.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        _read(copy, csv, _scanned(copy), limits)
    finally:
        copy.unlink(missing_ok=True)
    return f"sha256:{digest}"


def in_rows(why: str, csv: Path) -> str:
    """A clause about lines of the CSV file, said of the rows of the sheet: a cell may hold several lines."""
    found = _PLACES.search(why)
    if not found:
        return why
    lines = [int(number) for number in found.groups()[1:] if number]
    rows = " and ".join(str(_row_at(line, csv)) for line in lines)
    return why[: found.start()] + f"row{found[1]} {rows}" + why[found.end() :]


def _row_at(line: int, csv: Path) -> int:
    """The number of the record that begins at a line, or is the first that cannot be read."""
    row = 1
    with csv.open("rb") as file, suppress(CsvRefusedError):
        for _ in takewhile(lambda record: record.line < line, read_records(file)):
            row += 1
    return row


def _scanned(workbook: Path) -> str:
    try:
        return scan(workbook)
    except WorkbookRefusedError:
        raise
    except Exception:  # noqa: BLE001 - there is no end to what damage can raise, and messages may quote what they met
        msg = "the workbook is damaged or cut short"
        raise WorkbookRefusedError(msg) from None


def _read(workbook: Path, csv: Path, part: str, limits: Limits) -> None:
    """Have a process of its own read a workbook: no shell, no input, no output, nothing of our surroundings."""
    library = find_spec("python_calamine")
    if library is None or library.origin is None:
        msg = "python-calamine, which reads workbooks, is not installed"
        raise WorkbookRefusedError(msg)
    command = [sys.executable, "-I", "-S", excel_child.__file__, str(workbook), str(csv), part]
    command += [str(Path(library.origin).parents[1]), str(limits.memory), str(limits.seconds)]
    try:
        subprocess.run(  # noqa: S603 - our own file; what it is given are paths and numbers, never a command
            command,
            check=True,
            env={name: os.environ[name] for name in _NEEDED if name in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=limits.seconds * 2,
        )
    except (subprocess.SubprocessError, ValueError):
        raise WorkbookRefusedError(_TOO_LARGE) from None
