"""DuckDB, embedded: the records of one run in a temporary database, closed off from every file but its own."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
from sqlglot import exp

from policykit.engines.counting import count_query, marker, read_counts
from policykit.engines.csv_intake import Intake, find_keys, say_blank_key, say_shared_key, take_in
from policykit.engines.csv_records import CsvRefusedError
from policykit.engines.csv_table import create_empty, create_from_copy, markable
from policykit.engines.duck_database import open_database
from policykit.engines.engine import Counted, Opened, Refused
from policykit.model.registers import Register
from policykit.rules import Check, Setting, Values, each_of

_INTERRUPTED = "Query interrupted"
"""What DuckDB makes of Ctrl-C while it is at work."""


class DuckEngine:
    """The default engine: DuckDB in a folder of its own, which is removed at the end.

    Records are copied into that folder while they are checked, so that what was checked is what is loaded, and the
    database needs to see no other file.
    """

    def __init__(self) -> None:
        self._marked: dict[str, frozenset[str]] = {}

    @property
    def name(self) -> str:
        """DuckDB and its version."""
        return f"duckdb {duckdb.__version__}"

    def __enter__(self) -> Self:
        """Make the folder and the empty database, and close it off."""
        self._room = tempfile.TemporaryDirectory(prefix="policykit-")
        self._folder = Path(self._room.name).resolve()
        self._database = open_database(self._folder)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Remove the database and its folder."""
        self._database.close()
        self._room.cleanup()

    def open(self, register: Register, path: Path, /) -> Opened | Refused:
        """Read a CSV file into a table."""
        copy = self._folder / f"{register.id}.csv"
        try:
            intake = take_in(register, path, copy)
            self._ask(create_from_copy(register, intake))
            self._check_keys(register, intake, path)
            self._marked[register.id] = self._find_marked(register)
        except CsvRefusedError as fault:
            return Refused(str(fault))
        except OSError:
            return Refused("its file could not be read or copied")
        except duckdb.Error as error:
            return Refused(f"its records could not be loaded: {type(error).__name__}")
        finally:
            copy.unlink(missing_ok=True)
        return Opened(intake.records, intake.digest)

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
            return read_counts(self._ask(count_query(check, setting, self._marked)), each_of(check, setting))
        except Exception as error:  # noqa: BLE001 - messages of an engine quote records, so none may get out
            return Refused(f"the check could not be carried out: {type(error).__name__}")

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
