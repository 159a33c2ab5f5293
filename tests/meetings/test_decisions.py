"""What meetings decided."""

from datetime import date, timedelta
from typing import Any

from app.core import clock
from tests.meetings.conftest import Headers, Room


def decide(room: Room, meeting: str, text: str, **other: Any) -> Any:
    return room.post(f"/v1/meetings/{meeting}/decisions", {"text": text, **other})


def test_a_decision_is_recorded_changed_and_taken_away(room: Room) -> None:
    meeting = room.plan(title="Kevätkokous", agenda=[{"title": "A"}])
    made = decide(room, meeting["id"], "Perustetaan työryhmä", due_on="2026-12-31")
    url = made.headers["Location"]

    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["position"], found["due_on"], found["is_public"]) == (1, "2026-12-31", False)
    assert found["meeting"] == {
        "id": meeting["id"],
        "title": "Kevätkokous",
        "local_start": meeting["local_start"],
    }
    assert found["network"]["slug"] == "ryhma"
    assert room.get(url).json() == found
    item = meeting["agenda"][0]["id"]
    changed = room.patch(url, {"text": "Ei perusteta", "agenda_item": item, "due_on": None}).json()
    assert (changed["text"], changed["agenda_item"], changed["due_on"], changed["version"]) == (
        "Ei perusteta",
        item,
        None,
        2,
    )
    assert room.patch(url, {"is_public": True}, 2).json()["agenda_item"] == item
    assert room.patch(url, {"text": None}, 3).status_code == 422
    assert room.delete(url, 1).status_code == 412
    assert room.delete(url, 3).status_code == 204
    assert room.get(url).status_code == 404


def test_decisions_are_counted_from_one(room: Room) -> None:
    meeting = room.plan()["id"]
    first, *_ = [decide(room, meeting, text).json() for text in "ABC"]
    room.delete(f"/v1/decisions/{first['id']}")

    left = room.get(f"/v1/meetings/{meeting}").json()["decisions"]
    assert [(d["position"], d["text"], d["version"]) for d in left] == [(1, "B", 2), (2, "C", 2)]


def numbers(room: Room, query: str = "") -> list[tuple[str, str]]:
    answer = room.get(f"/v1/decisions?{query}")
    assert answer.status_code == 200, answer.text
    return [(d["label"], d["text"]) for d in answer.json()["items"]]


def test_decisions_are_numbered_in_their_network_and_year(room: Room) -> None:
    later, earlier = room.plan(date(2026, 5, 20))["id"], room.plan(date(2026, 3, 12))["id"]
    before, other = room.plan(date(2025, 12, 31))["id"], room.plan(date(2026, 3, 12), network="toinen")["id"]

    first = decide(room, later, "A").json()
    for meeting, text in ((earlier, "B"), (before, "C"), (other, "D"), (later, "E")):
        decide(room, meeting, text)

    assert (first["number"], first["year"], first["label"]) == (1, 2026, "1/2026")
    assert numbers(room) == [("1/2025", "C"), ("2/2026", "B"), ("1/2026", "D"), ("1/2026", "A"), ("3/2026", "E")]
    shown = room.get(f"/v1/meetings/{later}").json()["decisions"]
    assert [(d["label"], d["number"], d["year"]) for d in shown] == [("1/2026", 1, 2026), ("3/2026", 3, 2026)]


def test_a_number_is_not_given_again(room: Room) -> None:
    meeting = room.plan()["id"]
    last = [decide(room, meeting, text).json() for text in "AB"][1]

    room.delete(f"/v1/decisions/{last['id']}")

    assert decide(room, meeting, "C").json()["number"] == 3


def test_a_number_stays_when_the_meeting_moves(room: Room) -> None:
    meeting = room.plan(date(2026, 1, 2))["id"]
    made = decide(room, meeting, "A").json()

    room.patch(f"/v1/meetings/{meeting}", {"local_start": "2025-12-30T10:00"})

    assert room.get(f"/v1/decisions/{made['id']}").json()["label"] == "1/2026"
    assert decide(room, meeting, "B").json()["label"] == "1/2025"


def test_decisions_are_found_by_how_they_are_cited_and_by_year(room: Room) -> None:
    for day, text in (("2025-05-20", "Jaetaan 1/2 tiloista"), ("2025-05-21", "B"), ("2026-03-12", "Vrt. 2/2025")):
        decide(room, room.plan(date.fromisoformat(day))["id"], text)

    assert numbers(room, "q=2/2025") == [("2/2025", "B"), ("1/2026", "Vrt. 2/2025")]
    assert numbers(room, "q=%201/2026%20") == [("1/2026", "Vrt. 2/2025")]
    assert numbers(room, "q=1/2") == [("1/2025", "Jaetaan 1/2 tiloista")]
    assert numbers(room, "year=2026") == [("1/2026", "Vrt. 2/2025")]
    assert numbers(room, "year=2025&q=2/2025") == [("2/2025", "B")]
    for wrong in ("year=x", "year=1999", "year=02026"):
        assert room.get(f"/v1/decisions?{wrong}").status_code == 422


def test_a_decision_is_under_an_item_of_its_own_meeting(room: Room) -> None:
    meeting, other = room.plan(), room.plan(agenda=[{"title": "A"}])
    foreign = other["agenda"][0]["id"]

    refused = decide(room, meeting["id"], "X", agenda_item=foreign)
    assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [("not-on-the-agenda", "/agenda_item")]
    made = decide(room, meeting["id"], "X").json()
    assert room.patch(f"/v1/decisions/{made['id']}", {"agenda_item": foreign}).status_code == 422


def test_nothing_is_decided_before_the_day(room: Room) -> None:
    tomorrow = room.plan(clock.today() + timedelta(days=1))["id"]

    assert decide(room, tomorrow, "X").json()["code"] == "meeting-is-ahead"
    today = room.plan(clock.today())["id"]
    assert decide(room, today, "X").status_code == 201
    moved = room.patch(f"/v1/meetings/{today}", {"local_start": f"{clock.today() + timedelta(days=2)}T10:00"})
    assert moved.json()["errors"][0]["code"] == "still-to-come"


def test_decisions_are_found_by_their_text_and_place_and_time(room: Room, reader: Headers) -> None:
    for day, text, network in (
        ("2026-05-20", "Äitiyspakkaus jää ennalleen", "ryhma"),
        ("2026-03-12", "100 % osallistuu", "ryhma"),
        ("2026-04-15", "Kaikki äänestivät", "toinen"),
    ):
        decide(room, room.plan(date.fromisoformat(day), network=network)["id"], text)

    def days(query: str) -> list[str]:
        answer = room.get(f"/v1/decisions?{query}", reader)
        assert answer.status_code == 200, answer.text
        return [d["meeting"]["local_start"][5:10] for d in answer.json()["items"]]

    assert days("") == ["03-12", "04-15", "05-20"]
    assert days("sort=-starts_at&limit=2") == ["05-20", "04-15"]
    assert days("q=AITIYS") == ["05-20"]
    assert days("q=%25") == ["03-12"]
    assert days("network=toinen") == days("area=740") == ["04-15"]
    assert days("from=2026-04-15&to=2026-04-15") == ["04-15"]
    assert room.get("/v1/decisions", {}).status_code == 401
