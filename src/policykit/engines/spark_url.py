"""Which URLs are those of a Spark cluster, or of Spark on this machine; here nothing of Spark is needed to know it."""

import re

_SPARK = re.compile(r"(?:spark|sc|k8s)://\S+|yarn|local(?:\[[0-9*,]+\])?")


def is_spark(url: str) -> bool:
    """Whether a URL is one that Spark takes, such as spark://host:7077, sc://host:15002, yarn or local[2]."""
    return bool(_SPARK.fullmatch(url.strip()))


def is_on_this_machine(url: str) -> bool:
    """Whether Spark is to run in this machine's own Java."""
    return url.strip().startswith("local")
