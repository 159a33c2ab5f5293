"""What every answer carries, and what every wrong request gets."""

import asyncio
import threading

import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from app.core.errors import all_refusals
from app.core.route import Route, room
from app.settings import Settings
from tests.conftest import settings_for

Headers = dict[str, str]
pytestmark = pytest.mark.usefixtures("only_sqlite")


@pytest.fixture
def settings(only_sqlite: str) -> Settings:
    return settings_for(only_sqlite, cors_origins="https://admin.example.fi")


def test_every_answer_has_an_id_and_safety_headers(client: TestClient) -> None:
    for path in ("/v1", "/v1/areas", "/v1/me", "/nowhere", "/", "/docs", "/health/live"):
        answer = client.get(path, headers={"X-Request-Id": "my-request-1"})
        assert answer.headers["X-Request-Id"] == "my-request-1"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert (
            "unsafe-inline"
            not in answer.headers["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]
        )
        assert "server" not in answer.headers


def test_an_id_that_could_harm_a_log_is_replaced(client: TestClient) -> None:
    assert client.get("/v1", headers={"X-Request-Id": 'x"} injected'}).headers["X-Request-Id"] != 'x"} injected'


def test_there_is_a_page_behind_every_problem_in_both_languages(client: TestClient) -> None:
    for code, refusal in all_refusals().items():
        fi, en = (client.get(f"/problems/{code}?lang={lang}").text for lang in ("fi", "en"))
        assert refusal.title.fi in fi.replace("&#x27;", "'").replace("&quot;", '"')
        assert fi != en
    assert client.get("/problems/no-such").status_code == 404


def test_a_problem_speaks_the_readers_language(client: TestClient) -> None:
    def title(**headers: str) -> str:
        return str(client.get("/nowhere", headers=headers).json()["title"])

    assert title() == title(**{"Accept-Language": "sv"}) == "Osoitetta ei ole"
    assert title(**{"Accept-Language": "sv, en;q=0.8, fi;q=0.5"}) == "No such address"
    assert client.get("/v1/areas/x?lang=en", headers={"Accept-Language": "fi"}).json()["title"] == "Not found"


def test_a_method_that_an_address_does_not_take_names_those_that_it_does(client: TestClient) -> None:
    refused = client.request("DELETE", "/v1/meeting-places/koppa")

    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, PATCH")
    assert refused.json()["code"] == "method-not-allowed"


def test_head_is_get_without_its_body(client: TestClient) -> None:
    got, head = client.get("/v1/areas/491"), client.head("/v1/areas/491")

    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", got.headers["ETag"])


def test_anyones_page_may_read_what_is_public_and_only_named_ones_may_send_a_token(client: TestClient) -> None:
    def allowed(origin: str, method: str, headers: str = "") -> str | None:
        asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
        return client.options("/v1/meeting-places", headers=asked).headers.get("Access-Control-Allow-Origin")

    assert (
        client.get("/v1/areas", headers={"Origin": "https://any.example"}).headers["Access-Control-Allow-Origin"] == "*"
    )
    assert allowed("https://any.example", "GET") == "*"
    assert allowed("https://any.example", "POST") is None
    assert allowed("https://any.example", "GET", "authorization") is None
    assert allowed("https://admin.example.fi", "POST", "authorization, content-type") == "https://admin.example.fi"


def test_a_body_over_a_mebibyte_is_refused(client: TestClient, admin: Headers) -> None:
    big = b'{"name": {"fi": "' + b"x" * (2 << 20) + b'"}}'
    typed = admin | {"Content-Type": "application/json"}

    def parts() -> list[bytes]:
        return [big[i : i + 65536] for i in range(0, len(big), 65536)]

    assert client.post("/v1/meeting-places", content=big, headers=typed).status_code == 413
    assert client.post("/v1/meeting-places", content=iter(parts()), headers=typed).status_code == 413


def test_a_body_of_another_type_is_refused_before_the_caller_is_known(client: TestClient) -> None:
    assert client.post("/v1/meeting-places", content=b"<x/>", headers={"Content-Type": "text/xml"}).status_code == 415
    assert (
        client.post("/v1/meeting-places", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    )
    assert client.post("/v1/meeting-places?colour=red", json={}).status_code == 422
    assert client.post("/v1/meeting-places", json={}).status_code == 401


def test_a_list_is_not_sent_again_to_whoever_has_it(client: TestClient, admin: Headers) -> None:
    tag = client.get("/v1/meeting-places").headers["ETag"]

    assert client.get("/v1/meeting-places", headers={"If-None-Match": f'"other", W/{tag}'}).status_code == 304
    client.post("/v1/meeting-places", json={"name": {"fi": "Uusi"}, "municipality": "491"}, headers=admin)
    assert client.get("/v1/meeting-places", headers={"If-None-Match": tag}).status_code == 200


def test_what_a_caller_reads_is_kept_by_nobody(client: TestClient, admin: Headers) -> None:
    assert client.get("/v1/areas", headers=admin).headers["Cache-Control"] == "no-store"
    assert "Authorization" in client.get("/v1/areas").headers["Vary"]


def test_health_says_whether_the_database_is_ready(client: TestClient, app: FastAPI) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}
    assert client.get("/health/ready").json() == {"status": "ok", "database": True, "schema": True}


def test_however_many_ask_whether_the_database_is_ready_it_is_asked_once_at_a_time(app: FastAPI) -> None:
    readiness, asked = app.state.readiness, []
    look, go_on = readiness._looked_at, threading.Event()

    def counted() -> dict[str, bool]:
        asked.append(1)
        go_on.wait(10)
        return look()

    async def story() -> list[dict[str, bool]]:
        tasks = [asyncio.create_task(readiness()) for _ in range(50)]
        await asyncio.sleep(0.05)
        tasks[0].cancel()  # who leaves takes nothing from the others
        go_on.set()
        return await asyncio.gather(*tasks[1:])

    readiness._looked_at = counted
    told = asyncio.run(story())
    again = asyncio.run(story())

    assert told == again == [{"database": True, "schema": True}] * 49
    assert len(asked) == 2


def test_the_explorer_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs").text

    assert "http" not in page.replace("<!doctype html>", "")
    for asset in ("/assets/swagger-ui.css", "/assets/swagger-ui-bundle.js", "/assets/explorer.js", "/openapi.json"):
        assert client.get(asset).status_code == 200


def test_a_route_that_states_no_need_does_not_start() -> None:
    for router in (room("/x", "x"), APIRouter(route_class=Route)):
        with pytest.raises(TypeError, match="states 0 needs"):
            router.get("/y")(lambda: None)
