"""What runs expects of an engine: it opens registers and counts checks over them, and hands on nothing but counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol, Self, TypeVar

from policykit.model.registers import Register, Value
from policykit.model.results import Counts, RowCounts, ValueCounts
from policykit.rules import Check, Setting, Values


@dataclass(frozen=True)
class Table:
    """A table of a database or cluster whose URL an environment variable holds; only who connects ever reads that.

    With a `folder` it is no table but the Parquet files there, which only Spark reads in place.
    """

    url_env: str
    name: str
    folder: Path | None = None


Source = Path | Table
"""Where the records of a register are."""


@dataclass(frozen=True)
class TextOfRows:
    """Rows as columns of text, each as long as the others; None where blank."""

    columns: Mapping[str, Sequence[str | None]]


@dataclass(frozen=True)
class StreamOfRows:
    """Rows as an Arrow stream: the capsule that `__arrow_c_stream__` gives, which can be read once."""

    capsule: object


Given = TextOfRows | StreamOfRows
"""The records of a register as a program gives them."""

SourceT_contra = TypeVar("SourceT_contra", contravariant=True)


@dataclass(frozen=True)
class Opened:
    """A register that was opened: how many rows it has, and the digest of exactly the bytes that were read.

    `digest` is None where there are no bytes of our own to digest, as in a database.
    """

    rows: int
    digest: str | None


@dataclass(frozen=True)
class Refused:
    """Why something was not done: one clause in our own words that quotes no record and no engine."""

    why: str


@dataclass(frozen=True)
class Counted:
    """What counting one check brought; `rows` and `by` are None without a for_each."""

    counts: Counts
    rows: RowCounts | None
    by: dict[str, ValueCounts] | None


@dataclass(frozen=True)
class Unit:
    """A unit that does not conform, or cannot be told: the key of its row, and with a for_each its value."""

    key: str
    value: str | None
    state: Literal["violate", "unknown"]


class Engine(Protocol[SourceT_contra]):
    """Opens registers from one kind of source and counts checks; a context manager that leaves nothing behind.

    A register is opened before a check that reads it is counted. No method raises because of what records hold.
    """

    @property
    def name(self) -> str:
        """The engine and its version, such as `duckdb 2.0.0`; empty where there is nothing at hand yet."""

    def __enter__(self) -> Self:
        """Make room for the registers of one run."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Clear everything away again."""

    def open(self, register: Register, source: SourceT_contra, /) -> Opened | Refused:
        """Read the records of a register, or see to it that they can be read where they are."""

    def build_in(self, register: Register, rows: Iterable[Values]) -> None:
        """Take in rows that do not come from a file: the law, the organisation, the lists of the pack."""

    def count(self, check: Check, setting: Setting) -> Counted | Refused:
        """Count the units of a check."""

    def keys(self, check: Check, setting: Setting, limit: int) -> tuple[Unit, ...] | Refused:
        """The units of a check that violate or cannot be told, not more than `limit`, in any order."""

    def look_up(
        self, register: Register, values: Mapping[str, Value], limit: int | None
    ) -> tuple[Values, ...] | Refused:
        """The rows of a register that was opened whose fields hold these values, not more than `limit`.

        A row holds `marker(field)` too where the value of the field could not be read.
        """
