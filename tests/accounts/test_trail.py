"""Who changed what: the audit trail, read by those who may."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core.database import Database
from tests.accounts.test_users import COUNTY, KOPPA, settled

Headers = dict[str, str]
TRAIL = "/v1/audit-entries"
DAY = "/v1/meeting-places/koppa/visits/2026-03-12"
BODY = {"form_version": 1, "status": "open", "open_minutes": 60, "counts": {"adults": 2}, "note": "a note"}


def entries(client: TestClient, headers: Headers, **asked: str) -> Any:
    answer = client.get(TRAIL, params=asked, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def test_every_item_points_at_who_changed_it(client: TestClient, admin: Headers) -> None:
    made = client.put(DAY, json=BODY, headers=admin)
    changed = client.put(DAY, json=BODY | {"note": None}, headers=admin | {"If-Match": '"v1"'})
    link = changed.headers["Link"]

    assert link == f'</v1/audit-entries?item={made.json()["id"]}>; rel="version-history"'
    found = client.get(link[1 : link.index(">")], headers=admin).json()["items"]

    assert [(e["command"], e["by"]["name"]) for e in found] == [("recordVisitDay", "admin@example.org")] * 2
    assert [e["changes"][0]["action"] for e in found] == ["changed", "created"]
    assert found[0]["changes"][0]["fields"] == ["note", "source"] or found[0]["changes"][0]["fields"] == ["note"]
    assert "a note" not in str(found)
    assert "Link" not in client.get("/v1/meeting-places/koppa").headers  # a stranger is not sent there


def test_the_trail_is_filtered_by_who_what_and_when(client: TestClient, admin: Headers) -> None:
    client.put(DAY, json=BODY, headers=admin)
    body = {"name": {"fi": "Uusi"}, "municipality": "740"}
    client.post("/v1/meeting-places", json=body, headers=admin | {"X-Request-Id": "mine-0001"})
    me = client.get("/v1/me", headers=admin).json()["id"]

    assert [e["command"] for e in entries(client, admin, by=me)] == ["foundMeetingPlace", "recordVisitDay"]
    assert [e["request_id"] for e in entries(client, admin, command="foundMeetingPlace")] == ["mine-0001"]
    assert [e["command"] for e in entries(client, admin, kind="visit_day")] == ["recordVisitDay"]
    assert entries(client, admin, to="2020-01-01") == []
    assert len(entries(client, admin, by=me, **{"from": "2026-01-01"})) == 2
    loaded = entries(client, admin, command="test")[-1]
    assert loaded["by"] == {"kind": "command_line", "id": None, "name": None}
    assert loaded["changes_left_out"] >= 0


def test_the_trail_comes_in_pages_and_newest_first(client: TestClient, admin: Headers) -> None:
    for day in range(10, 17):
        client.put(f"/v1/meeting-places/koppa/visits/2026-03-{day}", json=BODY, headers=admin)

    seen: list[str] = []
    path: str | None = f"{TRAIL}?command=recordVisitDay&limit=3"
    while path:
        page = client.get(path, headers=admin)
        seen += [e["at"] for e in page.json()["items"]]
        path = page.headers["Link"][1:].split(">")[0] if "Link" in page.headers else None

    assert len(seen) == 7
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize("days", ["from=0001-01-01", "to=9999-12-31", "from=0001-01-01&to=9999-12-31"])
def test_any_days_can_be_asked_for(client: TestClient, admin: Headers, days: str) -> None:
    assert client.put(DAY, json=BODY, headers=admin).status_code == 201

    assert len(client.get(f"{TRAIL}?{days}", headers=admin).json()["items"]) == len(entries(client, admin))
    assert client.get(f"{TRAIL}?to=0001-01-01", headers=admin).json()["items"] == []


def test_a_part_of_the_system_sees_the_trail_of_its_own_items(
    client: TestClient, admin: Headers, database: Database
) -> None:
    coordinator = settled(client, database, admin, "coordination@example.org", "coordinator", COUNTY)
    contact = settled(client, database, admin, "contact@example.org", "place_contact", KOPPA)
    day = client.put(DAY, json=BODY, headers=contact).json()["id"]
    admin_id = client.get("/v1/me", headers=admin).json()["id"]

    found = entries(client, coordinator, item=day)
    assert [(e["by"]["name"], e["command"]) for e in found] == [("contact@example.org", "recordVisitDay")]
    whole = client.get(TRAIL, headers=coordinator)
    assert (whole.status_code, whole.json()["code"]) == (403, "item-not-named")
    others = client.get(TRAIL, params={"item": admin_id}, headers=coordinator)
    assert (others.status_code, others.json()["code"]) == (403, "out-of-reach")
    assert client.get(TRAIL, headers=contact).json()["code"] == "scope-missing"
    assert client.get(TRAIL).status_code == 401
