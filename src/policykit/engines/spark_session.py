"""A session of Spark that is only ever asked: one that is at hand, a cluster's, or one on this machine.

Java writes on the terminal whatever it likes, with SQL and records in it: a Spark that is started here writes nowhere.
No message of Spark gets out of here either, nothing but its name.
"""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from policykit.engines.spark_patience import in_time, knock
from policykit.engines.spark_url import is_on_this_machine
from policykit.engines.sql_refusal import DatabaseRefusedError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_NEEDED = MappingProxyType(
    {
        "spark.sql.ansi.enabled": "false",  # what cannot be cast is blank and marked, never an error
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.caseSensitive": "true",
        "spark.sql.variable.substitute": "false",  # else ${...} in a rule's text would be looked up
        "spark.sql.parser.escapedStringLiterals": "false",
        "spark.sql.parser.quotedRegexColumnNames": "false",
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
        "spark.sql.files.ignoreCorruptFiles": "false",
        "spark.sql.files.ignoreMissingFiles": "false",
        "spark.sql.parquet.mergeSchema": "true",
    }
)
"""What a query means must not depend on how somebody has set the session."""

_QUIET = ("pyspark", "py4j", "SQLQueryContextLogger", "DataFrameQueryContextLogger")
"""What writes on the terminal on this side."""

_SAID = {
    "TABLE_OR_VIEW_NOT_FOUND": "its table is not in the catalog",
    "PATH_NOT_FOUND": "its folder is not there, as the cluster sees it",
    "UNABLE_TO_INFER_SCHEMA": "there is no Parquet file in its folder",
}


class Spark:
    """A session, with our settings while it is ours. Raises DatabaseRefusedError, and nothing else."""

    def __init__(self, session: "SparkSession", *, is_ours: bool = False) -> None:
        self._session = session
        self._is_ours = is_ours
        self._before: dict[str, str | None] = {}
        self.name = f"spark {session.version}"
        for name, value in _NEEDED.items():
            self._set(name, value)

    def close(self) -> None:
        """Put the settings back, and stop what was started for us."""
        with suppress(Exception), _quiet():
            if self._is_ours:
                self._session.stop()
                return
            for name, value in self._before.items():
                self._session.conf.unset(name) if value is None else self._session.conf.set(name, value)

    def columns(self, rows: str) -> list[tuple[str, str]]:
        """The columns of what a query gives, with their types, in order."""
        with _refusing():
            return [(field.name, field.dataType.simpleString()) for field in self._session.sql(rows).schema.fields]

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """All rows of the answer."""
        with _refusing():
            return [tuple(row) for row in self._session.sql(query).collect()]

    def _set(self, name: str, value: str) -> None:
        """Set, and remember how it was; where a cluster forbids it, it may be so already."""
        with _refusing():
            before = self._session.conf.get(name, None)
        if before == value:
            return
        try:
            with _refusing():
                self._session.conf.set(name, value)
        except DatabaseRefusedError:
            raise DatabaseRefusedError(f"the cluster does not let {name} be {value}") from None
        self._before[name] = before


def open_spark(url_env: str, given: "SparkSession | None" = None) -> Spark:
    """The session that is given, or at hand in this process; else that of the URL in an environment variable."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra that may not be installed

    with _refusing():
        at_hand = given or SparkSession.getActiveSession()
    if at_hand is not None:
        return Spark(at_hand)
    url = os.environ.get(url_env, "").strip()
    knock(url)
    with _refusing(), _quiet_children():
        return Spark(in_time(lambda: _started(url)), is_ours=True)


def _started(url: str) -> "SparkSession":
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra that may not be installed

    if url.startswith("sc://"):
        return SparkSession.builder.remote(url).getOrCreate()
    builder = SparkSession.builder.master(url).appName("policykit")
    for name, value in _settings(url).items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _settings(url: str) -> dict[str, str]:
    """Nothing is shown, and on this machine nothing listens to others or is left behind."""
    quiet = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "OFF"}
    if not is_on_this_machine(url):
        return quiet
    folder = tempfile.gettempdir()
    return {
        **quiet,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": folder,
        "spark.sql.shuffle.partitions": "4",  # the default of 200 is for a cluster
        "spark.sql.warehouse.dir": f"{folder}/policykit-no-warehouse",
    }


@contextmanager
def _refusing() -> Iterator[None]:
    """What goes wrong becomes our words and the name of the error."""
    try:
        with _quiet():
            yield
    except DatabaseRefusedError:
        raise
    except Exception as error:  # noqa: BLE001 - messages of Spark quote records, so none may get out
        raise DatabaseRefusedError(_why(error)) from None


def _why(error: Exception) -> str:
    if isinstance(error, ImportError):
        return "Spark Connect is not installed: pip install 'pyspark[connect]'"
    condition = ""
    with suppress(Exception):
        condition = str(error.getCondition())  # type: ignore[attr-defined] # an error of Spark has it, others are caught
    return _SAID.get(condition.split(".")[0], f"Spark could not do it: {type(error).__name__}")


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing of Spark's is logged on this side meanwhile."""
    loggers = [logging.getLogger(name) for name in _QUIET]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled


@contextmanager
def _quiet_children() -> Iterator[None]:
    """A program that is started meanwhile has nowhere to write, for as long as it lives."""
    kept = [os.dup(stream) for stream in (1, 2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        yield
    finally:
        for stream, own in zip((1, 2), kept, strict=True):
            os.dup2(own, stream)
        for descriptor in (*kept, nowhere):
            os.close(descriptor)
