"""Engines: where records are opened and checks are counted. Nothing above this room ever sees a row."""

from collections.abc import Callable
from pathlib import Path

from policykit.engines.engine import Counted, Engine, Opened, Refused, Source, Table, Unit
from policykit.engines.several import Engines


def open_engine(files: Callable[[], Engine[Path]] | None = None) -> Engine[Source]:
    """The engines for records wherever they are: DuckDB for files, unless another is named. A context manager."""
    return Engines(files or _open_duck, _open_database)


def _open_duck() -> Engine[Path]:
    from policykit.engines.duck import DuckEngine  # noqa: PLC0415 - only who counts waits for a database to load

    return DuckEngine()


def _open_database(url_env: str) -> Engine[Table]:
    from policykit.engines.sql import SqlEngine  # noqa: PLC0415 - only who has records in a database needs its driver

    return SqlEngine(url_env)


__all__ = ["Counted", "Engine", "Opened", "Refused", "Source", "Table", "Unit", "open_engine"]
