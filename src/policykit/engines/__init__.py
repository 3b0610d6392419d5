"""Engines: where records are opened and checks are counted. Nothing above this room ever sees a row."""

from policykit.engines.engine import Counted, Engine, Opened, Refused


def open_engine() -> Engine:
    """The engine for records in files: DuckDB. A context manager."""
    from policykit.engines.duck import DuckEngine  # noqa: PLC0415 - only who counts waits for a database to load

    return DuckEngine()


__all__ = ["Counted", "Engine", "Opened", "Refused", "open_engine"]
