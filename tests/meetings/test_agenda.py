"""What is on the agenda of a meeting."""

import uuid

import pytest

from tests.meetings.conftest import Headers, Room


def agenda_of(room: Room, meeting: str) -> list[tuple[int, str]]:
    return [(item["position"], item["title"]) for item in room.get(f"/v1/meetings/{meeting}").json()["agenda"]]


def test_positions_run_from_one_without_gaps(room: Room) -> None:
    meeting = room.plan(agenda=[{"title": "A"}, {"title": "B"}])["id"]
    url = f"/v1/meetings/{meeting}/agenda-items"

    made = room.post(url, {"title": "C"})
    assert (made.status_code, made.json()["position"], made.json()["version"]) == (201, 3, 1)
    assert room.get(made.headers["Location"]).json() == made.json()
    first = room.post(url, {"title": "D", "position": 1}).json()
    assert room.post(url, {"title": "E", "position": 99}).json()["position"] == 5
    assert agenda_of(room, meeting) == [(1, "D"), (2, "A"), (3, "B"), (4, "C"), (5, "E")]
    moved = room.patch(f"/v1/agenda-items/{first['id']}", {"position": 3, "text": "Lisää"}).json()
    assert (moved["position"], moved["version"], moved["text"]) == (3, 2, "Lisää")
    assert agenda_of(room, meeting) == [(1, "A"), (2, "B"), (3, "D"), (4, "C"), (5, "E")]
    assert room.patch(f"/v1/agenda-items/{first['id']}", {"position": 100}, 2).json()["position"] == 5
    third = room.get(f"/v1/meetings/{meeting}").json()["agenda"][2]
    assert room.delete(f"/v1/agenda-items/{third['id']}", third["version"]).status_code == 204
    assert agenda_of(room, meeting) == [(1, "A"), (2, "B"), (3, "E"), (4, "D")]
    assert room.get(f"/v1/agenda-items/{third['id']}").status_code == 404


def test_an_item_that_moved_is_another_version(room: Room) -> None:
    meeting = room.plan(agenda=[{"title": "A"}])
    item = f"/v1/agenda-items/{meeting['agenda'][0]['id']}"
    room.post(f"/v1/meetings/{meeting['id']}/agenda-items", {"title": "B", "position": 1})

    assert room.patch(item, {"title": "A2"}, 1).status_code == 412
    assert room.patch(item, {"title": "A2"}, 2).json()["position"] == 2
    assert room.client.patch(item, json={}, headers=room.admin).status_code == 428
    assert room.client.delete(item, headers=room.admin).status_code == 428


def test_an_item_is_about_a_thing_that_there_is(room: Room) -> None:
    meeting = room.plan()
    url = f"/v1/meetings/{meeting['id']}/agenda-items"
    koppa = room.get("/v1/meeting-places/koppa").json()["id"]
    about = {"kind": "meeting_place", "id": koppa}

    item = room.post(url, {"title": "Koppa", "about": about, "is_public": True}).json()
    assert item["about"] == about
    assert room.get(f"/v1/agenda-items/{item['id']}", {}).json()["about"] is None
    for wrong, code, pointer in (
        ({"kind": "meeting_place", "id": str(uuid.uuid4())}, "unknown-thing", "/about/id"),
        ({"kind": "unicorn", "id": koppa}, "unknown-kind", "/about/kind"),
        ({"kind": "meeting", "id": koppa}, "unknown-thing", "/about/id"),
        ({"kind": "meeting_place", "id": "koppa"}, "not-a-uuid", "/about/id"),
        ({"kind": "meeting_place"}, "missing", "/about/id"),
    ):
        for refused in (
            room.post(url, {"title": "X", "about": wrong}),
            room.patch(f"/v1/agenda-items/{item['id']}", {"about": wrong}),
        ):
            fault = refused.json()["errors"][0]
            assert (refused.status_code, fault["code"], fault["pointer"]) == (422, code, pointer)
    planned = room.post("/v1/meetings", room.body(agenda=[{"title": "X", "about": about | {"kind": "unicorn"}}]))
    assert planned.json()["errors"][0]["pointer"] == "/agenda/0/about/kind"
    assert room.plan(agenda=[{"title": "X", "about": about}])["agenda"][0]["about"] == about
    itself = {"kind": "meeting", "id": meeting["id"]}
    assert room.patch(f"/v1/agenda-items/{item['id']}", {"about": itself}).json()["about"] == itself
    assert room.patch(f"/v1/agenda-items/{item['id']}", {"title": "Y"}, 2).json()["about"] == itself
    assert room.patch(f"/v1/agenda-items/{item['id']}", {"about": None}, 3).json()["about"] is None


def test_an_item_has_an_owner_a_length_and_an_outcome(room: Room) -> None:
    seat, foreign = room.seats["ryhma"]["chair"], room.seats["toinen"]["chair"]
    meeting = room.plan(agenda=[{"title": "A", "owner": seat, "minutes": 15}])
    item = meeting["agenda"][0]
    url = f"/v1/agenda-items/{item['id']}"

    assert (item["owner"], item["minutes"], item["outcome"], item["answers"]) == (seat, 15, "open", [])
    handled = room.patch(url, {"outcome": "handled", "owner": None, "minutes": 600}).json()
    assert (handled["outcome"], handled["owner"], handled["minutes"]) == ("handled", None, 600)
    for wrong in ({"minutes": 0}, {"minutes": 601}, {"outcome": "x"}, {"outcome": None}):
        assert room.patch(url, wrong, 2).status_code == 422
    for refused, pointer in (
        (room.patch(url, {"owner": foreign}, 2), "/owner"),
        (room.post(f"/v1/meetings/{meeting['id']}/agenda-items", {"title": "B", "owner": foreign}), "/owner"),
        (room.post("/v1/meetings", room.body(agenda=[{"title": "B", "owner": foreign}])), "/agenda/0/owner"),
    ):
        assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [("not-a-member", pointer)]


def test_what_was_decided_under_an_item_outlives_it(room: Room) -> None:
    meeting = room.plan(agenda=[{"title": "A"}])
    item = meeting["agenda"][0]["id"]
    decision = room.post(f"/v1/meetings/{meeting['id']}/decisions", {"text": "Niin", "agenda_item": item}).json()
    assert decision["agenda_item"] == item

    assert room.delete(f"/v1/agenda-items/{item}").status_code == 204
    left = room.get(f"/v1/decisions/{decision['id']}").json()
    assert (left["agenda_item"], left["version"]) == (None, 2)


def test_an_agenda_has_a_hundred_items_at_most(room: Room) -> None:
    assert room.post("/v1/meetings", room.body(agenda=[{"title": "X"}] * 101)).status_code == 422
    meeting = room.plan(agenda=[{"title": "X"}] * 100)["id"]

    full = room.post(f"/v1/meetings/{meeting}/agenda-items", {"title": "Y"})
    assert (full.status_code, full.json()["code"]) == (409, "meeting-is-full")


@pytest.mark.parametrize("is_public_meeting", [True, False])
def test_strangers_read_a_public_item_of_a_public_meeting(room: Room, is_public_meeting: bool) -> None:
    items = room.plan(is_public=is_public_meeting, agenda=[{"title": "A", "is_public": True}, {"title": "B"}])["agenda"]

    told = [room.get(f"/v1/agenda-items/{item['id']}", {}).status_code for item in items]
    assert told == [200 if is_public_meeting else 404, 404]
    assert room.get("/v1/agenda-items/x", {}).status_code == 404


def test_who_brings_a_matter_up_is_for_members(room: Room, reader: Headers) -> None:
    seat = room.seats["ryhma"]["chair"]
    meeting = room.plan(agenda=[{"title": "A", "is_public": True, "owner": seat}])
    paths = f"/v1/meetings/{meeting['id']}", f"/v1/agenda-items/{meeting['agenda'][0]['id']}"

    def owners(headers: Headers) -> list[str | None]:
        whole, item = (room.get(path, headers).json() for path in paths)
        return [whole["agenda"][0]["owner"], item["owner"]]

    assert owners({}) == [None, None]
    assert owners(reader) == [seat, seat]


def test_a_change_keeps_to_the_fields(room: Room, reader: Headers) -> None:
    item = f"/v1/agenda-items/{room.plan(agenda=[{'title': 'A'}])['agenda'][0]['id']}"

    for wrong in ({"title": None}, {"position": 0}, {"position": None}, {"meeting_id": "x"}, {"themes": None}):
        assert room.patch(item, wrong).status_code == 422
    assert room.client.patch(item, json={}, headers=reader | {"If-Match": '"v1"'}).status_code == 403
