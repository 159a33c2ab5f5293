"""Documents that a network handles before they are decided on elsewhere."""

from datetime import timedelta
from typing import Any

from app.core import clock
from app.core.database import Database
from tests.meetings import networks
from tests.meetings.conftest import Headers, Room

TODAY = clock.today()
UNKNOWN = "01a20ed2-9a40-7c39-95a1-7a070ff41442"


def add(room: Room, **other: Any) -> Any:
    body = {"network": "ryhma", "title": "Hyvinvointisuunnitelma", "decided_by": "kaupunki"}
    made = room.post("/v1/draft-documents", body | {"to_be_decided_on": str(TODAY + timedelta(days=9))} | other)
    assert made.status_code == 201, made.text
    return made.json()


def act(room: Room, document: Any, verb: str, version: int, **body: Any) -> Any:
    return room.post(f"/v1/draft-documents/{document['id']}/{verb}", body, version)


def held(room: Room, **other: Any) -> Any:
    meeting = room.plan(**other)
    assert room.post(f"/v1/meetings/{meeting['id']}/hold", version=1).status_code == 200
    return meeting


def test_a_document_waits_is_handled_and_decided_on(room: Room) -> None:
    document, meeting = add(room), held(room, title="Marraskuu")
    url = f"/v1/draft-documents/{document['id']}"

    assert (document["state"], document["handled_in"], document["decided_on"]) == ("waiting", None, None)
    assert (document["network"]["slug"], document["decided_by"]["slug"]) == ("ryhma", "kaupunki")
    handled = act(room, document, "handle", 1, meeting=meeting["id"]).json()
    assert (handled["state"], handled["handled_in"]["title"]) == ("handled", "Marraskuu")
    assert act(room, document, "handle", 2, meeting=meeting["id"]).json()["code"] == "document-is-handled"
    decided = act(room, document, "decide", 2, decided_on=str(TODAY)).json()
    assert (decided["state"], decided["decided_on"]) == ("handled", str(TODAY))
    assert act(room, document, "decide", 3, decided_on=str(TODAY)).json()["code"] == "document-is-decided"
    assert room.get(url).json() == decided
    assert room.delete(url, 1).status_code == 412
    assert room.delete(url, 3).status_code == 204
    assert room.get(url).status_code == 404


def test_what_is_decided_on_before_it_is_handled_is_late(room: Room) -> None:
    document = add(room)

    decided = act(room, document, "decide", 1, decided_on=str(TODAY - timedelta(days=9))).json()
    assert decided["state"] == "decided_unhandled"
    assert act(room, document, "handle", 2, meeting=held(room)["id"]).json()["state"] == "handled_late"


def test_what_was_to_be_decided_on_yesterday_counts_as_decided(room: Room) -> None:
    document = add(room, to_be_decided_on=str(TODAY - timedelta(days=1)))

    assert document["state"] == "decided_unhandled"
    moved = room.patch(f"/v1/draft-documents/{document['id']}", {"to_be_decided_on": str(TODAY)}).json()
    assert (moved["state"], moved["version"]) == ("waiting", 2)


def test_it_is_handled_in_a_meeting_that_the_network_held(room: Room) -> None:
    document = add(room)

    for meeting in (room.plan()["id"], held(room, network="toinen")["id"], UNKNOWN):
        [fault] = act(room, document, "handle", 1, meeting=meeting).json()["errors"]
        assert (fault["code"], fault["pointer"]) == ("not-held-by-it", "/meeting")


def test_nothing_is_decided_on_in_the_future(room: Room) -> None:
    [fault] = act(room, add(room), "decide", 1, decided_on=str(TODAY + timedelta(days=1))).json()["errors"]

    assert (fault["code"], fault["pointer"]) == ("in-the-future", "/decided_on")


def test_documents_are_listed_by_when_they_are_decided_on_to_who_reads_there(room: Room, database: Database) -> None:
    for days, network in ((5, "ryhma"), (2, "toinen"), (8, "ryhma")):
        add(room, title=str(days), network=network, to_be_decided_on=str(TODAY + timedelta(days=days)))
    leader = networks.leader_of(database, "ryhma")

    def titles(query: str, headers: Headers | None = None) -> list[str]:
        return [each["title"] for each in room.get(f"/v1/draft-documents?{query}", headers).json()["items"]]

    assert titles("") == ["2", "5", "8"]
    assert titles("sort=-to_be_decided_on") == ["8", "5", "2"]
    assert titles("network=toinen") == ["2"]
    assert titles("", leader) == ["5", "8"]
    assert room.get("/v1/draft-documents", {}).status_code == 401


def test_a_document_names_an_organisation_of_the_county(room: Room) -> None:
    url = f"/v1/draft-documents/{add(room)['id']}"

    assert room.patch(url, {"decided_by": "nobody"}).json()["errors"][0]["pointer"] == "/decided_by"
    assert room.patch(url, {"decided_by": "seurakunta"}).json()["decided_by"]["slug"] == "seurakunta"
