"""Days on which networks looked over their lists of members."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.core import clock
from app.core.database import Database
from tests.meetings import networks

TODAY = clock.today()
PATH = "/v1/networks/ryhma/member-list-checks"


@pytest.fixture(autouse=True)
def network(database: Database) -> None:
    networks.found(database, networks.network("ryhma"), networks.network("toinen"))


def test_a_check_is_recorded_once_a_day_and_shown_with_the_network(client: TestClient, admin: dict[str, str]) -> None:
    def record(**body: Any) -> Any:
        return client.post(PATH, json=body, headers=admin)

    def checked_on() -> list[str | None]:
        listed = client.get("/v1/networks?q=ryhma&kind=group").json()["items"]
        return [client.get("/v1/networks/ryhma").json()["members_checked_on"], listed[0]["members_checked_on"]]

    assert checked_on() == [None, None]
    made = record(checked_on="2026-02-03", note="Kaksi uutta")
    assert (made.status_code, made.json()["checked_on"], made.json()["note"]) == (201, "2026-02-03", "Kaksi uutta")
    again = record(checked_on="2026-02-03")
    assert (again.status_code, again.json()["code"]) == (409, "checked-that-day")
    assert record(checked_on="2025-01-20").status_code == 201
    assert checked_on() == ["2026-02-03"] * 2
    latest = record()
    assert latest.json()["checked_on"] == str(TODAY)
    [fault] = record(checked_on=str(TODAY + timedelta(days=1))).json()["errors"]
    assert (fault["code"], fault["pointer"]) == ("in-the-future", "/checked_on")
    found = client.get(PATH, headers=admin).json()["items"]
    assert [check["checked_on"] for check in found] == ["2025-01-20", "2026-02-03", str(TODAY)]
    assert client.get("/v1/networks/toinen").json()["members_checked_on"] is None

    url = latest.headers["Location"]
    assert client.get(url, headers=admin).json() == latest.json()
    assert client.delete(url, headers=admin).status_code == 428
    assert client.delete(url, headers=admin | {"If-Match": '"v1"'}).status_code == 204
    assert checked_on() == ["2026-02-03"] * 2


def test_checks_are_for_who_reads_meetings(client: TestClient, database: Database, reader: dict[str, str]) -> None:
    leader, other = (networks.leader_of(database, slug) for slug in ("ryhma", "toinen"))
    url = client.post(PATH, json={}, headers=leader).headers["Location"]

    assert [client.get(PATH, headers=known).status_code for known in ({}, reader, leader, other)] == [
        *(401, 200, 200, 403),
    ]
    assert [client.get(url, headers=known).status_code for known in ({}, reader, leader, other)] == [
        *(401, 200, 200, 404),
    ]
    assert client.post(PATH, json={}, headers=other).status_code == 403
