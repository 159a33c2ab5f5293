"""What is sent again with its Idempotency-Key is answered again, and done once."""

import asyncio
import os
import signal
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select, text
from starlette.testclient import TestClient

from app.accounts.roles import Role
from app.accounts.service import users
from app.audit.models import AuditEntry
from app.audit.service import write_entry
from app.core import clock, idempotency
from app.core.database import Command, Database
from app.core.idempotency import IdempotencyKey
from app.main import create_app
from app.places.models import MeetingPlace
from app.settings import Settings
from tests.conftest import PASSWORD, headers_of, id_of, settings_for
from tests.live import serving

ADMIN = "admin@example.org"
Headers = dict[str, str]
PLACES = "/v1/meeting-places"
KEYS = 1000 if os.environ.get("PERHEKESKUS_TEST_LONG") else 100
TIMES, AT_ONCE = 5, 8
REPLAYED = "Idempotency-Replayed"


def tupa(n: int = 1) -> dict[str, Any]:
    return {"name": {"fi": f"Tupa {n}"}, "municipality": "593"}


def found_one(
    client: TestClient, caller: Headers, key: str, body: dict[str, Any] | None = None, query: str = ""
) -> Any:
    headers = caller | {"Idempotency-Key": key}
    return client.post(PLACES + query, json=tupa() if body is None else body, headers=headers)


def counts(database: Database) -> tuple[int, int, int]:
    """How many places there are, how many were founded in the audit trail, and how many keys are kept."""
    founded = select(func.count()).select_from(AuditEntry).where(AuditEntry.command == "foundMeetingPlace")
    with database.reading() as session:
        places = session.scalar(select(func.count()).select_from(MeetingPlace)) or 0
        keys = session.scalar(select(func.count()).select_from(IdempotencyKey)) or 0
        return places, session.scalar(founded) or 0, keys


def test_each_of_many_keys_is_done_once_however_often_it_is_sent(
    database_url: str, settings: Settings, database: Database
) -> None:
    with serving(database_url) as server:
        asyncio.run(send_again_and_again(server.address, database))


def test_keys_are_done_once_over_several_workers(postgres_database: Database) -> None:
    with serving(postgres_database.url, workers=2) as server:
        asyncio.run(send_again_and_again(server.address, postgres_database))


async def send_again_and_again(address: str, database: Database) -> None:
    before, _, _ = counts(database)
    limits = httpx.Limits(max_connections=AT_ONCE * TIMES)
    numbers = iter(range(KEYS))
    started = time.perf_counter()
    admin = headers_of(database, ADMIN)
    async with httpx.AsyncClient(base_url=address, headers=admin, limits=limits, timeout=60) as client:

        async def one_after_another() -> None:
            for n in numbers:
                headers = {"Idempotency-Key": f"key-{n}"}
                same = (client.post(PLACES, json=tupa(n), headers=headers) for _ in range(TIMES))
                answers = await asyncio.gather(*same)
                assert [a.status_code for a in answers] == [201] * TIMES, [a.text for a in answers]
                assert len({(a.content, a.headers["ETag"], a.headers["Location"]) for a in answers}) == 1
                assert sum(REPLAYED not in a.headers for a in answers) == 1

        await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))
    took = time.perf_counter() - started
    assert counts(database) == (before + KEYS, KEYS, KEYS)
    print(f"\n{KEYS} keys, each sent {TIMES} times at once: {KEYS * TIMES / took:.0f} requests/s, {took:.1f} s")


def test_an_answer_that_got_lost_is_given_again(
    app: FastAPI, client: TestClient, admin: Headers, database: Database
) -> None:
    before, _, _ = counts(database)

    lost = client.portal.call(answered_into_nothing, app, admin | {"Idempotency-Key": "lost"})
    assert [(message["type"], message.get("status")) for message in lost] == [("http.response.start", 201)]

    assert counts(database) == (before + 1, 1, 1)
    again = found_one(client, admin, "lost")
    assert (again.status_code, again.headers[REPLAYED]) == (201, "true")
    assert client.get(again.headers["Location"]).json() == again.json()
    assert counts(database) == (before + 1, 1, 1)


async def answered_into_nothing(app: FastAPI, headers: Headers) -> list[dict[str, Any]]:
    """Send a request whose answer finds nobody: all is done and committed, and nothing arrives. What was tried."""
    tried: list[dict[str, Any]] = []
    content = httpx.Request("POST", "http://nowhere", json=tupa())
    sent = {**content.headers, **headers}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": PLACES,
        "query_string": b"",
        "headers": [(k.lower().encode(), v.encode()) for k, v in sent.items()],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content.content, "more_body": False}

    async def send(message: Any) -> None:
        tried.append(message)
        raise OSError("the line is dead")

    await app(scope, receive, send)
    return tried


def test_a_server_that_is_killed_after_its_commit_has_still_done_it_once(
    database_url: str, settings: Settings, database: Database
) -> None:
    headers = headers_of(database, ADMIN) | {"Idempotency-Key": "killed"}
    with serving(database_url) as server:
        with call_and_hang_up(server.address, headers):
            wait_until(lambda: counts(database)[2])
        os.kill(server.pid, signal.SIGKILL)
    done = counts(database)

    with serving(database_url) as server:
        again = httpx.post(server.address + PLACES, json=tupa(), headers=headers)

    assert (again.status_code, again.headers[REPLAYED], again.json()["slug"]) == (201, "true", "tupa-1")
    assert counts(database) == done


@contextmanager
def call_and_hang_up(address: str, headers: Headers) -> Iterator[None]:
    """Send a request, and go without having read a byte of its answer."""
    request = httpx.Request("POST", address + PLACES, json=tupa(), headers=headers)
    lines = [f"POST {PLACES} HTTP/1.1", *(f"{k}: {v}" for k, v in request.headers.items()), "", ""]
    with socket.create_connection((request.url.host, request.url.port or 80)) as line:
        line.sendall("\r\n".join(lines).encode() + request.content)
        yield


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_first_answer_is_given_again_with_all_that_belongs_to_it(client: TestClient, admin: Headers) -> None:
    first = found_one(client, admin, "k1")

    again = found_one(client, admin, '"k1"')

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    told = ("etag", "location", "link", "cache-control", "content-type", "content-length")
    assert [again.headers.get_list(name) for name in told] == [first.headers.get_list(name) for name in told]
    assert (REPLAYED in first.headers, again.headers[REPLAYED]) == (False, "true")
    assert first.headers["X-Request-Id"] != again.headers["X-Request-Id"]
    changed = client.patch(
        first.headers["Location"], json={"address": "Katu 1"}, headers=admin | {"If-Match": first.headers["ETag"]}
    )
    assert changed.status_code == 200
    assert found_one(client, admin, "k1").content == first.content


def test_another_request_with_the_same_key_is_refused(client: TestClient, admin: Headers, database: Database) -> None:
    assert found_one(client, admin, "k1").status_code == 201
    before = counts(database)

    others = [
        found_one(client, admin, "k1", tupa(2)),
        found_one(client, admin, "k1", {"nonsense": 1}),
        found_one(client, admin, "k1", query="?lang=en"),
    ]

    assert [(a.status_code, a.json()["code"]) for a in others] == [(422, "key-reused")] * 3
    assert counts(database) == before


def test_keys_are_of_their_callers(client: TestClient, admin: Headers, database: Database) -> None:
    with database.writing(Command("test")) as session:
        users.give_everything(session, users.create(session, "other@example.org"), Role.admin)
    theirs = headers_of(database, "other@example.org")

    answers = [found_one(client, admin, "k1", tupa(1)), found_one(client, theirs, "k1", tupa(2))]

    assert [(a.status_code, REPLAYED in a.headers) for a in answers] == [(201, False)] * 2


def test_a_key_does_not_open_what_the_caller_may_not_do(client: TestClient, admin: Headers, reader: Headers) -> None:
    found_one(client, admin, "k1")

    assert found_one(client, reader, "k1").json()["code"] == "scope-missing"
    assert found_one(client, {}, "k1").json()["code"] == "token-not-accepted"


def test_a_key_is_forgotten_after_a_day(
    client: TestClient, admin: Headers, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = found_one(client, admin, "k1")
    found_one(client, admin, "k2", tupa(2))
    start = clock.now()

    def later(**time_passed: float) -> Headers:
        monkeypatch.setattr(clock, "now", lambda: start + timedelta(**time_passed))
        return headers_of(database, ADMIN)

    assert found_one(client, later(hours=23, minutes=59), "k1").content == first.content
    anew = found_one(client, later(hours=24, minutes=1), "k1", tupa(3))
    assert (anew.status_code, anew.json()["name"]["fi"], REPLAYED in anew.headers) == (201, "Tupa 3", False)
    assert counts(database)[2] == 1  # the other was removed meanwhile
    assert found_one(client, later(hours=25), "k1", tupa(3)).headers[REPLAYED] == "true"


def test_what_was_refused_can_be_mended_and_sent_again(client: TestClient, admin: Headers, database: Database) -> None:
    taken = found_one(client, admin, "k0")
    assert taken.status_code == 201

    refused = [
        found_one(client, admin, "k1", {"name": {"fi": "Tupa 2"}}),
        found_one(client, admin, "k1", {**tupa(2), "municipality": "none"}),
        found_one(client, admin, "k1", tupa(1)),
    ]

    assert [a.status_code for a in refused] == [422, 422, 409]
    assert counts(database)[2] == 1
    mended = found_one(client, admin, "k1", tupa(2))
    assert (mended.status_code, REPLAYED in mended.headers) == (201, False)


def test_an_operation_that_takes_no_key_refuses_it_before_all_else(client: TestClient) -> None:
    form = {"username": "admin@example.org", "password": PASSWORD}

    refused = client.post("/v1/auth/token", data=form, headers={"Idempotency-Key": "k1"})

    assert (refused.status_code, refused.json()["code"]) == (422, "key-not-taken")


def test_a_malformed_key_is_refused_before_all_else(client: TestClient) -> None:
    assert found_one(client, {}, "two words").json()["code"] == "key-malformed"
    assert found_one(client, {}, "k" * 201).status_code == 422


def test_where_a_version_protects_the_key_is_not_needed(client: TestClient, admin: Headers) -> None:
    place = found_one(client, admin, "k1")
    keyed = admin | {"Idempotency-Key": "two words"}

    changed = client.patch(
        place.headers["Location"], json={"address": "Katu 1"}, headers=keyed | {"If-Match": place.headers["ETag"]}
    )

    assert changed.status_code == 200
    assert client.get(place.headers["Location"], headers=keyed).status_code == 200


def test_a_key_is_undone_with_the_write_that_fails(
    settings: Settings, database: Database, client: TestClient, admin: Headers
) -> None:
    before = counts(database)

    def break_it(session: object) -> None:
        raise RuntimeError("no commit")

    broken = Database(database.url, (write_entry, break_it))
    with TestClient(create_app(settings, broken), raise_server_exceptions=False) as failing:
        assert found_one(failing, admin, "k1").status_code == 500
    assert counts(database) == before

    assert REPLAYED not in found_one(client, admin, "k1").headers


def test_who_waits_too_long_for_the_same_key_is_told_to_come_back(
    app: FastAPI, admin: Headers, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "WAIT_S", 0.3)

    with held_up(database) as blocker:
        first, second = asyncio.run(two_at_once(app, admin | {"Idempotency-Key": "k1"}, database, blocker))

    assert (second.status_code, second.json()["code"], second.headers["Retry-After"]) == (409, "key-in-use", "5")
    assert (first.status_code, REPLAYED in first.headers) == (201, False)


@contextmanager
def held_up(database: Database) -> Iterator[Any]:
    """Nobody can found a place before this transaction ends."""
    other = Database(database.url)
    with other.engine.execution_options(begin="BEGIN IMMEDIATE").connect() as connection:
        connection.execute(text("SELECT 1" if other.is_sqlite else "LOCK TABLE meeting_place IN EXCLUSIVE MODE"))
        yield connection
    other.engine.dispose()


async def two_at_once(app: FastAPI, headers: Headers, database: Database, blocker: Any) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        first = asyncio.create_task(client.post(PLACES, json=tupa()))
        await asyncio.to_thread(wait_until, database.keys.in_use)
        second = await client.post(PLACES, json=tupa())
        await asyncio.to_thread(blocker.rollback)
        return [await first, second]


def test_a_key_that_another_process_has_is_waited_for(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "WAIT_S", 0.3)
    admin = headers_of(postgres_database, ADMIN)
    elsewhere = idempotency.Key("k1", "foundMeetingPlace", id_of(postgres_database, ADMIN))

    with TestClient(create_app(settings_for(postgres_database.url), postgres_database)) as client:
        with postgres_database.writing(Command("elsewhere"), keep=False) as session:
            elsewhere.claim(session)
            refused = found_one(client, admin, "k1")
        taken = found_one(client, admin, "k1")

    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (409, "key-in-use", "5")
    assert taken.status_code == 201


def test_only_the_key_has_a_limit_of_waiting_not_the_write_itself(postgres_database: Database) -> None:
    key = idempotency.Key("k1", "foundMeetingPlace", id_of(postgres_database, ADMIN))

    with postgres_database.writing(Command("test"), keep=False) as session:
        before = session.scalar(text("SHOW lock_timeout"))
        key.claim(session)

        assert session.scalar(text("SHOW lock_timeout")) == before


@pytest.fixture
def postgres_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A prepared database on PostgreSQL, for what only several processes can do."""
    server, template = request.getfixturevalue("postgres"), request.getfixturevalue("postgres_template")
    database = Database(server.create_database(f"keys_{uuid.uuid4().hex}", template), (write_entry,))
    yield database
    database.engine.dispose()
