"""Hostile input meets a clear refusal: no crash, no echo, nothing written."""

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.core.database import Database
from app.tables import METADATA
from tests.conftest import headers_of
from tests.live import serving

Headers = dict[str, str]
CANARY = "kanarialintu9731"
DAY = "/v1/meeting-places/koppa/visits/2026-03-12"
PLACES = "/v1/meeting-places"
JSON = {"Content-Type": "application/json"}
WRITES = [("POST", PLACES), ("PATCH", f"{PLACES}/koppa"), ("PUT", DAY), ("PUT", f"{DAY}/2")]
READS = [
    "/v1",
    "/v1/me",
    "/v1/areas",
    "/v1/areas/491",
    PLACES,
    f"{PLACES}/koppa",
    "/v1/visits",
    "/v1/statistics-forms",
    f"{PLACES}/koppa/visits",
    DAY,
    "/v1/visit-summaries",
    "/v1/indicators",
    "/v1/indicators/sotkanet-127",
    "/v1/indicators/sotkanet-127/series",
    "/v1/imports/x",
]
GOOD: dict[str, Any] = {
    "form_version": 1,
    "status": "open",
    "counts": {"adults": 5},
    "name": {"fi": "Tupa"},
    "municipality": "491",
}

NOT_JSON = [
    b'{"name": "\\u0000' + CANARY.encode() + b'"}',
    b'{"name": "\\ud800' + CANARY.encode() + b'"}',
    b'{"counts": {"adults": NaN}}',
    b'{"counts": {"adults": -Infinity}}',
    b'{"counts": {"adults": 1e999}}',
    b'{"form_version": 1, "form_version": 2}',
    b'{"form_version": ' + b"9" * 400 + b"}",
    b"[" * 100_000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
    '{"name": "x"}'.encode("utf-16"),
    b'{"name": "\xff\xfe"}',
    b'{"name": ',
    b"{'name': 1}",
    b"\xef\xbb\xbf{}",
    b"undefined",
]
NOT_ACCEPTED: list[Any] = [
    {CANARY: 1},
    {**GOOD, CANARY: {CANARY: CANARY}},
    {"name": {"fi": "x", CANARY: "x"}},
    {"name": {"fi": CANARY + "\u0007"}},
    {"name": CANARY},
    {"name": {"fi": 5}},
    {"name": {"fi": "x" * 5000}},
    {"form_version": "5", "status": CANARY},
    {"form_version": True, "status": "open"},
    {"form_version": 5.5, "status": "open"},
    {"form_version": -1, "status": "open"},
    {"form_version": 1, "status": "open", "counts": {CANARY: 5}},
    {"form_version": 1, "status": "open", "counts": {"adults": CANARY}},
    {"form_version": 1, "status": "open", "counts": {"adults": {"a": [CANARY]}}},
    {"form_version": 1, "status": "open", "counts": {str(n): n for n in range(200)}},
    {"form_version": 1, "status": "open", "note": CANARY + "\u200b\u202e\u2028"},
    {"opened_on": 0},
    {"opened_on": "2026-02-30"},
    {"latitude": "61.7"},
    {"id": "x", "version": 7, "county_id": CANARY},
    [],
    [CANARY],
    "",
    CANARY,
    None,
    5,
    True,
    {},
]
QUERIES = [
    f"{CANARY}=1",
    f"area={CANARY}&{CANARY}=1",
    f"cursor={CANARY}",
    "cursor=%00",
    "limit=0",
    "limit=201",
    "limit=1e3",
    "limit=5_0",
    "limit=05",
    "limit=5.0",
    "limit=%2B5",
    f"limit={CANARY}",
    "limit=5&limit=6",
    "lang=xx",
    "lang=fi&lang=en",
    "q=%07" + CANARY,
    "count=all",
    "from=0001-01-01&to=9999-12-31&" + CANARY,
    "%00=1",
    "=",
    "from=" + "9" * 2000,
]
PATHS = [
    "/v1/%00",
    "/v1/areas/%00",
    "/v1/areas/" + "a" * 3000,
    "/v1//areas",
    "/v1/areas/",
    "/v1/../v1/x",
    "/v1/areas/%ff%fe",
]


@pytest.fixture
def database_token(only_sqlite: str) -> Headers:
    """An administrator's token for the SQLite database."""
    return headers_of(Database(only_sqlite), "admin@example.org")


@pytest.fixture
def rows(database: Database) -> Any:
    """How many rows each table has, counted anew at each call."""

    def counted() -> dict[str, int]:
        with database.reading() as session:
            return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in METADATA.tables.values()}

    return counted


def refused(answer: Any) -> None:
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text[:300])
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["code"]
    assert problem["title"]
    assert CANARY not in answer.text
    assert CANARY not in str(answer.headers)


def bodies() -> Iterator[bytes]:
    yield from NOT_JSON
    yield from (json.dumps(value).encode() for value in NOT_ACCEPTED)


def test_hostile_bodies_are_refused_and_nothing_is_written(client: TestClient, admin: Headers, rows: Any) -> None:
    before, tried = rows(), 0
    for method, path in WRITES:
        for raw in bodies():
            answer = client.request(method, path, content=raw, headers=admin | JSON | {"If-Match": '"v1"'})
            if not (method == "PATCH" and raw == b"{}"):  # a patch of nothing changes nothing
                refused(answer)
            refused(client.request(method, path, content=raw, headers=JSON))
            tried += 2
    assert rows() == before
    print(f"\n{tried} hostile bodies")


def test_hostile_types_and_sizes_are_refused(client: TestClient, admin: Headers, rows: Any) -> None:
    before = rows()
    for method, path in WRITES:
        for kind in (
            "text/plain",
            "application/xml",
            "multipart/form-data; boundary=x",
            "application/json;charset=utf-16x" * 9,
            "",
        ):
            refused(client.request(method, path, content=b"{}", headers=admin | {"Content-Type": kind}))
        refused(client.request(method, path, content=b'"' + b"x" * (2 << 20) + b'"', headers=admin | JSON))
        refused(client.request(method, path, content=iter([b'"', *[b"x" * 65536] * 32]), headers=admin | JSON))
        refused(client.request(method, path, content=b"", headers=admin | JSON))
    assert rows() == before


def test_hostile_queries_and_paths_are_refused_or_ignored_never_echoed(client: TestClient, admin: Headers) -> None:
    for path in READS:
        for query in QUERIES:
            for caller in ({}, admin):
                answer = client.get(f"{path}?{query}", headers=caller)
                assert answer.status_code < 500
                assert CANARY not in answer.text
                if answer.status_code >= 400:
                    refused(answer)
    for path in PATHS:
        assert client.get(path, headers=admin).status_code in (404, 422)


def test_a_client_that_leaves_in_the_middle_is_no_crash(only_sqlite: str) -> None:
    with serving(only_sqlite) as server:
        port = int(server.address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as half:
            half.sendall(b"POST /v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n")
            half.sendall(b"Content-Type: application/x-www-form-urlencoded\r\n\r\nusername=")
        deadline = time.monotonic() + 20
        while '"status": 499' not in server.log():
            assert time.monotonic() < deadline, server.log()
            time.sleep(0.05)
        assert '"crash"' not in server.log()


def test_a_slow_upload_keeps_nobody_from_writing(only_sqlite: str, database_token: Headers) -> None:
    with serving(only_sqlite) as server:
        port = int(server.address.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.sendall(
                b"POST /v1/imports/visits HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\nContent-Type: text/csv\r\n"
            )
            slow.sendall(f"Authorization: {database_token['Authorization']}\r\n\r\nplace,date".encode())
            time.sleep(0.5)
            day = {"form_version": 1, "status": "open", "counts": {"adults": 5}}
            made = httpx.put(f"{server.address}{DAY}", json=day, headers=database_token, timeout=10)
    assert made.status_code == 201


def test_hostile_headers_are_refused_or_ignored(client: TestClient, admin: Headers, rows: Any) -> None:
    before = rows()
    for tag in (
        "",
        "v1",
        '"v1',
        '"", ""',
        '"v99999999999999999999"',
        "*" * 900,
        '"v1-' + CANARY + '"' * 99,
        "W/",
        "\xe4",
    ):
        answer = client.patch(
            f"{PLACES}/koppa",
            json={"address": "x"},
            headers=[(b"If-Match", tag.encode("latin-1")), (b"Authorization", admin["Authorization"].encode())],
        )
        refused(answer)
    for name, value in (
        ("Authorization", f"Bearer {CANARY}"),
        ("Authorization", "Bearer " + "x" * 5000),
        ("Authorization", "\xe4\xf6"),
        ("Authorization", "Basic " + CANARY),
    ):
        refused(client.get("/v1/areas", headers=[(name.encode(), value.encode("latin-1"))]))
    for value in (CANARY, "*;q=abc", "fi;q=2,en;q=-1", "\xff" * 50, "," * 500):
        assert client.get("/v1/areas", headers=[(b"Accept-Language", value.encode("latin-1"))]).status_code == 200
    assert rows() == before
