"""Ratios of the whole product to what surrounds it, within one run: ``make bench``, ``make bench-peers``.

Starts all servers on the same rows, measures them in rounds, prints what came of it and writes ``results.md``.
"""

import argparse
import json
import os
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks import client, peers, report, rows, servers
from benchmarks.load import Generator
from benchmarks.ratios import comparisons, parts, tails
from benchmarks.report import Run
from benchmarks.requests import PATH, PLACES, Days, Request
from benchmarks.rounds import CONNECTIONS, Cell, Measured, Round, check, measured, one_round
from benchmarks.servers import METRICS_TOKEN, Server, Start, running
from benchmarks.variants import WITHOUT
from tests.ephemeral_postgres import EphemeralPostgres
from tests.live import SECRET

ROUNDS = 6
SECONDS = {"uncached": 2, "peers": 2}  # of a measurement; what is fast says as much in one
WARM_UP_S = 0.3
GROUPS = ("cached", "compressed", "uncached", "parts", "peers")


@dataclass(frozen=True)
class Choice:
    """What one run is asked to do."""

    rounds: int
    peers: Path | None
    generator: Generator
    only: Sequence[str]  # groups; all of them if empty

    def groups(self) -> dict[str, list[Cell]]:
        """Every cell that something is said of, by group."""
        compared = [cell for one in comparisons(self.peers is not None) for cell in (one.ours, one.base)]
        left_out = [cell for part in parts(WITHOUT) for cell in (part.whole, part.without)]
        groups: dict[str, list[Cell]] = {}
        for cell in dict.fromkeys([*compared, *(tail.cell for tail in tails()), *left_out]):
            if not self.only or cell.group in self.only:
                groups.setdefault(cell.group, []).append(cell)
        return groups


def main() -> None:
    """Measure, print, and write ``results.md``."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--runs", type=int, default=1, help="whole runs, one after the other; a column each")
    words.add_argument("--rounds", type=int, default=ROUNDS, help="rounds of a run")
    words.add_argument("--own-client", action="store_true", help="our client, even where wrk is installed")
    words.add_argument("--peers", type=Path, help="the Python in which Datasette and Django are installed")
    words.add_argument("--readme", action="store_true", help="write what is owed into the README as well")
    words.add_argument(
        "--only", nargs="*", default=[], metavar="GROUP", help=f"print, of {', '.join(GROUPS)}; no files"
    )
    told = words.parse_args()
    choice = Choice(told.rounds, told.peers, Generator(told.own_client), told.only)
    runs = [run(choice, f"run {n + 1} of {told.runs}, ") for n in range(told.runs)]
    outcome = report.outcome(runs, with_peers=choice.peers is not None)
    outcome.show()
    if not choice.only:
        outcome.write()
    if told.readme:
        outcome.write_readme()


def run(choice: Choice, said: str) -> Run:
    """A whole run: from new databases and servers to the rounds that came of them."""
    began, busy = time.monotonic(), os.getloadavg()[0]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="perhekeskus-bench-")))
        postgres = stack.enter_context(EphemeralPostgres())
        urls = {"SQLite": f"sqlite:///{folder / 'bench.db'}", "PostgreSQL": postgres.create_database("bench")}
        for url in urls.values():
            rows.fill(url)
        groups = choice.groups()
        needed = {cell.server for cells in groups.values() for cell in cells} | {"ours, SQLite"}
        first = [start for start in _ours_and_textbook(urls) if start.name in needed]
        started = stack.enter_context(running(first, folder))
        with started["ours, SQLite"].awake():
            others = _bare(started["ours, SQLite"].url, folder)
        if choice.peers:
            others += peers.starts(choice.peers, urls["PostgreSQL"], folder / "bench.db", folder)
        started |= stack.enter_context(running([start for start in others if start.name in needed], folder))
        asking = Asking(started, urls)
        print(f"{said}{len(started)} servers, {sum(map(len, groups.values()))} measurements a round", flush=True)
        missed, unmeasured = _warmed_up(groups, asking)
        groups = {name: [cell for cell in cells if cell not in unmeasured] for name, cells in groups.items()}
        rounds = []
        for n in range(choice.rounds):
            rounds.append(one_round(groups, random.Random(n), lambda cell: _measured(cell, asking, choice)))
            print(f"{said}round {n + 1} of {choice.rounds}, {time.monotonic() - began:.0f} s", flush=True)
        conditions = report.conditions(postgres.url, choice.peers, _how(choice, rounds, missed, busy))
    return Run(rounds, conditions, unmeasured)


def _ours_and_textbook(urls: dict[str, str]) -> list[Start]:
    made = []
    for engine, url in urls.items():
        yours = {"BENCH_DATABASE_URL": url, "BENCH_SECRET": SECRET}
        made += [
            servers.ours(f"ours, {engine}", url, PATH),
            servers.uvicorn(f"textbook, {engine}", "textbook:create_app", PATH, **yours),
            servers.uvicorn(f"textbook private, {engine}", "textbook:create_private_app", PATH, **yours),
        ]
    for part in parts(WITHOUT):
        name = part.without.server
        left_out, _, engine = name.removeprefix("without ").rpartition(", ")
        made.append(servers.ours(name, urls[engine], PATH, ["benchmarks.variants", left_out]))
    return made


def _bare(url: str, folder: Path) -> list[Start]:
    """Servers that send what ours has just sent, made before."""
    made = []
    for encoding in ("identity", "gzip", "br"):
        file = folder / f"body.{encoding}"
        with httpx.stream("GET", url, headers={"Accept-Encoding": encoding}) as answer:
            file.write_bytes(b"".join(answer.iter_raw()))
            fields = dict(answer.headers)
        if encoding == "identity":
            assert len(json.loads(file.read_bytes())["items"]) == PLACES
            of_the_server = ("content-length", "content-type", "date", "connection")
            own = json.dumps({name: value for name, value in fields.items() if name not in of_the_server})
            settings = {"BENCH_BODY": str(file)}
            made += [
                servers.uvicorn("bare", "bare:create_app", PATH, **settings),
                servers.uvicorn("bare, all fields", "bare:create_app", PATH, **settings, BENCH_FIELDS=own),
                servers.uvicorn("bare 304", "bare:create_unchanged_app", PATH),
                servers.uvicorn("raw ASGI", "bare:Raw", PATH, **settings),
            ]
        else:
            fields = json.dumps({"content-encoding": encoding})
            settings = {"BENCH_BODY": str(file), "BENCH_FIELDS": fields}
            made.append(servers.uvicorn(f"bare {encoding}", "bare:create_app", PATH, **settings))
    return made


@dataclass
class Asking:
    """What each server is asked."""

    servers: dict[str, Server]
    databases: dict[str, str]
    days: dict[str, Days] = field(default_factory=lambda: defaultdict(Days))
    signed_in: dict[str, dict[str, str]] = field(default_factory=dict)

    def request(self, cell: Cell) -> Request:
        url = self.servers[cell.server].url
        match cell.asked:
            case "304":
                known = httpx.get(url, headers={"Accept-Encoding": "identity"}).headers["etag"]
                return Request(url, {"If-None-Match": known}, status=304)
            case "gzip" | "br":
                return Request(url, {"Accept-Encoding": cell.asked})
            case "miss":
                return Request(url, days=self.days[cell.server])
            case "private":
                database = self.databases[cell.server.rpartition(", ")[2]]
                if database not in self.signed_in:
                    self.signed_in[database] = rows.signed_in(database)
                return Request(url, self.signed_in[database])
        return Request(url)

    def built(self, server: str) -> int:
        """How many lists a server of ours has built for keeping."""
        at = httpx.URL(self.servers[server].url).copy_with(path="/metrics", query=None)
        told = httpx.get(at, headers={"Authorization": f"Bearer {METRICS_TOKEN}"}).text
        counted = r'^perhekeskus_answers_total\{operation="listMeetingPlaces",source="built",.*\} ([\d.e+]+)$'
        return sum(int(float(n)) for n in re.findall(counted, told, re.MULTILINE))


def _warmed_up(groups: dict[str, list[Cell]], asking: Asking) -> tuple[str, dict[Cell, str]]:
    """Ask everything for a moment. How many misses were built anew, and what can't be measured, and why."""
    missed: list[str] = []
    unmeasured: dict[Cell, str] = {}
    for cell in (cell for cells in groups.values() for cell in cells):
        with asking.servers[cell.server].awake():
            request = asking.request(cell)
            is_miss = cell.asked == "miss" and cell.server.startswith("ours")
            before = asking.built(cell.server) if is_miss else 0
            try:
                check(request)
            except RuntimeError as reason:
                unmeasured[cell] = str(reason).splitlines()[0]
                print(f"{cell.server} is not asked for {cell.asked}: {reason}", flush=True)
                continue
            sent, _ = client.put_on(request, CONNECTIONS, WARM_UP_S)
            if is_miss:
                built = asking.built(cell.server) - before
                missed.append(f"{built} of {len(sent) + 1} on {cell.server.rpartition(', ')[2]}")
    return ", ".join(missed), unmeasured


def _measured(cell: Cell, asking: Asking, choice: Choice) -> Measured:
    server = asking.servers[cell.server]
    with server.awake():
        return measured(server, asking.request(cell), choice.generator, SECONDS.get(cell.group, 1))


def _how(choice: Choice, rounds: Sequence[Round], missed: str, busy: float) -> str:
    busiest = max(found.load.busy for one in rounds for found in one.values())
    return (
        f"{CONNECTIONS} connections, {len(rounds)} rounds of 1 s a measurement (2 s among those that keep nothing), "
        "one worker. "
        f"Load by {choice.generator.name}, which was at work for at most {busiest:.0%} of the time. "
        f"Before the start {busy:.1f} processes were running on average; servers that are not measured are halted. "
        "Our access log goes to a regular file. "
        f"Misses that were built anew, by the server's own count: {missed or 'none was asked for'}."
    )


if __name__ == "__main__":
    main()
