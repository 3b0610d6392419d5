"""The exact reader: a CSV file record by record, with the line each begins on and the reason where it is refused.

It is slow and says precisely what is wrong. Files in good order are recognised by `csv_shape`, which is fast and says
only whether a file is in order.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

LONGEST = 16 * 1024 * 1024
"""No record may be longer than this, in bytes: what is never closed must not fill the memory."""

# The `+` after a quantifier keeps what was matched, so that no file can make the patterns go back and forth.
_VALUE = r'(?:"[^"]*+(?:""[^"]*+)*+"|[^",\r\n]*+)'
_VALUES = re.compile(rf"(?:\A|,)({_VALUE})")
_RECORD = re.compile(rf"{_VALUE}(?:,{_VALUE})*+(?:\r?\n)?")
_BEGINS_QUOTE = re.compile(rf'(?:{_VALUE},)*+"[^"]*+(?:""[^"]*+)*+')
_QUOTED = re.compile(r'"[^"]*+"')


class CsvRefusedError(Exception):
    """The file is not as docs/specification.md, CSV files, has it; the message is a clause in our own words."""


@dataclass(frozen=True)
class Record:
    """One record: the line it begins on, counted from 1, and its values as text."""

    line: int
    values: tuple[str, ...]


def read_records(file: BinaryIO) -> Iterator[Record]:
    """Every record, the header first; an empty last line is left out. Raises CsvRefusedError at the first fault."""
    held: Record | None = None
    for line, text in _texts(file):
        if held:
            yield held
            held = None
        record = Record(line, _split(text, line))
        if text.strip("\r\n"):
            yield record
        else:
            held = record


def check_lengths(records: Iterator[Record], columns: int) -> int:
    """The number of records; raises CsvRefusedError where one has not as many values as there are columns."""
    count = 0
    for record in records:
        if len(record.values) != columns:
            raise CsvRefusedError(_ragged(record, columns))
        count += 1
    return count


def _ragged(record: Record, columns: int) -> str:
    if record.values == ("",):
        return f"line {record.line} is empty"
    given = len(record.values)
    return f"line {record.line} has {given} value{'s' * (given != 1)} and {columns} are needed"


def _texts(file: BinaryIO) -> Iterator[tuple[int, str]]:
    """The text of each record and the line it begins on: a line, or several where quotes hold a line end."""
    start, held, size, is_open = 0, list[str](), 0, False
    for line, text in enumerate(_lines(file), 1):
        start, size = (start, size) if held else (line, 0)
        held.append(text)
        size += len(text.encode())
        is_open ^= text.count('"') % 2 == 1
        if size > LONGEST:
            raise CsvRefusedError(_too_long(start))
        if not is_open:
            yield start, "".join(held)
            held.clear()
        elif len(held) == 1 and not _BEGINS_QUOTE.fullmatch(text):
            raise CsvRefusedError(_misplaced(text, line))
    if held:
        msg = f"line {start}: a quotation mark is never closed"
        raise CsvRefusedError(msg)


def _lines(file: BinaryIO) -> Iterator[str]:
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        yield _decoded(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, number)


def _decoded(line: bytes, number: int) -> str:
    if len(line) > LONGEST:
        raise CsvRefusedError(_too_long(number))
    if b"\0" in line:
        msg = f"line {number} holds a NUL character"
        raise CsvRefusedError(msg)
    try:
        return line.decode()
    except UnicodeDecodeError:
        msg = f"line {number} is not UTF-8"
        raise CsvRefusedError(msg) from None


def _split(text: str, line: int) -> tuple[str, ...]:
    if not _RECORD.fullmatch(text):
        raise CsvRefusedError(_misplaced(text, line))
    return tuple(map(_unquoted, _VALUES.findall(text)))


def _unquoted(value: str) -> str:
    return value[1:-1].replace('""', '"') if value.startswith('"') else value


def _misplaced(text: str, line: int) -> str:
    if "\r" in _QUOTED.sub("", text).removesuffix("\r\n"):
        return f"line {line} holds a carriage return, and lines end with LF or CRLF"
    return f"line {line}: a quotation mark is in the wrong place"


def _too_long(line: int) -> str:
    return f"line {line} is longer than {LONGEST // 1024 // 1024} MiB"
