"""The uncached list of 50 meeting places: ours beside the textbook form and beside bare Starlette, in one run.

Each round measures every server once, for a few seconds, in another order; ratios are made within a round, so that
a busy machine slows down both sides, and the median of the rounds is told. Nothing else is comparable.
"""

import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import httpx
import psycopg
from rich.console import Console
from rich.table import Table

from app import deployment
from app.core.database import Command
from app.settings import Settings
from app.transfer import plan_file
from benchmarks import load
from benchmarks.load import Load
from tests.conftest import prepared
from tests.ephemeral_postgres import EphemeralPostgres
from tests.live import SECRET, free_port

PLACES = 50
CONNECTIONS = 16
ROUNDS = 7
SECONDS = 2.0
WARM_UP_S = 1.0
PATH = "/v1/meeting-places?limit=50"
RESULTS = Path(__file__).with_name("results.md")
COUNTED = ("uvicorn", "uvloop", "httptools", "fastapi", "starlette", "sqlmodel", "sqlalchemy", "pydantic", "psycopg")
TICKS = os.sysconf("SC_CLK_TCK")
MUNICIPALITIES = ("491", "507", "740", "178", "046", "097", "213", "593", "623", "681", "768")


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    name: str
    url: str
    pid: int


@dataclass(frozen=True)
class Measured:
    """What one server came to in one round."""

    load: Load
    cpu_ms: float  # of the server process, per request

    @property
    def per_second(self) -> float:
        return self.load.requests / self.load.seconds


Round = Mapping[str, Measured]


def main() -> None:
    """Measure, print, and write ``results.md``."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(EphemeralPostgres())
        urls = {"SQLite": f"sqlite:///{folder / 'bench.db'}", "PostgreSQL": postgres.create_database("bench")}
        for url in urls.values():
            fill(url)
        servers = [stack.enter_context(server) for server in all_servers(urls, folder)]
        rounds = [one_round(servers, n) for n in range(ROUNDS)]
        conditions = told_conditions(postgres.url)
    lines = [(what, ratios(rounds, of)) for what, of in COMPARED.items()]
    Console().print(as_table(lines))
    RESULTS.write_text(as_markdown(lines, rounds, conditions), encoding="utf-8")


def fill(url: str) -> None:
    """A prepared database with ``PLACES`` places, most of them invented, through a plan."""
    prepared(url)
    database = deployment.database(Settings(database_url=url, secret_key=SECRET))
    there = len(plan_file.read(plan_file.shipped()).meeting_places)
    invented = [place(n) for n in range(PLACES - there)]
    plan = plan_file.PlanFile.model_validate({"format": 1, "county": "county-12", "meeting_places": invented})
    with database.writing(Command("bench")) as session:
        plan_file.load(session, plan)
    database.engine.dispose()


def place(n: int) -> dict[str, object]:
    return {
        "slug": f"invented-{n}",
        "name": {"fi": f"Keksitty kohtaamispaikka {n}", "sv": f"Påhittad mötesplats {n}"},
        "municipality": MUNICIPALITIES[n % len(MUNICIPALITIES)],
        "address": f"Keksittykatu {n}, Mikkeli",
        "description": {"fi": "Avoin kohtaamispaikka perheille, joissa on alle kouluikäisiä lapsia."},
        "opened_on": "2024-08-12",
        "latitude": 61.5 + n / 100,
        "longitude": 27.2 + n / 100,
    }


def all_servers(urls: Mapping[str, str], folder: Path) -> Iterator[AbstractContextManager[Server]]:
    """Ours and the textbook form on each database, and bare Starlette. Each is started before the next is made."""
    body = folder / "body.json"
    for engine, url in urls.items():
        ours = {"PERHEKESKUS_DATABASE_URL": url, "PERHEKESKUS_SECRET_KEY": SECRET}
        yield started(f"ours, {engine}", ["app.cli", "serve"], ours, first_answer=body)
        yield started(f"textbook, {engine}", uvicorn("textbook"), {"BENCH_DATABASE_URL": url})
    yield started("bare", uvicorn("bare"), {"BENCH_BODY": str(body)})


def uvicorn(module: str) -> list[str]:
    """The command line that serves with what ``perhekeskus serve`` sets: one worker, no access log."""
    quiet = ["--no-access-log", "--no-server-header", "--log-level", "warning"]
    return ["uvicorn", f"benchmarks.{module}:create_app", "--factory", *quiet]


@contextmanager
def started(
    name: str, words: list[str], settings: Mapping[str, str], first_answer: Path | None = None
) -> Iterator[Server]:
    """A server in a process of its own, until the end; its first answer is kept where asked."""
    port = free_port()
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PERHEKESKUS_")}
    command = [sys.executable, "-m", *words, "--port", str(port)]
    process = subprocess.Popen(command, env={**clean, **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        url = f"http://127.0.0.1:{port}{PATH}"
        answer = answered(process, url)
        if first_answer:
            first_answer.write_bytes(answer)
        yield Server(name, url, process.pid)
    finally:
        process.terminate()
        process.wait()


def answered(process: subprocess.Popen[bytes], url: str) -> bytes:
    """The first answer of a server, once it is there. Raises RuntimeError."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            answer = httpx.get(url, timeout=5).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            found = answer.json()
            assert len(found if isinstance(found, list) else found["items"]) == PLACES
            return answer.content
    raise RuntimeError(f"{url} does not answer")


def one_round(servers: Sequence[Server], number: int) -> Round:
    """Every server once, in an order of this round."""
    order = random.Random(number).sample(servers, len(servers))
    found = {server.name: measured(server) for server in order}
    said = ", ".join(f"{m.cpu_ms:.2f} ms and {m.per_second:.0f}/s {name}" for name, m in found.items())
    print(f"round {number + 1} of {ROUNDS}: {said}", flush=True)
    return found


def measured(server: Server) -> Measured:
    load.put_on(server.url, CONNECTIONS, WARM_UP_S)
    before = cpu_s(server.pid)
    found = load.put_on(server.url, CONNECTIONS, SECONDS)
    return Measured(found, (cpu_s(server.pid) - before) * 1000 / found.requests)


def cpu_s(pid: int) -> float:
    """Processor seconds of a process and of its children: the server's, not the database's."""
    own = sum(int(n) for n in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]) / TICKS
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(cpu_s(int(child)) for child in children)


# ---- what is compared, and how it is told

Comparison = Callable[[Round], float]


def cpu(slow: str, fast: str) -> Comparison:
    """How many times more processor time one takes for a request."""
    return lambda found: found[slow].cpu_ms / found[fast].cpu_ms


def rate(fast: str, slow: str) -> Comparison:
    """How many times more requests one answers in the same time."""
    return lambda found: found[fast].per_second / found[slow].per_second


def tail(name: str) -> Comparison:
    """How much worse the slowest hundredth is than the middle."""
    return lambda found: found[name].load.p99_ms / found[name].load.p50_ms


COMPARED: dict[str, Comparison] = {
    f"{what}, {engine}": of
    for engine in ("SQLite", "PostgreSQL")
    for what, of in (
        ("server CPU per request: textbook / ours", cpu(f"textbook, {engine}", f"ours, {engine}")),
        ("requests per second: ours / textbook", rate(f"ours, {engine}", f"textbook, {engine}")),
        ("requests per second: ours / bare Starlette", rate(f"ours, {engine}", "bare")),
        ("requests per second: textbook / bare Starlette", rate(f"textbook, {engine}", "bare")),
        ("server CPU per request: ours / bare Starlette", cpu(f"ours, {engine}", "bare")),
        ("p99 / p50: ours", tail(f"ours, {engine}")),
        ("p99 / p50: textbook", tail(f"textbook, {engine}")),
    )
}


def ratios(rounds: Sequence[Round], of: Comparison) -> tuple[float, float, float]:
    """The median over the rounds, the least and the most."""
    found = [of(one) for one in rounds]
    return statistics.median(found), min(found), max(found)


Lines = list[tuple[str, tuple[float, float, float]]]


def as_table(lines: Lines) -> Table:
    table = Table("ratio", "median", "least", "most")
    for what, found in lines:
        table.add_row(what, *(short(n) for n in found))
    return table


def as_markdown(lines: Lines, rounds: Sequence[Round], conditions: str) -> str:
    told = [(what, *(short(number) for number in found)) for what, found in lines]
    rows = "\n".join(f"| {what} | **{median}** | {least}-{most} |" for what, median, least, most in told)
    seen = "\n".join(f"| {name} | {middle(rounds, name)} |" for name in sorted(rounds[0]))
    return RESULT.format(rows=rows, conditions=conditions, seen=seen, rounds=len(rounds), places=PLACES)


def middle(rounds: Sequence[Round], name: str) -> str:
    """The medians of one server, as cells."""
    cpus = statistics.median(one[name].cpu_ms for one in rounds)
    p50, p99 = (statistics.median(getattr(one[name].load, part) for one in rounds) for part in ("p50_ms", "p99_ms"))
    return f"{cpus:.2f} | {p50:.1f} | {p99:.1f}"


def short(number: float) -> str:
    return f"{number:.3f}" if number < 1 else f"{number:.2f}"


def told_conditions(postgres_url: str) -> str:
    plain = postgres_url.replace("+psycopg", "")
    with psycopg.connect(plain) as connection:
        postgres = connection.info.server_version // 10000
    packages = ", ".join(f"{name} {version(name)}" for name in COUNTED)
    where = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores shared with the load and the database"
    return (
        f"{CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS:.0f} s after {WARM_UP_S:.0f} s of warm-up, "
        f"one worker, load by {load.NAME}. {where}. Python {platform.python_version()}, "
        f"PostgreSQL {postgres} over a socket, {packages}."
    )


RESULT = """# What the benchmarks found

Written by `make bench`. The uncached list of {places} meeting places, `GET /v1/meeting-places?limit={places}`: ours,
with all that it does per request (identity, snapshot, entity tag, safety headers, log line); the textbook form
(`benchmarks/textbook.py`: the same rows by a sync SQLModel session and `response_model`); bare Starlette sending the
same bytes (`benchmarks/bare.py`). Ratios are made within a round; the median of {rounds} rounds is told.

| ratio | median | least-most |
| --- | --- | --- |
{rows}

{conditions}

Seen on the way, worth nothing on another machine:

| server | CPU ms per request | p50 ms | p99 ms |
| --- | --- | --- | --- |
{seen}
"""


if __name__ == "__main__":
    main()
