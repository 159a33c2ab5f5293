"""How often somebody may ask: the first refusal at exactly the limit, whom it concerns, and what the headers say."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import http_sf
import httpx
import pytest
from starlette.testclient import TestClient

from app.accounts import needs, opaque
from app.core import rates
from app.core.database import Database
from app.core.rates import MOST_COUNTERS, Counts
from app.main import create_app
from tests.conftest import PASSWORD, headers_of, settings_for

AREAS, PLACE, ME, SIGN_IN = "/v1/areas", "/v1/meeting-places/koppa", "/v1/me", "/v1/auth/token"
PROXY, CLIENT, OTHER = "10.1.2.3", "203.0.113.7", "203.0.113.8"
NOBODYS = {"Authorization": "Bearer x.y.z"}
METRICS = "token-of-the-metrics"
Headers = dict[str, str]
Ask = Callable[[TestClient, Headers], httpx.Response]
CLASSES: dict[str, tuple[str, Ask, int]] = {
    "public-reads": ("public_reads_per_minute", lambda client, _: client.get(AREAS), 200),
    "token-reads": ("token_reads_per_minute", lambda client, admin: client.get(ME, headers=admin), 200),
    "writes": (
        "writes_per_minute",
        lambda client, admin: client.patch(PLACE, json={"address": "Katu 1"}, headers=admin | {"If-Match": "*"}),
        200,
    ),
    "sign-ins": (
        "sign_ins_per_minute",
        lambda client, _: client.post(SIGN_IN, data={"username": "admin@example.org", "password": PASSWORD}),
        200,
    ),
}


@pytest.fixture
def admin(only_sqlite: str) -> Headers:
    """The headers of an administrator."""
    return signed_in(only_sqlite, "admin@example.org")


def signed_in(url: str, email: str) -> Headers:
    database = Database(url)
    try:
        return headers_of(database, email)
    finally:
        database.engine.dispose()


@contextmanager
def limited(url: str, address: str = CLIENT, **settings: Any) -> Iterator[TestClient]:
    """A client at an address, of a server with these settings."""
    app = create_app(settings_for(url, **settings))
    with TestClient(app, client=(address, 1), raise_server_exceptions=False) as client:
        yield client


def policy(answer: httpx.Response) -> tuple[str, dict[str, Any]]:
    """``RateLimit-Policy`` as RFC 9651 reads it: the one class that counts, and what it allows."""
    ((name, told),) = http_sf.parse(answer.headers["ratelimit-policy"].encode(), tltype="list")
    return name, told


def left(answer: httpx.Response) -> tuple[str, dict[str, Any]]:
    """``RateLimit`` as RFC 9651 reads it: the same class, how many are left, and for how many seconds."""
    ((name, told),) = http_sf.parse(answer.headers["ratelimit"].encode(), tltype="list")
    return name, told


@pytest.mark.parametrize("name", CLASSES)
def test_the_first_refusal_comes_at_exactly_the_limit(only_sqlite: str, admin: Headers, name: str) -> None:
    setting, ask, status = CLASSES[name]

    with limited(only_sqlite, **{setting: 3}) as client:
        answers = [ask(client, admin) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [status, status, status, 429, 429]
    assert [policy(answer) for answer in answers] == [(name, {"q": 3, "w": 60})] * 5
    assert [(left(answer)[0], left(answer)[1]["r"]) for answer in answers] == [(name, n) for n in (2, 1, 0, 0, 0)]


def test_of_many_who_ask_at_once_as_many_as_the_limit_are_served(only_sqlite: str) -> None:
    with limited(only_sqlite, public_reads_per_minute=7) as client, ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda n: client.get(f"{AREAS}?limit={n + 1}").status_code, range(40)))

    assert sorted(statuses) == [200] * 7 + [429] * 33


def test_what_is_refused_is_not_done(only_sqlite: str, admin: Headers) -> None:
    with limited(only_sqlite, writes_per_minute=1) as client:
        done, refused = (
            client.patch(PLACE, json={"address": address}, headers=admin | {"If-Match": "*"})
            for address in ("Katu 1", "Katu 2")
        )
        place = client.get(PLACE).json()

    assert (done.status_code, refused.status_code) == (200, 429)
    assert (place["address"], place["version"]) == ("Katu 1", done.json()["version"])


def test_each_caller_and_each_class_is_counted_by_itself(only_sqlite: str, admin: Headers) -> None:
    lead = signed_in(only_sqlite, "network_lead@example.org")
    with limited(only_sqlite, token_reads_per_minute=1, public_reads_per_minute=1) as client:
        mine = [client.get(ME, headers=admin).status_code for _ in range(2)]
        theirs = client.get(ME, headers=lead).status_code
        public = [client.get(AREAS).status_code for _ in range(2)]
        write = client.patch(PLACE, json={"address": "Katu 1"}, headers=admin | {"If-Match": "*"}).status_code

    assert (mine, theirs, public, write) == ([200, 429], 200, [200, 429], 200)


def test_a_caller_is_counted_wherever_they_are(only_sqlite: str, admin: Headers) -> None:
    with limited(only_sqlite, PROXY, trusted_proxies=PROXY, token_reads_per_minute=2) as client:
        statuses = [client.get(ME, headers=admin | {"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(3)]

    assert statuses == [200, 200, 429]


@pytest.mark.parametrize("is_caller", [False, True])
def test_an_answer_that_one_has_already_is_free(only_sqlite: str, admin: Headers, is_caller: bool) -> None:
    caller = admin if is_caller else {}
    with limited(only_sqlite, public_reads_per_minute=2, token_reads_per_minute=2) as client:
        first = client.get(PLACE, headers=caller)
        free = [client.get(PLACE, headers=caller | {"If-None-Match": first.headers["etag"]}) for _ in range(9)]
        second, third = (client.get(PLACE, headers=caller) for _ in range(2))

    assert [answer.status_code for answer in free] == [304] * 9
    assert {left(answer)[1]["r"] for answer in (first, *free)} == {1}
    assert (second.status_code, left(second)[1]["r"], third.status_code) == (200, 0, 429)


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_token_that_is_nobodys_counts_for_its_address(only_sqlite: str, method: str) -> None:
    """In a budget of its own: others at the address read on."""
    with limited(only_sqlite, public_reads_per_minute=3) as client:
        answers = [client.request(method, PLACE, headers=NOBODYS, json={"address": "x"}) for _ in range(4)]
        without = client.get(PLACE)

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert [left(answer) for answer in answers[:3]] == [("public-reads", {"r": n, "t": 60}) for n in (2, 1, 0)]
    assert (without.status_code, left(without)[1]["r"]) == (200, 2)


def test_tokens_are_not_looked_up_any_more_once_too_many_were_nobodys(
    only_sqlite: str, admin: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = needs._looked_up
    asked: list[Any] = []
    monkeypatch.setattr(needs, "_looked_up", lambda *given: asked.append(given) or looked_up(*given))
    nobodys = {"Authorization": f"Bearer {opaque.machine_token()}"}
    with limited(only_sqlite, public_reads_per_minute=3) as client:
        statuses = [client.get(ME, headers=nobodys).status_code for _ in range(6)]
        other = client.get(ME, headers=admin).status_code

    assert statuses == [401, 401, 401, 429, 429, 429]
    assert len(asked) == 3
    assert other == 429


def test_who_names_no_answer_that_they_have_is_not_read_to_for_free(only_sqlite: str, admin: Headers) -> None:
    with limited(only_sqlite, public_reads_per_minute=2, token_reads_per_minute=2) as client:
        public = [client.get(PLACE, headers={"If-None-Match": "*"}).status_code for _ in range(3)]
        private = [client.get(ME, headers=admin | {"If-None-Match": " * "}).status_code for _ in range(3)]

    assert public == private == [304, 304, 429]


def test_who_looks_after_the_server_is_never_refused(only_sqlite: str) -> None:
    asked = [("/health/live", {}), ("/health/ready", {}), ("/metrics", {"Authorization": f"Bearer {METRICS}"})]
    with limited(only_sqlite, public_reads_per_minute=1, metrics_token=METRICS) as client:
        over = [client.get(AREAS).status_code for _ in range(2)]
        asked.append((client.get(AREAS).json()["type"], {}))  # nor who looks why they were
        answers = [client.get(path, headers=headers) for path, headers in asked for _ in range(5)]

    assert over == [200, 429]
    assert {answer.status_code for answer in answers} == {200}
    assert not any("ratelimit" in answer.headers for answer in answers)


def test_every_answer_says_what_is_left(only_sqlite: str, admin: Headers) -> None:
    place = {"name": {"fi": "Uusi"}, "municipality": "491"}
    with limited(only_sqlite) as client:
        tag = client.get(AREAS).headers["etag"]
        answers = [
            (status, name, client.request(method, path, headers=headers, **more))
            for status, name, method, path, headers, more in (
                (200, "public-reads", "GET", AREAS, {}, {}),
                (200, "public-reads", "HEAD", AREAS, {}, {}),
                (200, "public-reads", "GET", "/docs", {}, {}),
                (304, "public-reads", "GET", AREAS, {"If-None-Match": tag}, {}),
                (404, "public-reads", "GET", "/nowhere", {}, {}),
                (404, "public-reads", "GET", "/v1/areas/no-such", {}, {}),
                (404, "token-reads", "GET", "/v1/persons/no-such", admin, {}),
                (405, "public-reads", "DELETE", AREAS, {}, {}),
                (422, "public-reads", "GET", "/v1/areas?limit=0", {}, {}),
                (401, "public-reads", "POST", "/v1/meeting-places", {}, {"json": place}),
                (201, "writes", "POST", "/v1/meeting-places", admin, {"json": place}),
                (412, "writes", "PATCH", PLACE, admin | {"If-Match": '"v9"'}, {"json": {"address": "x"}}),
                (428, "writes", "PATCH", PLACE, admin, {"json": {"address": "x"}}),
                (422, "sign-ins", "POST", SIGN_IN, {}, {}),
            )
        ]

    for status, name, answer in answers:
        assert answer.status_code == status
        assert policy(answer) == (name, {"q": 10**9, "w": 60})
        assert left(answer)[0] == name
        assert {key: type(value) for key, value in left(answer)[1].items()} == {"r": int, "t": int}
        assert 10**9 - 50 < left(answer)[1]["r"] < 10**9 + 1
        assert 1 <= left(answer)[1]["t"] <= 60


@pytest.mark.parametrize(
    ("language", "title", "detail"),
    [
        ("fi", "Liian monta pyyntöä", "Pyyntöjä tuli yli 1 minuutissa. Yritä {} s kuluttua."),
        ("en", "Too many requests", "More than 1 requests came within a minute. Try again in {} s."),
    ],
)
def test_a_refusal_is_a_problem_that_any_page_can_read(
    only_sqlite: str, language: str, title: str, detail: str
) -> None:
    with limited(only_sqlite, public_reads_per_minute=1) as client:
        client.get(AREAS)
        refused = client.get(AREAS, headers={"Accept-Language": language, "Origin": "https://omaperhe.example"})

    seconds = refused.headers["retry-after"]
    assert refused.status_code == 429
    assert seconds.isdecimal()
    assert int(seconds) == left(refused)[1]["t"]
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["cache-control"] == "no-store"
    assert refused.headers["access-control-allow-origin"] == "*"
    exposed = {name.strip() for name in refused.headers["access-control-expose-headers"].split(",")}
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= exposed
    problem = refused.json()
    assert (problem["status"], problem["code"], problem["title"]) == (429, "too-many-requests", title)
    assert problem["detail"] == detail.format(seconds)
    assert problem["request_id"] == refused.headers["x-request-id"]


@pytest.mark.parametrize(
    ("peer", "proxies", "forwarded", "statuses"),
    [
        pytest.param(CLIENT, "", "198.51.100.{n}", [200, 200, 429], id="no proxy is configured"),
        pytest.param(CLIENT, PROXY, "198.51.100.{n}", [200, 200, 429], id="who sends it is no proxy"),
        pytest.param(PROXY, PROXY, "198.51.100.{n}, " + CLIENT, [200, 200, 429], id="forged before the proxy"),
        pytest.param(PROXY, "10.0.0.0/8", "198.51.100.{n}, " + CLIENT, [200, 200, 429], id="a network of proxies"),
        pytest.param(PROXY, PROXY, "198.51.100.{n}", [200, 200, 200], id="other clients of the proxy"),
        pytest.param(PROXY, PROXY, "2001:db8:0:1::{n}", [200, 200, 429], id="one holder of an IPv6 network"),
        pytest.param(PROXY, PROXY, "2001:db8:0:{n}::1", [200, 200, 200], id="other holders"),
    ],
)
def test_a_budget_is_that_of_the_address_that_a_configured_proxy_tells(
    only_sqlite: str, peer: str, proxies: str, forwarded: str, statuses: list[int]
) -> None:
    with limited(only_sqlite, peer, trusted_proxies=proxies, public_reads_per_minute=2) as client:
        found = [client.get(AREAS, headers={"X-Forwarded-For": forwarded.format(n=n)}).status_code for n in range(1, 4)]

    assert found == statuses


def test_another_minute_is_another_budget(only_sqlite: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(rates, "time", SimpleNamespace(monotonic=lambda: now[0]))
    with limited(only_sqlite, public_reads_per_minute=1) as client:
        first = client.get(AREAS)
        now[0] = 1059.5
        refused = client.get(AREAS)
        now[0] = 1060.0
        again = client.get(AREAS)

    assert [(a.status_code, left(a)[1]["t"]) for a in (first, refused, again)] == [(200, 60), (429, 1), (200, 60)]
    assert refused.headers["retry-after"] == "1"


def test_counters_are_few_however_many_addresses_come(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(rates, "time", SimpleNamespace(monotonic=lambda: now[0]))
    counts = Counts()

    most = max(counts.count(f"address {n}", 60)[0] for n in range(2 * MOST_COUNTERS))
    last = counts.count(f"address {2 * MOST_COUNTERS - 1}", 60)[0]
    now[0] = 1060.0
    later = counts.count("address 0", 60)[0]

    assert (most, last, later) == (1, 2, 1)
    assert len(counts._counted) == 1


def test_at_most_so_many_counters_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MOST_COUNTERS", 10)
    counts = Counts()

    for n in range(25):
        counts.count(f"address {n}", 60)

    assert [counts.of(f"address {n}") for n in range(25)] == [0] * 15 + [1] * 10
    assert len(counts._counted) == 10
