"""CSV files: one pass checks a file, digests it and copies it to where the database may read it; then it is typed."""

import hashlib
from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from sqlglot import exp

from policykit.engines.engine import RefusalError
from policykit.engines.files.csv_records import LONGEST, CsvRecord, Shape, check_lengths, read_records
from policykit.engines.query import Lines, column_named, fill, named, quoted, table_named
from policykit.engines.text_to_type import DUCKDB, SQL_TYPES, Columns, Holds
from policykit.model.registers import FieldType, Register
from policykit.rules import marker

Ask = Callable[[exp.Expr], Lines]

_CHUNK = 256 * 1024
_LEAST_LINE = 2 * 1024 * 1024
_ALWAYS_READ = {FieldType.REF, FieldType.TEXT}
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
    """Check a file and copy it. Raises RefusalError where it is refused, OSError where it cannot be read."""
    with path.open("rb") as file, copy.open("wb") as out:
        _refuse_other_kinds(file)
        header = next(read_records(file), CsvRecord(1, ("",)))
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


def create_from_copy(register: Register, intake: Intake) -> exp.Create:
    """Create the table of a register from the copy of its file: every field typed, and marked where unreadable."""
    marked = _markable(register)
    stripped = [
        named(fill(DUCKDB.text, "duckdb", column=column_named(f"c{place}")), name)
        for name, place in intake.places.items()
    ]
    texts = exp.select(*stripped).from_(_read_csv(intake)).subquery("stripped", copy=False)
    values = [named(DUCKDB.typed_text(shape, column_named(name)), name) for name, shape in register.fields.items()]
    typed = exp.select(*values, *(named(column_named(name), f"{name} text") for name in marked)).from_(
        texts, copy=False
    )
    markers = [
        named(fill(DUCKDB.unreadable, there=column_named(f"{name} text"), value=column_named(name)), marker(name))
        for name in marked
    ]
    rows = exp.select(*(named(column_named(name), name) for name in register.fields), *markers).from_(
        typed.subquery("typed", copy=False)
    )
    return rows.ctas(table_named(register.id), copy=False)


def create_empty(register: Register) -> exp.Create:
    """Create the table of a register whose rows do not come from a file."""
    columns = [
        exp.ColumnDef(this=quoted(name), kind=exp.DataType.build(SQL_TYPES.get(shape.type, "VARCHAR")))
        for name, shape in register.fields.items()
    ]
    return exp.Create(this=exp.Schema(this=table_named(register.id), expressions=columns), kind="TABLE")


def check_keys(register: Register, intake: Intake, path: Path, ask: Ask) -> None:
    """Raise RefusalError where rows went missing on the way, or a key is blank or not unique."""
    key, rows = column_named(register.key), table_named(register.id)
    [(count, recorded, distinct)] = ask(
        fill("SELECT COUNT(*), COUNT(:key), COUNT(DISTINCT :key) FROM :rows", key=key, rows=rows)
    )
    if count != intake.records:
        raise RefusalError("its records could not be loaded whole")
    keys = _find_keys(path, intake.places[register.key])
    if recorded != count:
        raise RefusalError(_say_blank_key(keys))
    if distinct != count:
        shared = ask(fill("SELECT :key FROM :rows GROUP BY :key HAVING COUNT(*) > 1", key=key, rows=rows))
        raise RefusalError(_say_shared_key(keys, {value for (value,) in shared}))


def find_unreadable(register: Register, ask: Ask) -> frozenset[str]:
    """The fields that hold something that cannot be read, anywhere in the register."""
    fields = _markable(register)
    if not fields:
        return frozenset()
    anywhere = [exp.LogicalOr(this=column_named(marker(field))) for field in fields]
    [found] = ask(exp.select(*anywhere).from_(table_named(register.id)))
    return frozenset(field for field, is_there in zip(fields, found, strict=True) if is_there)


def _find_keys(path: Path, column: int) -> Iterator[tuple[int, str]]:
    """The line and the key of each record of a file in good order; a blank key is empty."""
    with path.open("rb") as file:
        for record in islice(read_records(file), 1, None):
            yield record.line, record.values[column].strip(" ")


def _say_blank_key(keys: Iterator[tuple[int, str]]) -> str:
    line = next((line for line, key in keys if not key), None)
    return f"line {line}: the key is blank" if line else "a key is blank"


def _say_shared_key(keys: Iterator[tuple[int, str]], shared: Container[str]) -> str:
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
            raise RefusalError(why)


def _places(header: CsvRecord, register: Register) -> dict[str, int]:
    names = [value.strip(" ") for value in header.values]
    if names == [""]:
        raise RefusalError("line 1 holds no column names")
    if "" in names:
        raise RefusalError(f"column {names.index('') + 1} has no name")
    _refuse_twice(names)
    if why := DUCKDB.misfit(register, Columns(dict.fromkeys(names, Holds.TEXT))):
        raise RefusalError(why)
    return {field: names.index(field) for field in register.fields}


def _refuse_twice(names: list[str]) -> None:
    """Name the columns by number: where the header is missing, what stands in its place is somebody's record."""
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        first, second = [place for place, other in enumerate(names, 1) if other == name][:2]
        raise RefusalError(f"columns {first} and {second} have the same name")


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


def _markable(register: Register) -> tuple[str, ...]:
    """The fields that can hold something that cannot be read; each has a marker column beside it."""
    return tuple(name for name, shape in register.fields.items() if shape.type not in _ALWAYS_READ)


def _read_csv(intake: Intake) -> exp.Table:
    """DuckDB's reader with nothing left for it to guess.

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
    return exp.Table(this=exp.ReadCSV(this=exp.Literal.string(str(intake.copy)), expressions=settings))
