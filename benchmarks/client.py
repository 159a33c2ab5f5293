"""A client for those without ``wrk``: one thread that waits for all its connections at once.

It does as little as can be per answer, so that it is not what is measured: it looks for the status and the length
in the head, and counts the bytes. The bench tells how busy it was.
"""

import re
import select
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from benchmarks.requests import Request

PATIENCE_S = 10.0
MOST_BYTES = 1 << 18
CHUNKED = -1
LAST_CHUNK = b"\r\n0\r\n\r\n"
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked\r\n", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


class _Connection:
    """One connection, with a request under way."""

    __slots__ = ("_expected", "_requests", "_sent_at", "_socket", "_whole", "got")

    def __init__(self, address: tuple[str, int], requests: Iterator[bytes], status: int) -> None:
        self._socket = socket.create_connection(address, timeout=PATIENCE_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests, self._expected = requests, b"HTTP/1.1 %d " % status
        self.send()

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self) -> None:
        self.got, self._whole = b"", 0
        self._sent_at = time.perf_counter()
        self._socket.sendall(next(self._requests))

    def took(self) -> float | None:
        """Seconds that the answer took, once it is whole. Raises RuntimeError unless it is the one expected."""
        part = self._socket.recv(MOST_BYTES)
        self.got = got = self.got + part if self.got else part
        if not self._whole:
            end = got.find(b"\r\n\r\n")
            if not part or (end >= 0 and not got.startswith(self._expected)):
                raise RuntimeError(f"not the answer that was expected:\n{got[:500].decode(errors='replace')}")
            if end < 0:
                return None
            length = _LENGTH.search(got, 0, end + 2)
            is_chunked = not length and _CHUNKED.search(got, 0, end + 2)
            self._whole = CHUNKED if is_chunked else end + 4 + (int(length[1]) if length else 0)
        is_whole = got.endswith(LAST_CHUNK) if self._whole == CHUNKED else len(got) >= self._whole
        return time.perf_counter() - self._sent_at if is_whole else None

    def close(self) -> None:
        self._socket.close()


def put_on(request: Request, connections: int, seconds: float) -> tuple[list[float], float]:
    """How many seconds each answer took, and all together. Raises RuntimeError, TimeoutError."""
    at, requests = urlsplit(request.url), request.bytes()
    address = at.hostname or "", at.port or 80
    began = time.perf_counter()
    made = [_Connection(address, requests, request.status) for _ in range(connections)]
    try:
        return list(_answers(made, began + seconds)), time.perf_counter() - began
    finally:
        for connection in made:
            connection.close()


def _answers(connections: list[_Connection], until: float) -> Iterator[float]:
    by_number = {connection.fileno(): connection for connection in connections}
    with select.epoll() as waiting:
        for number in by_number:
            waiting.register(number, select.EPOLLIN)
        while by_number:
            ready = waiting.poll(PATIENCE_S)
            if not ready:
                raise TimeoutError(f"no answer within {PATIENCE_S:.0f} s")
            for number, _ in ready:
                took = by_number[number].took()
                if took is None:
                    continue
                yield took
                if time.perf_counter() < until:
                    by_number[number].send()
                else:
                    waiting.unregister(number)
                    del by_number[number]
