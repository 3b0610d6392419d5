"""Engines: where records are opened and checks are counted. Nothing above this room ever sees a row.

Begin with `engine`, what an engine is, and `counting`, the one query that all of them ask. `duck` is for files: what
begins with `csv`, `excel` or `parquet` brings these to it. `sql` is for databases and `spark` for clusters, each with
the modules that begin like it. `several` makes one engine of all, and `private_folder`
is where records that are copied lie meanwhile. `given` is for rows that a program has, `statement` for the query alone.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from policykit.engines.engine import (
    Counted,
    Engine,
    Given,
    Opened,
    Refused,
    Source,
    StreamOfRows,
    Table,
    TextOfRows,
    Unit,
)
from policykit.engines.private_folder import PrivateFolder
from policykit.engines.several import Engines
from policykit.engines.spark_url import is_spark
from policykit.engines.statement import DIALECTS, count_statement

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from policykit.engines.given import MemoryEngine


def open_engine(
    files: Callable[[], Engine[Path]] | None = None, *, spark: "SparkSession | None" = None
) -> Engine[Source]:
    """The engines for records wherever they are: DuckDB for files, unless another is named. A context manager.

    Where an environment variable holds the URL of a Spark, its tables are Spark's; every other URL is a database's.
    With a session of Spark, tables are read in that where the variable holds such a URL, or nothing at all. The session
    stays open, and its settings are put back.
    """
    return Engines(files or _open_duck, partial(_open_database, spark))


def _open_duck() -> Engine[Path]:
    from policykit.engines.duck import DuckEngine  # noqa: PLC0415 - only who counts waits for a database to load

    return DuckEngine()


def _open_database(spark: "SparkSession | None", url_env: str) -> Engine[Table]:
    url = os.environ.get(url_env, "")
    if is_spark(url) or (spark is not None and not url):
        from policykit.engines.spark import SparkEngine  # noqa: PLC0415 - as with a database

        return SparkEngine(url_env, spark)
    from policykit.engines.sql import SqlEngine  # noqa: PLC0415 - only who has records in a database needs its driver

    return SqlEngine(url_env)


def open_memory() -> "MemoryEngine":
    """An engine for rows that a program gives, which counts them in memory. A context manager."""
    from policykit.engines.given import MemoryEngine  # noqa: PLC0415 - as with files

    return MemoryEngine()


__all__ = [
    "DIALECTS",
    "Counted",
    "Engine",
    "Given",
    "Opened",
    "PrivateFolder",
    "Refused",
    "Source",
    "StreamOfRows",
    "Table",
    "TextOfRows",
    "Unit",
    "count_statement",
    "open_engine",
    "open_memory",
]
