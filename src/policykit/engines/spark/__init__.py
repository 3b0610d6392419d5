"""Spark, when one machine is outgrown: the same checks as queries that write nothing, where the records are."""

from typing import TYPE_CHECKING

from policykit.engines.engine import RefusalError
from policykit.engines.in_place import Connection, InPlaceEngine
from policykit.engines.spark.session import open_spark

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class SparkEngine(InPlaceEngine):
    """A Spark session: one that is given, or one that is reached when the first register is opened."""

    def __init__(self, url_env: str, session: "SparkSession | None" = None) -> None:
        super().__init__()
        self._url_env = url_env
        self._given = session

    def connect(self) -> Connection:
        """Reach Spark, where it is installed."""
        try:
            return open_spark(self._url_env, self._given)
        except ImportError:
            raise RefusalError("Spark is not installed: pip install pyspark") from None
