"""A DuckDB database for one run, closed off from every file but those in its own folder and those that it is shown."""

from collections.abc import Iterable
from pathlib import Path

import duckdb
from sqlglot import exp

_MEMORY = "256MB"
_THREADS = 4
"""More threads read one file hardly faster, and each has buffers of its own."""


def open_database(folder: Path, shown: Iterable[Path] = (), *, in_memory: bool = False) -> duckdb.DuckDBPyConnection:
    """The database of a folder: it reads and writes there and reads the files it is `shown`; no setting can be changed.

    One that is `in_memory` writes there only what does not fit into its memory.

    What it may see cannot be widened while it is open: to show it one more file, close it and open it again.
    """
    kept_in = ":memory:" if in_memory else folder / "records.duckdb"
    database = duckdb.connect(kept_in, config={"memory_limit": _MEMORY, "threads": _THREADS})
    for name, value in _settings(folder, shown).items():
        setting = exp.SetItem(this=exp.EQ(this=exp.column(name), expression=value))
        database.execute(exp.Set(expressions=[setting]).sql("duckdb"))
    return database


def _settings(folder: Path, shown: Iterable[Path]) -> dict[str, exp.Expr]:
    """In the order they must be made: what stays open can only be named before all else is closed."""
    return {
        "temp_directory": exp.Literal.string(str(folder / "spilled")),
        "autoinstall_known_extensions": exp.false(),
        "autoload_known_extensions": exp.false(),
        "allow_community_extensions": exp.false(),
        "allowed_directories": exp.array(exp.Literal.string(str(folder))),
        "allowed_paths": exp.array(*(exp.Literal.string(str(path)) for path in shown)),
        "enable_external_access": exp.false(),
        "lock_configuration": exp.true(),
    }
