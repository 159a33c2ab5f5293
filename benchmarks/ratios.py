"""What is compared with what, and what is owed. Every ratio is one of two measurements of the same round.

A ratio above 1 says that ours is better: more requests a second, or less of the server's processor per request.
"""

import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from benchmarks.rounds import Cell, Measured, Round

By = Literal["requests/s", "server CPU"]
ENGINES = ("SQLite", "PostgreSQL")
PEERS = ("Datasette", "Django REST Framework")
KINDS = {
    "list": "cached list",
    "gzip": "cached list, gzip",
    "br": "cached list, br",
    "304": "304",
    "miss": "miss",
    "private": "private",
}


class Spread(NamedTuple):
    """Over all rounds."""

    median: float
    least: float
    most: float


def spread(found: Iterable[float]) -> Spread:
    ranked = sorted(found)
    return Spread(statistics.median(ranked), ranked[0], ranked[-1])


@dataclass(frozen=True)
class Owed:
    """A figure that is owed, and by which measure."""

    least: float
    by: By = "requests/s"
    aim: float | None = None


@dataclass(frozen=True)
class Comparison:
    """Ours beside its base."""

    what: str
    ours: Cell
    base: Cell
    owed: Owed | None = None

    def spread(self, rounds: Sequence[Round], by: By) -> Spread:
        return spread(times_better(one[self.ours], one[self.base], by) for one in rounds)

    def is_met(self, rounds: Sequence[Round]) -> bool:
        """Whether the median is what is owed; with nothing owed, it is."""
        return self.owed is None or self.spread(rounds, self.owed.by).median >= self.owed.least


@dataclass(frozen=True)
class Tail:
    """How much slower the slowest hundredth is than the middle."""

    what: str
    cell: Cell
    owed_most: float | None = 3.0

    def spread(self, rounds: Sequence[Round]) -> Spread:
        return spread(one[self.cell].load.p99_ms / one[self.cell].load.p50_ms for one in rounds)

    def is_met(self, rounds: Sequence[Round]) -> bool:
        return self.owed_most is None or self.spread(rounds).median <= self.owed_most


@dataclass(frozen=True)
class Part:
    """What one part of the product costs: the whole beside the same without it."""

    what: str
    whole: Cell
    without: Cell

    def rate(self, rounds: Sequence[Round]) -> Spread:
        return spread(times_better(one[self.whole], one[self.without], "requests/s") for one in rounds)

    def cost_us(self, rounds: Sequence[Round]) -> Spread:
        """Microseconds of the server's processor that the part takes per request; below 0, it saves them."""
        return spread((one[self.whole].cpu_ms - one[self.without].cpu_ms) * 1000 for one in rounds)


def times_better(one: Measured, base: Measured, by: By) -> float:
    return one.per_second / base.per_second if by == "requests/s" else base.cpu_ms / one.cpu_ms


def comparisons(with_peers: bool) -> Iterator[Comparison]:
    """Everything that is compared, in the order in which it is told."""
    bare, unchanged = Cell("cached", "bare", "list"), Cell("cached", "bare 304", "304")
    for engine in ENGINES:
        here = _ours(engine)
        at_least = Owed(0.80, aim=0.90)
        yield Comparison(f"cached list, {engine} / bare Starlette", here("cached", "list"), bare, at_least)
        for encoding in ("gzip", "br"):
            base = Cell("compressed", f"bare {encoding}", encoding)
            what = f"cached list in {encoding}, {engine} / bare Starlette, the same bytes"
            yield Comparison(what, here("compressed", encoding), base, at_least)
        yield Comparison(f"304, {engine} / bare Starlette with the list", here("cached", "304"), bare, Owed(0.95))
        yield Comparison(f"304, {engine} / bare Starlette with 304", here("cached", "304"), unchanged)
    for engine in ENGINES:
        here = _ours(engine)
        twice = Owed(1.8 if engine == "PostgreSQL" else 1.3, by="server CPU", aim=2.5)
        textbook, known = (Cell("uncached", f"{name}, {engine}", "miss") for name in ("textbook", "textbook private"))
        known = known._replace(asked="private")
        yield Comparison(f"miss, {engine} / textbook", here("uncached", "miss"), textbook, twice)
        yield Comparison(f"private, {engine} / textbook with a token", here("uncached", "private"), known, twice)
        yield Comparison(f"private, {engine} / textbook for anyone", here("uncached", "private"), textbook, twice)
    for peer in (*PEERS, "Datasette, stored query") if with_peers else ():
        for engine in ENGINES:
            here, base = _ours(engine)("peers", "list"), Cell("peers", peer, "list")
            yield Comparison(f"cached list, {engine} / {peer}", here, base, Owed(50) if peer in PEERS else None)
    yield Comparison("raw ASGI / bare Starlette", Cell("cached", "raw ASGI", "list"), bare)
    yield Comparison(
        "bare Starlette with the header fields of ours / bare Starlette",
        Cell("cached", "bare, all fields", "list"),
        bare,
    )


def tails() -> Iterator[Tail]:
    groups = {"list": "cached", "304": "cached", "gzip": "compressed", "br": "compressed"}
    for engine in ENGINES:
        for asked, what in KINDS.items():
            yield Tail(f"{what}, {engine}", _ours(engine)(groups.get(asked, "uncached"), asked))
        yield Tail(f"textbook, {engine}", Cell("uncached", f"textbook, {engine}", "miss"), None)
    yield Tail("bare Starlette", Cell("cached", "bare", "list"), None)


def parts(names: Iterable[str]) -> Iterator[Part]:
    """The parts of these names on SQLite; the revision check, which a database answers, on both."""
    for name in names:
        for engine in ENGINES if name == "revision check" else ENGINES[:1]:
            without = Cell("parts", f"without {name}, {engine}", "list")
            yield Part(f"{name}, {engine}", _ours(engine)("parts", "list"), without)


def _ours(engine: str) -> Callable[[str, str], Cell]:
    return lambda group, asked: Cell(group, f"ours, {engine}", asked)
