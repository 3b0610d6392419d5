"""A DuckDB database for one run, closed off from every file but those in its own folder."""

from pathlib import Path

import duckdb
from sqlglot import exp

_MEMORY = "256MB"
_THREADS = 4
"""More threads read one file hardly faster, and each has buffers of its own."""


def open_database(folder: Path) -> duckdb.DuckDBPyConnection:
    """A new database that can read and write in this folder only, and whose settings nobody can change again."""
    database = duckdb.connect(folder / "records.duckdb", config={"memory_limit": _MEMORY, "threads": _THREADS})
    for name, value in _settings(folder).items():
        setting = exp.SetItem(this=exp.EQ(this=exp.column(name), expression=value))
        database.execute(exp.Set(expressions=[setting]).sql("duckdb"))
    return database


def _settings(folder: Path) -> dict[str, exp.Expr]:
    """In the order they must be made: the folder that stays open can only be named before all else is closed."""
    return {
        "temp_directory": exp.Literal.string(str(folder / "spilled")),
        "autoinstall_known_extensions": exp.false(),
        "autoload_known_extensions": exp.false(),
        "allow_community_extensions": exp.false(),
        "allowed_directories": exp.array(exp.Literal.string(str(folder))),
        "enable_external_access": exp.false(),
        "lock_configuration": exp.true(),
    }
