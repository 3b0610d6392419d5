"""Databases, where the records are: the same checks as queries that write nothing, on the organisation's own tables."""

import os
import re

from policykit.engines.engine import RefusalError
from policykit.engines.in_place import Connection, InPlaceEngine

SECONDS = 300
"""No statement may take longer, unless the engine is made with another number."""


class DatabaseEngine(InPlaceEngine):
    """A PostgreSQL or SQLite database behind the URL in an environment variable."""

    def __init__(self, url_env: str, seconds: int = SECONDS) -> None:
        super().__init__()
        self._url_env = url_env
        self._seconds = seconds

    def connect(self) -> Connection:
        """Connect with what is installed."""
        return open_database(self._url_env, self._seconds)


def open_database(url_env: str, seconds: int) -> Connection:
    """Connect to the database whose URL an environment variable holds. Raises RefusalError.

    No statement may take longer than so many seconds, unless a second variable says otherwise.
    """
    try:
        from policykit.engines.database.database import read_url  # noqa: PLC0415 - an extra that may not be installed
    except ImportError:
        raise RefusalError("SQLAlchemy is not installed: pip install sqlalchemy") from None
    url, seconds = read_url(url_env), _seconds(f"{url_env}_SECONDS", seconds)
    if url.get_backend_name() == "sqlite":
        from policykit.engines.database.sqlite import Sqlite  # noqa: PLC0415 - one database, one driver

        return Sqlite(url, seconds)
    try:
        from policykit.engines.database.postgres import Postgres  # noqa: PLC0415 - one database, one driver

        return Postgres(url, seconds)
    except ImportError:
        raise RefusalError("psycopg is not installed: pip install 'psycopg[binary]'") from None


def _seconds(variable: str, otherwise: int) -> int:
    """How long a statement may take, as the operator says."""
    written = os.environ.get(variable, "")
    if not re.fullmatch("[1-9][0-9]{0,4}|", written, re.ASCII):
        raise RefusalError(f"the variable {variable} does not hold a number of seconds from 1 to 99999")
    return int(written or otherwise)
