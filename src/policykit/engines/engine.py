"""What an engine is: it opens registers and answers queries; what is asked of it, and how it refuses, stands here once.

Nothing above this room ever sees a row, and no message of a database or a reader gets out: only the name of its error.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Generic, ParamSpec, Self, TypeVar

from sqlglot import exp

from policykit.engines.query import (
    Counted,
    Lines,
    Unit,
    count_query,
    keys_query,
    read_counts,
    read_rows,
    read_units,
    rows_query,
)
from policykit.engines.whole_registers import (
    Odd,
    alike_query,
    between_query,
    find_odd,
    strangers_query,
    unseen_query,
)
from policykit.english import say
from policykit.model.registers import Register, Value
from policykit.model.results import RefusalKind
from policykit.problems import NO_ROOM
from policykit.rules import Check, DeclaredRegister, Pair, Setting, Values, each_of, read_by_scopes, reads

_FULL, _FULL_SAID = "full", (*map(os.strerror, NO_ROOM), "max_temp_directory_size")
_IN_WORDS = {
    _FULL: "engines.no-room",
    **dict.fromkeys(("MemoryError", "OutOfMemoryException"), "engines.no-memory"),
}

SourceT_contra = TypeVar("SourceT_contra", contravariant=True)
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Table:
    """A table of a database or cluster whose URL an environment variable holds; only who connects ever reads that.

    With a `folder` it is no table but the Parquet files there, which only Spark reads in place.
    """

    url_env: str
    name: str
    folder: Path | None = None


Source = Path | Table  # where the records of a register are


@dataclass(frozen=True)
class TextOfRows:
    """Rows as columns of text, each as long as the others; None where blank."""

    columns: Mapping[str, Sequence[str | None]]


@dataclass(frozen=True)
class StreamOfRows:
    """Rows as an Arrow stream: the capsule that `__arrow_c_stream__` gives, which can be read once."""

    capsule: object


Given = TextOfRows | StreamOfRows  # the records of a register as a program gives them


@dataclass(frozen=True)
class Opened:
    """A register that was opened: how many rows it has, and the digest of exactly the bytes that were read.

    `digest` is None where there are no bytes of our own to digest, as in a database.
    """

    rows: int
    digest: str | None


@dataclass(frozen=True)
class Refused:
    """Why something was not done: one clause in our own words that quotes no record and no engine, and its kind."""

    why: str
    kind: RefusalKind = field(default="records-damaged", compare=False, repr=False)


class RefusalError(Exception):
    """Something cannot be done; the message is a clause in our own words. At its face an engine hands on `Refused`.

    Before all that do not stand alone, a query says what could not be done.
    """

    def __init__(self, why: str, kind: RefusalKind, *, stands_alone: bool = False) -> None:
        super().__init__(why)
        self.kind = kind
        self.stands_alone = stands_alone


_KINDS: Mapping[str, RefusalKind] = {
    "engines.column": "records-columns",
    "engines.needed": "records-columns",
    "engines.key": "records-keys",
    "engines.csv.line-not-utf-8": "records-encoding",
    "engines.csv.utf-16": "records-encoding",
    "engines.header.below": "records-header",
    "engines.header": "records-separator",
    "engines.names": "records-names",
    "engines.workbook.sheet": "records-sheet",
    "engines.file.changed": "records-changed",
    "engines.database.no-table": "records-missing",
    "engines.spark.no-folder": "records-missing",
    "engines.spark.no-parquet": "records-missing",
    "engines.spark.no-table": "records-missing",
    "engines.sqlite.damaged": "records-damaged",
    "engines.sqlite.missing": "records-missing",
    "engines.sqlite.other": "records-damaged",
    "engines.database": "records-unreachable",
    "engines.postgres": "records-unreachable",
    "engines.spark": "records-unreachable",
    "engines.sqlite": "records-unreachable",
    "engines.workbook.not-installed": "records-unreachable",
}
"""The kind of a refusal by how its message begins, the longer beginnings first; all others are damage."""


def refusal(message: str, /, **places: object) -> RefusalError:
    """The refusal that says a message of the catalogue."""
    return RefusalError(say(message, **places), kind_of(message))


def kind_of(message: str) -> RefusalKind:
    """What kind of refusal a message is."""
    return next((kind for start, kind in _KINDS.items() if message.startswith(start)), "records-damaged")


def _kind_of(error: Exception) -> str:
    """What kind of error it is: its class, unless the temporary folder is full, which engines hide in classes."""
    is_full = isinstance(error, OSError) and error.errno in NO_ROOM
    return _FULL if is_full or any(words in str(error) for words in _FULL_SAID) else type(error).__name__


def _said(kind: str) -> str:
    """The kind of an error in words. To be said when the error is let go, and with it what may fill the memory."""
    return say(_IN_WORDS[kind]) if kind in _IN_WORDS else kind


def _or_refused(failed: str) -> Callable[[Callable[Asked, Answer]], Callable[Asked, Answer | Refused]]:
    """What a method gives, or why it gives nothing: of all that goes wrong nothing but a name may be told."""

    def decorate(method: Callable[Asked, Answer]) -> Callable[Asked, Answer | Refused]:
        def answer(*given: Asked.args, **named: Asked.kwargs) -> Answer | Refused:
            try:
                return method(*given, **named)
            except RefusalError as refused:
                if refused.stands_alone:
                    return Refused(str(refused), refused.kind)
                return Refused(say(failed, why=refused), "check-stopped")
            except Exception as error:  # noqa: BLE001 - messages of an engine quote records, so none may get out
                kind = _kind_of(error)
            return Refused(say(failed, why=_said(kind)), "check-stopped")

        return wraps(method)(answer)

    return decorate


class Engine(ABC, Generic[SourceT_contra]):
    """Opens registers from one kind of source and counts checks; a context manager that leaves nothing behind.

    A register is opened before a check that reads it is counted. No method raises because of what records hold.
    `marked` holds, by register, the fields in which something was found that cannot be read; `places`, where rows have
    an order, how to say where the row with a number stands, from 1.
    """

    not_opened = "engines.not-loaded"  # what is said of an error that nobody foresaw

    def __init__(self) -> None:
        self.marked: dict[str, frozenset[str]] = {}
        self.places: dict[str, Callable[[int], str]] = {}

    @property
    @abstractmethod
    def name(self) -> str:
        """The engine and its version, such as `duckdb 2.0.0`; empty where there is nothing at hand yet."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Clear everything away again."""

    def open(self, register: Register, source: SourceT_contra, /) -> Opened | Refused:
        """Read the records of a register, or see to it that they can be read where they are."""
        try:
            return self.take_in(register, source)
        except RefusalError as refused:
            return Refused(str(refused), refused.kind)
        except Exception as error:  # noqa: BLE001 - messages of an engine quote records, so none may get out
            kind = _kind_of(error)
        return Refused(say(self.not_opened, why=_said(kind)), kind_of(self.not_opened))

    @abstractmethod
    def take_in(self, register: Register, source: SourceT_contra, /) -> Opened:
        """What `open` does; raises RefusalError where it cannot be done."""

    @abstractmethod
    def build_in(self, register: Register, rows: Iterable[Values]) -> None:
        """Take in rows that do not come from a file: the law, the organisation, the lists of the pack."""

    @abstractmethod
    def ask(self, query: exp.Expr, read: Mapping[str, frozenset[str]]) -> Lines:
        """All lines of the answer to a query that reads these fields of these registers. Raises RefusalError."""

    def values_digest(self, register: Register) -> str | None:  # noqa: ARG002 - for whoever can say it
        """The digest of a register's typed rows whatever their order; None where it cannot be had cheaply."""
        return None

    @_or_refused("engines.not-counted")
    def count(self, check: Check, setting: Setting) -> Counted:
        """Count the units of a check."""
        query = count_query(check, setting, self.marked)
        return read_counts(self.ask(query, reads(check, setting)), each_of(check, setting))

    @_or_refused("engines.not-counted")
    def unseen(self, register: DeclaredRegister, checks: Sequence[Check], setting: Setting) -> tuple[int, int]:
        """How many rows of a register are in the scope of none of the checks, and how many of these the pack explains.

        All that is read was opened.
        """
        read = read_by_scopes(checks, register, setting)
        marked = {register.id: self.marked.get(register.id, frozenset()) & read[register.id]}
        [(number, told)] = self.ask(unseen_query(register, checks, setting, marked), read)
        return number, told

    @_or_refused("engines.not-counted")
    def strangers(self, register: Register, pairs: Sequence[Pair]) -> tuple[int, ...]:
        """How many rows of a register match no row of ours, for each pair of registers that is looked up."""
        read = {register.id: frozenset(their for pair in pairs for their, _ in pair.match)}
        for pair in pairs:
            read[pair.ours] = read.get(pair.ours, frozenset()) | {our for _, our in pair.match}
        [found] = self.ask(strangers_query(register, pairs), read)
        return tuple(found)

    @_or_refused("engines.not-counted")
    def between(self, register: Register, field: str, first: date, last: date) -> int:
        """How many rows of a register have a day in a field from the first to the last."""
        [(number,)] = self.ask(between_query(register, field, first, last), {register.id: frozenset({field})})
        return int(number)

    @_or_refused("engines.not-listed")
    def keys(self, check: Check, setting: Setting, limit: int) -> tuple[Unit, ...]:
        """The units of a check that violate or cannot be told, and rows that cannot be read, in any order.

        There are not more than `limit`.
        """
        query = keys_query(check, setting, self.marked, limit)
        return read_units(self.ask(query, reads(check, setting)), limit)

    @_or_refused("engines.not-read")
    def look_up(self, register: Register, values: Mapping[str, Value], limit: int | None) -> tuple[Values, ...]:
        """The rows of a register that was opened whose fields hold these values, not more than `limit`.

        A row holds `marker(field)` too where the value of the field could not be read.
        """
        marked = sorted(self.marked.get(register.id, ()))
        query = rows_query(register, values, marked, limit)
        return read_rows(register, marked, self.ask(query, {register.id: frozenset(register.fields)}))

    @_or_refused("engines.not-read")
    def find_odd(self, register: Register) -> tuple[Odd, ...]:
        """What is odd in a register that was opened."""
        marked = sorted(self.marked.get(register.id, ()))
        read = {register.id: frozenset({register.key, *marked})}
        return find_odd(register, marked, lambda query: self.ask(query, read), self.places.get(register.id))

    @_or_refused("engines.not-read")
    def count_alike(self, own: tuple[str, str], other: tuple[str, str]) -> int:
        """How many values of one field are in the other only with other capital letters.

        The fields are of two registers that were opened, and each is named with its own.
        """
        [(number,)] = self.ask(alike_query(own, other), {name: frozenset({field}) for name, field in (own, other)})
        return int(number)
