"""Files: DuckDB, embedded, with the records of one run in a temporary database that is closed off from all else.

Rows that a program gives are counted by DuckDB as well, in memory.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from glob import escape
from pathlib import Path
from typing import Self, TypeVar

import duckdb
from sqlglot import exp

from policykit.engines.dialects import Dialect
from policykit.engines.engine import Engine, Given, Opened, RefusalError, TextOfRows, refusal
from policykit.engines.files.csv import (
    by_its_cause,
    create_from_copy,
    header_fits,
    line_of,
    refuse_nameless,
    take_in,
    where_keys_fail,
)
from policykit.engines.files.excel import Limits, by_its_sheets, in_rows, is_workbook, write_csv
from policykit.engines.files.parquet import ParquetFile, check_keys, find_shared_keys, holds, is_parquet, open_in_place
from policykit.engines.private_folder import PrivateFolder, for_its_owner_only, nameless
from policykit.engines.query import Lines, column_named, fill, named, table_named
from policykit.engines.text_to_type import DUCKDB, Columns, Holds, find_unreadable, table_of_texts
from policykit.engines.whole_registers import values_query
from policykit.english import say
from policykit.model.canonical import canonical, sha256_of
from policykit.model.registers import Register
from policykit.problems import NO_ROOM
from policykit.rules import Values

SourceT_contra = TypeVar("SourceT_contra", contravariant=True)

# More threads read one file hardly faster, and each has buffers of its own.
_LIMITS: dict[str, str | bool | int | float | list[str]] = {"memory_limit": "256MB", "threads": 4}
_STREAM, _HELD = "rows that stream in", "columns of the stream"  # no register can have such names
_TEXTS = "UNNEST(CAST(:texts AS VARCHAR[]))"
_FLOATS = {"FLOAT", "DOUBLE"}
_NO_TIME = "COALESCE(BOOL_AND(DATE_TRUNC('day', :column) = :column), TRUE)"
_NO_NUMBER = "COALESCE(BOOL_AND(ISNAN(:column)), TRUE)"
_NO_VALUE = "COUNT(:column) = 0"


def open_database(folder: Path, shown: Iterable[Path] = (), *, in_memory: bool = False) -> duckdb.DuckDBPyConnection:
    """The database of a folder: it reads and writes there and reads the files it is `shown`; no setting can be changed.

    One that is `in_memory` writes there only what does not fit into its memory.
    What it may see cannot be widened while it is open: to show it one more file, close it and open it again.
    """
    kept_in = ":memory:" if in_memory else folder / "records.duckdb"
    database = duckdb.connect(kept_in, config=_LIMITS)
    names = [name for path in shown for name in (str(path), escape(str(path)))]  # as it is, and as a pattern
    settings = {  # in this order: what stays open can only be named before all else is closed
        "temp_directory": exp.Literal.string(str(folder / "spilled")),
        "autoinstall_known_extensions": exp.false(),
        "autoload_known_extensions": exp.false(),
        "allow_community_extensions": exp.false(),
        "allowed_directories": exp.array(exp.Literal.string(str(folder))),
        "allowed_paths": exp.array(*map(exp.Literal.string, names)),
        "enable_external_access": exp.false(),
        "lock_configuration": exp.true(),
    }
    for name, value in settings.items():
        setting = exp.SetItem(this=exp.EQ(this=exp.column(name), expression=value))
        database.execute(exp.Set(expressions=[setting]).sql("duckdb"))
    return database


class DuckDatabase(Engine[SourceT_contra]):
    """DuckDB in a folder of its own, for its owner only, which is removed at the end."""

    in_memory = False

    @property
    def name(self) -> str:
        """DuckDB and its version."""
        return f"duckdb {duckdb.__version__}"

    @for_its_owner_only()
    def __enter__(self) -> Self:
        self._room = PrivateFolder()
        self._folder = self._room.path
        self._database = open_database(self._folder, self._shown(), in_memory=self.in_memory)
        return self

    def _shown(self) -> Iterable[Path]:
        """The files outside its folder that the database may see."""
        return ()

    def close(self) -> None:
        """Remove the database and its folder."""
        try:
            with suppress(duckdb.Error):  # where its disk is full it cannot end in order, and it goes all the same
                self._database.close()
        finally:
            self._room.close()

    def build_in(self, register: Register, rows: Iterable[Values]) -> None:
        """Create a table of the rows."""
        given = Dialect().given(register.id, tuple(rows), register.fields)
        listed = exp.select("*").from_(table_named(register.id))
        listed.set("with_", exp.With(expressions=[given]))
        self._carry_out(listed.ctas(table_named(register.id), copy=False))

    def ask(self, query: exp.Expr, read: Mapping[str, frozenset[str]]) -> Lines:  # noqa: ARG002 - all is here
        """All lines of the answer."""
        return self._carry_out(query)

    def values_digest(self, register: Register) -> str | None:
        """One query over all rows; the digest is of their number and of what their own digests add up to."""
        marked = sorted(self.marked.get(register.id, ()))
        with suppress(duckdb.Error):  # a file that is gone meanwhile; whoever counts says so
            [sums] = self._carry_out(values_query(register, marked))
            return sha256_of(canonical([sorted(register.fields), marked, *sums]))
        return None

    def _checked(self, register: Register) -> int:
        """The rows of a new table. Raises RefusalError where keys will not do; notes what cannot be read."""
        count = check_keys(register, self._carry_out)
        self.marked[register.id] = find_unreadable(register, self._carry_out, register.fields)
        return count

    @for_its_owner_only()
    def _carry_out(self, query: exp.Expr, values: object = None) -> Lines:
        try:
            return self._database.execute(query.sql("duckdb", copy=False), values).fetchall()
        except RuntimeError as error:
            if str(error) == "Query interrupted":  # what DuckDB makes of Ctrl-C while it is at work
                raise KeyboardInterrupt from None
            raise


class DuckEngine(DuckDatabase[Path]):
    """The default engine: registers in files.

    Text is copied into the private folder while it is checked, so that what was checked is what is loaded: into a file
    without a name, which is empty again once it is. The first sheet of a workbook becomes text there. Parquet is read
    where it is: those files, and no other, are shown to the database, and nothing counts once one has changed.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        """Workbooks are read within `limits`."""
        super().__init__()
        self._limits = limits or Limits()
        self._in_place: dict[str, ParquetFile] = {}
        self._files = ExitStack()

    def close(self) -> None:
        """Remove all that was copied too."""
        with self._files:
            super().close()

    def _shown(self) -> Iterable[Path]:
        self._copy = self._files.enter_context(nameless(self._folder / "copy.csv"))
        return [self._copy]

    @for_its_owner_only()
    def take_in(self, register: Register, path: Path, /) -> Opened:
        """Read a CSV file or a workbook into a table, or make a view of a Parquet file where it is."""
        try:
            if is_parquet(path):
                return self._open_parquet(register, path)
            return self._open_workbook(register, path) if is_workbook(path) else self._open_csv(register, path)
        except OSError as error:
            if error.errno in NO_ROOM:
                raise
            raise refusal(f"engines.file.{'not-read' if is_parquet(path) else 'not-copied'}") from None

    def ask(self, query: exp.Expr, read: Mapping[str, frozenset[str]]) -> Lines:
        """Ask, and see to it that the answer is of the bytes that were opened."""
        lines = self._carry_out(query)
        if not all(self._in_place[name].is_unchanged() for name in read if name in self._in_place):
            raise RefusalError(say("engines.file.changed-since"), "records-changed", stands_alone=True)
        return lines

    def _open_workbook(self, register: Register, path: Path) -> Opened:
        """Read the first sheet of a workbook as the CSV file that another process makes of it."""
        with nameless(self._folder / "sheet.csv") as csv:
            with nameless(self._folder / "copy.xlsx") as copy:
                digest = write_csv(path, copy, csv, self._limits)
            try:
                opened = self._open_csv(register, csv)
            except RefusalError as refused:
                raise self._of_sheet(register, path, csv, refused) from None
        if register.id in self.places:
            self.places[register.id] = lambda number: say("engines.place.row", row=number + 1)
        return Opened(opened.rows, digest)

    def _of_sheet(self, register: Register, path: Path, csv: Path, refused: RefusalError) -> RefusalError:
        """A refusal about lines of the CSV file, said of the sheet that it was made of."""
        said = RefusalError(in_rows(str(refused), csv), refused.kind)
        if refused.kind not in {"records-columns", "records-damaged"} or header_fits(csv, register):
            return said
        with nameless(self._folder / "copy.xlsx") as copy:
            return by_its_sheets(said, path, copy, csv, self._limits, lambda each: header_fits(each, register))

    def _open_csv(self, register: Register, path: Path) -> Opened:
        """Copy a file while it is checked, and load the copy, which is there no longer than that takes."""
        try:
            intake = take_in(register, path, self._copy)
            refuse_nameless(intake, self._carry_out)
            self._carry_out(create_from_copy(register, intake))
        except RefusalError as refused:
            raise by_its_cause(path, register, refused) from None
        finally:
            os.truncate(self._copy, 0)
        try:
            count = self._checked(register)
        except RefusalError as refused:
            shared = find_shared_keys(register, self._carry_out)
            raise where_keys_fail(path, register, intake.places[register.key], refused, shared) from None
        if count != intake.records:
            raise refusal("engines.not-loaded-whole")
        if "rowid" not in register.fields:  # DuckDB's own name for the number of a row
            self.places[register.id] = partial(line_of, path, intake)
        return Opened(count, intake.digest)

    def _open_parquet(self, register: Register, path: Path) -> Opened:
        """Open the database again with one more file that it may see, and the file in it."""
        shown = [self._copy, path, *(other.path for other in self._in_place.values())]
        try:
            self._database.close()
            self._database = open_database(self._folder, shown)
            found = open_in_place(register, path, self._carry_out)
        except duckdb.Error as error:
            raise refusal("engines.parquet.damaged", error=type(error).__name__) from None
        self._in_place[register.id], self.marked[register.id] = found, found.marked
        return Opened(found.rows, found.digest)


class MemoryEngine(DuckDatabase[Given]):
    """Rows that a program gives, in memory; only what does not fit there goes to the private folder.

    They become text first, and then a table as the text of a CSV file does, so a value is read, or cannot be read, as
    it would be there. A stream is anybody's code, and its messages may quote rows.
    """

    in_memory = True
    not_opened = "engines.not-read"

    @for_its_owner_only()
    def take_in(self, register: Register, rows: Given, /) -> Opened:
        """Make the table of a register from what was given."""
        if isinstance(rows, TextOfRows):
            texts = exp.select(*(named(fill(_TEXTS, "duckdb", texts=exp.Placeholder()), name) for name in rows.columns))
            self._create(register, texts, [list(column) for column in rows.columns.values()])
        else:
            self._create(register, self._held(register, self._hold(register, rows.capsule)))
            self._carry_out(exp.Drop(tables=[table_named(_HELD)], kind="TABLE"))
        return Opened(self._checked(register), None)

    def _create(self, register: Register, texts: exp.Select, values: object = None) -> None:
        columns = {name: column_named(name) for name in register.fields}
        self._carry_out(table_of_texts(register, texts.subquery("given", copy=False), columns), values)

    def _hold(self, register: Register, capsule: object) -> Mapping[str, str]:
        """Copy the columns of a register out of a stream, which flows once; gives the type of each."""
        self._database.register(_STREAM, capsule)
        try:
            described = self._carry_out(exp.Describe(this=exp.select("*").from_(table_named(_STREAM))))
            kinds = {row[0]: row[1] for row in described if row[0] in register.fields}
            wanted: list[exp.Expr] = [column_named(name) for name in kinds] or [exp.null()]
            self._carry_out(exp.select(*wanted).from_(table_named(_STREAM)).ctas(table_named(_HELD)))
        finally:
            self._database.unregister(_STREAM)
        return kinds

    def _held(self, register: Register, kinds: Mapping[str, str]) -> exp.Select:
        """What is held, as text: days where all times are midnight, and anything where all is blank."""
        asked = [fill(_question(kind), "duckdb", column=column_named(name)) for name, kind in kinds.items()]
        [(_, *found)] = self._carry_out(exp.select(exp.Count(this=exp.Star()), *asked).from_(table_named(_HELD)))
        columns = {name: _held_as(kind, plain=so) for (name, kind), so in zip(kinds.items(), found, strict=True)}
        DUCKDB.expect(register, Columns(columns))
        texts = [named(_as_text(name, kinds[name]), name) for name in register.fields]
        return exp.select(*texts).from_(table_named(_HELD))


def _question(kind: str) -> str:
    return _NO_TIME if holds(kind) is Holds.MOMENT else _NO_NUMBER if kind in _FLOATS else _NO_VALUE


def _held_as(kind: str, *, plain: bool) -> Holds:
    """What a column counts as, where all its times are midnight or all is blank. A program can cut off times itself."""
    if (own := holds(kind)) is Holds.MOMENT:
        return Holds.DAY if plain else Holds.TIME
    return Holds.TEXT if plain or kind.startswith("ENUM") else own


def _as_text(name: str, kind: str) -> exp.Expr:
    """A column as text; one of numbers that are none was found to hold nothing else."""
    own: exp.Expr = exp.null() if kind in _FLOATS else column_named(name)
    return exp.cast(exp.cast(own, "DATE") if holds(kind) is Holds.MOMENT else own, "VARCHAR")
