"""PostgreSQL: a transaction that can only read and sees one moment, with a limit on the time of each statement."""

from typing import Any

from sqlalchemy import Connection, NullPool, create_engine
from sqlalchemy.engine import URL
from sqlglot import exp

from policykit.engines.database.database import Database
from policykit.engines.in_place import Dialect, Rows
from policykit.engines.query import quoted
from policykit.engines.text_to_type import POSTGRES, Columns, Holds

_PATIENCE = 10
"""Seconds to wait for a server that does not answer."""

_MANNERS = {
    "client_encoding": "utf8",
    "connect_timeout": _PATIENCE,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
"""Text comes as text whatever the database keeps it in, and a network that is gone is noticed in a minute.

Whoever needs something else puts it into the URL.
"""

_TABLE = """
SELECT c.oid, n.nspname
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relname = %(table)s AND pg_catalog.pg_table_is_visible(c.oid) AND c.relkind IN ('r', 'v', 'm', 'p', 'f')
"""
_COLUMNS = """
SELECT a.attname, COALESCE(b.typname, t.typname), COALESCE(k.collisdeterministic, TRUE),
  pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_type AS b ON t.typtype = 'd' AND b.oid = t.typbasetype
LEFT JOIN pg_catalog.pg_collation AS k ON k.oid = a.attcollation
WHERE a.attrelid = %(table)s AND a.attnum > 0 AND NOT a.attisdropped
"""

_HOLDS = {
    **dict.fromkeys(["text", "varchar"], Holds.TEXT),
    **dict.fromkeys(["int2", "int4", "int8"], Holds.INTEGER),
    **dict.fromkeys(["timestamp", "timestamptz", "time", "timetz"], Holds.TIME),
    "bpchar": Holds.PADDED,
    "date": Holds.DAY,
    "bool": Holds.FLAG,
    "citext": Holds.FOLDED,
}
_WHY = {
    "42501": "the database does not let its user read all rows of the table",
    "53300": "the database has no room for another connection",
    "57P01": "the database ended the connection",
    "25006": "its table is a view that would write to the database",
}
_A_VALUE = "22"
"""How the codes of errors begin that a value in a record causes, as in a view that reckons with it."""


class PostgresDialect(Dialect):
    """PostgreSQL would write out each view that is looked at twice, and could not look rows up in an index."""

    types = POSTGRES
    materialized = False

    def fit(self, query: exp.Expr) -> exp.Expr:
        """Days are subtracted."""
        return query.transform(_fitted, copy=False)


class Postgres(Database):
    """One PostgreSQL database."""

    dialect: Dialect = PostgresDialect()
    name = "postgresql"

    def __init__(self, url: URL, seconds: int) -> None:
        self._url = url.set(drivername="postgresql+psycopg")
        super().__init__(seconds)

    def connect(self) -> Connection:
        """Connect and begin; the server itself refuses whatever would write."""
        manners = {name: setting for name, setting in _MANNERS.items() if name not in self._url.query}
        engine = create_engine(self._url, poolclass=NullPool, hide_parameters=True, connect_args=manners)
        reading = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True, "no_parameters": True}
        connection = engine.connect().execution_options(**reading)
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        connection.exec_driver_sql("SET LOCAL jit = off")  # our queries are long: compiling them takes seconds
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{self.seconds}s'")
        connection.exec_driver_sql("SET LOCAL standard_conforming_strings = on")
        connection.exec_driver_sql("SET LOCAL row_security = off")  # refused, where rows would be hidden unsaid
        [(version,)] = connection.exec_driver_sql("SHOW server_version")
        self.name = f"postgresql {version.split()[0]}"
        return connection

    def find(self, connection: Connection, table: str) -> Rows | None:
        """The table, named with its schema, because a view of the same name must not be taken for it."""
        if "\0" in table:  # no name has one, and no driver takes one
            return None
        found = connection.exec_driver_sql(_TABLE, {"table": table}).all()
        if not found:
            return None
        [(number, schema)] = found
        columns = connection.exec_driver_sql(_COLUMNS, {"table": number}).all()
        holds = {name: _HOLDS.get(kind, Holds.OTHER) if plain else Holds.FOLDED for name, kind, plain, _ in columns}
        closed = frozenset(name for name, _, _, is_open in columns if not is_open)
        return Rows(exp.table_(table, db=schema, quoted=True, alias=quoted("t")), Columns(holds, closed=closed))

    def why(self, error: BaseException) -> str:
        """What an error of psycopg means."""
        state = getattr(error, "sqlstate", None)
        if state == "57014":
            return f"the database took longer than {self.seconds} seconds"
        if state is None:
            return _why_not_connected(error)
        if state.startswith(_A_VALUE):
            return f"the database, or a view in it, cannot reckon with a value: {type(error).__name__}"
        return _WHY.get(state, f"the database refused it: {type(error).__name__}")


def _fitted(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.DateDiff):
        return exp.paren(exp.Sub(this=node.this, expression=node.expression), copy=False)
    return node


def _why_not_connected(error: Any) -> str:  # noqa: ANN401 - whatever the driver raised
    """Before there is a connection the driver only says how far it got."""
    got = getattr(error, "pgconn", None)
    if got is not None and (got.needs_password or got.used_password):
        return "the database refused the name or the password, or is not on that server"
    return "the database cannot be reached"
