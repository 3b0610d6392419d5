"""A session of Spark that is only ever asked: one that is at hand, a cluster's, or one on this machine.

Java writes on the terminal whatever it likes, with SQL and records in it: a Spark that is started here writes nowhere.
No message of Spark gets out of here either, nothing but its name.
"""

import logging
import os
import re
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import closing, contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING
from urllib.request import getproxies

from sqlglot import exp

from policykit.engines.dialects import Dialect, Rows, SparkDialect
from policykit.engines.engine import RefusalError, Table, refusal
from policykit.engines.query import Lines, quoted
from policykit.engines.text_to_type import Columns, Holds

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_KNOCKING = 10  # seconds for an address to take a connection
# Seconds for a session to be ready. Some clusters start only when they are asked, and need longer: try again then.
_STARTING = 180
_ADDRESSES = re.compile(r"(spark|sc)://([^/;]+)")
_PORTS = {"spark": 7077, "sc": 15002}
_EXACT = {"string": Holds.TEXT, "date": Holds.DAY, "boolean": Holds.FLAG, "bigint": Holds.INTEGER}
_HOLDS = {
    **_EXACT,
    **dict.fromkeys(["tinyint", "smallint", "int"], Holds.INTEGER),
    **{f"decimal({digits},0)": Holds.INTEGER for digits in range(1, 39)},
    "timestamp": Holds.TIME,  # a moment of a time zone: what day it is depends on where
    "timestamp_ntz": Holds.MOMENT,
}

# What a query means must not depend on how somebody has set the session.
_NEEDED = {
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
_LOGGERS = ("pyspark", "py4j", "SQLQueryContextLogger", "DataFrameQueryContextLogger")
_WHY = {
    "TABLE_OR_VIEW_NOT_FOUND": "engines.spark.no-table",
    "PATH_NOT_FOUND": "engines.spark.no-folder",
    "UNABLE_TO_INFER_SCHEMA": "engines.spark.no-parquet",
}


class Spark:
    """A session, with our settings while it is ours. Raises RefusalError, and nothing else."""

    dialect: Dialect = SparkDialect()

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

    def rows(self, source: Table) -> Rows:
        """A table of the catalog, or all Parquet files of a folder."""
        table = _table_of(source)
        with _refusing():
            fields = self._session.sql(exp.select("*").from_(table).sql("spark")).schema.fields
            kinds = [(field.name, field.dataType.simpleString()) for field in fields]
        folds = [name for name, kind in kinds if kind.startswith("string collate")]
        holds = {name: _HOLDS.get(kind, Holds.OTHER) for name, kind in kinds} | dict.fromkeys(folds, Holds.FOLDED)
        twice = frozenset(name for name, times in Counter(name for name, _ in kinds).items() if times > 1)
        inexact = frozenset(name for name, kind in kinds if kind not in _EXACT)
        return Rows(table, Columns(holds, twice=twice, inexact=inexact))

    def ask(self, sql: str) -> Lines:
        """All lines of the answer."""
        with _refusing():
            return [tuple(row) for row in self._session.sql(sql).collect()]

    def _set(self, name: str, value: str) -> None:
        """Set, and remember how it was; where a cluster forbids it, it may be so already."""
        with _refusing():
            before = self._session.conf.get(name, None)
        if before == value:
            return
        try:
            with _refusing():
                self._session.conf.set(name, value)
        except RefusalError:
            raise refusal("engines.spark.not-let", name=name, value=value) from None
        self._before[name] = before


def open_spark(url_env: str, given: "SparkSession | None" = None) -> Spark:
    """The session that is given, or at hand in this process; else that of the URL in an environment variable."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an extra that may not be installed

    with _refusing():
        at_hand = given or SparkSession.getActiveSession()
    if at_hand is not None:
        return Spark(at_hand)
    url = os.environ.get(url_env, "").strip()
    _knock(url)
    with _refusing(), _quiet_children():
        return Spark(_started(url), is_ours=True)


def _table_of(source: Table) -> exp.Table:
    """A folder of Parquet, or a table of the catalog: `decisions`, `housing.decisions` or `main.housing.decisions`."""
    if source.folder:
        return exp.table_(str(source.folder), db="parquet", quoted=True, alias=quoted("t"))
    *before, own = source.name.split(".")
    return exp.table_(own, ".".join(before[-1:]), ".".join(before[:-1]), quoted=True, alias=quoted("t"))


def _started(url: str) -> "SparkSession":
    """A session of our own, or the error of its start; one that takes too long is left behind, and refused."""
    done: Future[SparkSession] = Future()

    def start() -> None:
        try:
            done.set_result(_start(url))
        except Exception as error:  # noqa: BLE001 - whoever waits raises it again
            done.set_exception(error)

    Thread(target=start, daemon=True).start()
    wait([done], timeout=_STARTING)
    if not done.done():
        raise refusal("engines.spark.no-answer")
    return done.result()


def _start(url: str) -> "SparkSession":
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
    if not url.startswith("local"):
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
    except RefusalError:
        raise
    except Exception as error:  # noqa: BLE001 - messages of Spark quote records, so none may get out
        raise _refusal(error) from None


def _refusal(error: Exception) -> RefusalError:
    if isinstance(error, ImportError):
        return refusal("engines.spark.no-connect")
    condition = ""
    with suppress(Exception):
        condition = str(error.getCondition())  # type: ignore[attr-defined] # an error of Spark has it, others are caught
    return refusal(_WHY.get(condition.split(".")[0], "engines.spark.failed"), error=type(error).__name__)


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing of Spark's is logged on this side meanwhile."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
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


def _knock(url: str) -> None:
    """See whether somebody listens where a URL says; Spark itself would wait for minutes. Raises RefusalError.

    A cluster may have several masters, with commas between them: one is enough. Behind a proxy only Spark can knock.
    """
    found = None if getproxies() else _ADDRESSES.match(url)
    if found and not any(_listens(address, _PORTS[found[1]]) for address in found[2].split(",")):
        raise refusal("engines.spark.nobody-there")


def _listens(address: str, port: int) -> bool:
    host, _, given = address.rpartition("@")[2].partition(":")
    try:
        with closing(socket.create_connection((host, int(given or port)), timeout=_KNOCKING)):
            return True
    except (OSError, ValueError):
        return False
