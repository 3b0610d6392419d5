"""Taking in a CSV file: one pass that checks it, digests it and copies it to where the database may read it."""

import hashlib
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from policykit.engines.csv_records import LONGEST, CsvRefusedError, Record, check_lengths, read_records
from policykit.engines.csv_shape import Shape
from policykit.model.registers import Register

_CHUNK = 256 * 1024
_PACKED = "it is a workbook or another packed file: save it as .xlsx, or as CSV"
_OTHER_KINDS = {
    b"PK\3\4": _PACKED,
    b"\xd0\xcf\x11\xe0": _PACKED,
    b"PAR1\x15": "it is a Parquet file: let its name end in .parquet",
    b"\xff\xfe": "it is UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "it is UTF-16 text: save it as UTF-8",
}
"""How files begin that are taken for CSV by their names, and what to do about each."""


@dataclass(frozen=True)
class Intake:
    """A CSV file in good order and its copy: column `c0`, `c1`, ... in the order of the file, whatever they are called.

    `places` holds the number of the column of each field; `longest` is at least the longest record in bytes; `folded`
    says that a quoted value goes over several lines.
    """

    copy: Path
    columns: int
    places: dict[str, int]
    records: int
    longest: int
    folded: bool
    digest: str


def take_in(register: Register, path: Path, copy: Path) -> Intake:
    """Check a file and copy it. Raises CsvRefusedError where it is refused, OSError where it cannot be read."""
    with path.open("rb") as file, copy.open("wb") as out:
        _refuse_other_kinds(file)
        header = next(read_records(file), Record(1, ("",)))
        places = _places(header, register)
        columns = len(header.values)
        out.write(",".join(f"c{number}" for number in range(columns)).encode() + b"\n")
        digest = _digest_of_start(file)
        shape = Shape(columns)
        out.writelines(map(shape.take, _bodies(file, digest)))
        records, longest, folded = shape.records, shape.longest, shape.folded
        if not shape.fits or not shape.is_closed or shape.longest > LONGEST:
            records, longest, folded = _in_doubt(file, columns), LONGEST, True
    return Intake(copy, columns, places, records, longest, folded, f"sha256:{digest.hexdigest()}")


def find_keys(path: Path, column: int) -> Iterator[tuple[int, str]]:
    """The line and the key of each record of a file in good order; a blank key is empty."""
    with path.open("rb") as file:
        for record in islice(read_records(file), 1, None):
            yield record.line, record.values[column].strip(" ")


def say_blank_key(keys: Iterator[tuple[int, str]]) -> str:
    """Where the first blank key is."""
    line = next((line for line, key in keys if not key), None)
    return f"line {line}: the key is blank" if line else "a key is blank"


def say_shared_key(keys: Iterator[tuple[int, str]], shared: Container[str]) -> str:
    """Where a key first stands a second time; `shared` holds the keys that do. The key itself is never told."""
    seen: dict[str, int] = {}
    for line, key in keys:
        if key in seen:
            return f"lines {seen[key]} and {line} have the same key"
        if key in shared:
            seen[key] = line
    return "two rows have the same key"


def _refuse_other_kinds(file: BinaryIO) -> None:
    """Say of a file of another kind what it is: where it fails to be CSV says nothing to anybody."""
    start = file.read(max(map(len, _OTHER_KINDS)))
    file.seek(0)
    for begins, why in _OTHER_KINDS.items():
        if start.startswith(begins):
            raise CsvRefusedError(why)


def _places(header: Record, register: Register) -> dict[str, int]:
    names = [value.strip(" ") for value in header.values]
    if names == [""]:
        msg = "line 1 holds no column names"
        raise CsvRefusedError(msg)
    if "" in names:
        msg = f"column {names.index('') + 1} has no name"
        raise CsvRefusedError(msg)
    _refuse_twice(names)
    missing = [field for field in register.fields if field not in names]
    if missing:
        raise CsvRefusedError(_say_missing(missing))
    return {field: names.index(field) for field in register.fields}


def _refuse_twice(names: list[str]) -> None:
    """Name the columns by number: where the header is missing, what stands in its place is somebody's record."""
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        first, second = [place for place, other in enumerate(names, 1) if other == name][:2]
        msg = f"columns {first} and {second} have the same name"
        raise CsvRefusedError(msg)


def _say_missing(fields: list[str]) -> str:
    if len(fields) == 1:
        return f"the column {fields[0]} is missing"
    return f"the columns {', '.join(fields[:-1])} and {fields[-1]} are missing"


def _digest_of_start(file: BinaryIO) -> "hashlib._Hash":
    """The digest of what was read so far; the file stands where it stood."""
    end = file.tell()
    file.seek(0)
    return hashlib.sha256(file.read(end))


def _bodies(file: BinaryIO, digest: "hashlib._Hash") -> Iterator[bytes]:
    """The rest of the file in chunks of whole lines: without an empty last line, and with the last line ended."""
    chunk = _whole_lines(file)
    while chunk:
        digest.update(chunk)
        following = _whole_lines(file)
        yield chunk if following else _ended(chunk)
        chunk = following


def _whole_lines(file: BinaryIO) -> bytes:
    return file.read(_CHUNK) + file.readline(LONGEST)


def _ended(chunk: bytes) -> bytes:
    for line in (b"\r\n", b"\n"):
        before = chunk.removesuffix(line)
        if before != chunk and (not before or before.endswith(b"\n")):
            return before
    # A carriage return at the very end must not become half of a line end.
    return chunk if chunk.endswith((b"\n", b"\r")) else chunk + b"\n"


def _in_doubt(file: BinaryIO, columns: int) -> int:
    """What the exact reader says of a file that the fast look did not like: the number of records below the header."""
    file.seek(0)
    return check_lengths(read_records(file), columns) - 1
