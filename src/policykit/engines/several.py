"""All engines of one run as one: each register is opened by the engine for its source, and counted where it is."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from policykit.engines.engine import Counted, Engine, Opened, Refused, Source, Table, Unit
from policykit.model.registers import Register, Value
from policykit.rules import Check, Setting, Values, reads


class Engines:
    """An engine for every source: one for all files, and one for each database, made when it is first needed.

    Rows that are built in are kept, and handed to whichever engine counts a check that reads them.
    """

    def __init__(self, files: Callable[[], Engine[Path]], database: Callable[[str], Engine[Table]]) -> None:
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
        """Make room for the engines to come."""
        self._room = ExitStack().__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close every engine that was opened."""
        self._room.__exit__(kind, error, traceback)

    def open(self, register: Register, source: Source, /) -> Opened | Refused:
        """Read the records of a register from a file, or see to it that a table can be read."""
        if isinstance(source, Path):
            files = self._files()
            self._of_register[register.id] = files
            return files.open(register, source)
        database = self._database(source.url_env)
        self._of_register[register.id] = database
        return database.open(register, source)

    def build_in(self, register: Register, rows: Iterable[Values]) -> None:
        """Keep rows that do not come from a source, for the engine that will need them."""
        self._built_in[register.id] = (register, tuple(rows))

    def count(self, check: Check, setting: Setting) -> Counted | Refused:
        """Count a check where the registers that it reads are."""
        engine = self._engine_of(check, setting)
        return engine if isinstance(engine, Refused) else engine.count(check, setting)

    def keys(self, check: Check, setting: Setting, limit: int) -> tuple[Unit, ...] | Refused:
        """Ask where the check was counted."""
        engine = self._engine_of(check, setting)
        return engine if isinstance(engine, Refused) else engine.keys(check, setting, limit)

    def look_up(
        self, register: Register, values: Mapping[str, Value], limit: int | None
    ) -> tuple[Values, ...] | Refused:
        """Ask where the register was opened."""
        return self._of_register[register.id].look_up(register, values, limit)

    def _engine_of(self, check: Check, setting: Setting) -> Engine[Path] | Engine[Table] | Refused:
        """The one engine that holds all that a check reads; where everything is built in, that of the files."""
        names = reads(check, setting)
        engines = {id(engine): engine for name in names if (engine := self._of_register.get(name))}
        if len(engines) > 1:
            return Refused("the records that it reads are kept in different places")
        engine = next(iter(engines.values()), None) or self._files()
        for name in names:
            if name in self._built_in and (id(engine), name) not in self._handed:
                engine.build_in(*self._built_in[name])
                self._handed.add((id(engine), name))
        return engine

    def _files(self) -> Engine[Path]:
        if self._of_files is None:
            self._of_files = self._room.enter_context(self._make_for_files())
        return self._of_files

    def _database(self, url_env: str) -> Engine[Table]:
        if url_env not in self._of_databases:
            self._of_databases[url_env] = self._room.enter_context(self._make_for_database(url_env))
        return self._of_databases[url_env]
