"""The records of a CSV file, in two ways: the exact reader, and a fast look at the shape of the whole.

The exact reader gives each record with the line that it begins on. It is slow, and says precisely what is wrong where
a file is not as docs/specification.md has it. A file in good order is recognised by its `Shape`, at a gigabyte in
seconds. DuckDB's own reader is not asked: it passes over empty lines and, told to be lenient, over whole records.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from os import SEEK_END
from typing import BinaryIO

from policykit.engines.engine import RefusalError, refusal
from policykit.model.values import WHITE_SPACE

LONGEST = 16 * 1024 * 1024  # no record may be longer, in bytes: what is never closed must not fill the memory
# The `+` after a quantifier keeps what was matched, so that no file can make the patterns go back and forth.
_VALUE = r'(?:"[^"]*+(?:""[^"]*+)*+"|[^",\r\n]*+)'
_VALUES = re.compile(rf"(?:\A|,)({_VALUE})")
_RECORD = re.compile(rf"{_VALUE}(?:,{_VALUE})*+(?:\r?\n)?")
_BEGINS_QUOTE = re.compile(rf'(?:{_VALUE},)*+"[^"]*+(?:""[^"]*+)*+')
_QUOTED = re.compile(r'"[^"]*+"')
_SPACES = re.sub(r"[\r\n]", "", WHITE_SPACE)
_BLANK = f'(?:"[{_SPACES}]*+"|[{_SPACES}]*+)'
_HOLLOW = re.compile(rf"{_BLANK}(?:,{_BLANK})*+(?:\r?\n)?")
_CHUNK = 256 * 1024
_NO_STRUCTURE = bytes(set(range(256)) - set(b",\n"))


@dataclass(frozen=True)
class CsvRecord:
    """One record: the line it begins on, counted from 1, and its values as text."""

    line: int
    values: tuple[str, ...]


def read_records(file: BinaryIO) -> Iterator[CsvRecord]:
    """Every record, the header first, to the last that holds anything. Raises RefusalError at the first fault."""
    place, end = file.tell(), end_of_records(file)
    file.seek(place)
    for line, text in _texts(file, end):
        yield CsvRecord(line, _split(text, line))


def end_of_records(file: BinaryIO) -> int:
    """Where the records of a file end: below are only lines in which every cell is empty.

    Looked for from the end, line by line. Such a line holds whole quotes, so it is no end of a value over several.
    """
    end = file.seek(0, SEEK_END)
    while end:
        start = max(end - _CHUNK, 0)
        file.seek(start)
        chunk = file.read(end - start)
        below = len(chunk)
        while below and ((begin := chunk.rfind(b"\n", 0, below - 1) + 1) or not start):
            if not _HOLLOW.fullmatch(chunk[begin:below].decode(errors="replace")):
                return start + below
            below = begin
        if below == len(chunk):  # a line as long as that is not looked at
            return end
        end = start + below
    return 0


def check_lengths(records: Iterator[CsvRecord], columns: int) -> int:
    """The number of records; raises RefusalError where one has not as many values as there are columns."""
    count = 0
    for count, record in enumerate(records, 1):  # noqa: B007 - how many there were
        given = len(record.values)
        if given != columns and record.values == ("",):
            raise refusal("engines.csv.line-empty", line=record.line)
        if given != columns:
            raise refusal("engines.csv.values", line=record.line, n=given, needed=columns)
    return count


def _texts(file: BinaryIO, end: int) -> Iterator[tuple[int, str]]:
    """The text of each record and the line it begins on: a line, or several where quotes hold a line end."""
    start, held, is_open = 0, bytearray(), False
    lines = iter(lambda: file.readline(LONGEST + 1) if file.tell() < end else b"", b"")
    for line, raw in enumerate(lines, 1):
        text = _decoded(raw.removeprefix(b"\xef\xbb\xbf") if line == 1 else raw, line)
        begins, start = not held, start if held else line
        held += text.encode()  # bytes, because very many short lines would fill the memory as texts of their own
        is_open ^= text.count('"') % 2 == 1
        if len(held) > LONGEST:
            raise _too_long(start)
        if not is_open:
            yield start, held.decode()
            held.clear()
        elif begins and not _BEGINS_QUOTE.fullmatch(text):
            raise _misplaced(text, line)
    if held:
        raise refusal("engines.csv.quote-open", line=start)


def _decoded(line: bytes, number: int) -> str:
    if len(line) > LONGEST:
        raise _too_long(number)
    if b"\0" in line:
        raise refusal("engines.csv.line-nul", line=number)
    try:
        return line.decode()
    except UnicodeDecodeError:
        raise refusal("engines.csv.line-not-utf-8", line=number) from None


def _split(text: str, line: int) -> tuple[str, ...]:
    if not _RECORD.fullmatch(text):
        raise _misplaced(text, line)
    values = _VALUES.findall(text)
    return tuple(value[1:-1].replace('""', '"') if value.startswith('"') else value for value in values)


def _misplaced(text: str, line: int) -> RefusalError:
    if "\r" in _QUOTED.sub("", text).removesuffix("\r\n"):
        return refusal("engines.csv.carriage-return", line=line)
    return refusal("engines.csv.quote-misplaced", line=line)


def _too_long(line: int) -> RefusalError:
    return refusal("engines.csv.line-too-long", line=line, mib=LONGEST // 1024 // 1024)


class Shape:
    """Looks at the body of one file, chunk by chunk; every chunk ends where a line ends.

    What lies in quotes is cut out, so that commas and line ends that are left stand between values and records. The
    rest is counting.

    `records` counts those seen, `folded` says that a quoted value goes over several lines, `longest` is at least the
    longest record in bytes.
    """

    def __init__(self, columns: int) -> None:
        self._pattern = b"," * (columns - 1) + b"\n"
        self._outside, self._span, self._is_open = b"", 0, False
        self.records, self.longest = 0, 0
        self.folded, self._fits = False, True

    @property
    def fits(self) -> bool:
        """Whether the file was in order so far, if it ended here; once it is not, all else means nothing."""
        return self.fits_so_far and not self._is_open

    @property
    def fits_so_far(self) -> bool:
        """Whether the file was in order so far, and goes on."""
        return self._fits and self.longest <= LONGEST

    def take(self, chunk: bytes) -> bytes:
        """Look at a chunk; it comes back with LF for every line end that stands outside quotes."""
        parts = chunk.split(b'"')
        between = slice(1, None, 2) if self._is_open else slice(0, None, 2)
        outside = b'"'.join([self._outside, *parts[between]] if self._is_open else parts[between])
        self._is_open ^= len(parts) % 2 == 0
        while b'""' in outside:  # two quotation marks inside a value stand for one
            outside = outside.replace(b'""', b'"')
        self.folded |= chunk.count(b"\n") != outside.count(b"\n")
        self._fits &= self._fits_outside(outside, len(chunk)) and _is_text(chunk)
        if b"\r" not in chunk:
            return chunk
        parts[between] = [part.replace(b"\r\n", b"\n") for part in parts[between]]
        return b'"'.join(parts)

    def _fits_outside(self, outside: bytes, size: int) -> bool:
        whole, end, rest = outside.rpartition(b"\n")
        self._outside = rest
        self._span += size
        self.longest = max(self.longest, self._span)
        self._span = size if end else self._span
        shape = (whole + end).translate(None, _NO_STRUCTURE)
        records = len(shape) // len(self._pattern)
        self.records += records
        return _in_place(outside) and shape == self._pattern * records and (self._is_open or not rest)


def _is_text(chunk: bytes) -> bool:
    try:
        chunk.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in chunk


def _in_place(outside: bytes) -> bool:
    """Whether quotation marks stand only around whole values, and carriage returns only before a line feed."""
    if b"\r" in outside and outside.count(b"\r") != outside.count(b"\r\n"):
        return False
    marks = outside.count(b'"')
    if not marks:
        return True
    before = outside.count(b',"') + outside.count(b'\n"') + outside.startswith(b'"')
    after = outside.count(b'",') + outside.count(b'"\n') + outside.count(b'"\r\n') + outside.endswith(b'"')
    return marks == before == after
