"""Who sits in a network sees what its members see, without any grant; others do not."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.database import Database
from tests.meetings import networks
from tests.meetings.conftest import Room

TODAY = clock.today()
REMOTE = "https://kokous.example.org/abc"


def paths_of(room: Room, network: str) -> dict[str, str]:
    """A hidden meeting of a network, its parts and a proposal: where they are read."""
    agenda = [{"title": "Tilat", "owner": room.seats[network]["chair"]}]
    meeting = room.plan(network=network, is_public=False, remote_url=REMOTE, agenda=agenda)
    decision = room.post(f"/v1/meetings/{meeting['id']}/decisions", {"text": "Sovittiin"}).json()["id"]
    proposal = room.post(f"/v1/networks/{network}/topic-proposals", {"title": "Aihe"}).json()["id"]
    return {
        "meeting": f"/v1/meetings/{meeting['id']}",
        "invitees": f"/v1/meetings/{meeting['id']}/invitees",
        "calendar": f"/v1/meetings/{meeting['id']}/calendar.ics",
        "item": f"/v1/agenda-items/{meeting['agenda'][0]['id']}",
        "decision": f"/v1/decisions/{decision}",
        "proposal": f"/v1/topic-proposals/{proposal}",
        "proposals": f"/v1/networks/{network}/topic-proposals",
    }


@pytest.mark.parametrize("as_deputy", [False, True])
def test_who_sits_in_a_network_reads_what_its_members_see(room: Room, database: Database, as_deputy: bool) -> None:
    own, others = paths_of(room, "ryhma"), paths_of(room, "toinen")
    member = networks.seat_somebody(database, room.seats["ryhma"]["member"], as_deputy=as_deputy)

    for name, path in own.items():
        assert room.get(path, member).status_code == 200, name
        assert room.get(path, member).content == room.get(path).content, name
    assert room.get(own["meeting"], member).json()["remote_url"] == REMOTE
    assert [m["network"]["slug"] for m in room.get("/v1/meetings", member).json()["items"]] == ["ryhma"]
    assert {name: room.get(path, member).status_code for name, path in others.items()} == {
        **dict.fromkeys(("meeting", "invitees", "calendar", "item", "decision", "proposal"), 404),
        "proposals": 403,
    }


def test_a_seat_lets_see_today_and_lets_nobody_record(room: Room, database: Database) -> None:
    own, seat = paths_of(room, "ryhma"), room.seats["ryhma"]["member"]
    member = networks.seat_somebody(database, seat)
    first = member | {"If-Match": '"v1"'}

    assert room.client.post(f"{own['meeting']}/hold", headers=first).status_code == 403
    assert room.client.patch(own["item"], json={"title": "X"}, headers=first).status_code == 403
    assert room.client.get(f"{own['meeting']}/attendances", headers=member).status_code == 403
    networks.end(database, seat, TODAY + timedelta(days=1))
    assert room.get(own["meeting"], member).status_code == 200
    networks.end(database, seat, TODAY)
    assert {room.get(path, member).status_code for name, path in own.items() if name != "proposals"} == {404}
    assert room.get(own["proposals"], member).json()["code"] == "scope-missing"


def test_who_has_the_scope_elsewhere_and_no_seat_is_out_of_reach(room: Room, database: Database) -> None:
    meeting = room.plan()
    lead = networks.leader_of(database, "toinen")

    for path in (f"/v1/meetings/{meeting['id']}/invitees", "/v1/networks/ryhma/topic-proposals"):
        assert (room.get(path, lead).status_code, room.get(path, lead).json()["code"]) == (403, "out-of-reach")
    assert room.get("/v1/networks/nowhere/topic-proposals", lead).status_code == 404
    assert room.get("/v1/networks/nowhere/topic-proposals").status_code == 404
