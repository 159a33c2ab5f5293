"""How seats were at meetings."""

import uuid
from datetime import date, timedelta
from typing import Any

from app.core import clock
from app.core.database import Database
from tests.conftest import trail_of
from tests.meetings import networks
from tests.meetings.conftest import Headers, Room


def entry(seat: str, state: str | None = "present") -> dict[str, Any]:
    return {"seat": seat, "state": state}


def record(room: Room, meeting: str, *entries: dict[str, Any]) -> Any:
    return room.put(f"/v1/meetings/{meeting}/attendances", {"attendances": list(entries)})


def states(answer: Any) -> dict[str, str]:
    assert answer.status_code == 200, answer.text
    return {each["role"]: each["state"] for each in answer.json().get("attendances", answer.json().get("items"))}


def test_seats_that_are_named_are_set_and_others_stay(room: Room) -> None:
    meeting, seats = room.plan()["id"], room.seats["ryhma"]

    assert states(record(room, meeting, entry(seats["chair"]), entry(seats["family"], "deputy"))) == {
        "chair": "present",
        "family": "deputy",
    }
    assert states(record(room, meeting, entry(seats["member"], "excused"))) == {
        "chair": "present",
        "member": "excused",
        "family": "deputy",
    }
    changed = record(room, meeting, entry(seats["chair"], "absent"), entry(seats["family"], None))
    assert states(changed) == {"chair": "absent", "member": "excused"}
    listed = room.get(f"/v1/meetings/{meeting}/attendances?count=exact&limit=1").json()
    assert (listed["total"], listed["next"] is None) == (2, False)
    first = listed["items"][0]
    assert (first["seat"], first["role"], first["version"]) == (seats["chair"], "chair", 2)
    assert first["organisation"]["slug"] == "kaupunki"
    assert states(record(room, meeting, entry(seats["family"], None))) == states(changed)


def test_the_same_content_again_writes_nothing(room: Room, database: Database) -> None:
    meeting, seats = room.plan()["id"], room.seats["ryhma"]
    first = record(room, meeting, entry(seats["chair"]), entry(seats["member"], "absent"))

    again = record(room, meeting, entry(seats["member"], "absent"), entry(seats["chair"]))
    assert again.json() == first.json()
    assert record(room, meeting).json() == first.json()
    with database.reading() as session:
        assert len(trail_of(session, "recordAttendances")) == 1


def test_what_is_no_seat_of_the_network_on_that_day_is_refused_at_its_place(room: Room, database: Database) -> None:
    meeting, seats = room.plan(date(2026, 3, 12))["id"], room.seats["ryhma"]
    networks.end(database, seats["member"], date(2026, 3, 12))

    refused = record(
        room,
        meeting,
        entry(seats["chair"]),
        entry(room.seats["toinen"]["chair"]),
        entry(seats["member"]),
        entry(str(uuid.uuid4()), None),
        entry(seats["chair"], "absent"),
        entry(seats["family"], "deputy"),
    )
    assert refused.status_code == 422
    assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [
        ("not-a-member", "/attendances/1/seat"),
        ("not-a-member", "/attendances/2/seat"),
        ("not-a-member", "/attendances/3/seat"),
        ("repeated", "/attendances/4/seat"),
    ]
    assert room.get(f"/v1/meetings/{meeting}/attendances").json()["items"] == []
    before = room.plan(date(2026, 3, 11))["id"]
    assert states(record(room, before, entry(seats["member"]))) == {"member": "present"}
    networks.end(database, seats["member"], date(2026, 3, 1))
    assert states(record(room, before, entry(seats["member"], None))) == {}


def test_a_deputy_comes_only_where_there_is_one(room: Room, database: Database) -> None:
    meeting, seats = room.plan()["id"], room.seats["ryhma"]

    refused = record(room, meeting, entry(seats["chair"], "deputy"))
    assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [("no-deputy", "/attendances/0/state")]
    networks.with_deputy(database, seats["chair"])
    recorded = record(room, meeting, entry(seats["chair"], "deputy"))
    assert states(recorded) == {"chair": "deputy"}
    assert "Esimerkki" not in recorded.text + room.get(f"/v1/meetings/{meeting}/attendances").text


def test_nobody_was_at_a_meeting_that_is_still_to_come(room: Room) -> None:
    tomorrow = room.plan(clock.today() + timedelta(days=1))["id"]

    refused = record(room, tomorrow, entry(room.seats["ryhma"]["chair"]))
    assert (refused.status_code, refused.json()["code"]) == (409, "meeting-is-ahead")


def test_a_meeting_is_not_moved_to_where_its_attendance_can_not_be(room: Room, database: Database) -> None:
    meeting, seats = room.plan(date(2026, 3, 12))["id"], room.seats["ryhma"]
    record(room, meeting, entry(seats["member"]))
    networks.end(database, seats["member"], date(2026, 4, 1))

    def moved_to(day: date) -> Any:
        return room.patch(f"/v1/meetings/{meeting}", {"local_start": f"{day}T10:00"})

    codes = {fault["code"] for fault in moved_to(clock.today() + timedelta(days=2)).json()["errors"]}
    assert codes == {"still-to-come", "not-members-then"}
    assert [fault["code"] for fault in moved_to(date(2026, 4, 1)).json()["errors"]] == ["not-members-then"]
    assert moved_to(date(2026, 3, 31)).status_code == 200


def test_the_body_is_bounded_and_strict(room: Room, reader: Headers) -> None:
    meeting, seats = room.plan()["id"], room.seats["ryhma"]

    assert record(room, meeting, *[entry(seats["chair"])] * 301).json()["errors"][0]["code"] == "too-many"
    assert record(room, meeting, {"seat": seats["chair"]}).json()["errors"][0]["code"] == "missing"
    assert record(room, meeting, entry(seats["chair"], "late")).json()["errors"][0]["code"] == "not-one-of"
    path = f"/v1/meetings/{meeting}/attendances"
    assert room.get(path, {}).status_code == 401
    assert room.get(path, reader).status_code == 200
    assert room.client.put(path, json={"attendances": []}, headers=reader).status_code == 403
