"""Opening a Parquet file where it is: nothing of it is copied, and whether it is still the same can be asked later."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from os import SEEK_END, stat_result
from pathlib import Path

from sqlglot import exp

from policykit.engines.parquet_columns import ParquetColumn, ParquetRefusedError, find_columns, top_names
from policykit.engines.parquet_keys import Ask, check_keys, rise
from policykit.engines.parquet_view import create_view, find_unreadable, find_work, needs_work, rows_of
from policykit.model.registers import Register

_MARK, _SEALED = b"PAR1", b"PARE"
_SHORTEST = 12


@dataclass(frozen=True)
class InPlace:
    """A register that is read where its file is: its rows, its fields with unreadable values, and the file's digest."""

    path: Path
    rows: int
    marked: frozenset[str]
    digest: str
    _stamp: tuple[int, ...]

    def is_unchanged(self) -> bool:
        """Whether the file is still the one that was opened. Raises OSError where it is gone."""
        return _stamp_of(self.path.stat()) == self._stamp


def is_parquet(path: Path) -> bool:
    """Whether a file is to be read as Parquet: its name says so."""
    return path.suffix.lower() == ".parquet"


def open_in_place(register: Register, path: Path, ask: Ask) -> InPlace:
    """Make the view of a register. Raises ParquetRefusedError, OSError, or an error of the engine: a damaged file."""
    stamp = _stamp_of(path.stat())
    _look_at_ends(path)
    columns = _columns(register, path, ask)
    rising = _rise(register, path, columns, ask)
    others = [name for name in register.fields if not (rising and name == register.key)]
    worked_on = _found(others, partial(find_work, register, path, columns), ask)
    ask(create_view(register, path, columns, worked_on))
    rows = check_keys(register, ask, rising=rising)
    # A field that needed no work has nothing that cannot be read.
    marked = _found(sorted(worked_on), partial(find_unreadable, register, path, columns), ask)
    found = InPlace(path, rows, marked, _digest(path), stamp)
    if not found.is_unchanged():
        msg = "its file was changed while it was read"
        raise ParquetRefusedError(msg)
    return found


def _look_at_ends(path: Path) -> None:
    """A Parquet file begins and ends with its mark; what ends without it was cut short."""
    with path.open("rb") as file:
        start = file.read(len(_MARK))
        size = file.seek(0, SEEK_END)
        file.seek(max(0, size - len(_MARK)))
        end = file.read()
    if _SEALED in {start, end}:
        msg = "the Parquet file is encrypted"
    elif start != _MARK:
        msg = "it is not a Parquet file"
    elif end != _MARK or size < _SHORTEST:
        msg = "the Parquet file is cut short"
    else:
        return
    raise ParquetRefusedError(msg)


def _columns(register: Register, path: Path, ask: Ask) -> Mapping[str, ParquetColumn]:
    schema = exp.select("name", "num_children").from_(exp.func("parquet_schema", exp.Literal.string(str(path))))
    described = ask(exp.Describe(this=exp.select("*").from_(rows_of(path))))
    return find_columns(register, top_names([(row[0], row[1]) for row in ask(schema)]), [row[:2] for row in described])


def _rise(register: Register, path: Path, columns: Mapping[str, ParquetColumn], ask: Ask) -> bool:
    """Whether the keys, as they are, rise and need no work; one pass finds both."""
    column = columns[register.key]
    key = exp.column(column.name, quoted=True)
    return rise(key, rows_of(path), needs_work(register.fields[register.key], column), ask)


def _found(fields: Sequence[str], find: Callable[[Sequence[str]], exp.Expr], ask: Ask) -> frozenset[str]:
    """The fields of which the answer to a query is yes; about no field there is no query."""
    if not fields:
        return frozenset()
    [found] = ask(find(fields))
    return frozenset(field for field, is_so in zip(fields, found, strict=True) if is_so)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _stamp_of(found: stat_result) -> tuple[int, ...]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
