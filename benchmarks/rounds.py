"""Rounds of measurements. In each, every server and request comes once, in an order of that round.

What is compared stands in one group, and the servers of a group are measured one after the other: a machine that
is busy with other things slows both sides of a ratio. Nothing else is comparable.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import httpx

from benchmarks.load import Generator, Load
from benchmarks.requests import Request
from benchmarks.servers import Server

CONNECTIONS = 16


class Cell(NamedTuple):
    """One server, asked for one thing, among those that it is compared with."""

    group: str
    server: str
    asked: str


@dataclass(frozen=True)
class Measured:
    """What one server came to in one round. ``cpu_ms`` is of the server alone, per request."""

    load: Load
    cpu_ms: float

    @property
    def per_second(self) -> float:
        return self.load.requests / self.load.seconds


Round = Mapping[Cell, Measured]
Asks = Callable[[Cell], Request]


def one_round(
    groups: Mapping[str, Sequence[Cell]], chance: random.Random, measure: Callable[[Cell], Measured]
) -> Round:
    """Every cell once: the groups in any order, and the cells within a group."""
    order = chance.sample(sorted(groups), len(groups))
    return {cell: measure(cell) for group in order for cell in chance.sample(groups[group], len(groups[group]))}


def measured(server: Server, request: Request, generator: Generator, seconds: int) -> Measured:
    """One measurement, of a server that has just given the right answer. Raises RuntimeError."""
    check(request)
    before = server.cpu_s()
    load = generator.put_on(request, CONNECTIONS, seconds)
    used = server.cpu_s() - before
    check(request)
    server.forget_log()
    return Measured(load, used * 1000 / load.requests)


def check(request: Request) -> None:
    """Ask once, and look at the answer. Raises RuntimeError where it is not the one that is to be measured."""
    url = f"{request.url}&open_on={request.days.next()}" if request.days else request.url
    answer = httpx.get(url, headers={"Accept-Encoding": "identity", **request.headers}, timeout=10)
    wanted = request.headers.get("Accept-Encoding", "")
    if answer.status_code != request.status:
        raise RuntimeError(f"answered {answer.status_code} instead of {request.status}\n{answer.text[:500]}")
    if answer.headers.get("content-encoding", "") != wanted:
        raise RuntimeError(f"answered without {wanted}")
