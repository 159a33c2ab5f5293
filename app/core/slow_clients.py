"""Clients that hold a connection and do not use it are cut off, so that there is always room for others.

uvicorn by itself waits for ever for the first byte of a connection, the rest of a request, an answer to be taken.
"""

import sys
from asyncio import AbstractEventLoop, BaseTransport, TimerHandle, Transport
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import structlog
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

if sys.platform != "win32":
    import fcntl
    import resource
    import termios

MOST_DESCRIPTORS = 65_536  # more would only be memory that strangers may fill
MOST_HALF_OPEN = 10_000
MOST_WAITING = 2_048  # connections that the system holds until they are accepted
# How long a connection is kept that nobody uses, unless room is short. Longer than proxies keep theirs (nginx 60 s):
# else they would send a request just as it is closed.
IDLE_S = 75
TRIES = 64  # how many clients are looked at for one that may go
log = structlog.get_logger("slow_clients")


@dataclass(frozen=True)
class Limits:
    """How long a server waits for its clients, and for how many."""

    half_open: int  # connections that have not sent a whole request
    connections: int  # in all; above it, idle ones are closed
    patience_s: float = 10  # for a head from its first byte, for a body from the last piece that was big enough
    bytes_per_s: int = 2_048  # what a body must bring and an answer must lose, over the time that it is given
    unread_s: float = 60

    @classmethod
    def of(cls, descriptors: int) -> "Limits":
        """Half of the descriptors for half-open connections; a quarter is left for files and the database."""
        return cls(half_open=min(descriptors // 2, MOST_HALF_OPEN), connections=descriptors * 3 // 4)


class GuardedHttp(HttpToolsProtocol):
    """A connection of uvicorn whose client has a deadline. Give it to uvicorn as ``http``."""

    limits: ClassVar[Limits | None] = None  # if absent, what the descriptors of the process allow
    cycle: RequestResponseCycle | None  # type: ignore[assignment]  # none before the first head, whatever uvicorn says

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.watch = _watch(server_state, self.loop, self.limits)
        self.due = 0.0  # when the rest of a request must be here; 0 where none is owed
        self.received = 0  # of a body, since it was last given time
        self.unread: tuple[float, int] | None = None  # since when so many bytes of an answer wait to be taken

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self.watch.welcome(self)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        cycle = self.cycle
        if cycle is None or cycle.more_body or cycle.response_complete or cycle.scope is not self.scope:
            self._owes(len(data))
        elif self.due:
            self.watch.release(self)

    def _owes(self, received: int) -> None:
        """Reckon with a request that has begun and is not whole, or with bytes that are none."""
        if not self.due:
            self.watch.expect(self)
        elif self.cycle is not None and self.cycle.scope is self.scope:
            self.received += received
            if self.received >= self.watch.limits.bytes_per_s * self.watch.limits.patience_s:
                self.watch.expect(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.watch.release(self)
        super().connection_lost(exc)

    def resume_writing(self) -> None:
        self.unread = None
        super().resume_writing()

    def keeps_us_waiting(self) -> bool:
        """Whether what is missing of the request is missing because of the client, not because nobody reads it."""
        cycle = self.cycle
        if self.flow.read_paused:
            return False
        if cycle is None or cycle.response_complete:
            return True
        return cycle.scope is self.scope and not cycle.waiting_for_100_continue  # else an earlier one is being answered

    def is_idle(self) -> bool:
        """Whether the last answer is sent and nothing of a next request has come."""
        return not self.due and self.cycle is not None and self.cycle.response_complete

    def reads_too_slowly(self, now: float, limits: Limits) -> bool:
        """Whether the client takes its answer at less than the least rate, or not at all.

        While this is asked about, nothing is written: either the application is held back, or all is written.
        """
        if not (self.flow.write_paused or self.transport.is_closing()):
            self.unread = None
            return False
        left = self.transport.get_write_buffer_size() + _unacknowledged(self.transport)
        if self.unread is None or left <= self.unread[1] - limits.bytes_per_s * limits.unread_s:
            self.unread = now, left
        return now - self.unread[0] >= limits.unread_s


class Watch:
    """The clients of one server whose turn it is, and the one timer that looks after them."""

    def __init__(self, loop: AbstractEventLoop, connections: Collection[Any], limits: Limits) -> None:
        self.limits = limits
        self._loop, self._connections = loop, connections
        self._owing: OrderedDict[GuardedHttp, None] = OrderedDict()  # in the order in which their time ends
        self._timer: TimerHandle | None = None
        self._every_s = limits.patience_s / 40
        self._next_look = loop.time() + limits.unread_s / 4
        self._cut = {"late": 0, "crowded": 0, "unread": 0}

    def welcome(self, client: GuardedHttp) -> None:
        """Wait for the first request of a new connection; where too many are open, others go."""
        for _ in range(TRIES):
            if len(self._owing) < self.limits.half_open:
                break
            self._judge(next(iter(self._owing)), "crowded")
        if len(self._connections) > self.limits.connections:
            idle = (c for c in self._connections if isinstance(c, GuardedHttp) and c.is_idle())
            for other in list(islice(idle, self.limits.connections // 8 + 1)):  # some at once: looking costs
                other.shutdown()
        self.expect(client)

    def expect(self, client: GuardedHttp) -> None:
        """Give a client all its time again, from now on."""
        client.due, client.received = self._loop.time() + self.limits.patience_s, 0
        self._owing[client] = None
        self._owing.move_to_end(client)
        if self._timer is None:
            self._timer = self._loop.call_later(self._every_s, self._sweep)

    def release(self, client: GuardedHttp) -> None:
        """Expect nothing more of a client."""
        client.due = 0.0
        self._owing.pop(client, None)

    def _sweep(self) -> None:
        now = self._loop.time()
        while self._owing and (first := next(iter(self._owing))).due <= now + self._every_s:
            self._judge(first, "late")
        if now >= self._next_look:
            self._next_look = now + self.limits.unread_s / 4
            for client in [c for c in self._connections if isinstance(c, GuardedHttp)]:
                if client.reads_too_slowly(now, self.limits):
                    self._close(client, "unread")
        if any(self._cut.values()):
            log.info("cut", **self._cut)
            self._cut = dict.fromkeys(self._cut, 0)
        self._timer = self._loop.call_later(self._every_s, self._sweep) if self._connections else None

    def _judge(self, client: GuardedHttp, why: str) -> None:
        if client.keeps_us_waiting():
            self._close(client, why)
        else:
            self.expect(client)

    def _close(self, client: GuardedHttp, why: str) -> None:
        self.release(client)
        client.transport.abort()  # close() would wait for what the client does not read
        self._cut[why] += 1


_watches: WeakKeyDictionary[ServerState, Watch] = WeakKeyDictionary()


def _watch(server: ServerState, loop: AbstractEventLoop, limits: Limits | None) -> Watch:
    found = _watches.get(server)
    if found is None:
        found = _watches[server] = Watch(loop, server.connections, limits or Limits.of(descriptors()))
    return found


def descriptors() -> int:
    """How many files and connections this process may have open."""
    if sys.platform == "win32":
        return MOST_HALF_OPEN
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else min(soft, MOST_DESCRIPTORS)


def raise_descriptors() -> int:
    """How many may be open after this has asked for as many as the system gives without more rights."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
        if soft != resource.RLIM_INFINITY and soft < most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return descriptors()


def backlog(most: int) -> int:
    """How many connections may wait to be accepted, of ``most`` descriptors.

    A loop accepts all that wait before it lets any of them go: they must fit beside those that are open.
    """
    return min(most // 4, MOST_WAITING)


def _unacknowledged(transport: Transport) -> int:
    """The bytes that the system has taken and the client has not."""
    if sys.platform != "linux":
        return 0
    try:
        told = fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, bytes(4))
    except OSError:  # closed meanwhile
        return 0
    return int.from_bytes(told, sys.byteorder)
