"""How ``wrk`` is called, and what it says."""

import re
import subprocess
from pathlib import Path
from typing import NamedTuple

from benchmarks.requests import FIRST_DAY, Request

MISSES = Path(__file__).with_name("misses.lua")
_IN_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


class Told(NamedTuple):
    """What wrk tells of a load."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float


def version(wrk: str) -> str:
    """``wrk 4.1.0``, or as it calls itself."""
    said = subprocess.run([wrk, "--version"], capture_output=True, text=True, check=False).stdout
    return " ".join(said.split("[")[0].split()[:2])


def words(wrk: str, request: Request, connections: int, seconds: int) -> list[str]:
    """The command line. A thread is enough: it sends many times what a worker of Python answers."""
    headers = [word for name, value in request.headers.items() for word in ("-H", f"{name}: {value}")]
    called = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *headers]
    if request.days is None:
        return [*called, request.url]
    first = FIRST_DAY.toordinal() - _EPOCH + request.days.used + 1
    return [*called, "-s", str(MISSES), request.url, "--", str(first)]


def read(said: str) -> Told:
    """The numbers in the output of ``wrk --latency``. Raises RuntimeError where a request failed."""
    done = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)", said)
    shares = {share: float(n) * _IN_MS[unit] for share, n, unit in re.findall(r"(50|99)%\s+([\d.]+)(us|ms|s|m)", said)}
    if "Non-2xx" in said or "Socket errors" in said or not done or int(done[1]) == 0 or len(shares) != 2:
        raise RuntimeError(f"not every request was answered:\n{said}")
    return Told(int(done[1]), float(done[2]) * _IN_MS[done[3]] / 1000, shares["50"], shares["99"])


_EPOCH = 719_163  # 1970-01-01 as Python counts days
