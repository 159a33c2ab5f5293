"""Public reads over HTTP, as they stand behind the read layer."""

import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any, NamedTuple

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.main import create_app
from tests.conftest import headers_of, prepared, settings_for
from tests.ephemeral_postgres import EphemeralPostgres

PLACE = "/v1/meeting-places/koppa"
LIST = "/v1/meeting-places?limit=200"
Headers = dict[str, str]


def sources(app: FastAPI, operation: str) -> dict[str, int]:
    """How many answers of an operation came from where."""
    families = text_string_to_metric_families(app.state.metrics.text().decode())
    samples = [sample for family in families for sample in family.samples if sample.name == "perhekeskus_answers_total"]
    found: dict[str, int] = {}
    for sample in samples:
        if sample.labels["operation"] == operation:
            found[sample.labels["source"]] = found.get(sample.labels["source"], 0) + int(sample.value)
    return found


def changed(client: TestClient, admin: Headers, address: str) -> dict[str, Any]:
    answer = client.patch(PLACE, json={"address": address}, headers={**admin, "If-Match": "*"})
    assert answer.status_code == 200, answer.text
    item: dict[str, Any] = answer.json()
    return item


def test_the_second_who_asks_gets_the_same_bytes_without_the_application(client: TestClient, app: FastAPI) -> None:
    first, second = client.get(PLACE), client.get(PLACE)

    assert first.content == second.content
    assert sources(app, "readMeetingPlace") == {"built": 1, "kept": 1}
    own = ("x-request-id", "ratelimit", "date")
    assert [h for h in first.headers.items() if h[0] not in own] == [
        h for h in second.headers.items() if h[0] not in own
    ]
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_a_kept_answer_carries_what_every_answer_carries(client: TestClient) -> None:
    client.get(PLACE)

    told = client.get(PLACE, headers={"X-Request-Id": "mine-0001"}).headers

    assert told["x-request-id"] == "mine-0001"
    assert told["x-content-type-options"] == "nosniff"
    assert told["referrer-policy"] == "no-referrer"
    assert told["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert told["access-control-allow-origin"] == "*"
    assert "ETag" in told["access-control-expose-headers"]
    assert told["cache-control"] == "no-cache"
    varies = sorted(name.strip().lower() for name in told["vary"].split(","))
    assert varies == ["accept-encoding", "accept-language", "authorization"]


def test_a_change_is_seen_by_the_next_who_asks_in_every_form(client: TestClient, admin: Headers) -> None:
    tags = {e: client.get(PLACE, headers={"Accept-Encoding": e}).headers["etag"] for e in ("identity", "gzip", "br")}
    client.get(LIST)

    version = changed(client, admin, "Keksitty tie 1")["version"]

    for encoding, tag in tags.items():
        answer = client.get(PLACE, headers={"Accept-Encoding": encoding, "If-None-Match": tag})
        assert answer.status_code == 200
        assert (answer.json()["address"], answer.json()["version"]) == ("Keksitty tie 1", version)
    listed = {item["slug"]: item for item in client.get(LIST).json()["items"]}
    assert listed["koppa"]["address"] == "Keksitty tie 1"


def test_a_change_elsewhere_leaves_an_answer_kept(client: TestClient, app: FastAPI, admin: Headers) -> None:
    client.get("/v1/areas?limit=200")
    changed(client, admin, "Keksitty tie 2")
    client.get("/v1/areas?limit=200")

    assert sources(app, "listAreas") == {"built": 1, "kept": 1}


@pytest.mark.parametrize("encoding", ["identity", "gzip", "br"])
def test_who_has_an_answer_gets_304_and_may_change_the_item_by_its_tag(
    client: TestClient, admin: Headers, encoding: str
) -> None:
    tag = client.get(PLACE, headers={"Accept-Encoding": encoding}).headers["etag"]

    again = client.get(PLACE, headers={"Accept-Encoding": encoding, "If-None-Match": f'"x", {tag}'})
    changed = client.patch(PLACE, json={"address": "Keksitty tie 3"}, headers={**admin, "If-Match": tag})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert "content-length" not in again.headers
    assert changed.status_code == 200


def test_head_tells_what_get_would(client: TestClient) -> None:
    got = client.get(LIST, headers={"Accept-Encoding": "gzip"})

    head = client.head(LIST, headers={"Accept-Encoding": "gzip"})

    own = ("x-request-id", "ratelimit", "date")
    assert (head.status_code, head.content) == (200, b"")
    assert [h for h in head.headers.items() if h[0] not in own] == [h for h in got.headers.items() if h[0] not in own]
    known = {"If-None-Match": head.headers["etag"], "Accept-Encoding": "gzip"}
    assert client.head(LIST, headers=known).status_code == 304


def test_reads_with_a_token_pass_the_layer_by(client: TestClient, app: FastAPI, reader: Headers) -> None:
    client.get(LIST)

    answer = client.get(LIST, headers=reader)

    assert answer.headers["cache-control"] == "no-store"
    assert sources(app, "listMeetingPlaces") == {"built": 1, "app": 1}


def test_a_token_that_is_nobodys_does_not_get_a_kept_answer(client: TestClient) -> None:
    client.get(LIST)

    assert client.get(LIST, headers={"Authorization": "Bearer x.y.z"}).status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/meeting-places/no-such-place", 404),
        ("/v1/meeting-places?limit=0", 422),
        ("/v1/meeting-places?unknown=1", 422),
        ("/v1/meeting-places?lang=xx", 422),
        ("/v1/meeting-places?lang=fi&lang=fi", 422),
    ],
)
def test_a_refusal_is_made_for_each_who_asks(client: TestClient, path: str, status: int) -> None:
    answers = [client.get(path, headers={"Origin": "https://omaperhe.example"}) for _ in range(2)]

    for answer in answers:
        assert answer.status_code == status
        assert answer.json()["request_id"] == answer.headers["x-request-id"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "no-store"


def test_the_next_page_is_another_answer(client: TestClient) -> None:
    first = client.get("/v1/areas?limit=3").json()
    second = client.get("/v1/areas", params={"limit": 3, "cursor": first["next"]}).json()

    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}


def test_the_next_page_is_linked_as_one_has_asked_oneself(client: TestClient) -> None:
    """Whoever asked for the same before, in other words."""
    asked = [("", "en"), ("&lang=en", "fi"), ("&lang=fi", "en"), ("", "fi")]

    links = [
        client.get(f"/v1/areas?limit=2{lang}", headers={"Accept-Language": accepted}).headers["link"]
        for lang, accepted in asked
    ]

    assert [(re.findall("[?&]lang=(..)", link), "limit=2" in link) for link in links] == [
        ([], True),
        (["en"], True),
        (["fi"], True),
        ([], True),
    ]


def test_many_who_come_at_once_are_built_for_once(client: TestClient, app: FastAPI) -> None:
    barrier = threading.Barrier(8)

    def read(_: int) -> bytes:
        barrier.wait()
        return client.get(LIST).content

    with ThreadPoolExecutor(8) as pool:
        bodies = set(pool.map(read, range(8)))

    assert len(bodies) == 1
    assert json.loads(bodies.pop())["items"]
    assert sum(sources(app, "listMeetingPlaces").values()) == 8


class Restarted(NamedTuple):
    """An application, who asks it, and where its database is, which a test may hurt."""

    app: FastAPI
    client: TestClient
    admin: Headers
    url: str


@pytest.fixture
def restarted(own_server: EphemeralPostgres) -> Iterator[Restarted]:
    url = own_server.create_database("restarted")
    prepared(url)
    app = create_app(settings_for(url))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Restarted(app, client, headers_of(app.state.database, "admin@example.org"), url)


def test_while_the_database_restarts_nothing_kept_is_given_and_then_all_is_as_before(restarted: Restarted) -> None:
    app, client, admin, url = restarted
    before = [client.get(PLACE) for _ in range(2)][1]

    kill_all_connections(url)
    meanwhile = list(reads_until_it_is_back(client, url))
    after = [client.get(PLACE) for _ in range(2)][1]
    address = changed(client, admin, "Katu 2")["address"]
    shown = client.get(PLACE).json()["address"]

    refused = [answer for answer in meanwhile if answer.status_code != 200]  # 200 while its connection still stood
    assert {answer.status_code for answer in refused} <= {503}
    assert all(answer.headers["retry-after"] and answer.json()["code"] for answer in refused)
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])
    assert (address, shown) == ("Katu 2", "Katu 2")
    assert sources(app, "readMeetingPlace")["kept"] >= 2
    print(f"{len(refused)} answers 503 while the server started anew")


def test_after_a_restart_nobody_is_refused_for_a_connection_that_died_in_the_pool(restarted: Restarted) -> None:
    app, client, admin, url = restarted
    with ExitStack() as held:  # as many connections as there are seats then lie in the pool
        for _ in range(app.state.database.connections):
            held.enter_context(app.state.database.reading()).connection()
    client.get(PLACE)  # from here on the check listens

    kill_all_connections(url)
    for _ in until_it_is_back(url):
        time.sleep(0.01)
    private = [client.get(PLACE, headers=admin) for _ in range(20)]
    written = changed(client, admin, "Katu 3")["address"]

    assert [answer.status_code for answer in private] == [200] * 20
    assert written == "Katu 3"


def kill_all_connections(url: str) -> None:
    """End one by force: the server then ends all others and starts anew. Returns when it has begun to."""
    plain = url.replace("+psycopg", "")
    with closing(psycopg.connect(plain, autocommit=True)) as bystander:
        with closing(psycopg.connect(plain, autocommit=True)) as connection:
            connection.execute("CHECKPOINT")
            os.kill(connection.info.backend_pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            bystander.execute("SELECT pg_sleep(60)")


def until_it_is_back(url: str) -> Iterator[None]:
    """Goes on until the server makes connections: it does so only once all earlier ones have ended."""
    for _ in range(1_500):
        try:
            psycopg.connect(url.replace("+psycopg", "")).close()
        except psycopg.OperationalError:
            yield
        else:
            return
    pytest.fail("the server has not come back")


def reads_until_it_is_back(client: TestClient, url: str) -> Iterator[httpx.Response]:
    """What a public read is answered while the server starts anew."""
    for _ in until_it_is_back(url):
        yield client.get(PLACE)
        time.sleep(0.02)
