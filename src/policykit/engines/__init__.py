"""Engines: where records are opened and checks are counted. Nothing above this room ever sees a row.

Begin with `engine`, what an engine is, `query`, what all of them are asked of a check, and `whole_registers`, what they
are asked of registers. `files` is DuckDB, which CSV files, workbooks and Parquet are brought to; `in_place` has the
engines for records that stay in a `database` or in `spark`. `text_to_type` says what text is what type, and `dialects`
how a query is said where; `private_folder` is where records that are copied lie meanwhile.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sqlglot import exp

from policykit.engines.dialects import DIALECTS, count_statement
from policykit.engines.engine import (
    Engine,
    Given,
    Opened,
    RefusalError,
    Refused,
    Source,
    StreamOfRows,
    Table,
    TextOfRows,
)
from policykit.engines.in_place import InPlaceEngine
from policykit.engines.private_folder import PrivateFolder
from policykit.engines.query import Counted, Lines, Unit
from policykit.engines.whole_registers import Odd
from policykit.english import say
from policykit.model.registers import Register
from policykit.rules import Values

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from policykit.engines.files import MemoryEngine


class Engines(Engine[Source]):
    """All engines of one run as one: one for files, and one for each database, made when it is first needed.

    Each register is opened by the engine for its source, and counted there. Rows that are built in are kept, and handed
    to whichever engine counts a check that reads them. Files are DuckDB's, unless another engine is named.

    A session of Spark stays open, and its settings are put back.
    """

    def __init__(self, files: Callable[[], Engine[Path]] | None = None, *, spark: "SparkSession | None" = None) -> None:
        super().__init__()
        self._make_for_files = files or _duck_engine
        self._spark = spark
        self._engines: dict[str, Engine[Any]] = {}  # by the variable of the URL; that of files has none
        self._of_register: dict[str, Engine[Any]] = {}
        self._built_in: dict[str, tuple[Register, tuple[Values, ...]]] = {}
        self._handed: set[tuple[int, str]] = set()

    @property
    def name(self) -> str:
        """All engines that were used and their versions, such as `duckdb 2.0.0, postgresql 15.16`."""
        names = (self._engines[variable].name for variable in sorted(self._engines, key=bool))
        return ", ".join(dict.fromkeys(filter(None, names))) or "none"

    def __enter__(self) -> Self:
        self._room = ExitStack()
        return self

    def close(self) -> None:
        """Close every engine that was opened."""
        self._room.close()

    def take_in(self, register: Register, source: Source, /) -> Opened:
        """Have the engine for the source take it in."""
        engine = self._of_register[register.id] = self._engine("" if isinstance(source, Path) else source.url_env)
        return engine.take_in(register, source)

    def build_in(self, register: Register, rows: Iterable[Values]) -> None:
        """Keep rows that do not come from a source, for the engine that will need them."""
        self._built_in[register.id] = (register, tuple(rows))

    def ask(self, query: exp.Expr, read: Mapping[str, frozenset[str]]) -> Lines:
        """Ask the one engine that holds all that is read; where everything is built in, that of the files."""
        engines = {id(engine): engine for name in read if (engine := self._of_register.get(name))}
        if len(engines) > 1:
            raise RefusalError(say("engines.in-different-places"), "check-stopped", stands_alone=True)
        engine = next(iter(engines.values()), None) or self._engine("")
        for name in read:
            if name in self._built_in and (id(engine), name) not in self._handed:
                engine.build_in(*self._built_in[name])
                self._handed.add((id(engine), name))
        return engine.ask(query, read)

    def values_digest(self, register: Register) -> str | None:
        """What the engine that holds the register says."""
        return self._of_register[register.id].values_digest(register) if register.id in self._of_register else None

    def _engine(self, url_env: str) -> Engine[Any]:
        if url_env not in self._engines:
            engine = InPlaceEngine(url_env, self._spark) if url_env else self._make_for_files()
            engine.marked, engine.places = self.marked, self.places
            self._engines[url_env] = self._room.enter_context(engine)
        return self._engines[url_env]


def _duck_engine() -> Engine[Path]:
    from policykit.engines.files import DuckEngine  # noqa: PLC0415 - only who counts waits for a database to load

    return DuckEngine()


def open_memory() -> "MemoryEngine":
    """An engine for rows that a program gives, which counts them in memory. A context manager."""
    from policykit.engines.files import MemoryEngine  # noqa: PLC0415 - as with files

    return MemoryEngine()


__all__ = [
    "DIALECTS",
    "Counted",
    "Engine",
    "Engines",
    "Given",
    "Odd",
    "Opened",
    "PrivateFolder",
    "Refused",
    "Source",
    "StreamOfRows",
    "Table",
    "TextOfRows",
    "Unit",
    "count_statement",
    "open_memory",
]
