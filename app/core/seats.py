"""Who of those who read goes next."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

PATIENCE_S = 0.2


class Seats:
    """At most ``most`` read at once; and where ``quick`` of them do, the next waits up to ``PATIENCE_S`` first.

    Threads that read a row each give way to one another at every row, which costs more than the reading. So
    few go at a time as long as all are quick; and a long read, which holds others up, has them go along.
    """

    def __init__(self, most: int, quick: int) -> None:
        self._most = anyio.Semaphore(most, fast_acquire=True)
        self._quick = anyio.Semaphore(quick, fast_acquire=True) if quick < most else None

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """One of the seats, from now to the end."""
        async with self._is_quick(), self._most:
            yield

    @asynccontextmanager
    async def _is_quick(self) -> AsyncIterator[None]:
        if self._quick is None:
            yield
            return
        with anyio.move_on_after(PATIENCE_S) as waiting:
            await self._quick.acquire()
        try:
            yield
        finally:
            if not waiting.cancelled_caught:
                self._quick.release()
