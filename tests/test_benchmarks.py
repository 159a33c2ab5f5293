"""The parts of the benchmarks that read, count and leave out."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks import client, wrk
from benchmarks.load import Load
from benchmarks.ratios import Comparison, Owed, Tail, comparisons, spread
from benchmarks.requests import Days, Request
from benchmarks.rounds import Cell, Measured

ROOT = Path(__file__).parents[1]
SAID = """Running 2s test @ http://127.0.0.1:8000/v1/meeting-places?limit=50
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   620.15us  210.07us   5.62ms   88.81%
    Req/Sec    25.61k     1.27k   27.68k    71.43%
  Latency Distribution
     50%  588.00us
     75%  660.00us
     90%    0.85ms
     99%    1.30ms
  53543 requests in 2.10s, 978.48MB read
Requests/sec:  25496.45
Transfer/sec:    465.92MB
"""
OURS, BASE = Cell("a group", "ours", "list"), Cell("a group", "base", "list")


class Answering(BaseHTTPRequestHandler):
    """Answers as servers do: with a length, or in chunks where the path says so."""

    protocol_version = "HTTP/1.1"
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(503 if "refuse" in self.path else 200)
        if "chunks" in self.path:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"3\r\nabc\r\n")
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"abc")

    def log_message(self, *_: object) -> None: ...


@contextmanager
def answering() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and what it was asked."""
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Noting", (Answering,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def measured(requests: int, cpu_ms: float, p99_ms: float = 2.0) -> Measured:
    return Measured(Load(requests, seconds=2.0, p50_ms=1.0, p99_ms=p99_ms), cpu_ms)


def test_what_wrk_says_is_read() -> None:
    told = wrk.read(SAID)

    assert told == (53543, 2.1, 0.588, 1.3)


@pytest.mark.parametrize(
    "fault", ["  Non-2xx or 3xx responses: 3\n", "  Socket errors: connect 0, read 1, write 0, timeout 0\n"]
)
def test_a_load_of_which_a_part_failed_is_none(fault: str) -> None:
    with pytest.raises(RuntimeError, match="not every request"):
        wrk.read(SAID + fault)


def test_wrk_names_a_day_after_those_that_were_named() -> None:
    request = Request("http://here/list?limit=50", {"Accept": "x"}, days=Days(used=10))

    words = wrk.words("wrk", request, connections=16, seconds=2)

    assert words[:7] == ["wrk", "-t1", "-c16", "-d2s", "--latency", "-H", "Accept: x"]
    assert words[-2:] == ["--", "20100"]  # 2025-01-12


@pytest.mark.parametrize("path", ["/length", "/chunks"])
def test_our_client_counts_the_answers_that_came(path: str) -> None:
    with answering() as (address, asked):
        took, seconds = client.put_on(Request(f"{address}{path}?limit=50"), connections=4, seconds=0.2)

    assert len(took) == len(asked) > 4
    assert seconds >= 0.2


def test_each_miss_is_another_request() -> None:
    with answering() as (address, asked):
        client.put_on(Request(f"{address}/length?limit=50", days=Days()), connections=4, seconds=0.1)

    assert len(set(asked)) == len(asked) > 4
    assert "/length?limit=50&open_on=2025-01-02" in asked


def test_our_client_tells_an_answer_that_is_another_one() -> None:
    with answering() as (address, _), pytest.raises(RuntimeError, match="503"):
        client.put_on(Request(f"{address}/refuse?limit=50"), connections=1, seconds=0.1)


def test_above_one_ours_is_better_by_either_measure() -> None:
    rounds = [{OURS: measured(300, cpu_ms=0.5), BASE: measured(200, cpu_ms=1.0)}]
    compared = Comparison("ours / base", OURS, BASE)

    assert compared.spread(rounds, "requests/s").median == 1.5
    assert compared.spread(rounds, "server CPU").median == 2.0


def test_the_median_over_the_rounds_is_held_against_what_is_owed() -> None:
    rounds = [{OURS: measured(n, cpu_ms=1.0), BASE: measured(100, cpu_ms=1.0)} for n in (79, 95, 80)]

    assert Comparison("", OURS, BASE, Owed(0.80)).is_met(rounds)
    assert not Comparison("", OURS, BASE, Owed(0.81)).is_met(rounds)
    assert Comparison("", OURS, BASE, Owed(1.0, by="server CPU")).is_met(rounds)
    assert spread([0.79, 0.95, 0.80]) == (0.80, 0.79, 0.95)


def test_a_tail_is_met_up_to_what_is_owed() -> None:
    assert Tail("", OURS, 3.0).is_met([{OURS: measured(1, 1.0, p99_ms=3.0)}])
    assert not Tail("", OURS, 3.0).is_met([{OURS: measured(1, 1.0, p99_ms=3.1)}])


def test_what_is_compared_is_of_one_group() -> None:
    assert [one.what for one in comparisons(with_peers=True) if one.ours.group != one.base.group] == []


def test_every_part_that_is_left_out_is_there(sqlite_template: Path) -> None:
    script = """
from benchmarks.variants import WITHOUT
from starlette.testclient import TestClient
from app.main import from_environment

for name in WITHOUT:
    if name != "read layer":
        WITHOUT[name]()
with TestClient(from_environment()) as client:
    print(*(client.get("/v1/meeting-places").status_code for _ in range(2)))
    WITHOUT["read layer"]()
    print(client.get("/v1/meeting-places").status_code)
"""
    settings = {"PERHEKESKUS_DATABASE_URL": f"sqlite:///{sqlite_template}", "PERHEKESKUS_SECRET_KEY": "s" * 32}

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=settings, check=False, capture_output=True, text=True
    )

    assert done.stdout.split() == ["200", "200", "200"], done.stderr
