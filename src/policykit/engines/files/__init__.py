"""Files: DuckDB, embedded, with the records of one run in a temporary database that is closed off from all else."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Self

import duckdb
from sqlglot import exp

from policykit.engines.engine import Engine, Opened, RefusalError
from policykit.engines.files.csv import Intake, check_keys, create_empty, create_from_copy, find_unreadable, take_in
from policykit.engines.files.excel import Limits, in_rows, is_workbook, write_csv
from policykit.engines.files.parquet import ParquetFile, is_parquet, open_in_place
from policykit.engines.private_folder import PrivateFolder, for_its_owner_only
from policykit.engines.query import Lines, table_named
from policykit.model.registers import Register
from policykit.rules import Values

_INTERRUPTED = "Query interrupted"
"""What DuckDB makes of Ctrl-C while it is at work."""

_MEMORY = "256MB"
_THREADS = 4
"""More threads read one file hardly faster, and each has buffers of its own."""


class DuckEngine(Engine[Path]):
    """The default engine: DuckDB in a folder of its own, for its owner only, which is removed at the end.

    Text is copied into that folder while it is checked, so that what was checked is what is loaded, and the copy goes
    once it is; the first sheet of a workbook becomes text there. Parquet is read where it is: those files, and no
    other, are shown to the database, and nothing counts once one has changed.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        """Workbooks are read within `limits`."""
        super().__init__()
        self._limits = limits or Limits()
        self._in_place: dict[str, ParquetFile] = {}

    @property
    def name(self) -> str:
        """DuckDB and its version."""
        return f"duckdb {duckdb.__version__}"

    @for_its_owner_only()
    def __enter__(self) -> Self:
        self._room = PrivateFolder()
        self._folder = self._room.path
        self._database = open_database(self._folder)
        return self

    def close(self) -> None:
        """Remove the database and its folder."""
        try:
            self._database.close()
        finally:
            self._room.close()

    @for_its_owner_only()
    def take_in(self, register: Register, path: Path, /) -> Opened:
        """Read a CSV file or a workbook into a table, or make a view of a Parquet file where it is."""
        try:
            if is_parquet(path):
                return self._open_parquet(register, path)
            return self._open_workbook(register, path) if is_workbook(path) else self._open_csv(register, path)
        except OSError:
            copied = "" if is_parquet(path) else " or copied"
            raise RefusalError(f"its file could not be read{copied}") from None

    @for_its_owner_only()
    def build_in(self, register: Register, rows: Iterable[Values]) -> None:
        """Create a table and fill it."""
        self._carry_out(create_empty(register))
        given = [tuple(row.get(name) for name in register.fields) for row in rows]
        if given:
            row = exp.values([tuple(exp.Placeholder() for _ in register.fields)])
            self._database.executemany(exp.insert(row, table_named(register.id)).sql("duckdb"), given)

    def ask(self, query: exp.Expr, read: Mapping[str, frozenset[str]]) -> Lines:
        """Ask, and see to it that the answer is of the bytes that were opened."""
        lines = self._carry_out(query)
        if not all(self._in_place[name].is_unchanged() for name in read if name in self._in_place):
            raise RefusalError("a file changed in the meantime", stands_alone=True)
        return lines

    def _open_workbook(self, register: Register, path: Path) -> Opened:
        """Read the first sheet of a workbook as the CSV file that another process makes of it."""
        csv = self._folder / f"{register.id}.sheet.csv"
        try:
            digest = write_csv(path, csv, self._limits)
            return Opened(self._open_csv(register, csv).rows, digest)
        except RefusalError as refusal:
            raise RefusalError(in_rows(str(refusal), csv)) from None
        finally:
            csv.unlink(missing_ok=True)

    def _open_csv(self, register: Register, path: Path) -> Opened:
        intake = self._load(register, path)
        check_keys(register, intake, path, self._carry_out)
        self.marked[register.id] = find_unreadable(register, self._carry_out)
        return Opened(intake.records, intake.digest)

    def _load(self, register: Register, path: Path) -> Intake:
        """Copy a file while it is checked, and load the copy, which is there no longer than that takes."""
        copy = self._folder / f"{register.id}.csv"
        try:
            intake = take_in(register, path, copy)
            self._carry_out(create_from_copy(register, intake))
        finally:
            copy.unlink(missing_ok=True)
        return intake

    def _open_parquet(self, register: Register, path: Path) -> Opened:
        """Open the database again with one more file that it may see, and the file in it."""
        shown = [path, *(other.path for other in self._in_place.values())]
        try:
            self._database.close()
            self._database = open_database(self._folder, shown)
            found = open_in_place(register, path, self._carry_out)
        except duckdb.Error as error:
            why = "the Parquet file is damaged, or of a kind that cannot be read"
            raise RefusalError(f"{why}: {type(error).__name__}") from None
        self._in_place[register.id], self.marked[register.id] = found, found.marked
        return Opened(found.rows, found.digest)

    @for_its_owner_only()
    def _carry_out(self, query: exp.Expr) -> Lines:
        try:
            return self._database.execute(query.sql("duckdb", copy=False)).fetchall()
        except RuntimeError as error:
            if str(error) == _INTERRUPTED:
                raise KeyboardInterrupt from None
            raise


def open_database(folder: Path, shown: Iterable[Path] = ()) -> duckdb.DuckDBPyConnection:
    """The database of a folder: it reads and writes there and reads the files it is `shown`; no setting can be changed.

    What it may see cannot be widened while it is open: to show it one more file, close it and open it again.
    """
    database = duckdb.connect(folder / "records.duckdb", config={"memory_limit": _MEMORY, "threads": _THREADS})
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
