"""DuckDB, embedded: the records of one run in a temporary database, closed off from every file but its own."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
from sqlglot import exp

from policykit.engines.counting import count_query, read_counts
from policykit.engines.csv_intake import Intake, find_keys, say_blank_key, say_shared_key, take_in
from policykit.engines.csv_records import CsvRefusedError
from policykit.engines.csv_table import create_empty, create_from_copy, markable
from policykit.engines.duck_database import open_database
from policykit.engines.engine import Counted, Opened, Refused, Unit
from policykit.engines.excel_intake import Limits, in_rows, is_workbook, write_csv
from policykit.engines.excel_scan import WorkbookRefusedError
from policykit.engines.looking import keys_query, read_rows, read_units, rows_query
from policykit.engines.parquet_columns import ParquetRefusedError
from policykit.engines.parquet_intake import InPlace, is_parquet, open_in_place
from policykit.engines.private_folder import PrivateFolder, for_its_owner_only
from policykit.model.registers import Register, Value
from policykit.rules import Check, Setting, Values, each_of, marker, reads

_CHANGED = "a file changed in the meantime"
_INTERRUPTED = "Query interrupted"
"""What DuckDB makes of Ctrl-C while it is at work."""


class DuckEngine:
    """The default engine: DuckDB in a folder of its own, for its owner only, which is removed at the end.

    Text is copied into that folder while it is checked, so that what was checked is what is loaded, and the copy goes
    once it is; the first sheet of a workbook becomes text there. Parquet is read where it is: those files, and no
    other, are shown to the database, and nothing counts once one has changed.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        """Workbooks are read within `limits`."""
        self._limits = limits or Limits()
        self._marked: dict[str, frozenset[str]] = {}
        self._in_place: dict[str, InPlace] = {}

    @property
    def name(self) -> str:
        """DuckDB and its version."""
        return f"duckdb {duckdb.__version__}"

    @for_its_owner_only()
    def __enter__(self) -> Self:
        """Make the folder and the empty database, and close it off."""
        self._room = PrivateFolder()
        self._folder = self._room.path
        self._database = self._connect()
        return self

    def _connect(self, shown: Iterable[Path] = ()) -> duckdb.DuckDBPyConnection:
        return open_database(self._folder, shown)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove the database and its folder."""
        try:
            self._database.close()
        finally:
            self._room.close()

    @for_its_owner_only()
    def open(self, register: Register, path: Path, /) -> Opened | Refused:
        """Read a CSV file or a workbook into a table, or make a view of a Parquet file where it is."""
        if is_parquet(path):
            return self._open_parquet(register, path)
        return self._open_workbook(register, path) if is_workbook(path) else self._open_csv(register, path)

    def _open_workbook(self, register: Register, path: Path) -> Opened | Refused:
        """Read the first sheet of a workbook as the CSV file that another process makes of it."""
        csv = self._folder / f"{register.id}.sheet.csv"
        try:
            digest = write_csv(path, csv, self._limits)
            found = self._open_csv(register, csv)
            return Refused(in_rows(found.why, csv)) if isinstance(found, Refused) else Opened(found.rows, digest)
        except WorkbookRefusedError as fault:
            return Refused(str(fault))
        except OSError:
            return Refused("its file could not be read or copied")
        finally:
            csv.unlink(missing_ok=True)

    def _open_csv(self, register: Register, path: Path) -> Opened | Refused:
        try:
            intake = self._load(register, path)
            self._check_keys(register, intake, path)
            self._marked[register.id] = self._find_marked(register)
        except CsvRefusedError as fault:
            return Refused(str(fault))
        except OSError:
            return Refused("its file could not be read or copied")
        except duckdb.Error as error:
            return Refused(f"its records could not be loaded: {type(error).__name__}")
        return Opened(intake.records, intake.digest)

    def _load(self, register: Register, path: Path) -> Intake:
        """Copy a file while it is checked, and load the copy, which is there no longer than that takes."""
        copy = self._folder / f"{register.id}.csv"
        try:
            intake = take_in(register, path, copy)
            self._ask(create_from_copy(register, intake))
        finally:
            copy.unlink(missing_ok=True)
        return intake

    def _open_parquet(self, register: Register, path: Path) -> Opened | Refused:
        try:
            self._show(path)
            found = open_in_place(register, path, self._ask)
        except ParquetRefusedError as fault:
            return Refused(str(fault))
        except OSError:
            return Refused("its file could not be read")
        except duckdb.Error as error:
            return Refused(f"the Parquet file is damaged, or of a kind that cannot be read: {type(error).__name__}")
        self._in_place[register.id], self._marked[register.id] = found, found.marked
        return Opened(found.rows, found.digest)

    def _show(self, path: Path) -> None:
        """Open the database again with one more file that it may see."""
        shown = [path, *(other.path for other in self._in_place.values())]
        self._database.close()
        self._database = self._connect(shown)

    @for_its_owner_only()
    def build_in(self, register: Register, rows: Iterable[Values]) -> None:
        """Create a table and fill it."""
        self._ask(create_empty(register))
        given = [tuple(row.get(name) for name in register.fields) for row in rows]
        if given:
            row = exp.values([tuple(exp.Placeholder() for _ in register.fields)])
            self._database.executemany(exp.insert(row, exp.table_(register.id, quoted=True)).sql("duckdb"), given)

    def count(self, check: Check, setting: Setting) -> Counted | Refused:
        """Count a check with one query; whatever goes wrong stays in here, because only its name may be told."""
        try:
            counted = read_counts(self._ask(count_query(check, setting, self._marked)), each_of(check, setting))
            return counted if self._are_unchanged(reads(check, setting)) else Refused(_CHANGED)
        except Exception as error:  # noqa: BLE001 - messages of an engine quote records, so none may get out
            return Refused(f"the check could not be carried out: {type(error).__name__}")

    def keys(self, check: Check, setting: Setting, limit: int) -> tuple[Unit, ...] | Refused:
        """List units; as for counting, only the name of what goes wrong may be told."""
        try:
            units = read_units(self._ask(keys_query(check, setting, self._marked, limit)))
            return units if self._are_unchanged(reads(check, setting)) else Refused(_CHANGED)
        except Exception as error:  # noqa: BLE001 - messages of an engine quote records, so none may get out
            return Refused(f"the units could not be listed: {type(error).__name__}")

    def look_up(
        self, register: Register, values: Mapping[str, Value], limit: int | None
    ) -> tuple[Values, ...] | Refused:
        """Fetch rows; as for counting, only the name of what goes wrong may be told."""
        marked = sorted(self._marked.get(register.id, ()))
        try:
            rows = read_rows(register, marked, self._ask(rows_query(register, values, marked, limit)))
            return rows if self._are_unchanged([register.id]) else Refused(_CHANGED)
        except Exception as error:  # noqa: BLE001 - messages of an engine quote records, so none may get out
            return Refused(f"its rows could not be read: {type(error).__name__}")

    def _are_unchanged(self, registers: Iterable[str]) -> bool:
        return all(self._in_place[name].is_unchanged() for name in registers if name in self._in_place)

    @for_its_owner_only()
    def _ask(self, query: exp.Expr) -> list[tuple[Any, ...]]:
        try:
            return self._database.execute(query.sql("duckdb", copy=False)).fetchall()
        except RuntimeError as error:
            if str(error) == _INTERRUPTED:
                raise KeyboardInterrupt from None
            raise

    def _check_keys(self, register: Register, intake: Intake, path: Path) -> None:
        """Raise CsvRefusedError where rows went missing on the way, or a key is blank or not unique."""
        key, rows = exp.column(register.key, quoted=True), exp.table_(register.id, quoted=True)
        numbers = [exp.Count(this=exp.Star()), exp.Count(this=key), exp.Count(this=exp.Distinct(expressions=[key]))]
        [(count, recorded, distinct)] = self._ask(exp.select(*numbers).from_(rows))
        if count != intake.records:
            msg = "its records could not be loaded whole"
            raise CsvRefusedError(msg)
        keys = find_keys(path, intake.places[register.key])
        if recorded != count:
            raise CsvRefusedError(say_blank_key(keys))
        if distinct != count:
            several = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1))
            shared = self._ask(exp.select(key).from_(rows).group_by(key).having(several))
            raise CsvRefusedError(say_shared_key(keys, {value for (value,) in shared}))

    def _find_marked(self, register: Register) -> frozenset[str]:
        """The fields that hold something that cannot be read, anywhere in the register."""
        fields = markable(register)
        if not fields:
            return frozenset()
        anywhere = [exp.LogicalOr(this=exp.column(marker(field), quoted=True)) for field in fields]
        [found] = self._ask(exp.select(*anywhere).from_(exp.table_(register.id, quoted=True)))
        return frozenset(field for field, is_there in zip(fields, found, strict=True) if is_there)
