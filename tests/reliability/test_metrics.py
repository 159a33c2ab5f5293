"""What an operator measures: opened by a token alone, counted right, and without a word of what was asked or sent."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from starlette.testclient import TestClient

from app.core.metrics import SHARED_FOLDER, _forget_the_dead
from app.main import create_app
from app.settings import Settings
from tests.conftest import settings_for

CONTRACT = json.loads((Path(__file__).parents[2] / "openapi" / "v1.json").read_text(encoding="utf-8"))
OPERATIONS = {operation["operationId"] for verbs in CONTRACT["paths"].values() for operation in verbs.values()}
PAGES = {
    *("startPage", "acceptPage", "setPassword", "passwordIsSet", "explorerPage"),
    *("contractDocument", "problemsPage", "problemPage", "pageAsset"),
}
TOKEN, CANARY = "token-of-the-metrics", "kanarialintu9731"
OPENS = {"Authorization": f"Bearer {TOKEN}"}
PLACE = "/v1/meeting-places/koppa"
Headers = dict[str, str]


@pytest.fixture
def settings(only_sqlite: str) -> Settings:
    return settings_for(only_sqlite, metrics_token=TOKEN)


def samples(text: str) -> list[Sample]:
    """All samples of a text in the format of Prometheus."""
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def answers(text: str) -> dict[tuple[str, str, str], int]:
    """How many answers, by operation, status and source."""
    return {
        (s.labels["operation"], s.labels["status"], s.labels["source"]): int(s.value)
        for s in samples(text)
        if s.name == "perhekeskus_answers_total"
    }


def measured(client: TestClient) -> str:
    answer = client.get("/metrics", headers=OPENS)
    assert answer.status_code == 200
    return answer.text


def test_who_has_not_the_token_finds_nothing(client: TestClient) -> None:
    wrong = ("Bearer another-token-of-metrics", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer ", "Bearer \xe4")
    sent = [None, *wrong, f"Basic {TOKEN}", TOKEN]

    for value in sent:
        headers = [] if value is None else [(b"Authorization", value.encode("latin-1"))]
        refused = client.get("/metrics", headers=headers)
        nowhere = client.get("/nowhere", headers=headers)
        assert refused.status_code == 404
        assert refused.json()["code"] == nowhere.json()["code"] == "no-such-address"
        assert "perhekeskus_" not in refused.text


def test_without_the_setting_there_is_no_metrics(only_sqlite: str) -> None:
    with TestClient(create_app(settings_for(only_sqlite))) as client:
        for sent in ({}, OPENS, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
            assert client.get("/metrics", headers=sent).status_code == 404


def test_answers_are_counted_by_operation_status_and_source(client: TestClient, admin: Headers) -> None:
    tag = client.get(PLACE).headers["etag"]
    client.get(PLACE)
    client.get(PLACE, headers={"If-None-Match": tag})
    client.head(PLACE)
    client.get(PLACE, headers=admin)
    client.patch(PLACE, json={"address": "Katu 1"}, headers=admin | {"If-Match": "*"})
    client.patch(PLACE, json={"address": "Katu 1"}, headers=admin)
    client.get(PLACE)
    client.get("/nowhere")
    client.get("/health/ready")

    assert answers(measured(client)) == {
        ("readMeetingPlace", "200", "built"): 2,
        ("readMeetingPlace", "200", "kept"): 2,
        ("readMeetingPlace", "304", "kept"): 1,
        ("readMeetingPlace", "200", "app"): 1,
        ("changeMeetingPlace", "200", "app"): 1,
        ("changeMeetingPlace", "428", "app"): 1,
        ("other", "404", "app"): 1,
    }


def test_times_are_told_of_what_was_not_kept(client: TestClient) -> None:
    for _ in range(5):
        client.get(PLACE)

    told = {s.name: s.value for s in samples(measured(client)) if s.labels.get("operation") == "readMeetingPlace"}
    assert told["perhekeskus_request_seconds_count"] == 1
    assert 0 < told["perhekeskus_request_seconds_sum"] < 10


def test_the_memory_of_kept_answers_is_told(client: TestClient) -> None:
    (before,) = (s.value for s in samples(measured(client)) if s.name == "perhekeskus_kept_bytes")
    size = len(client.get("/v1/areas?limit=200", headers={"Accept-Encoding": "identity"}).content)
    (after,) = (s.value for s in samples(measured(client)) if s.name == "perhekeskus_kept_bytes")

    assert before == 0
    assert size < after < size + 10_000


def test_what_a_worker_kept_ends_with_it_and_what_it_counted_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen(["true"]) as dead:
        dead.wait()
    monkeypatch.setenv(SHARED_FOLDER, str(tmp_path))
    for name in ("gauge_livesum", "counter", "histogram"):
        for worker in (dead.pid, os.getpid()):
            (tmp_path / f"{name}_{worker}.db").touch()

    _forget_the_dead(tmp_path)

    left = {file.name for file in tmp_path.iterdir()}
    assert left >= {f"{name}_{os.getpid()}.db" for name in ("gauge_livesum", "counter", "histogram")}
    assert {name for name in left if f"_{dead.pid}." in name} == {f"counter_{dead.pid}.db", f"histogram_{dead.pid}.db"}


def hostile(client: TestClient) -> Iterator[httpx.Response]:
    """Requests with a canary wherever a request holds text."""
    yield client.get(f"/v1/meeting-places/{CANARY}")
    yield client.get(f"/v1/meeting-places?q={CANARY}&area={CANARY}")
    yield client.get(f"/{CANARY}")
    yield client.get(f"/problems/{CANARY}")
    yield client.get(f"/assets/{CANARY}")
    yield client.request(CANARY, PLACE)
    yield client.get(PLACE, headers={"X-Request-Id": CANARY, "User-Agent": CANARY, "Accept-Language": CANARY})
    yield client.get(PLACE, headers={"Authorization": f"Bearer {CANARY}"})
    yield client.post("/v1/auth/token", data={"username": f"{CANARY}@example.org", "password": CANARY})
    yield client.get(f"/accept?token={CANARY}")


def test_no_word_of_a_request_is_told(client: TestClient, admin: Headers) -> None:
    place = {"name": {"fi": CANARY}, "municipality": "491", "slug": CANARY}
    assert client.post("/v1/meeting-places", json=place, headers=admin).status_code == 201
    client.get(f"/v1/meeting-places/{CANARY}")

    statuses = [answer.status_code for answer in hostile(client)]
    text = measured(client)

    assert max(statuses) < 500
    assert CANARY not in text
    labels = {label for sample in samples(text) for label in sample.labels.values()}
    assert not [label for label in labels if re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|koppa|491|@", label)]
    for operation, status, source in answers(text):
        assert operation in OPERATIONS | PAGES | {"other"}
        assert status in {"200", "201", "401", "404", "405", "410", "422"}
        assert source in {"kept", "built", "app"}


def test_requests_that_differ_in_words_alone_make_no_new_series(client: TestClient) -> None:
    def series(word: str) -> set[tuple[str, str, str]]:
        for path in (f"/{word}", f"/v1/areas/{word}", f"/v1/areas?q={word}", f"/v1/areas?{word}=1", f"/assets/{word}"):
            for method in ("GET", "DELETE", word):
                client.request(method, path)
        return set(answers(measured(client)))

    assert series("first") == series("second") == series("third")
