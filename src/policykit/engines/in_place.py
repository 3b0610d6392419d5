"""Records that stay where they are: each register that a query reads is a typed view inside it, so nothing is written.

Databases and Spark have this in common. What they differ in is a `Dialect`, and a `Connection` to ask.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Protocol

from sqlglot import exp

from policykit.engines.engine import Engine, Opened, RefusalError, Table
from policykit.engines.query import Lines, fill, named, quoted
from policykit.engines.text_to_type import SQL_TYPES, Columns, Types
from policykit.model.registers import FieldShape, Register, Value
from policykit.rules import Values, marker


class Worst(IntEnum):
    """The worst that a look at all rows found in a field."""

    PLAIN = 0
    CHANGED = 1
    UNREADABLE = 2


@dataclass(frozen=True)
class Rows:
    """The rows of a register as a query names them, which calls them `t`, and what their columns hold."""

    table: exp.Table
    columns: Columns


@dataclass(frozen=True)
class TypedView:
    """A register as a query sees it: read where it is, or rows that are built in.

    The columns of `plain` fields hold good values only, just as they should be. A query takes them as they are, so that
    indexes, and what is known of the parts of a file, are of use.
    """

    register: Register
    source: Rows | tuple[Values, ...]
    plain: frozenset[str] = frozenset()


class Dialect:
    """How a query is said where the records are; as it stands here, as it is everywhere else."""

    types: Types
    materialized: bool | None = None
    """Whether a view is written out before it is used; None where nothing is said of that."""

    def fit(self, query: exp.Expr) -> exp.Expr:
        """The query with what this dialect says in another way."""
        return query

    def name(self, register: str) -> str:
        """What the view of a register is called."""
        return register

    def column(self, name: str) -> exp.Identifier:
        """The name of a column inside a query."""
        return quoted(name)

    def literal(self, value: Value | None, shape: FieldShape) -> exp.Expr:
        """A value that is built in, with its type, which a blank does not show."""
        written = exp.Literal.string(str(value)) if isinstance(value, date) else exp.convert(value)
        return exp.cast(written, SQL_TYPES.get(shape.type, "TEXT"))

    def given(self, name: str, rows: tuple[Values, ...], fields: Mapping[str, FieldShape]) -> exp.CTE:
        """A view of rows that are built in; where there are none, of a blank one that a condition drops."""
        values = [[self.literal(row.get(name), shape) for name, shape in fields.items()] for row in rows or ({},)]
        listed: exp.Expr = exp.Values(expressions=[exp.Tuple(expressions=row) for row in values])
        if not rows:
            listed = exp.select(*values[0]).where("1 = 0", copy=False)
        return exp.CTE(this=listed, alias=exp.TableAlias(this=quoted(name), columns=[*map(self.column, fields)]))

    def survey(self, register: Register, rows: Rows) -> str:
        """How many rows there are, how many have a key, how many keys there are, and of each field the worst."""
        key = self.types.typed(register.fields[register.key], _raw(register.key), rows.columns.holds[register.key])
        numbers = [exp.Count(this=exp.Star()), exp.Count(this=key)]
        numbers.append(exp.Count(this=exp.Distinct(expressions=[key.copy()])))
        worst = [self._worst(name, shape, rows.columns) for name, shape in register.fields.items()]
        return exp.select(*numbers, *worst).from_(rows.table.copy(), copy=False).sql(self.types.dialect)

    def statement(self, query: exp.Expr, views: Iterable[TypedView], read: Mapping[str, frozenset[str]]) -> str:
        """The query with a view of each register in front, holding the key and the fields it reads."""
        fitted = self.fit(query)
        own = fitted.args.get("with_")
        common = [*(self.view(view, read[view.register.id]) for view in views), *(own.expressions if own else ())]
        fitted.set("with_", exp.With(expressions=common) if common else None)
        return fitted.sql(self.types.dialect, copy=False)

    def view(self, view: TypedView, read: frozenset[str]) -> exp.CTE:
        """A register as a view."""
        register = view.register
        fields = {name: shape for name, shape in register.fields.items() if name in read or name == register.key}
        if not isinstance(view.source, Rows):
            return self.given(self.name(register.id), view.source, fields)
        columns: list[exp.Expr] = []
        for name, shape in fields.items():
            column, holds, plain = _raw(name), view.source.columns.holds[name], name in view.plain
            value = column if plain else self.types.typed(shape, column, holds)
            columns.append(exp.Alias(this=value, alias=self.column(name)))
            if not plain:
                columns.append(named(self.types.is_unreadable(shape, column, holds), marker(name)))
        rows = exp.select(*columns).from_(view.source.table.copy(), copy=False)
        return exp.CTE(
            this=rows, alias=exp.TableAlias(this=quoted(self.name(register.id))), materialized=self.materialized
        )

    def _worst(self, name: str, shape: FieldShape, columns: Columns) -> exp.Expr:
        column, holds = _raw(name), columns.holds[name]
        changed = self.types.is_changed(shape, column, holds, exact=name not in columns.inexact)
        worst = f"MAX(CASE WHEN :unreadable THEN {Worst.UNREADABLE:d} WHEN :changed THEN {Worst.CHANGED:d} ELSE 0 END)"
        return fill(worst, unreadable=self.types.is_unreadable(shape, column, holds), changed=changed)


class Connection(Protocol):
    """Where the records are, connected to. Its methods raise RefusalError."""

    dialect: Dialect
    name: str
    """What it is and its version, as results show them."""

    def rows(self, source: Table) -> Rows:
        """The rows of a table and what its columns hold."""

    def ask(self, sql: str) -> Lines:
        """All lines of the answer."""

    def close(self) -> None:
        """Leave everything as it was found."""


class InPlaceEngine(Engine[Table]):
    """Tables that are read where they are, connected to when the first register is opened."""

    def __init__(self) -> None:
        super().__init__()
        self._connection: Connection | None = None
        self._unreachable = ""
        self._views: dict[str, TypedView] = {}

    @property
    def name(self) -> str:
        """What is connected to, and its version; empty while there is no connection."""
        return self._connection.name if self._connection else ""

    def close(self) -> None:
        """Disconnect."""
        if self._connection:
            self._connection.close()

    @abstractmethod
    def connect(self) -> Connection:
        """Connect; raises RefusalError."""

    def take_in(self, register: Register, source: Table, /) -> Opened:
        """See to it that a table has the columns of the register, and that every row has a key of its own."""
        try:
            return self._look_through(register, source, self._connected())
        except RefusalError:
            raise
        except Exception as error:  # noqa: BLE001 - a URL can be wrong in more ways than a driver foresees
            raise RefusalError(f"its database cannot be used: {type(error).__name__}") from None

    def build_in(self, register: Register, rows: Iterable[Values]) -> None:
        """Keep the rows: each query that reads them brings them along."""
        self._views[register.id] = TypedView(register, tuple(rows))

    def ask(self, query: exp.Expr, read: Mapping[str, frozenset[str]]) -> Lines:
        """Ask with the views that the query needs."""
        connection = self._connected()
        return connection.ask(connection.dialect.statement(query, [self._views[name] for name in read], read))

    def _look_through(self, register: Register, source: Table, connection: Connection) -> Opened:
        """One pass over all rows: how many there are, whether their keys will do, and what cannot be read."""
        rows, dialect = connection.rows(source), connection.dialect
        if why := dialect.types.misfit(register, rows.columns):
            raise RefusalError(why)
        [(count, recorded, distinct, *worst)] = connection.ask(dialect.survey(register, rows))
        # Where there are no rows nothing was found, so no field is plain: a column of text has yet to become days.
        found = dict(zip(register.fields, worst, strict=True))
        plain, unreadable = (
            frozenset(name for name, each in found.items() if each == state)
            for state in (Worst.PLAIN, Worst.UNREADABLE)
        )
        self._views[register.id] = TypedView(register, rows, plain)
        self.marked[register.id] = unreadable
        if not recorded == distinct == count:
            raise RefusalError("two rows have the same key" if recorded == count else "a key is blank")
        return Opened(count, None)

    def _connected(self) -> Connection:
        """The connection. It is asked for once: whoever could not connect does not have to wait again."""
        if self._unreachable:
            raise RefusalError(self._unreachable)
        if self._connection is None:
            try:
                self._connection = self.connect()
            except RefusalError as refusal:
                self._unreachable = str(refusal)
                raise
        return self._connection


def _raw(name: str) -> exp.Column:
    """The column of a field as it stands in the records."""
    return exp.column(name, table="t", quoted=True)
