"""The access log of `perhekeskus serve`: a line of JSON for each request, whatever was sent, to the last."""

import json
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from app.core.database import Database
from tests.conftest import headers_of
from tests.live import STOP_S, Server, serving

KEYS = [
    *("request_id", "method", "operation", "status", "ms", "source"),
    *("caller", "event", "level", "logger", "timestamp"),
]
HOSTILE = [
    "GET /v1/areas/%0A%22%7D HTTP/1.1",
    'GET /v1/areas/"}{" HTTP/1.1',
    "GET /v1/areas?q=%0d%0a{} HTTP/1.1",
    "GET //evil.example/v1 HTTP/1.1",
    "GET http://evil.example/v1/areas HTTP/1.1",
    "GET * HTTP/1.1",
    "PROPFIND /v1/areas HTTP/1.1",
    "M-SEARCH /v1/areas HTTP/1.1",
    'X"Y /v1/areas HTTP/1.1',
    "get /v1/areas HTTP/1.1",
    'GET /v1/areas HTTP/1.1\r\nX-Request-Id: abcdefgh\\"}',
    "GET /v1/areas HTTP/1.1\r\nX-Request-Id: " + "a" * 65,
    "GET /v1/areas HTTP/1.1\r\nX-Request-Id: \u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4",
    "GET /v1/areas HTTP/1.1\r\nX-Request-Id: one-of-two\r\nX-Request-Id: \u2028",
    'GET /v1/areas HTTP/1.1\r\nX-Forwarded-For: "}\r\nUser-Agent: {"status": 200}',
    'GET /v1/areas HTTP/1.1\r\nAuthorization: Bearer "}\n',
    "GET /v1/areas HTTP/9.9",
    "\x00\x01\x02",
]


def parsed(server: Server) -> list[dict[str, Any]]:
    """Every line that a worker has logged. (The first lines tell a person where the server is.)"""
    return [json.loads(line) for line in server.log().splitlines() if not line.startswith(("Perhekeskus ", "  "))]


def requests_of(server: Server) -> list[dict[str, Any]]:
    return [line for line in parsed(server) if line["event"] == "request"]


def stopped(server: Server) -> None:
    """Ask the server to stop, and wait until it has."""
    os.kill(server.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    while "Finished server process" not in server.log():
        assert time.monotonic() < deadline, server.log()
        time.sleep(0.05)


def test_whatever_is_sent_the_log_is_a_line_of_json_for_each_answer_to_the_last(only_sqlite: str) -> None:
    """Also where the server is stopped while it is being read: who got an answer is in the log, once."""
    headers = headers_of_admin(only_sqlite)
    with serving(only_sqlite) as server, ThreadPoolExecutor(8) as pool:
        for head in HOSTILE:
            send(server, head)
        hostile = requests_of(server)
        is_over: list[bool] = []
        readers = [pool.submit(keep_reading, server.address, headers if n % 2 else {}, is_over) for n in range(8)]
        time.sleep(1)
        stopped(server)
        is_over.append(True)
        answered = [request_id for reader in readers for request_id in reader.result()]
        lines = requests_of(server)

    assert len(hostile) > len(HOSTILE) / 2
    assert {line["operation"] for line in hostile} <= {"listAreas", "readArea", None}
    assert all(list(line) == KEYS for line in lines)
    told = [line["request_id"] for line in lines]
    assert len(answered) > 50
    assert len(told) == len(set(told))
    assert set(answered) <= set(told)
    assert {line["caller"] is None for line in lines} == {True, False}
    assert {line["source"] for line in lines} == {"kept", "built", "app"}


def send(server: Server, head: str) -> None:
    """Send a head as it is, and take what comes."""
    port = int(server.address.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"{head}\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        while connection.recv(1 << 16):
            pass


def headers_of_admin(url: str) -> dict[str, str]:
    database = Database(url)
    try:
        return headers_of(database, "admin@example.org")
    finally:
        database.engine.dispose()


def keep_reading(address: str, headers: dict[str, str], is_over: list[bool]) -> list[str]:
    """The ids of all answers that came until the server was gone."""
    answered: list[str] = []
    with httpx.Client(base_url=address, headers=headers) as client:
        while not is_over:
            try:
                answered.append(client.get("/v1/areas").headers["x-request-id"])
            except httpx.TransportError:
                break
    return answered
