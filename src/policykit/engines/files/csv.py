"""CSV files: one pass checks a file, digests it and copies it to where the database may read it; then it is typed."""

import hashlib
import os
import re
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from glob import escape
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sqlglot import exp

from policykit.engines.engine import RefusalError, refusal
from policykit.engines.files.csv_records import LONGEST, CsvRecord, Shape, check_lengths, end_of_records, read_records
from policykit.engines.files.parquet import stamp_of
from policykit.engines.query import Ask, column_named
from policykit.engines.text_to_type import DUCKDB, Columns, Holds, anywhere, table_of_texts
from policykit.english import listed, say
from policykit.model.registers import Register, read_value
from policykit.model.values import stripped

_CHUNK = 256 * 1024
_LEAST_LINE = 2 * 1024 * 1024
_MEGABYTE = 1_000_000
_LARGEST = "4000"  # in megabytes; another number may stand in a variable
_LARGEST_SET = "POLICYKIT_CSV_MB"
# How files begin that are taken for CSV by their names: where they fail to be CSV says nothing to anybody.
_OTHER_KINDS = {
    b"PK\3\4": "engines.csv.packed",
    b"\xd0\xcf\x11\xe0": "engines.csv.packed",
    b"PAR1\x15": "engines.csv.parquet",
    b"\xff\xfe": "engines.csv.utf-16",
    b"\xfe\xff": "engines.csv.utf-16",
}


# What stands between names, and what is said where it is not the comma of the first line.
_SEPARATORS = {",": "below", ";": "semicolons", "\t": "tabs", "|": "strokes"}
_FIRST_LINES, _LONGEST_NAMES = 10, 64 * 1024
_NEAR = 0.8  # one letter of five, as difflib counts


@dataclass(frozen=True)
class Intake:
    """A CSV file in good order and its copy: column `c0`, `c1`, ... in the order of the file, whatever they are called.

    `places` holds the number of the column of each field, `nameless` those of columns without a name; `longest` is at
    least the longest record in bytes; `folded` says that a quoted value, or a quoted name, goes over several lines.
    """

    copy: Path
    columns: int
    places: dict[str, int]
    nameless: tuple[int, ...]
    records: int
    longest: int
    folded: bool
    digest: str


def take_in(register: Register, path: Path, copy: Path) -> Intake:
    """Check a file and copy it. Raises RefusalError where it is refused, OSError where it cannot be read.

    What is wrong with it is said as soon as it is met; of a file that grows meanwhile no more is read than there was.
    """
    with path.open("rb") as file, copy.open("wb") as out:
        stamp, size = stamp_of(path.stat()), _size_of(file)
        start = file.read(max(map(len, _OTHER_KINDS)))
        if message := next((why for begins, why in _OTHER_KINDS.items() if start.startswith(begins)), None):
            raise refusal(message)
        if b"\0\0" in {start[:4:2], start[1:4:2]}:  # of letters that all take two bytes one half is empty
            raise refusal("engines.csv.utf-16")
        file.seek(0)
        header = next(read_records(file), CsvRecord(1, ("",)))
        begin, places, columns, end = file.tell(), _places(header, register), len(header.values), end_of_records(file)
        out.write(",".join(f"c{number}" for number in range(columns)).encode() + b"\n")
        file.seek(0)
        names = file.read(begin)
        digest, shape = hashlib.sha256(names), Shape(columns)
        read_exactly: int | None = None
        for body in _bodies(file, end):
            digest.update(body)
            # A carriage return at the very end must not become half of a line end.
            out.write(shape.take(body if body.endswith((b"\n", b"\r")) else body + b"\n"))
            if read_exactly is None and not shape.fits_so_far:
                read_exactly = _count_exactly(file, columns)
        for below in _bodies(file, size):
            digest.update(below)
        if read_exactly is None and not shape.fits:
            read_exactly = _count_exactly(file, columns)
        if stamp_of(path.stat()) != stamp:
            raise refusal("engines.file.changed")
    records, longest, folded = shape.records, shape.longest, shape.folded or names.count(b"\n") > 1
    if read_exactly is not None:
        records, longest, folded = read_exactly, LONGEST, True
    nameless = tuple(place for place, name in enumerate(header.values) if not stripped(name))
    return Intake(copy, columns, places, nameless, records, longest, folded, f"sha256:{digest.hexdigest()}")


def _size_of(file: BinaryIO) -> int:
    """The size of a file in bytes; raises RefusalError where it is larger than one may be."""
    most = os.environ.get(_LARGEST_SET) or _LARGEST
    if not re.fullmatch("[1-9][0-9]{0,8}", most, re.ASCII):
        raise refusal("engines.csv.no-size", variable=_LARGEST_SET)
    if (size := os.fstat(file.fileno()).st_size) > int(most) * _MEGABYTE:
        raise refusal("engines.csv.too-large", mb=int(most), variable=_LARGEST_SET)
    return size


def _count_exactly(file: BinaryIO, columns: int) -> int:
    """The records of a whole file that the fast look did not like: only the exact reader knows what to say of it."""
    place = file.tell()
    file.seek(0)
    records = check_lengths(read_records(file), columns) - 1
    file.seek(place)
    return records


def create_from_copy(register: Register, intake: Intake) -> exp.Create:
    """Create the table of a register from the copy of its file."""
    columns = {name: column_named(f"c{place}") for name, place in intake.places.items()}
    return table_of_texts(register, _rows_of(intake), columns)


def refuse_nameless(intake: Intake, ask: Ask) -> None:
    """Raises RefusalError where a column without a name holds anything: it may be what the rows are about."""
    asked = {str(place): DUCKDB.text_of(column_named(f"c{place}")) for place in intake.nameless}
    held = anywhere(
        {place: exp.not_(exp.Is(this=text, expression=exp.null())) for place, text in asked.items()},
        _rows_of(intake),
        ask,
    )
    if held:
        raise refusal("engines.csv.no-name", column=min(map(int, held)) + 1)


def _rows_of(intake: Intake) -> exp.Table:
    """The rows of a copy, with DuckDB's reader and nothing left for it to guess.

    It is not strict, because that refuses files in good order: those with a carriage return in quotes. What is not in
    order never gets here. A quoted value over several lines must not be read by several threads.
    """
    names = [
        exp.PropertyEQ(this=exp.to_identifier(f"c{number}"), expression=exp.Literal.string("VARCHAR"))
        for number in range(intake.columns)
    ]
    options = {
        "auto_detect": exp.false(),
        "header": exp.true(),
        "columns": exp.Struct(expressions=names),
        "delim": exp.Literal.string(","),
        "quote": exp.Literal.string('"'),
        "escape": exp.Literal.string('"'),
        "strict_mode": exp.false(),
        "max_line_size": exp.Literal.number(max(_LEAST_LINE, intake.longest)),
        "parallel": exp.convert(not intake.folded),
    }
    settings = [exp.EQ(this=exp.column(name), expression=value) for name, value in options.items()]
    return exp.Table(this=exp.ReadCSV(this=exp.Literal.string(escape(str(intake.copy))), expressions=settings))


def line_of(path: Path, intake: Intake, number: int) -> str:
    """The line on which the record with a number begins, in words. Raises OSError where the file is gone meanwhile."""
    line = number + 1  # below the header
    if intake.folded:
        with path.open("rb") as file:
            line = next(islice(read_records(file), number, None)).line
    return say("engines.place.line", line=line)


def where_keys_fail(
    path: Path, register: Register, column: int, refused: RefusalError, shared: Container[str]
) -> RefusalError:
    """The refusal of the keys of a file with the lines where they are; `shared` holds those that stand twice."""
    for line, cell in _find_keys(path, column):
        try:
            key = read_value(register.fields[register.key], cell, register.reading)
        except ValueError:
            return refusal("engines.key.unreadable-at", line=line)
        if key is None:
            return refusal("engines.key.blank-at", line=line)
    seen: dict[str, int] = {}
    for line, key in _find_keys(path, column):
        if key in seen:
            return refusal("engines.key.twice-at", first=seen[key], second=line)  # the key itself is never told
        if key in shared:
            seen[key] = line
    return refused


def _find_keys(path: Path, column: int) -> Iterator[tuple[int, str]]:
    """The line and the key of each record of a file in good order."""
    with path.open("rb") as file:
        for record in islice(read_records(file), 1, None):
            yield record.line, stripped(record.values[column])


def _places(header: CsvRecord, register: Register) -> dict[str, int]:
    """The number of the column of each field, from 0.

    Faults name columns by number: where the header is missing, what stands in its place is somebody's record.
    """
    names = [*map(stripped, header.values)]
    if not any(names):
        raise refusal("engines.csv.no-names")
    name, times = Counter(filter(None, names)).most_common(1)[0]
    if times > 1:
        first, second = [place for place, other in enumerate(names, 1) if other == name][:2]
        raise refusal("engines.csv.same-name", first=first, second=second)
    DUCKDB.expect(register, Columns(dict.fromkeys(names, Holds.TEXT)))
    return {field: names.index(field) for field in register.fields}


def _bodies(file: BinaryIO, end: int) -> Iterator[bytes]:
    """What there is up to a place, where a line ends, in chunks of whole lines."""
    while (left := end - file.tell()) > 0 and (chunk := file.read(min(_CHUNK, left))):
        yield chunk + (file.readline(LONGEST) if left > _CHUNK else b"")


# Why a file does not hold the columns


def header_fits(path: Path, register: Register) -> bool:
    """Whether line 1 of a file names every field of a register."""
    return register.fields.keys() <= set(_names_in(path))


def by_its_cause(path: Path, register: Register, refused: RefusalError) -> RefusalError:
    """The refusal of a file whose columns were not found, by its cause where the first lines show one.

    Nothing of the file is quoted: where the names are missing, what stands in their place is somebody's record.
    """
    names, folded = _names_in(path), {_folded(field): field for field in register.fields}
    if refused.kind not in {"records-columns", "records-damaged"} or register.fields.keys() <= set(names):
        return refused
    if 2 * len(folded.keys() & set(map(_folded, names))) <= len(folded):  # else the names are where they should be
        with path.open("rb") as file:
            lines = [file.readline(_LONGEST_NAMES).decode(errors="replace") for _ in range(_FIRST_LINES)]
        found, line, mark = max(
            (len(folded.keys() & set(map(_folded, line.split(mark)))), -number, mark)
            for number, line in enumerate(lines, 1)
            for mark in _SEPARATORS
        )
        if 2 * found > len(folded) and (mark != "," or line < -1):
            return refusal(f"engines.header.{_SEPARATORS[mark]}", line=-line)
    missing = {each: field for each, field in folded.items() if field not in names and "columns" in refused.kind}
    near = [
        say("engines.names.near", column=column, field=missing[close[0]])
        for column, name in enumerate(names, 1)
        if name not in register.fields and (close := get_close_matches(_folded(name), missing, 1, _NEAR))
    ]
    return refusal("engines.names.not-quite", missing=refused, near=listed(near)) if near else refused


def _names_in(path: Path) -> list[str]:
    """The names of the columns as they are read; none where that cannot be done."""
    with path.open("rb") as file, suppress(RefusalError):
        return [*map(stripped, next(read_records(file), CsvRecord(1, ())).values)]
    return []


def _folded(name: str) -> str:
    """A name as people take it: only letters and digits, in any case."""
    return re.sub(r"[\W_]+", "", name.casefold())
