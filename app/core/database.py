"""One request, one transaction: committed before the answer leaves, or not at all.

Three forms of session, each behind one name:
``ReadSession`` for an answer of one statement (autocommit), ``SnapshotSession`` for an answer made of
several (they see one state), ``WriteSession`` for a command.
"""

import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import anyio
import structlog
from fastapi import Depends, Request
from sqlalchemy import Engine, Table, event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.core import engines, revisions
from app.core.idempotency import Key, KeyLocks
from app.core.seats import Seats

log = structlog.get_logger("database")
Action = Literal["created", "changed", "deleted", "imported"]
EMPTYING_WAIT_MS = 100
QUICK_ON_SQLITE = 2
TAKEN = "taken"


@dataclass(frozen=True)
class Command:
    """Who does what: the head of an audit entry. ``by`` is a person or a machine; null is the command line."""

    name: str
    by: uuid.UUID | None = None
    request_id: str | None = None
    audit_id: uuid.UUID | None = None  # several transactions of one import share one audit entry
    is_machine: bool = False


@dataclass
class Change:
    """One row that a command made, changed or removed; or, with ``rows``, a number of them."""

    kind: str
    action: Action
    id: uuid.UUID | None = None
    fields: tuple[str, ...] = ()
    rows: int | None = None


class Work(Session):
    """A session that remembers what it wrote: for the audit row and the revisions.

    ``erases`` asks that nothing of what it removes is left in a file once it has committed.
    """

    def __init__(self, bind: Engine, command: Command) -> None:
        super().__init__(bind, expire_on_commit=False)
        self.command = command
        self.changes: list[Change] = []
        self.families: set[str] = set()
        self.erases = False

    def wrote(self, table: Table, change: Change | None = None) -> None:
        """State a write that did not go through ``add`` or ``delete``: bulk paths call it."""
        self.families.add(revisions.family_of(table))
        if change is not None:
            self.changes.append(change)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part of the transaction that is undone alone if it is refused, and then leaves nothing in the trail."""
        self.flush()  # what came before stays, and so does its trail
        told, families = len(self.changes), set(self.families)
        try:
            with self.begin_nested():
                yield
        except BaseException:
            del self.changes[told:]
            self.families = families
            raise


@event.listens_for(Work, "after_flush")
def _remember(session: Work, _: UOWTransaction) -> None:
    for action, rows in (("created", session.new), ("changed", session.dirty), ("deleted", session.deleted)):
        for row in rows:
            table: Table = row.__table__
            changed = tuple(
                a.key for a in inspect(row).attrs if a.history.has_changes() and a.key not in ("version", "updated_at")
            )
            if action == "changed" and not changed:
                continue
            session.families.add(revisions.family_of(table))
            if not table.info.get("unaudited"):
                fields = () if action == "deleted" else changed
                session.changes.append(Change(table.name, action, getattr(row, "id", None), fields))  # type: ignore[arg-type]


Hook = Callable[[Work], None]


@dataclass
class Database:
    """The one database of a process: engines, the turn of writers, and what happens at each commit.

    ``before_commit`` are functions that add to a command's transaction (the audit row). ``connections``
    is how many requests are served at once.
    """

    url: str
    before_commit: Sequence[Hook] = ()
    connections: int = 10
    engine: Engine = field(init=False)
    losses: engines.Losses = field(init=False)
    keys: KeyLocks = field(default_factory=KeyLocks)
    _is_log_to_be_emptied: bool = False

    def __post_init__(self) -> None:
        self.engine = engines.engine_of(self.url, self.threads)
        self.losses = engines.Losses(self.engine)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        options: dict[str, dict[str, Any]] = (
            {"read": {}, "snapshot": {"begin": "BEGIN"}, "write": {"begin": "BEGIN IMMEDIATE"}}
            if self.is_sqlite
            else {
                "read": {"isolation_level": "AUTOCOMMIT"},
                "snapshot": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
                "write": {"isolation_level": "READ COMMITTED"},
            }
        )
        self._read, self._snapshot, self._write = (
            self.engine.execution_options(**options[k]) for k in ("read", "snapshot", "write")
        )
        self._turns = anyio.Semaphore(1) if self.is_sqlite else None
        self._seats = Seats(self.connections, QUICK_ON_SQLITE if self.is_sqlite else self.connections)

    @property
    def threads(self) -> int:
        """How many threads, and connections, are needed: the seats, and the writer of SQLite."""
        return self.connections + 1

    def reader(self, *, is_snapshot: bool = False) -> Session:
        """A session to read with, to be closed; to make one asks nothing of the database."""
        return Session(self._snapshot if is_snapshot else self._read, expire_on_commit=False)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for one statement."""
        with self.reader() as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session whose statements all see the state at the first of them."""
        with self.reader(is_snapshot=True) as session:
            yield session

    @contextmanager
    def writing(self, command: Command, *, keep: bool = True) -> Iterator[Work]:
        """A transaction: committed at the end, or undone whole.

        ``keep=False`` undoes it always (a dry run). In a server, take the ``turn`` first.
        """
        with Work(self._write, command) as session, session.begin() as transaction:
            yield session
            if keep:
                self._finish(session)
            else:
                transaction.rollback()
        self._is_log_to_be_emptied |= session.erases and keep and self.is_sqlite
        if self._is_log_to_be_emptied:
            self._empty_log()

    def _finish(self, session: Work) -> None:
        session.flush()
        if session.changes:
            for hook in self.before_commit:
                hook(session)
        revisions.grow(session.connection(), session.families)

    def _empty_log(self) -> None:
        """Write SQLite's log back into the file and cut it: what was removed stays readable in it else.

        Where others read on, such as a backup, the next write tries again.
        """
        try:
            with self._read.connect() as connection:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {EMPTYING_WAIT_MS}")
                is_busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {engines.SQLITE_WAIT_S * 1000:.0f}")
        except DBAPIError as error:  # it is committed, whatever happens here
            is_busy = type(error.orig).__name__
        self._is_log_to_be_emptied = bool(is_busy)
        if is_busy:
            log.warning("log_not_emptied", why=is_busy)

    @asynccontextmanager
    async def seat(self) -> AsyncIterator[None]:
        """One of the seats of those who read: whoever has one finds a connection and a thread free.

        Waiting happens here, on the event loop. Waiting for a connection in a thread would keep that
        thread from those who have a connection and need a thread to finish.
        """
        async with self._seats.taken():
            yield

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The turn to write: one at a time on SQLite, in the order of asking; a seat elsewhere.

        The one writer of SQLite has a connection and a thread beside those of the seats, so that
        writers who wait hold nothing that readers need.
        """
        async with self._turns or self._seats.taken():
            yield

    def is_reachable(self) -> bool:
        """Whether the database answers a trivial question."""
        with self.engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar())


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


DatabaseDep = Annotated[Database, Depends(_database)]


async def _turn(database: DatabaseDep) -> AsyncIterator[None]:
    async with database.turn():
        yield


async def hold_key(request: Request, database: DatabaseDep) -> AsyncIterator[Key | None]:
    """The Idempotency-Key of a request, if it came with one: nobody else in this process has it meanwhile."""
    state = request.scope["state"]
    key: Key | None = state.get("key")
    if key is None:
        yield None
        return
    key.caller_id = state["caller_id"]
    async with database.keys.held(key):
        yield key


HeldKey = Annotated[Key | None, Depends(hold_key, scope="function")]
Turn = Annotated[None, Depends(_turn, scope="function")]


async def _reading(database: DatabaseDep) -> AsyncIterator[Session]:
    async with for_request(database) as session:
        yield session


async def _snapshot(database: DatabaseDep) -> AsyncIterator[Session]:
    async with for_request(database, is_snapshot=True) as session:
        yield session


@asynccontextmanager
async def for_request(database: Database, *, is_snapshot: bool = False) -> AsyncIterator[Session]:
    """A session to read with, in a seat. An endpoint closes it, in its own thread (``hop``); else it is closed here."""
    async with database.seat():
        session = database.reader(is_snapshot=is_snapshot)
        try:
            yield session
        finally:
            if not session.info.get(TAKEN) and session.in_transaction():
                await run_in_threadpool(session.close)


def _writing(request: Request, database: DatabaseDep, key: HeldKey, _: Turn) -> Iterator[Work]:
    with database.writing(command_of(request)) as session:
        if check := request.scope["state"].get("caller_check"):
            check(session)  # who waited for the turn may have lost the right meanwhile
        if key is not None:
            key.claim(session)
        yield session
        if key is not None:
            key.keep(session)


def command_of(request: Request) -> Command:
    """The command that a request is: named by its operation, done by its caller.

    Raises RuntimeError where no caller is known: a write without one must not exist.
    """
    state = request.scope["state"]
    if "caller_id" not in state:
        raise RuntimeError(f"{request.scope['route'].name} writes without stating who may: put its need first.")
    return Command(
        request.scope["route"].operation_id,
        state["caller_id"],
        state.get("request_id"),
        is_machine=state.get("caller_is_machine", False),
    )


# scope="function": the commit happens before the answer is sent. With the default scope a failing
# commit would follow an answer that already said 200.
ReadSession = Annotated[Session, Depends(_reading, scope="function")]
SnapshotSession = Annotated[Session, Depends(_snapshot, scope="function")]
WriteSession = Annotated[Work, Depends(_writing, scope="function")]
