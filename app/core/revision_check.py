"""How the numbers of ``revisions`` are read before each kept answer: never older than the request that asks.

Whoever asks gets what a query found that *started* after their request had come. One query answers many: all who
had come before it started. Tasks that had come by then and have not run yet may still join it: the event loop runs
what is ready in the order in which it became ready (asyncio and uvloop do), so whatever runs before a callback that
is scheduled with the start of the query had come before it. This holds for tasks that start through that queue, as
those of uvicorn do; not for eager ones, nor where a protocol asks while it reads its socket.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import psycopg
import structlog
from psycopg import pq

from app.core.database import Database

log = structlog.get_logger("revisions")
CONNECT_S = 2.0
ANSWER_S = 2.0
OF_SQLITE = "SELECT family, number FROM revision"
OF_POSTGRESQL = "SELECT string_agg(family || ' ' || number, ',') FROM revision"
PREPARED = b"revisions"
CLOSED = "closed"
REFUSED = "refused"
CONNECTION = ""  # no family: which connection of this check the numbers came by


class CheckFailed(Exception):
    """The database can't be asked now."""


class RevisionCheck(Protocol):
    """The number of each family of data, read after the request came.

    With them comes the number of the connection (``CONNECTION``): behind another one there may be another server, on
    which the same numbers stand for other data.
    """

    async def __call__(self) -> Mapping[str, int]:
        """The numbers by family; the same object as before as long as nothing has changed. Raises CheckFailed."""

    async def close(self) -> None:
        """Let the connection go. Whoever asks later opens another."""


def revision_check(database: Database) -> RevisionCheck:
    """The check of a process. It connects when it is first asked, in the event loop that runs then."""
    url = database.engine.url
    if not database.is_sqlite:
        _, options = database.engine.dialect.create_connect_args(url)
        return PostgresCheck(dict(options), database.losses.seen)
    if not url.database or url.database.startswith("file:"):
        return NoCheck()
    return SqliteCheck(Path(url.database))


class NoCheck:
    """For an SQLite address that is no plain file, and may be anything: every answer is made anew."""

    async def __call__(self) -> Mapping[str, int]:
        raise CheckFailed("no plain file")

    async def close(self) -> None:
        """Nothing is open."""


class SqliteCheck:
    """The numbers of an SQLite file, on a connection that reads only and has no transaction open between checks.

    ``PRAGMA data_version`` takes a few microseconds and changes with each commit of any other connection, also of
    another process. The numbers are read again only then. It waits for no lock: rather, the check fails.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._cursor: sqlite3.Cursor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_fresh = False
        self._version = -1
        self._connections = 0
        self._numbers: dict[str, int] = {}

    async def __call__(self) -> Mapping[str, int]:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            _must_be_over(self._loop)
            self._loop, self._is_fresh = loop, False
        if not self._is_fresh:
            self._read()
            self._is_fresh = True
            loop.call_soon(self._grow_old)
        return self._numbers

    def _grow_old(self) -> None:
        self._is_fresh = False

    def _read(self) -> None:
        try:
            cursor = self._cursor or self._open()
            (version,) = cursor.execute("PRAGMA data_version").fetchone()
            if version != self._version:
                numbers = {**dict(cursor.execute(OF_SQLITE).fetchall()), CONNECTION: self._connections}
                if numbers != self._numbers:
                    self._numbers = numbers
                self._version = version
        except sqlite3.Error as error:
            self._let_go()
            raise CheckFailed(type(error).__name__) from error

    def _open(self) -> sqlite3.Cursor:
        address = f"{self._file.absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(address, uri=True, timeout=0, isolation_level=None, check_same_thread=False)
        self._cursor, self._version = connection.cursor(), -1
        self._connections += 1
        return self._cursor

    def _let_go(self) -> None:
        cursor, self._cursor, self._is_fresh = self._cursor, None, False
        if cursor is not None:
            cursor.connection.close()

    async def close(self) -> None:
        """Let the connection go."""
        self._let_go()


Waiter = asyncio.Future[Mapping[str, int]]


class PostgresCheck:
    """The numbers in PostgreSQL, by one small query at a time on one connection of its own.

    It goes to the server directly, as the engine's connections do, and is no seat of theirs. libpq is driven by
    hand, because a check that way costs less than half (``docs/decisions/0012``). Everything here runs in the
    event loop, so nothing has to be locked; whoever leaves cancels a future of their own.

    It is the first to see that the server has gone, since it listens between queries too, and tells that to ``lost``.
    """

    def __init__(self, options: dict[str, Any], lost: Callable[[], None]) -> None:
        self._lost = lost
        own = {"application_name": "perhekeskus", "connect_timeout": int(CONNECT_S), "autocommit": True}
        self._options = options | own
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None  # kept, or psycopg warns that it was left open
        self._pgconn: pq.abc.PGconn | None = None
        self._socket = -1  # once the server has gone, libpq does not tell it any more
        self._asked: list[Waiter] | None = None  # whom the query on its way answers
        self._coming: list[Waiter] = []  # where newcomers wait: for the next query, or in its first moment for that
        self._result: pq.abc.PGresult | None = None
        self._sent_at = 0.0
        self._watch: asyncio.TimerHandle | None = None
        self._is_away = False
        self._connections = 0
        self._raw: bytes | None = b""
        self._numbers: dict[str, int] = {}

    async def __call__(self) -> Mapping[str, int]:
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._begin_in(loop)
        waiter: Waiter = loop.create_future()
        self._coming.append(waiter)
        if self._asked is None and self._connecting is None:
            self._ask()
        return await waiter

    async def close(self) -> None:
        """Let the connection go; whoever waits is told that the check failed."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.wait((self._connecting,))
        self._fail(CLOSED)

    def _begin_in(self, loop: asyncio.AbstractEventLoop) -> None:
        _must_be_over(self._loop)
        if self._pgconn is not None:
            self._pgconn.finish()  # the loop that read from it is gone
        self._loop, self._connecting, self._pgconn, self._asked, self._coming = loop, None, None, None, []
        self._watch = None

    @property
    def _running(self) -> asyncio.AbstractEventLoop:
        assert self._loop is not None
        return self._loop

    def _ask(self) -> None:
        """Start a query for all who have come; connect first where need be."""
        if self._pgconn is None:
            self._connecting = self._running.create_task(self._connect())
            return
        batch = self._asked = self._coming
        self._result = None
        try:
            self._pgconn.send_query_prepared(PREPARED, None)
            is_stuck = self._pgconn.flush()
        except psycopg.Error as error:
            self._fail(type(error).__name__)
            return
        if is_stuck:  # some dozens of bytes do not go out
            self._fail("stuck")
            return
        self._running.call_soon(self._shut, batch)
        self._sent_at = self._running.time()
        if self._watch is None:
            self._watch = self._running.call_later(ANSWER_S, self._look)

    def _shut(self, batch: list[Waiter]) -> None:
        """From here on, newcomers may have come after that query started."""
        if self._coming is batch:
            self._coming = []

    def _look(self) -> None:
        """Give up a query that is not answered. One timer for many queries: each of its own would cost more."""
        self._watch = None
        if self._asked is None:
            return
        left = self._sent_at + ANSWER_S - self._running.time()
        if left > 0:
            self._watch = self._running.call_later(left, self._look)
        else:
            self._fail("no answer")

    def _on_input(self) -> None:
        pgconn = self._pgconn
        if pgconn is None:
            return
        try:
            pgconn.consume_input()
            while self._asked is not None and not pgconn.is_busy():
                result = pgconn.get_result()
                if result is None:
                    self._tell()
                    break
                self._result = result
        except psycopg.Error as error:
            self._fail(type(error).__name__)

    def _tell(self) -> None:
        result, batch = self._result, self._asked or []
        if result is None or result.status != pq.ExecStatus.TUPLES_OK:
            self._fail(REFUSED)
            return
        raw = result.get_value(0, 0)
        if raw != self._raw:
            self._raw, numbers = raw, {**_parsed(raw), CONNECTION: self._connections}
            self._numbers = self._numbers if numbers == self._numbers else numbers
        self._asked = self._result = None
        self._shut(batch)
        for waiter in batch:
            if not waiter.done():
                waiter.set_result(self._numbers)
        if self._coming:
            self._ask()

    def _fail(self, why: str) -> None:
        """Drop the connection, and tell all who wait. Old numbers are never given instead."""
        pgconn, self._pgconn = self._pgconn, None
        if pgconn is not None:
            self._running.remove_reader(self._socket)
            pgconn.finish()
            if why not in (CLOSED, REFUSED):  # who refuses is there
                self._lost()
        if self._watch is not None:
            self._watch.cancel()
        waiting = self._coming if self._coming is self._asked else [*(self._asked or ()), *self._coming]
        self._asked, self._result, self._watch, self._coming = None, None, None, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_exception(CheckFailed(why))
        if not self._is_away and why != CLOSED:
            log.warning("revisions_not_read", why=why)
        self._is_away = True

    async def _connect(self) -> None:
        why = "fault"
        try:
            async with asyncio.timeout(CONNECT_S):
                self._connection = await _connected(self._options)
            self._pgconn, self._raw = self._connection.pgconn, b""
            self._connections += 1
            self._socket = self._pgconn.socket
            self._running.add_reader(self._socket, self._on_input)
        except asyncio.CancelledError:
            why = CLOSED
            raise
        except (psycopg.Error, OSError) as error:  # TimeoutError is an OSError
            why = type(error).__name__
        finally:
            self._connecting = None
            if self._pgconn is None:  # whatever it was, nobody is left waiting
                self._fail(why)
        if self._pgconn is not None:
            self._is_away = False
            self._ask()


async def _connected(options: dict[str, Any]) -> psycopg.AsyncConnection[Any]:
    """A connection that knows the query."""
    connection = await psycopg.AsyncConnection.connect(**options)
    try:
        await connection.execute(f"PREPARE {PREPARED.decode()} AS {OF_POSTGRESQL}")
    except BaseException:
        connection.pgconn.finish()
        raise
    return connection


def _parsed(raw: bytes | None) -> dict[str, int]:
    """Numbers by family; none where nothing was ever written."""
    return {family: int(number) for family, number in (p.split(" ") for p in (raw or b"").decode().split(",") if p)}


def _must_be_over(loop: asyncio.AbstractEventLoop | None) -> None:
    """Raises CheckFailed where another event loop runs still: the check is one loop's at a time."""
    if loop is not None and not loop.is_closed():
        raise CheckFailed("another event loop")
