"""Engines: where records are opened and checks are counted. Nothing above this room ever sees a row."""

import os
from collections.abc import Callable
from pathlib import Path

from policykit.engines.engine import Counted, Engine, Opened, Refused, Source, Table, Unit
from policykit.engines.several import Engines
from policykit.engines.spark_url import is_spark


def open_engine(files: Callable[[], Engine[Path]] | None = None) -> Engine[Source]:
    """The engines for records wherever they are: DuckDB for files, unless another is named. A context manager.

    Where an environment variable holds the URL of a Spark, its tables are Spark's; every other URL is a database's.
    """
    return Engines(files or _open_duck, _open_database)


def _open_duck() -> Engine[Path]:
    from policykit.engines.duck import DuckEngine  # noqa: PLC0415 - only who counts waits for a database to load

    return DuckEngine()


def _open_database(url_env: str) -> Engine[Table]:
    if is_spark(os.environ.get(url_env, "")):
        from policykit.engines.spark import SparkEngine  # noqa: PLC0415 - as with a database

        return SparkEngine(url_env)
    from policykit.engines.sql import SqlEngine  # noqa: PLC0415 - only who has records in a database needs its driver

    return SqlEngine(url_env)


__all__ = ["Counted", "Engine", "Opened", "Refused", "Source", "Table", "Unit", "open_engine"]
