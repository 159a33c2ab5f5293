"""Members have a say in what meetings are about."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.database import Database
from tests.meetings import networks
from tests.meetings.conftest import Headers, Room

TOPICS = "/v1/networks/ryhma/topic-proposals"
TOMORROW = clock.today() + timedelta(days=1)


@pytest.fixture
def member(room: Room, database: Database) -> Headers:
    """Somebody who holds the seat of the parish in ``ryhma``, and has no grant."""
    return networks.seat_somebody(database, room.seats["ryhma"]["member"], "member@example.org")


def propose(room: Room, headers: Headers, title: str = "Perhepäivä", path: str = TOPICS) -> Any:
    return room.client.post(path, json={"title": title, "text": "Keväällä?", "themes": ["day"]}, headers=headers)


def test_who_holds_a_seat_proposes_without_any_grant(room: Room, member: Headers, reader: Headers) -> None:
    made = propose(room, member)

    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["title"], found["state"], found["seat"]) == ("Perhepäivä", "proposed", room.seats["ryhma"]["member"])
    assert room.get(made.headers["Location"]).json() == found
    assert room.get(TOPICS, reader).json()["items"] == [found]
    assert room.get(TOPICS, member).json()["items"] == [found]


def test_a_deputy_proposes_too(room: Room, database: Database) -> None:
    deputy = networks.seat_somebody(database, room.seats["ryhma"]["chair"], "deputy@example.org", as_deputy=True)

    assert propose(room, deputy).json()["seat"] == room.seats["ryhma"]["chair"]


def test_who_has_no_seat_there_does_not_propose(
    room: Room, member: Headers, reader: Headers, database: Database
) -> None:
    elsewhere = propose(room, member, path="/v1/networks/toinen/topic-proposals")
    networks.end(database, room.seats["ryhma"]["member"], clock.today())

    for refused in (elsewhere, propose(room, member), propose(room, reader)):
        assert (refused.status_code, refused.json()["code"]) == (403, "no-seat-there")
    assert propose(room, {}).status_code == 401
    assert propose(room, room.admin, path="/v1/networks/nowhere/topic-proposals").status_code == 404
    assert propose(room, room.coordinator).json()["seat"] is None
    assert len(room.get(TOPICS).json()["items"]) == 1


def test_a_proposal_is_taken_once(room: Room, member: Headers) -> None:
    seat, proposal = room.seats["ryhma"]["member"], propose(room, member).json()
    meeting = room.plan(TOMORROW, agenda=[{"title": "A"}])["id"]
    url = f"/v1/topic-proposals/{proposal['id']}"

    taken = room.post(f"{url}/take", {"meeting": meeting, "position": 1}, 1).json()

    assert (taken["state"], taken["version"]) == ("taken", 2)
    assert taken["decided_at"] is not None
    item = room.get(f"/v1/agenda-items/{taken['agenda_item']}").json()
    assert (item["meeting_id"], item["position"], item["owner"]) == (meeting, 1, seat)
    assert (item["title"], item["text"], item["themes"]) == ("Perhepäivä", "Keväällä?", ["day"])
    for verb, body in (("take", {"meeting": meeting}), ("decline", {"reason": "X"})):
        assert room.post(f"{url}/{verb}", body, 2).json()["code"] == "proposal-is-decided"
        assert room.post(f"{url}/{verb}", body, 1).status_code == 412
        assert room.post(f"{url}/{verb}", body).status_code == 428
    assert room.get(f"{TOPICS}?state=proposed").json()["items"] == []
    room.delete(f"/v1/agenda-items/{item['id']}")
    assert (room.get(url).json()["state"], room.get(url).json()["agenda_item"]) == ("taken", None)


def test_a_proposal_is_declined_with_a_reason(room: Room, member: Headers) -> None:
    url = f"/v1/topic-proposals/{propose(room, member).json()['id']}"

    assert room.post(f"{url}/decline", {}, 1).status_code == 422
    declined = room.post(f"{url}/decline", {"reason": "Ei tänä vuonna."}, 1).json()
    assert (declined["state"], declined["reason"], declined["agenda_item"]) == ("declined", "Ei tänä vuonna.", None)
    assert [p["reason"] for p in room.get(f"{TOPICS}?state=declined").json()["items"]] == ["Ei tänä vuonna."]


def test_a_proposal_is_put_on_a_planned_meeting_of_its_network(room: Room, member: Headers) -> None:
    url = f"/v1/topic-proposals/{propose(room, member).json()['id']}"
    other, held = room.plan(TOMORROW, network="toinen")["id"], room.plan()["id"]
    room.post(f"/v1/meetings/{held}/hold", version=1)

    for meeting, code in ((other, "of-another-network"), (str(uuid.uuid4()), "unknown-meeting")):
        refused = room.post(f"{url}/take", {"meeting": meeting}, 1)
        assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [(code, "/meeting")]
    assert room.post(f"{url}/take", {"meeting": held}, 1).json()["code"] == "meeting-is-held"
    assert room.get(url).json()["state"] == "proposed"
