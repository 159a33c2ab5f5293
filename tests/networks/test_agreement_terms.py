"""Terms of the agreement on which a network stands, and what is done in each."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core import clock
from app.core.database import Database
from tests.meetings import networks

TODAY = clock.today()
OF_NETWORK = "/v1/networks/ryhma/agreement-terms"


class Terms:
    """A client that writes terms of the group ``ryhma``."""

    def __init__(self, client: TestClient, admin: dict[str, str]) -> None:
        self.client, self.admin = client, admin

    def begin(self, starts_on: str = "2025-01-01", ends_on: str | None = "2028-12-31", **other: Any) -> Any:
        body = {"name": {"fi": "Sopimuskausi"}, "starts_on": starts_on, "ends_on": ends_on}
        return self.client.post(OF_NETWORK, json=body | other, headers=self.admin)

    def send(self, method: str, path: str, body: Any = None, version: int | None = None) -> Any:
        headers = self.admin | ({"If-Match": f'"v{version}"'} if version else {})
        return self.client.request(method, path, json=body, headers=headers)

    def put(self, term: Any, what: str, day: str, version: int | None = None, **other: Any) -> Any:
        path = f"/v1/agreement-terms/{term['id']}/steps/{what}"
        return self.send("PUT", path, {"done_on": day, **other}, version)


@pytest.fixture
def terms(client: TestClient, admin: dict[str, str], database: Database) -> Terms:
    networks.found(database, networks.network("ryhma"))
    return Terms(client, admin)


def test_a_term_is_begun_and_changed(terms: Terms) -> None:
    made = terms.begin()
    url = made.headers["Location"]

    assert made.status_code == 201, made.text
    term = made.json()
    assert (term["network"]["slug"], term["starts_on"], term["ends_on"]) == ("ryhma", "2025-01-01", "2028-12-31")
    assert (term["name"]["fi"], term["steps"]) == ("Sopimuskausi", [])
    assert terms.client.get(url).json() == term
    changed = terms.send("PATCH", url, {"ends_on": None, "name": {"en": "Term"}}, 1)
    assert (changed.json()["ends_on"], changed.json()["name"]) == (
        None,
        {"fi": "Sopimuskausi", "sv": None, "en": "Term"},
    )
    assert terms.send("PATCH", url, {"ends_on": None}).status_code == 428
    assert terms.send("PATCH", url, {"ends_on": "2024-12-31"}, 2).json()["errors"][0]["pointer"] == "/ends_on"
    assert terms.client.get("/v1/agreement-terms/x").status_code == 404


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "status"),
    [
        ("2028-12-31", None, 409),  # the last day of the first
        ("2029-01-01", None, 201),
        ("2020-01-01", "2024-12-31", 201),
        ("2020-01-01", "2025-01-01", 409),
        ("2026-01-01", "2026-12-31", 409),
        ("2020-01-01", None, 409),
    ],
)
def test_no_two_terms_have_a_day_in_common(terms: Terms, starts_on: str, ends_on: str | None, status: int) -> None:
    terms.begin()

    told = terms.begin(starts_on, ends_on)

    assert told.status_code == status
    if status == 409:
        assert told.json()["code"] == "terms-overlap"
        assert "2025-01-01" in told.json()["detail"]


def test_a_term_is_not_lengthened_into_the_next(terms: Terms) -> None:
    first, _ = terms.begin().json(), terms.begin("2029-01-01", None)
    url = f"/v1/agreement-terms/{first['id']}"

    assert terms.send("PATCH", url, {"ends_on": "2029-01-01"}, 1).json()["code"] == "terms-overlap"
    assert terms.send("PATCH", url, {"ends_on": "2027-12-31"}, 1).status_code == 200
    found = terms.client.get(OF_NETWORK).json()["items"]
    assert [(each["starts_on"], each["ends_on"]) for each in found] == [
        ("2025-01-01", "2027-12-31"),
        ("2029-01-01", None),
    ]


def test_what_is_done_in_a_term_is_recorded_once(terms: Terms) -> None:
    term = terms.begin().json()

    made = terms.put(term, "role/chair", "2025-01-14")
    assert (made.status_code, made.json()["version"]) == (201, 1)
    assert (made.json()["kind"], made.json()["code"], made.json()["done_on"]) == ("role", "chair", "2025-01-14")
    assert terms.put(term, "role/chair", "2025-01-14").status_code == 200
    assert terms.put(term, "role/chair", "2025-01-15").status_code == 428
    assert terms.put(term, "role/chair", "2025-01-15", version=2).status_code == 412
    changed = terms.put(term, "role/chair", "2025-01-15", version=1)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert terms.put(term, "review/goals", "2025-06-10").status_code == 201
    assert terms.put(term, "review/tasks", "2025-06-10", version=1).status_code == 404
    [shown] = terms.client.get(OF_NETWORK).json()["items"]
    assert [(step["kind"], step["code"], step["done_on"]) for step in shown["steps"]] == [
        ("role", "chair", "2025-01-15"),
        ("review", "goals", "2025-06-10"),
    ]


def test_it_is_taken_away_by_version(terms: Terms) -> None:
    term = terms.begin().json()
    terms.put(term, "review/goals", "2025-06-10")
    path = f"/v1/agreement-terms/{term['id']}/steps/review/goals"

    assert terms.send("DELETE", path).status_code == 428
    assert terms.send("DELETE", path, version=2).status_code == 412
    assert terms.send("DELETE", path, version=1).status_code == 204
    assert terms.send("DELETE", path, version=1).status_code == 404
    assert terms.client.get(f"/v1/agreement-terms/{term['id']}").json()["steps"] == []


def test_a_role_is_one_of_the_networks_kind_and_the_day_has_come(terms: Terms) -> None:
    term = terms.begin().json()

    [fault] = terms.put(term, "role/queen", "2025-01-14").json()["errors"]
    assert (fault["code"], fault["parameter"]) == ("unknown-role", "code")
    assert "chair, member, family" in fault["detail"]
    [fault] = terms.put(term, "review/goals", str(TODAY + timedelta(days=1))).json()["errors"]
    assert (fault["code"], fault["pointer"]) == ("in-the-future", "/done_on")
    assert terms.put(term, "dance/goals", "2025-01-14").status_code == 422
    assert terms.put(term, "review/Tavoitteet!", "2025-01-14").status_code == 422


def test_notes_are_for_who_reads_meetings_there(terms: Terms, reader: dict[str, str], database: Database) -> None:
    networks.found(database, networks.network("toinen", "740"))
    term = terms.begin().json()
    assert terms.put(term, "role/chair", "2025-01-14", note="Yksimielisesti").json()["note"] == "Yksimielisesti"

    def note(headers: dict[str, str]) -> Any:
        found = [
            terms.client.get(path, headers=headers).json() for path in (OF_NETWORK, f"/v1/agreement-terms/{term['id']}")
        ]
        return [found[0]["items"][0]["steps"][0]["note"], found[1]["steps"][0]["note"]]

    assert note({}) == note(networks.leader_of(database, "toinen")) == [None, None]
    assert note(reader) == note(networks.leader_of(database, "ryhma")) == ["Yksimielisesti"] * 2
