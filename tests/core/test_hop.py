"""An endpoint and the end of what it reads with share a thread; whatever happens, no connection and no seat is lost."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import anyio.to_thread
import pytest
from sqlalchemy import event, text
from sqlmodel import Session

from app.core.database import Command, Database, for_request
from app.core.hop import in_one_hop

ONE = text("SELECT 1")


@contextmanager
def giving_back(database: Database) -> Iterator[list[int]]:
    """The threads in which connections were given back to the pool."""
    threads: list[int] = []

    def note(*_: Any) -> None:
        threads.append(threading.get_ident())

    event.listen(database.engine, "checkin", note)
    yield threads
    event.remove(database.engine, "checkin", note)


def ask(session: Session) -> int:
    session.execute(ONE)
    return threading.get_ident()


def test_what_an_endpoint_reads_with_ends_in_its_thread(database: Database) -> None:
    async def request() -> int:
        async with for_request(database, is_snapshot=True) as session:
            return int(await in_one_hop(ask)(session=session))

    with giving_back(database) as threads:
        mine = asyncio.run(request())

    assert threads == [mine]
    assert mine != threading.get_ident()


def test_what_only_a_dependency_reads_with_does_not_end_on_the_event_loop(database: Database) -> None:
    async def request() -> None:
        async with for_request(database, is_snapshot=True) as session:
            await anyio.to_thread.run_sync(ask, session)

    with giving_back(database) as threads:
        asyncio.run(request())

    assert len(threads) == 1
    assert threads[0] != threading.get_ident()


def test_an_endpoint_that_fails_leaves_no_connection_behind(database: Database) -> None:
    def fail(session: Session) -> None:
        ask(session)
        raise LookupError("half-way")

    async def request() -> None:
        async with for_request(database, is_snapshot=True) as session:
            await in_one_hop(fail)(session=session)

    with giving_back(database) as threads, pytest.raises(LookupError, match="half-way"):
        asyncio.run(request())

    assert len(threads) == 1


def test_a_client_that_leaves_takes_no_seat_and_no_connection_along(database: Database) -> None:
    running, gone, done = threading.Event(), threading.Event(), threading.Event()

    def slow(session: Session) -> None:
        ask(session)
        running.set()
        assert gone.wait(10)
        ask(session)  # what it reads with is still its own
        done.set()

    async def request() -> None:
        async with for_request(database, is_snapshot=True) as session:
            await in_one_hop(slow)(session=session)

    async def leaving() -> None:
        left = asyncio.create_task(request())
        await anyio.to_thread.run_sync(running.wait, 10)
        left.cancel()
        await asyncio.gather(left, return_exceptions=True)
        gone.set()
        assert await anyio.to_thread.run_sync(done.wait, 10)
        with anyio.fail_after(10):
            for _ in range(database.connections + 1):
                async with for_request(database, is_snapshot=True) as session:
                    await in_one_hop(ask)(session=session)

    with giving_back(database) as threads:
        asyncio.run(leaving())

    assert len(threads) == database.connections + 2


def test_a_transaction_is_left_open_for_its_commit(database: Database) -> None:
    with database.writing(Command("test")) as session:
        asyncio.run(in_one_hop(ask)(session=session))

        assert session.in_transaction()


def test_an_endpoint_that_waits_runs_as_it_is() -> None:
    async def waits() -> None: ...

    assert in_one_hop(waits) is waits
