"""Many write at once, and nothing is lost: every acknowledged write is there, and the months add up."""

import asyncio
import os
import random
import statistics
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import httpx

from app.core.database import Database
from app.settings import Settings
from tests.conftest import headers_of
from tests.live import serving

CLIENTS = 32
IS_LONG = bool(os.environ.get("PERHEKESKUS_TEST_LONG"))
NEW_DAYS, INCREMENTS = (1000, 1000) if IS_LONG else (300, 60)
DAYS = [date(2026, 3, 1) + timedelta(days=n) for n in range(31)]
SHARED = "/v1/meeting-places/juva/visits/2026-03-02"
Write = Callable[[httpx.AsyncClient], Awaitable[list[httpx.Response]]]


def body(adults: int, minutes: int = 60) -> dict[str, Any]:
    return {"form_version": 1, "status": "open", "open_minutes": minutes, "counts": {"adults": adults, "children": 1}}


def test_nothing_is_lost_when_many_write_at_once(database_url: str, settings: Settings, database: Database) -> None:
    with serving(database_url) as server:
        asyncio.run(race(server.address, headers_of(database, "admin@example.org")))


async def race(address: str, headers: dict[str, str]) -> None:
    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=address, headers=headers, limits=limits, timeout=60) as client:
        made = await client.put(SHARED, json=body(3, minutes=0))
        assert made.status_code == 201, made.text
        took = await crowd(client, [*new_days(NEW_DAYS), *([increment] * INCREMENTS)])

        shared = (await client.get(SHARED)).json()
        assert shared["open_minutes"] == INCREMENTS
        assert shared["version"] == INCREMENTS + 1
        await months_add_up(client)
    p50, p99, stale = statistics.median(took), took[len(took) * 99 // 100], len(took) - NEW_DAYS - INCREMENTS
    print(f"\n{len(took)} requests by {CLIENTS} clients, {stale} of them stale: p50 {p50:.0f} ms, p99 {p99:.0f} ms")


def new_days(number: int) -> list[Write]:
    """Writes of parts of the days of two places' month, each of its own."""
    urls = [
        f"/v1/meeting-places/{place}/visits/{day}/{part}"
        for part in range(1, 10)
        for day in DAYS
        for place in ("koppa", "puuhala", "tikantanssi", "juva")
        if (place, str(day)) != ("juva", "2026-03-02")
    ]
    assert len(urls) >= number

    def put(url: str) -> Write:
        async def write(client: httpx.AsyncClient) -> list[httpx.Response]:
            answer = await client.put(url, json=body(3))
            assert answer.status_code == 201, answer.text
            return [answer]

        return write

    return [put(url) for url in urls[:number]]


async def increment(client: httpx.AsyncClient) -> list[httpx.Response]:
    """Add one to the shared day: read, change, and again where somebody was faster."""
    answers = []
    while True:
        read = await client.get(SHARED)
        minutes = read.json()["open_minutes"]
        answer = await client.put(SHARED, json=body(3, minutes + 1), headers={"If-Match": read.headers["ETag"]})
        answers.append(answer)
        if answer.status_code == 200:
            return answers
        assert answer.status_code == 412, answer.text


async def crowd(client: httpx.AsyncClient, writes: list[Write]) -> list[float]:
    """Do all writes, ``CLIENTS`` at a time, and answer how long each request took, in ms, sorted."""
    waiting = iter(sorted(writes, key=lambda _: random.random()))
    took: list[float] = []

    async def one_client() -> None:
        for write in waiting:
            took.extend(answer.elapsed.total_seconds() * 1000 for answer in await write(client))

    await asyncio.gather(*(one_client() for _ in range(CLIENTS)))
    return sorted(took)


async def months_add_up(client: httpx.AsyncClient) -> None:
    """The roll-up equals a recount of the days."""
    counted: dict[str, int] = {}
    days: dict[str, set[str]] = {}
    cursor: str | None = None
    while True:
        asked = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/v1/visits", params=asked)).json()
        for day in page["items"]:
            counted[day["place_id"]] = counted.get(day["place_id"], 0) + day["counts"]["adults"]
            days.setdefault(day["place_id"], set()).add(day["date"])
        cursor = page["next"]
        if cursor is None:
            break
    summary = (await client.get("/v1/visit-summaries?from=2026-03&to=2026-03&group=place")).json()["items"]
    assert {item["group"]["id"]: item["counts"]["adults"]["value"] for item in summary} == counted
    assert {item["group"]["id"]: item["open_days"] for item in summary} == {id: len(on) for id, on in days.items()}


def test_of_two_changes_to_one_version_exactly_one_is_taken(
    database_url: str, settings: Settings, database: Database
) -> None:
    with serving(database_url) as server:
        asyncio.run(pairs(server.address, headers_of(database, "admin@example.org"), 100))


async def pairs(address: str, headers: dict[str, str], number: int) -> None:
    url = "/v1/meeting-places/koppa"
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=60) as client:
        for n in range(number):
            tag = (await client.get(url)).headers["ETag"]
            changes = [{"address": f"Katu {n}{side}"} for side in "ab"]
            answers = await asyncio.gather(*(client.patch(url, json=c, headers={"If-Match": tag}) for c in changes))
            assert sorted(a.status_code for a in answers) == [200, 412]
        assert (await client.get(url)).json()["version"] == number + 1
