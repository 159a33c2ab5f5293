"""What comes up at each meeting of a network."""

from datetime import timedelta
from typing import Any

from app.core import clock
from tests.meetings.conftest import Headers, Room

ITEMS = "/v1/networks/ryhma/standing-items"


def add(room: Room, title: str, **other: Any) -> Any:
    made = room.post(ITEMS, {"title": title, **other})
    assert made.status_code == 201, made.text
    return made.json()


def titles(room: Room) -> list[tuple[int, str]]:
    return [(item["position"], item["title"]) for item in room.get(ITEMS).json()["items"]]


def test_standing_items_follow_what_a_meeting_is_planned_with(room: Room) -> None:
    before = room.plan(agenda=[{"title": "A"}])
    add(room, "Ilmoitusasiat", minutes=10, is_public=True, themes=["news"])
    add(room, "Seuraava kokous")
    add(room, "Avaus", position=1, text="Todetaan läsnäolijat.")

    later = room.plan(clock.today() + timedelta(days=7), agenda=[{"title": "A"}])

    assert [(i["position"], i["title"]) for i in later["agenda"]] == [
        *((1, "A"), (2, "Avaus"), (3, "Ilmoitusasiat"), (4, "Seuraava kokous")),
    ]
    news = later["agenda"][2]
    assert (news["minutes"], news["is_public"], news["themes"], news["outcome"]) == (10, True, ["news"], "open")
    assert [i["title"] for i in room.get(f"/v1/meetings/{before['id']}").json()["agenda"]] == ["A"]
    assert room.plan(network="toinen")["agenda"] == []


def test_standing_items_are_changed_moved_and_removed(room: Room) -> None:
    first, *_ = [add(room, title) for title in "ABC"]
    url = f"/v1/standing-items/{first['id']}"

    assert room.get(url).json() == first
    moved = room.patch(url, {"position": 3, "minutes": 5}).json()
    assert (moved["position"], moved["minutes"], moved["version"]) == (3, 5, 2)
    assert titles(room) == [(1, "B"), (2, "C"), (3, "A")]
    assert room.patch(url, {"title": "X"}, 1).status_code == 412
    assert room.client.patch(url, json={}, headers=room.admin).status_code == 428
    for wrong in ({"title": None}, {"position": 0}, {"minutes": 0}, {"minutes": 601}, {"network_id": "x"}):
        assert room.patch(url, wrong, 2).status_code == 422
    planned = room.plan()
    assert room.delete(url, 2).status_code == 204
    assert titles(room) == [(1, "B"), (2, "C")]
    assert room.get(url).status_code == room.get("/v1/standing-items/x").status_code == 404
    assert [i["title"] for i in room.get(f"/v1/meetings/{planned['id']}").json()["agenda"]] == ["B", "C", "A"]


def test_there_is_an_end_to_standing_items_and_to_an_agenda(room: Room) -> None:
    for n in range(30):
        add(room, f"Asia {n}")

    full = room.post(ITEMS, {"title": "Vielä"})
    assert (full.status_code, full.json()["code"]) == (409, "too-many-standing-items")
    assert room.plan(agenda=[{"title": "X"}] * 70)["agenda"][99]["title"] == "Asia 29"
    refused = room.post("/v1/meetings", room.body(agenda=[{"title": "X"}] * 71))
    assert (refused.status_code, refused.json()["code"]) == (409, "meeting-is-full")


def test_standing_items_are_for_members(room: Room, reader: Headers) -> None:
    item = add(room, "Avaus")["id"]

    assert room.get(ITEMS, reader).status_code == 200
    assert room.client.post(ITEMS, json={"title": "X"}, headers=reader).status_code == 403
    assert room.get(ITEMS, {}).status_code == room.get(f"/v1/standing-items/{item}", {}).status_code == 401
