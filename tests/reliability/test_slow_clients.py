"""Six hundred half-open connections to `perhekeskus serve`: all are closed in time, and nobody else notices."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import httpx
import pytest

from app.core import slow_clients
from app.core.database import Database
from tests.conftest import headers_of
from tests.connections import connected, end, is_closed
from tests.live import serving

CROWD, DESCRIPTORS = 600, 512
DAY = "/v1/meeting-places/koppa/visits/2026-03-12"
ROW = "kohtaamispaikka;pvm;tila;aukiolo_h;aikuiset;lapset;perheet\nKoppa;13.3.2026;auki;4,5;18;25;15\n"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_six_hundred_half_open_connections_starve_nobody(database_url: str, database: Database) -> None:
    """With 512 descriptors: all are closed, every other request is answered, nothing is written, nothing crashes."""
    slow_clients.raise_descriptors()
    token = headers_of(database, "admin@example.org")
    with serving(database_url, descriptors=DESCRIPTORS) as server, ThreadPoolExecutor(2) as readers:
        is_over = threading.Event()
        reads = [readers.submit(keep_reading, server.address, is_over) for _ in range(2)]
        try:
            lasted = asyncio.run(asyncio.wait_for(crowd(server.address, token["Authorization"]), 30))
        finally:
            is_over.set()
        took = sorted(took for read in reads for took in read.result())
        day = httpx.get(server.address + DAY, headers=token)
        other = httpx.get(server.address + DAY.replace("12", "13"), headers=token)
        log = server.log()

    assert len(lasted) == CROWD
    assert sum(seconds > 9 for seconds in lasted) >= 200
    assert (day.status_code, other.status_code) == (404, 404)
    assert '"level": "error"' not in log
    assert "Traceback" not in log
    assert '"status": 499' in log
    assert '"late"' in log
    p50, p99 = (took[len(took) * part // 100] * 1000 for part in (50, 99))
    print(f"\n{CROWD} half-open connections: the last closed after {max(lasted):.2f} s")
    print(f"{len(took)} reads meanwhile, each on a new connection: p50 {p50:.0f} ms, p99 {p99:.0f} ms")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_worker_guards_its_connections(database_url: str) -> None:
    """With 100 descriptors each, none keeps more than 50 half-open connections: the oldest go at once."""

    async def open_many(address: str) -> int:
        opened = [await connected(address) for _ in range(150)]
        await asyncio.sleep(2)
        gone = sum([await is_closed(connection, 0.001) for connection in opened])
        end(opened)
        return gone

    with serving(database_url, workers=2, descriptors=100) as server:
        gone = asyncio.run(open_many(server.address))

        assert httpx.get(f"{server.address}/health/ready").status_code == 200
    assert gone >= 50


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_connection_that_rests_is_kept(database_url: str) -> None:
    with serving(database_url) as server, closing(HTTPConnection(urlsplit(server.address).netloc)) as connection:
        statuses = []
        for pause_s in (0, 6):  # uvicorn closes after 5
            time.sleep(pause_s)
            connection.request("GET", "/health/live")
            answer = connection.getresponse()
            answer.read()
            statuses.append((answer.status, answer.will_close))

    assert statuses == [(200, False)] * 2


async def crowd(address: str, token: str) -> list[float]:
    """How long each of the crowd lasted: a third sends nothing, a third half a head, a third half a body, slowly."""
    head = f"HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n"
    sent = (
        "",
        "GET /v1/areas HTTP/1.1\r\nHost: x\r\nX-Half",
        f"POST /v1/imports/visits {head}Content-Type: text/csv\r\nContent-Length: 5000\r\n\r\n{ROW}",
        "",
        "GET /v1/areas HTTP/1.1\r\n",
        f'PUT {DAY} {head}Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{{"form_version": 1',
    )

    few_at_once = asyncio.Semaphore(20)

    async def one(number: int) -> float:
        text = sent[number % len(sent)]
        async with few_at_once:  # whom the system lets not wait knocks again a second later
            connection = await connected(address, text)
            await asyncio.sleep(0.02)
        began = time.monotonic()
        with connection, suppress(ConnectionError):
            while not await is_closed(connection, 1):
                if "\r\n\r\n" in text:
                    await asyncio.get_running_loop().sock_sendall(connection, b" ")
        return time.monotonic() - began

    return await asyncio.gather(*(one(number) for number in range(CROWD)))


def keep_reading(address: str, is_over: threading.Event) -> list[float]:
    """How long each read took; the first one that fails raises."""
    took = []
    while not is_over.is_set():
        began = time.monotonic()
        httpx.get(f"{address}/v1/meeting-places", params={"limit": 5}, timeout=10).raise_for_status()
        took.append(time.monotonic() - began)
        time.sleep(0.02)
    return took
