"""Parquet files, read where they are: a view in which every field is typed, and marked where it could not be read.

Nothing is copied, and whether a file is still the same can be asked later. A column that needs nothing done to it
anywhere is taken as it is, because that is how a query over it is fastest.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from glob import escape
from os import SEEK_END, stat_result
from pathlib import Path
from typing import cast

from sqlglot import exp

from policykit.engines.engine import refusal
from policykit.engines.query import Ask, column_named, fill, named, table_named
from policykit.engines.text_to_type import DUCKDB, IN_RANGE, Columns, Holds, Types, anywhere, find_unreadable
from policykit.model.registers import FieldShape, FieldType, Register
from policykit.rules import marker

_MARK, _SEALED = b"PAR1", b"PARE"
_SHORTEST = 12
# Keys compared with each other in one pass: so many fit into a fraction of the memory that the database may use.
_AT_ONCE = 2_000_000
_NUMBERS = "SELECT COUNT(*), COUNT(:key) FROM :rows"
_NOT_RISING = """SELECT EXISTS(SELECT 1 FROM (SELECT :key, LAG(:key) OVER () AS "the key before" FROM :rows) AS pairs
              WHERE NOT :key > "the key before" OR :unless)"""
_DISTINCT = "SELECT COUNT(DISTINCT HASH(:key)), COUNT(*) FROM :rows WHERE HASH(:key) % :parts = :part"
_SHARED = "SELECT :key FROM :rows GROUP BY :key HAVING COUNT(*) > 1"
_ODD = "REGEXP_MATCHES(:column, :odd)"
_HOLDS = {
    "VARCHAR": Holds.TEXT,
    '"NULL"': Holds.TEXT,  # a column without a single value, as some programs write it: blank whatever is needed
    "DATE": Holds.DAY,
    "BOOLEAN": Holds.FLAG,
    **{f"{sign}{size}INT": Holds.INTEGER for sign in ("", "U") for size in ("TINY", "SMALL", "BIG")},
    **dict.fromkeys(["INTEGER", "UINTEGER"], Holds.INTEGER),
}


@dataclass(frozen=True)
class ParquetFile:
    """A register that is read where its file is: its rows, its fields with unreadable values, and the file's digest."""

    path: Path
    rows: int
    marked: frozenset[str]
    digest: str
    _stamp: tuple[int, ...]

    def is_unchanged(self) -> bool:
        """Whether the file is still the one that was opened. Raises OSError where it is gone."""
        return stamp_of(self.path.stat()) == self._stamp


@dataclass(frozen=True)
class _Field:
    """A field and its column: what DuckDB calls that, which is not always what the file calls it, and what it holds."""

    shape: FieldShape
    column: exp.Expr
    holds: Holds


def is_parquet(path: Path) -> bool:
    """Whether a file is to be read as Parquet: its name says so."""
    return path.suffix.lower() == ".parquet"


def open_in_place(register: Register, path: Path, ask: Ask) -> ParquetFile:
    """Make the view of a register. Raises RefusalError, OSError, or an error of the engine: a damaged file."""
    stamp = stamp_of(path.stat())
    _look_at_ends(path)
    rows, fields, types = _rows_of(path), _find_fields(register, path, ask), DUCKDB.of(register)
    rising = _rise(fields[register.key], rows, types, ask)
    # Where the file says that all its numbers and days lie in range, DuckDB believes it, here as in any other query.
    asked = {name: _needs_work(field, types) for name, field in fields.items() if not (rising and name == register.key)}
    worked_on = anywhere(asked, rows, ask)
    ask(_create_view(register, rows, fields, worked_on))
    count = check_keys(register, ask, rising=rising)
    # A field that needed no work has nothing that cannot be read.
    found = ParquetFile(path, count, find_unreadable(register, ask, among=worked_on), _digest(path), stamp)
    if not found.is_unchanged():
        raise refusal("engines.file.changed")
    return found


def _look_at_ends(path: Path) -> None:
    """A Parquet file begins and ends with its mark; what ends without it was cut short."""
    with path.open("rb") as file:
        start = file.read(len(_MARK))
        size = file.seek(0, SEEK_END)
        file.seek(max(0, size - len(_MARK)))
        end = file.read()
    if _SEALED in {start, end}:
        raise refusal("engines.parquet.encrypted")
    if start != _MARK:
        raise refusal("engines.parquet.other")
    if end != _MARK or size < _SHORTEST:
        raise refusal("engines.parquet.cut-short")


def _rows_of(path: Path) -> exp.Table:
    """The rows of a file, with nothing left for DuckDB to guess from its name or its neighbours."""
    options = ("binary_as_string", "hive_partitioning", "union_by_name", "filename")
    settings = [exp.EQ(this=exp.column(name), expression=exp.false()) for name in options]
    return exp.Table(this=exp.ReadParquet(expressions=[_name_of(path), *settings]))


def _name_of(path: Path) -> exp.Literal:
    return exp.Literal.string(escape(str(path)))  # DuckDB takes a name for a pattern: here one that only this file fits


def _find_fields(register: Register, path: Path, ask: Ask) -> Mapping[str, _Field]:
    """Each field and its column. Raises RefusalError where it has none, or two, or one that holds something else."""
    schema = exp.select("name", "num_children").from_(exp.func("parquet_schema", _name_of(path)))
    described = ask(exp.Describe(this=exp.select("*").from_(_rows_of(path))))
    names = _top_names([(row[0], row[1]) for row in ask(schema)])
    held = {name: holds(row[1]) for name, row in zip(names, described, strict=False)}
    DUCKDB.expect(register, Columns(held, twice=frozenset(name for name in names if names.count(name) > 1)))
    at = {name: column_named(described[names.index(name)][0]) for name in register.fields}
    return {name: _Field(shape, at[name], held[name]) for name, shape in register.fields.items()}


def _top_names(schema: Sequence[tuple[str, int | None]]) -> list[str]:
    """The names of the columns from the tree in the file: each node's name and how many children follow it."""
    names, place = [], 1
    while place < len(schema):
        names.append(schema[place][0])
        left = 1
        while left and place < len(schema):  # all that is below it
            left += (schema[place][1] or 0) - 1
            place += 1
    return names


def holds(kind: str) -> Holds:
    """What a column of one of DuckDB's types holds."""
    if kind.startswith("TIMESTAMP") and not kind.endswith("TIME ZONE"):
        return Holds.MOMENT
    return Holds.TIME if kind.startswith("TIME") else _HOLDS.get(kind, Holds.OTHER)


def _create_view(
    register: Register, rows: exp.Table, fields: Mapping[str, _Field], worked_on: Collection[str]
) -> exp.Create:
    """Create the view of a register; the fields that are `worked_on` are read, all others taken as they are."""
    selected, types = [], DUCKDB.of(register)
    for name, field in fields.items():
        typed = types.typed(field.shape, field.column, field.holds) if name in worked_on else _as_it_is(field)
        selected.append(named(typed, name))
    for name in worked_on:
        field = fields[name]
        selected.append(named(types.is_unreadable(field.shape, field.column, field.holds), marker(name)))
    return exp.Create(this=table_named(register.id), kind="VIEW", expression=exp.select(*selected).from_(rows))


def _as_it_is(field: _Field) -> exp.Expr:
    """The column itself; whole numbers of any width as one type, which loses nothing."""
    kept = "TRY_CAST(:column AS BIGINT)" if field.holds is Holds.INTEGER else ":column"
    return fill(kept, "duckdb", column=field.column)


def _needs_work(field: _Field, types: Types) -> exp.Expr:
    """Whether a value needs to be looked at: it is blank, has white space around it, or may be unreadable."""
    if field.holds in IN_RANGE:
        return fill(f"NOT :column {IN_RANGE[field.holds]}", column=field.column)
    if field.holds is not Holds.TEXT:
        return exp.convert(field.holds is Holds.MOMENT)
    if field.shape.type is FieldType.CODE:
        return exp.not_(field.column.copy().isin(*map(exp.Literal.string, field.shape.values)))
    is_any_text = field.shape.type in {FieldType.REF, FieldType.TEXT}
    odd = exp.Literal.string(types.patterns(types.reading)["odd"])
    return fill(_ODD, "duckdb", column=field.column, odd=odd) if is_any_text and not types.reading.blank else exp.true()


def _rise(key: _Field, rows: exp.Table, types: Types, ask: Ask) -> bool:
    """Whether each key comes after the one before it, as in most exports, and needs no work: then no two are the same.

    The search ends at the first key for which that is not so. However many threads read the file, DuckDB compares the
    keys in one chain.
    """
    [(found,)] = ask(fill(_NOT_RISING, "duckdb", key=key.column, rows=rows, unless=_needs_work(key, types)))
    return not found


def check_keys(register: Register, ask: Ask, *, rising: bool = False) -> int:
    """The number of rows. Raises RefusalError where a key is blank or stands twice, unless they are `rising`."""
    key, rows = column_named(register.key), table_named(register.id)
    [(count, recorded)] = ask(fill(_NUMBERS, "duckdb", key=key, rows=rows))
    if recorded != count:
        raise refusal("engines.keys-blank", n=count - recorded)
    if not (rising or _differ(key, rows, int(count), ask)) and find_shared_keys(register, ask, limit=1):
        raise refusal("engines.key.twice")
    return int(count)


def find_shared_keys(register: Register, ask: Ask, limit: int | None = None) -> frozenset[str]:
    """The keys that stand twice, for whoever looks where; they are told to nobody."""
    shared = cast("exp.Select", fill(_SHARED, key=column_named(register.key), rows=table_named(register.id)))
    return frozenset(key for (key,) in ask(shared.limit(limit) if limit else shared))


def _differ(key: exp.Expr, rows: exp.Expr, count: int, ask: Ask) -> bool:
    """Whether keys have as many digests as there are rows, found in little memory; fewer may be chance."""
    parts = count // _AT_ONCE + 1
    for part in range(parts):
        numbers = {"parts": exp.convert(parts), "part": exp.convert(part)}
        [(distinct, rows_of_part)] = ask(fill(_DISTINCT, "duckdb", key=key, rows=rows, **numbers))
        if distinct != rows_of_part:
            return False
    return True


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def stamp_of(found: stat_result) -> tuple[int, ...]:
    """What changes where a file is written to, or another takes its place."""
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
