"""Engines: where records are opened and checks are counted. Nothing above this room ever sees a row.

Begin with `engine`, what an engine is, and `query`, what all of them are asked. The face of each folder is an engine:
`files` is DuckDB, which CSV files, workbooks and Parquet are brought to; `database` and `spark` read records that stay
where they are, as `in_place` has it. `text_to_type` says what text is what type, and `private_folder` is where records
that are copied lie meanwhile.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from sqlglot import exp

from policykit.engines.engine import Engine, Opened, RefusalError, Refused, Source, Table
from policykit.engines.private_folder import PrivateFolder
from policykit.engines.query import Counted, Lines, Unit
from policykit.model.registers import Register
from policykit.rules import Values

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SourceT = TypeVar("SourceT")

_SPARK = re.compile(r"(?:spark|sc|k8s)://\S+|yarn|local(?:\[[0-9*,]+\])?")
"""The URLs that Spark takes, such as spark://host:7077, sc://host:15002, yarn or local[2]."""


class Engines(Engine[Source]):
    """All engines of one run as one: one for files, and one for each database, made when it is first needed.

    Each register is opened by the engine for its source, and counted there. Rows that are built in are kept, and handed
    to whichever engine counts a check that reads them.
    """

    def __init__(self, files: Callable[[], Engine[Path]], database: Callable[[str], Engine[Table]]) -> None:
        super().__init__()
        self._make_for_files = files
        self._make_for_database = database
        self._of_files: Engine[Path] | None = None
        self._of_databases: dict[str, Engine[Table]] = {}
        self._of_register: dict[str, Engine[Path] | Engine[Table]] = {}
        self._built_in: dict[str, tuple[Register, tuple[Values, ...]]] = {}
        self._handed: set[tuple[int, str]] = set()

    @property
    def name(self) -> str:
        """All engines that were used and their versions, such as `duckdb 2.0.0, postgresql 15.16`."""
        files = [self._of_files.name] if self._of_files else []
        used = [*files, *(database.name for database in self._of_databases.values())]
        return ", ".join(dict.fromkeys(filter(None, used))) or "none"

    def __enter__(self) -> Self:
        self._room = ExitStack()
        return self

    def close(self) -> None:
        """Close every engine that was opened."""
        self._room.close()

    def take_in(self, register: Register, source: Source, /) -> Opened:
        """Have the engine for the source take it in."""
        if isinstance(source, Path):
            files = self._of_register[register.id] = self._files()
            return files.take_in(register, source)
        database = self._of_register[register.id] = self._database(source.url_env)
        return database.take_in(register, source)

    def build_in(self, register: Register, rows: Iterable[Values]) -> None:
        """Keep rows that do not come from a source, for the engine that will need them."""
        self._built_in[register.id] = (register, tuple(rows))

    def ask(self, query: exp.Expr, read: Mapping[str, frozenset[str]]) -> Lines:
        """Ask the one engine that holds all that is read; where everything is built in, that of the files."""
        engines = {id(engine): engine for name in read if (engine := self._of_register.get(name))}
        if len(engines) > 1:
            raise RefusalError("the records that it reads are kept in different places", stands_alone=True)
        engine = next(iter(engines.values()), None) or self._files()
        for name in read:
            if name in self._built_in and (id(engine), name) not in self._handed:
                engine.build_in(*self._built_in[name])
                self._handed.add((id(engine), name))
        return engine.ask(query, read)

    def _files(self) -> Engine[Path]:
        if self._of_files is None:
            self._of_files = self._entered(self._make_for_files())
        return self._of_files

    def _database(self, url_env: str) -> Engine[Table]:
        if url_env not in self._of_databases:
            self._of_databases[url_env] = self._entered(self._make_for_database(url_env))
        return self._of_databases[url_env]

    def _entered(self, engine: Engine[SourceT]) -> Engine[SourceT]:
        engine.marked = self.marked
        return self._room.enter_context(engine)


def open_engine(
    files: Callable[[], Engine[Path]] | None = None, *, spark: "SparkSession | None" = None
) -> Engine[Source]:
    """The engines for records wherever they are: DuckDB for files, unless another is named. A context manager.

    Where an environment variable holds the URL of a Spark, its tables are Spark's; every other URL is a database's.
    With a session of Spark, tables are read in that where the variable holds such a URL, or nothing at all. The session
    stays open, and its settings are put back.
    """
    return Engines(files or _of_files, partial(_of_tables, spark))


def _of_files() -> Engine[Path]:
    from policykit.engines.files import DuckEngine  # noqa: PLC0415 - only who counts waits for a database to load

    return DuckEngine()


def _of_tables(spark: "SparkSession | None", url_env: str) -> Engine[Table]:
    url = os.environ.get(url_env, "").strip()
    if _SPARK.fullmatch(url) or (spark is not None and not url):
        from policykit.engines.spark import SparkEngine  # noqa: PLC0415 - as with a database

        return SparkEngine(url_env, spark)
    from policykit.engines.database import DatabaseEngine  # noqa: PLC0415 - only who has tables needs what asks them

    return DatabaseEngine(url_env)


__all__ = ["Counted", "Engine", "Opened", "PrivateFolder", "Refused", "Source", "Table", "Unit", "open_engine"]
