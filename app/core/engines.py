"""How a database is reached: its URL, its driver, and what each connection is told first."""

import sqlite3
from pathlib import Path

from pydantic_core import from_json
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

SQLITE_WAIT_S = 10.0
_MADE_AFTER = "made_after"


def normal_url(url: str) -> URL:
    """A database URL with its driver. ``postgres://`` means ``postgresql+psycopg://``."""
    made = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    if made.get_backend_name() == "postgresql":
        return made.set(drivername="postgresql+psycopg")
    return made


def engine_of(url: str, connections: int) -> Engine:
    """An engine with a pool of so many connections."""
    normal = normal_url(url)
    return _sqlite(normal, connections) if normal.get_backend_name() == "sqlite" else _postgresql(normal, connections)


class Losses:
    """How often the server was seen to have gone: connections made before that are replaced when they are next wanted.

    Without this, each that lies in the pool would be found dead by a request that fails for it.
    """

    def __init__(self, engine: Engine) -> None:
        self._seen = 0
        event.listen(engine, "connect", self._made)
        event.listen(engine, "checkout", self._wanted)

    def seen(self) -> None:
        """A connection to the server was lost, so the others are not to be trusted either."""
        self._seen += 1

    def _made(self, _: object, entry: ConnectionPoolEntry) -> None:
        entry.info[_MADE_AFTER] = self._seen

    def _wanted(self, _: object, entry: ConnectionPoolEntry, __: object) -> None:
        if entry.info[_MADE_AFTER] != self._seen:
            raise DisconnectionError  # the pool then makes a new one in its place


def _sqlite(url: URL, connections: int) -> Engine:
    if url.database and url.database != ":memory:" and not url.database.startswith("file:"):
        file = Path(url.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        json_deserializer=from_json,
        connect_args={"check_same_thread": False, "timeout": SQLITE_WAIT_S, "isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if statement := connection.get_execution_options().get("begin"):
            connection.exec_driver_sql(statement)

    return engine


def _postgresql(url: URL, connections: int) -> Engine:
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        json_deserializer=from_json,
        connect_args={"connect_timeout": 5, "application_name": "perhekeskus"},
    )
