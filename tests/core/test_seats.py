"""Few quick readers at a time; a long read stops nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import pytest

from app.core import seats
from app.core.seats import Seats


class Readers:
    """Who has a seat now, and how many had one at once."""

    def __init__(self, seats: Seats) -> None:
        self.seats, self.now, self.most = seats, 0, 0

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        async with self.seats.taken():
            self.now += 1
            self.most = max(self.most, self.now)
            yield
            self.now -= 1

    async def for_a_moment(self) -> None:
        async with self.one():
            await asyncio.sleep(0)


def test_as_long_as_all_are_quick_few_go_at_a_time() -> None:
    async def twenty() -> Readers:
        readers = Readers(Seats(most=8, quick=2))
        await asyncio.gather(*(readers.for_a_moment() for _ in range(20)))
        return readers

    readers = asyncio.run(twenty())

    assert (readers.most, readers.now) == (2, 0)


def test_long_reads_stop_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "PATIENCE_S", 0.01)

    async def behind_long_ones() -> Readers:
        readers = Readers(Seats(most=8, quick=2))
        async with readers.one(), readers.one():
            with anyio.fail_after(5):
                await readers.for_a_moment()
        await asyncio.gather(*(readers.for_a_moment() for _ in range(20)))
        return readers

    readers = asyncio.run(behind_long_ones())

    assert (readers.most, readers.now) == (3, 0)


def test_never_do_more_read_than_there_are_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seats, "PATIENCE_S", 0.01)

    async def long_ones() -> int:
        readers, held = Readers(Seats(most=3, quick=2)), asyncio.Event()

        async def long() -> None:
            async with readers.one():
                await held.wait()

        async with asyncio.TaskGroup() as group:
            for _ in range(6):
                group.create_task(long())
            await asyncio.sleep(0.1)
            held.set()
        return readers.most

    assert asyncio.run(long_ones()) == 3


def test_who_leaves_while_waiting_takes_no_seat_along() -> None:
    async def leaving() -> Readers:
        readers = Readers(Seats(most=8, quick=1))
        async with readers.one():
            waiting = asyncio.create_task(readers.for_a_moment())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await asyncio.gather(*(readers.for_a_moment() for _ in range(3)))
        return readers

    readers = asyncio.run(leaving())

    assert (readers.most, readers.now) == (1, 0)
