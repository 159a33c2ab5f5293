"""A load of keep-alive GETs and what came of it: by ``wrk`` where it is installed, else by a plain client of ours."""

import resource
import shutil
import subprocess
import time
from dataclasses import dataclass, replace

from benchmarks import client, wrk
from benchmarks.requests import Request

WRK = shutil.which("wrk")


@dataclass(frozen=True)
class Load:
    """What a load came to. ``busy`` is the share of the time for which the generator itself was at work."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    busy: float = 0.0


class Generator:
    """Puts load on a server: ``wrk`` or, where that is not wanted or not there, our own client."""

    def __init__(self, own: bool = False) -> None:
        self._wrk = None if own else WRK

    @property
    def name(self) -> str:
        return wrk.version(self._wrk) if self._wrk else "benchmarks/client.py"

    def put_on(self, request: Request, connections: int, seconds: int) -> Load:
        """Send ``request`` for so long over so many connections. Raises RuntimeError where an answer is another."""
        before, began = _worked(), time.perf_counter()
        load = self._by_wrk(request, connections, seconds) if self._wrk else _by_client(request, connections, seconds)
        return replace(load, busy=(_worked() - before) / (time.perf_counter() - began))

    def _by_wrk(self, request: Request, connections: int, seconds: int) -> Load:
        assert self._wrk
        words = wrk.words(self._wrk, request, connections, seconds)
        told = wrk.read(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
        if request.days:
            request.days.used += told.requests + connections
        return Load(*told)


def _by_client(request: Request, connections: int, seconds: int) -> Load:
    took, lasted = client.put_on(request, connections, seconds)
    ranked = sorted(took)
    p50, p99 = (ranked[int(len(ranked) * share)] * 1000 for share in (0.5, 0.99))
    return Load(len(ranked), lasted, p50, p99)


def _worked() -> float:
    """Processor seconds of this process and of its children that have ended."""
    used = (resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)
