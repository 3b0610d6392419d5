"""An engine that lists the units behind its counts, for the one file that may hold keys."""

from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import Self

from policykit.engines import Counted, Engine, Opened, Refused, Source, Unit
from policykit.model.registers import Register, Value
from policykit.rules import Check, Setting, Values

Listed = Callable[[Check, tuple[Unit, ...] | Refused], None]
"""Takes the units of a check that violate or cannot be told, once each check was counted."""


class Listing:
    """Another engine with one thing more: where counting finds units that do not conform, their keys are handed over.

    So the keys are those of the very records that were counted, and no result ever holds one.
    """

    def __init__(self, engine: Engine[Source], listed: Listed, limit: int) -> None:
        self._engine = engine
        self._listed = listed
        self._limit = limit

    @property
    def name(self) -> str:
        """The name of the engine that counts."""
        return self._engine.name

    def __enter__(self) -> Self:
        """As the engine that counts."""
        self._engine.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """As the engine that counts."""
        self._engine.__exit__(kind, error, traceback)

    def open(self, register: Register, source: Source, /) -> Opened | Refused:
        """As the engine that counts."""
        return self._engine.open(register, source)

    def build_in(self, register: Register, rows: Iterable[Values]) -> None:
        """As the engine that counts."""
        self._engine.build_in(register, rows)

    def count(self, check: Check, setting: Setting) -> Counted | Refused:
        """Count, and hand over the keys of what does not conform."""
        counted = self._engine.count(check, setting)
        if isinstance(counted, Counted) and counted.counts.violate + counted.counts.unknown:
            self._listed(check, self._engine.keys(check, setting, self._limit))
        return counted

    def keys(self, check: Check, setting: Setting, limit: int) -> tuple[Unit, ...] | Refused:
        """As the engine that counts."""
        return self._engine.keys(check, setting, limit)

    def look_up(
        self, register: Register, values: Mapping[str, Value], limit: int | None
    ) -> tuple[Values, ...] | Refused:
        """As the engine that counts."""
        return self._engine.look_up(register, values, limit)
