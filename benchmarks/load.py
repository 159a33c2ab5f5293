"""A load generator for keep-alive GETs: ``wrk`` where it is installed, else a plain client of ours."""

import asyncio
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import uvloop

PATIENCE_S = 10.0
WRK = shutil.which("wrk")
NAME = "wrk" if WRK else "benchmarks/load.py (asyncio on uvloop)"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Load:
    """What a load came to."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float


def put_on(url: str, connections: int, seconds: float) -> Load:
    """GET ``url`` again and again, for so long, over so many connections. Raises RuntimeError unless all answer 200."""
    if WRK:
        return _wrk(WRK, url, connections, seconds)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_ours(url, connections, seconds))


def _wrk(wrk: str, url: str, connections: int, seconds: float) -> Load:
    words = [wrk, "-t1", f"-c{connections}", f"-d{round(seconds)}s", "--latency", url]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise RuntimeError(said)
    done = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)", said)
    shares = {share: float(n) * _UNITS[unit] for share, n, unit in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s|m)", said)}
    assert done
    return Load(int(done[1]), float(done[2]) * _UNITS[done[3]] / 1000, shares["50"], shares["99"])


class _Connection(asyncio.Protocol):
    """Sends the next request as soon as the answer to the last is whole."""

    def __init__(self, request: bytes, until: float, took: list[float]) -> None:
        self._request, self._until, self._took = request, until, took
        self._got, self._whole = bytearray(), 0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        self._got.clear()
        self._whole = 0
        self._sent = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._whole and (end := self._got.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self._got)
            if not length or not self._got.startswith(b"HTTP/1.1 200 "):
                self.connection_lost(RuntimeError(bytes(self._got[:300]).decode(errors="replace")))
                return
            self._whole = end + 4 + int(length[1])
        if self._whole and len(self._got) >= self._whole:
            now = time.perf_counter()
            self._took.append((now - self._sent) * 1000)
            if now < self._until:
                self._send()
            else:
                self.connection_lost(None)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport.close()
        if not self.ended.done():
            self.ended.set_exception(error) if error else self.ended.set_result(None)


async def _ours(url: str, connections: int, seconds: float) -> Load:
    at = urlsplit(url)
    request = f"GET {at.path}?{at.query} HTTP/1.1\r\nHost: {at.netloc}\r\nAccept: */*\r\n\r\n".encode()
    took: list[float] = []
    began = time.perf_counter()
    loop = asyncio.get_running_loop()
    open_ = [
        loop.create_connection(lambda: _Connection(request, began + seconds, took), at.hostname or "", at.port or 80)
        for _ in range(connections)
    ]
    async with asyncio.timeout(seconds + PATIENCE_S):
        made = await asyncio.gather(*open_)
        await asyncio.gather(*(connection.ended for _, connection in made))
    ranked = sorted(took)
    share = [ranked[int(len(ranked) * part)] for part in (0.5, 0.99)]
    return Load(len(ranked), time.perf_counter() - began, *share)
