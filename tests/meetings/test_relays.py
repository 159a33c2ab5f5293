"""Decisions that organisations carry home."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.database import Database
from tests.conftest import trail_of
from tests.meetings import networks
from tests.meetings.conftest import Headers, Room

YESTERDAY, TODAY = clock.today() - timedelta(days=1), clock.today()


def decide(room: Room, day: date | None = None, *, network: str = "ryhma", **other: Any) -> Any:
    """A decision of a meeting, to be carried home."""
    meeting = room.plan(day, network=network)["id"]
    made = room.post(f"/v1/meetings/{meeting}/decisions", {"text": "Kerrotaan", "to_be_carried": True, **other})
    assert made.status_code == 201, made.text
    return made.json()


def relays(room: Room, query: str = "", headers: Headers | None = None) -> list[Any]:
    found = room.get(f"/v1/relays?{query}", headers)
    assert found.status_code == 200, found.text
    items: list[Any] = found.json()["items"]
    return items


def carry(room: Room, relay: Any, headers: Headers | None = None, version: int = 1, **body: Any) -> Any:
    known = (room.admin if headers is None else headers) | {"If-Match": f'"v{version}"'}
    return room.client.post(f"/v1/relays/{relay['id']}/carry", json=body, headers=known)


def of(found: list[Any], slug: str) -> Any:
    return next(relay for relay in found if relay["organisation"]["slug"] == slug)


def test_each_organisation_with_a_seat_that_day_gets_a_relay(room: Room, database: Database) -> None:
    networks.end(database, room.seats["ryhma"]["member"], YESTERDAY)
    more = [{"role": "member", "organisation": "jarjesto"}] * 2
    networks.found(database, networks.network("laaja", seats=[*networks.SEATS, *more]))

    decision = decide(room, YESTERDAY, due_on="2027-01-31")

    assert decision["to_be_carried"] is True
    assert decision["relays"] == {"open": 1, "carried": 0}
    [relay] = relays(room, "network=ryhma")
    assert (relay["organisation"]["slug"], relay["state"], relay["carried_on"]) == ("kaupunki", "open", None)
    assert relay["decision"] == {"id": decision["id"], "text": "Kerrotaan", "due_on": "2027-01-31"}
    assert (relay["network"]["slug"], relay["meeting"]) == ("ryhma", decision["meeting"])
    assert room.get(f"/v1/relays/{relay['id']}").json() == relay
    assert decide(room, network="laaja")["relays"] == {"open": 3, "carried": 0}


def test_a_decision_gets_relays_when_it_becomes_one_to_carry_and_loses_them_else(room: Room) -> None:
    decision = decide(room, to_be_carried=False)
    url = f"/v1/decisions/{decision['id']}"

    assert (decision["relays"], relays(room)) == ({"open": 0, "carried": 0}, [])
    assert room.patch(url, {"to_be_carried": True}).json()["relays"] == {"open": 2, "carried": 0}
    assert room.patch(url, {"text": "Toisin"}, 2).json()["relays"] == {"open": 2, "carried": 0}
    assert room.patch(url, {"to_be_carried": False}, 3).json()["relays"] == {"open": 0, "carried": 0}
    assert relays(room) == []


def test_a_decision_that_was_carried_stays_one_to_carry(room: Room) -> None:
    decision = decide(room)
    url = f"/v1/decisions/{decision['id']}"
    carry(room, relays(room)[0])

    refused = room.patch(url, {"to_be_carried": False, "text": "Toisin"})
    assert (refused.status_code, refused.json()["code"]) == (409, "decision-is-carried")
    found = room.get(url).json()
    assert (found["text"], found["version"], found["relays"]) == ("Kerrotaan", 1, {"open": 1, "carried": 1})
    [shown] = room.get(f"/v1/meetings/{decision['meeting_id']}").json()["decisions"]
    assert (shown["to_be_carried"], shown["relays"]) == (True, {"open": 1, "carried": 1})


def test_with_a_decision_its_relays_go(room: Room, database: Database) -> None:
    decision = decide(room)
    first = relays(room)[0]
    carry(room, first)

    assert room.delete(f"/v1/decisions/{decision['id']}").status_code == 204
    assert relays(room) == []
    assert room.get(f"/v1/relays/{first['id']}").status_code == 404
    with database.reading() as session:
        [(_, changes)] = trail_of(session, "removeDecision")
    assert [(change.kind, change.action) for change in changes] == [("relay", "deleted")] * 2 + [
        ("decision", "deleted")
    ]


@pytest.mark.parametrize("as_deputy", [False, True])
def test_who_sits_for_an_organisation_carries_for_it_without_any_right(
    room: Room, database: Database, as_deputy: bool
) -> None:
    decide(room)
    me = networks.seat_somebody(database, room.seats["ryhma"]["member"], as_deputy=as_deputy)

    [relay] = relays(room, headers=me)
    assert relay["organisation"]["slug"] == "seurakunta"
    assert room.get("/v1/decisions", me).status_code == 403
    told = carry(room, relay, me, note="Kerroin työkokouksessa")
    assert told.status_code == 200, told.text
    found = told.json()
    assert (found["state"], found["carried_on"], found["note"], found["version"]) == (
        "carried",
        str(TODAY),
        "Kerroin työkokouksessa",
        2,
    )
    assert room.get(f"/v1/relays/{relay['id']}", me).json() == found


def test_who_sits_for_another_organisation_or_network_does_not_know_of_it(room: Room, database: Database) -> None:
    decide(room)
    relay = of(relays(room), "seurakunta")
    others = [
        networks.seat_somebody(database, room.seats[network][role])
        for network, role in (("ryhma", "chair"), ("toinen", "member"))
    ]

    for me in others:
        assert relay["id"] not in [each["id"] for each in relays(room, headers=me)]
        assert room.get(f"/v1/relays/{relay['id']}", me).status_code == 404
        assert carry(room, relay, me).status_code == 404
    assert room.get("/v1/relays", {}).status_code == 401


def test_who_reads_it_and_does_not_sit_for_it_is_told_what_to_do(room: Room, reader: Headers) -> None:
    decide(room)
    relay = relays(room)[0]

    refused = carry(room, relay, reader, version=7)
    assert (refused.status_code, refused.json()["code"]) == (403, "not-your-organisation")
    assert "meetings:write" in refused.json()["detail"]
    assert room.get(f"/v1/relays/{relay['id']}").json()["state"] == "open"


def test_who_sat_for_it_until_today_does_not_carry_it(room: Room, database: Database) -> None:
    seat = room.seats["ryhma"]["member"]
    me = networks.seat_somebody(database, seat)
    decide(room)
    [relay] = relays(room, headers=me)

    networks.end(database, seat, TODAY)

    assert relays(room, headers=me) == []
    assert carry(room, relay, me).status_code == 404


def test_it_is_carried_once_and_by_version(room: Room) -> None:
    decide(room)
    relay = relays(room)[0]

    assert room.client.post(f"/v1/relays/{relay['id']}/carry", json={}, headers=room.admin).status_code == 428
    assert carry(room, relay, version=3).status_code == 412
    assert carry(room, relay).status_code == 200
    assert carry(room, relay).status_code == 412
    again = carry(room, relay, version=2)
    assert (again.status_code, again.json()["code"]) == (409, "relay-is-carried")
    assert carry(room, {"id": "01a20ed2-9a40-7c39-95a1-7a070ff41442"}).status_code == 404
    assert carry(room, {"id": "x"}).status_code == 404


def test_it_is_carried_from_the_day_of_the_meeting_until_today(room: Room) -> None:
    decide(room, TODAY - timedelta(days=5))
    relay = relays(room)[0]

    def fault(day: date) -> Any:
        [found] = carry(room, relay, carried_on=str(day)).json()["errors"]
        return found["code"], found["pointer"]

    assert fault(TODAY + timedelta(days=1)) == ("in-the-future", "/carried_on")
    assert fault(TODAY - timedelta(days=6)) == ("before-the-meeting", "/carried_on")
    assert carry(room, relay, carried_on=str(TODAY - timedelta(days=5))).status_code == 200


def test_relays_are_found_by_state_network_organisation_and_area(room: Room, reader: Headers) -> None:
    decide(room, date(2026, 3, 12))
    decide(room, date(2026, 4, 15), network="toinen")
    carry(room, of(relays(room, "network=toinen"), "kaupunki"))

    def found(query: str) -> list[tuple[str, str]]:
        items = relays(room, query, reader)
        return sorted((each["network"]["slug"], each["organisation"]["slug"]) for each in items)

    assert found("state=carried") == [("toinen", "kaupunki")]
    assert found("state=open&network=toinen") == [("toinen", "seurakunta")]
    assert found("organisation=kaupunki") == [("ryhma", "kaupunki"), ("toinen", "kaupunki")]
    assert found("area=740&state=open") == [("toinen", "seurakunta")]
    assert [each["network"]["slug"] for each in relays(room, "sort=-starts_at&limit=2")] == ["toinen", "toinen"]
    assert room.get("/v1/relays?state=lost").status_code == 422
    assert room.get("/v1/relays?organisation=nobody").json()["errors"][0]["parameter"] == "organisation"


def test_a_meeting_that_is_moved_takes_its_relays_along(room: Room, database: Database) -> None:
    later = [{"role": "member", "organisation": "jarjesto", "valid_from": "2026-06-01"}]
    seats = networks.found(database, networks.network("kasvava", seats=[*networks.SEATS, *later]))
    networks.end(database, seats["kasvava"]["chair"], date(2026, 6, 1))
    decision = decide(room, date(2026, 5, 20), network="kasvava")
    carry(room, of(relays(room, "network=kasvava"), "kaupunki"), carried_on="2026-06-10")

    moved = room.patch(f"/v1/meetings/{decision['meeting_id']}", {"local_start": "2026-06-03T09:00"})

    assert moved.status_code == 200, moved.text
    found = {each["organisation"]["slug"]: each["state"] for each in relays(room, "network=kasvava")}
    assert found == {"kaupunki": "carried", "seurakunta": "open", "jarjesto": "open"}
    refused = room.patch(f"/v1/meetings/{decision['meeting_id']}", {"local_start": "2026-06-11T09:00"}, 2)
    assert [each["code"] for each in refused.json()["errors"]] == ["carried-before-then"]
