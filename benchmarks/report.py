"""How the outcome is told: on the screen, in ``results.md``, and what is owed in the README."""

import os
import platform
import re
import sqlite3
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import psycopg
from rich.console import Console
from rich.table import Table

from benchmarks import peers
from benchmarks.ratios import PEERS, By, Comparison, Part, Spread, Tail, comparisons, parts, tails
from benchmarks.requests import PATH, PLACES
from benchmarks.rounds import Cell, Measured, Round
from benchmarks.variants import WITHOUT

HERE = Path(__file__).parent
RESULTS = HERE / "results.md"
README = HERE.parent / "README.md"
BEGIN, END = "<!-- speed -->\n", "<!-- /speed -->"
COUNTED = ("uvicorn", "uvloop", "httptools", "fastapi", "starlette", "sqlmodel", "sqlalchemy", "pydantic", "psycopg")
Cells = Sequence[str]
_BOLD = re.compile(r"\*\*(.+?)\*\*")


class Run(NamedTuple):
    """A whole run, and under which conditions it was made."""

    rounds: Sequence[Round]
    conditions: str
    unmeasured: Mapping[Cell, str]  # and why


class Lines(NamedTuple):
    """A table."""

    head: Cells
    rows: Sequence[Cells]

    def markdown(self) -> str:
        lined = ("| " + " | ".join(cells) + " |" for cells in (self.head, ["---"] * len(self.head), *self.rows))
        return "\n".join(lined)

    def on_screen(self) -> Table:
        table = Table(*self.head)
        for row in self.rows:
            table.add_row(*(_BOLD.sub(r"[bold]\1[/]", cell) for cell in row))
        return table


@dataclass(frozen=True)
class Outcome:
    """What came of all runs, as text."""

    tables: Mapping[str, Lines]
    missed: str
    conditions: str

    def show(self) -> None:
        """Print all tables but that of the servers."""
        console = Console(width=160)
        for name, table in self.tables.items():
            if table.rows and name != "servers":
                console.print(table.on_screen())
        console.print(self.missed, self.conditions, sep="\n\n", markup=False)

    def write(self) -> None:
        """Write everything into ``results.md``."""
        texts = {name: table.markdown() for name, table in self.tables.items()}
        told = RESULT.format(**texts, missed=self.missed, conditions=self.conditions, path=PATH, places=PLACES)
        RESULTS.write_text(told, encoding="utf-8")

    def write_readme(self) -> None:
        """Write what is owed and what of it is missed into the README."""
        before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
        told = f"{BEGIN}{self.tables['owed'].markdown()}\n\n{self.missed}\n{END}"
        README.write_text(before + told + rest.partition(END)[2], encoding="utf-8")


def outcome(runs: Sequence[Run], *, with_peers: bool) -> Outcome:
    """What was measured, held against what is owed."""
    there = frozenset.intersection(*(frozenset(run.rounds[0]) for run in runs))
    compared = [one for one in comparisons(with_peers) if {one.ours, one.base} <= there]
    owed = [one for one in compared if one.owed]
    late = [one for one in tails() if one.cell in there]
    unmeasured = {cell: why for run in runs for cell, why in run.unmeasured.items()}
    missed = _missed(owed, late, runs, unmeasured)
    if not with_peers:
        missed += ["", f"Not measured here: {' and '.join(PEERS)}. `make bench-peers` does."]
    tables = {
        "owed": _ratios(owed, runs),
        "tails": _tails(late, runs),
        "parts": _parts([one for one in parts(WITHOUT) if {one.whole, one.without} <= there], runs),
        "seen": _ratios([one for one in compared if not one.owed], runs),
        "servers": _servers(runs[-1].rounds),
    }
    return Outcome(tables, "\n".join(missed), "\n\n".join(dict.fromkeys(run.conditions for run in runs)))


def _columns(runs: Sequence[Run], *names: str) -> Cells:
    """Each name once, or once for each run."""
    return [name if len(runs) == 1 else f"{name}, run {n + 1}" for name in names for n in range(len(runs))]


def _ratios(compared: Sequence[Comparison], runs: Sequence[Run]) -> Lines:
    def cells(one: Comparison, by: By) -> Cells:
        is_owed = one.owed is not None and one.owed.by == by
        return [_spread(one.spread(run.rounds, by), is_owed) for run in runs]

    head = ["ours / base, the median (least to most)", *_columns(runs, "requests/s", "server CPU"), "owed", "met"]
    found = [
        [one.what, *cells(one, "requests/s"), *cells(one, "server CPU"), _owed(one), _met(one, runs)]
        for one in compared
    ]
    return Lines(head, found)


def _tails(late: Sequence[Tail], runs: Sequence[Run]) -> Lines:
    found = [
        [
            one.what,
            *(_spread(one.spread(run.rounds), one.owed_most is not None) for run in runs),
            f"≤ {one.owed_most:g}" if one.owed_most else "",
            _met(one, runs),
        ]
        for one in late
    ]
    return Lines(["p99 / p50", *_columns(runs, "median (least to most)"), "owed", "met"], found)


def _parts(found: Sequence[Part], runs: Sequence[Run]) -> Lines:
    rows = [
        [
            one.what,
            *(_spread(one.rate(run.rounds)) for run in runs),
            *(f"{one.cost_us(run.rounds).median:+.0f}" for run in runs),
        ]
        for one in found
    ]
    return Lines(["part", *_columns(runs, "requests/s: whole / without it", "server CPU, µs a request")], rows)


def _servers(rounds: Sequence[Round]) -> Lines:
    def middle(of: Callable[[Measured], float], cell: object) -> float:
        return statistics.median(of(one[cell]) for one in rounds)  # type: ignore[index]

    found = [
        [
            cell.server,
            cell.asked,
            f"{middle(lambda m: m.per_second, cell):.0f}",
            f"{middle(lambda m: m.cpu_ms * 1000, cell):.0f}",
            f"{middle(lambda m: m.load.p50_ms, cell):.2f}",
            f"{middle(lambda m: m.load.p99_ms, cell):.2f}",
        ]
        for cell in rounds[0]
        if cell.group != "parts" or cell.server.startswith("without")
    ]
    return Lines(["server", "asked", "requests/s", "CPU µs a request", "p50 ms", "p99 ms"], sorted(found))


def _missed(
    owed: Sequence[Comparison], late: Sequence[Tail], runs: Sequence[Run], unmeasured: Mapping[Cell, str]
) -> list[str]:
    """In words, which of the figures that are owed are not reached."""
    short = [
        f"* {one.what}: {' and '.join(_number(one.spread(run.rounds, one.owed.by).median) for run in runs)} "
        f"by {one.owed.by}, owed {_owed(one)}."
        for one in owed
        if one.owed and not all(one.is_met(run.rounds) for run in runs)
    ]
    short += [
        f"* p99 / p50, {one.what}: {' and '.join(_number(one.spread(run.rounds).median) for run in runs)}, "
        f"owed ≤ {one.owed_most:g}."
        for one in late
        if not all(one.is_met(run.rounds) for run in runs)
    ]
    short += [f"* {cell.server}, asked for {cell.asked}, {why}." for cell, why in unmeasured.items()]
    return ["Not reached:", "", *short] if short else ["Everything that is owed is reached."]


def _met(one: Comparison | Tail, runs: Sequence[Run]) -> str:
    if (one.owed if isinstance(one, Comparison) else one.owed_most) is None:
        return ""
    met = sum(one.is_met(run.rounds) for run in runs)
    return "yes" if met == len(runs) else "**no**" if met == 0 else f"**in {met} of {len(runs)}**"


def _owed(one: Comparison) -> str:
    if one.owed is None:
        return ""
    aim = f" (aim {one.owed.aim:.2f})" if one.owed.aim else ""
    by = " CPU" if one.owed.by == "server CPU" else ""
    return f"≥ {_number(one.owed.least)}{by}{aim}"


def _spread(found: Spread, is_owed: bool = False) -> str:
    median = f"**{_number(found.median)}**" if is_owed else _number(found.median)
    return f"{median} ({_number(found.least)} to {_number(found.most)})"


def _number(number: float) -> str:
    return f"{number:.3f}" if number < 0.1 else f"{number:.2f}" if number < 20 else f"{number:.0f}"


def conditions(postgres_url: str, peers_python: Path | None, how: str) -> str:
    """What must be known to read the figures."""
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        postgres = connection.info.server_version // 10000
    packages = ", ".join(f"{name} {version(name)}" for name in COUNTED)
    beside = f" Peers: {peers.versions(peers_python)}." if peers_python else ""
    where = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores shared with the load and the database"
    return (
        f"{how} {where}. Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"PostgreSQL {postgres} over a socket, {packages}.{beside}"
    )


RESULT = """# What the benchmarks found

Written by `make bench` or `make bench-peers`. All servers serve the same {places} meeting places at
`{path}`. Ours is `perhekeskus serve` as the README has it, with access log, metrics
and rate limits on (the limits raised by their settings). Ratios are made within a round, from two measurements of the
same group; the median of the rounds is told. Above 1, ours is better; what is owed is owed of the figures in bold.

## Owed

{owed}

{tails}

{missed}

## What each part costs

The cached list from the whole product, beside the same with one part left out (`benchmarks/variants.py`; the product
has no such switches). Below 0 µs, the part saves more than it costs.

{parts}

## Seen beside

{seen}

## Conditions

{conditions}

* **Bare Starlette** (`benchmarks/bare.py`): one route, the bytes made before; under uvicorn with the settings of
  `perhekeskus serve`, without an access log.
* **Textbook** (`benchmarks/textbook.py`): the same rows by a sync SQLModel session and `response_model`; with a token,
  the current user is looked up as well.
* **Miss**: each request names another day on which all places are open, so the rows are the same and no answer is kept.
  **Private**: the list for somebody who has signed in; it is never kept.
* **Peers** (`benchmarks/peers`): Datasette on the SQLite rows (a page of a view, with its count as ours has, and spared
  the suggestion of facets; beside it, a stored query, which has no pages and filters), Django REST Framework under
  gunicorn with 4 threads on the PostgreSQL rows. They answer the list of 50 as JSON, and keep nothing.
* **Server CPU** is that of the server's process and its children, not of the database's server.

Measured in the last run, worth nothing on another machine:

{servers}
"""
