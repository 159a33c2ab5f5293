"""Minutes: drafted, approved once, corrected with a reason; of these everybody reads the public extract."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.database import Database
from tests.conftest import headers_of
from tests.meetings.conftest import Headers, Room

DRAFT = {"text": "Keskusteltiin tiloista.", "public_extract": "Tilat ratkeavat keväällä."}


def minutes_of(room: Room, **other: Any) -> str:
    """The address of the minutes of a meeting of yesterday, drafted."""
    url = f"/v1/meetings/{room.plan(**other)['id']}/minutes"
    made = room.post(url, DRAFT)
    assert made.status_code == 201, made.text
    return url


def test_minutes_are_drafted_and_approved_once(room: Room, database: Database, at: Callable[[Any], None]) -> None:
    url = minutes_of(room)

    draft = room.get(url).json()
    assert {name: draft[name] for name in DRAFT} == DRAFT
    assert (draft["state"], draft["approved_at"], draft["revision"], draft["version"]) == ("draft", None, None, 1)
    assert room.post(url, DRAFT).json()["code"] == "minutes-are-begun"
    assert room.patch(url, {"text": "Päätettiin tiloista."}).json()["text"] == "Päätettiin tiloista."
    assert room.post(f"{url}/approve", version=1).status_code == 412
    assert room.post(f"{url}/approve").status_code == 428
    at(datetime(2027, 3, 12, 9, 30, tzinfo=UTC))
    room.admin = headers_of(database, "admin@example.org")
    approved = room.post(f"{url}/approve", version=2).json()
    assert (approved["state"], approved["revision"], approved["version"]) == ("approved", 1, 3)
    assert approved["approved_at"] == "2027-03-12T09:30:00.000Z"
    twice = room.post(f"{url}/approve", version=3)
    assert (twice.status_code, twice.json()["code"]) == (409, "minutes-are-approved")
    assert "2027-03-12 klo 11:30" in twice.json()["detail"]


def test_a_correction_is_a_revision_with_a_reason(room: Room) -> None:
    url = minutes_of(room)
    room.post(f"{url}/approve", version=1)

    assert room.patch(url, {"text": "Uusi"}, 2).json()["errors"][0]["pointer"] == "/reason"
    corrected = room.patch(url, {"text": "Uusi", "reason": "Nimi oli väärin."}, 2).json()
    assert (corrected["text"], corrected["revision"], corrected["version"]) == ("Uusi", 2, 3)
    assert corrected["state"] == "approved"
    same = room.patch(url, {"text": "Uusi", "reason": "Vielä kerran."}, 3).json()
    assert (same["revision"], same["version"]) == (2, 3)
    revisions = room.get(f"{url}/revisions").json()["items"]
    assert [(r["number"], r["text"], r["public_extract"], r["reason"]) for r in revisions] == [
        (1, DRAFT["text"], DRAFT["public_extract"], None),
        (2, "Uusi", DRAFT["public_extract"], "Nimi oli väärin."),
    ]


def test_a_draft_has_neither_reasons_nor_revisions(room: Room) -> None:
    url = minutes_of(room)

    refused = room.patch(url, {"text": "Uusi", "reason": "Syy"})
    assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [("only-once-approved", "/reason")]
    room.patch(url, {"public_extract": None})
    assert room.get(f"{url}/revisions").json()["items"] == []


@pytest.mark.parametrize(
    ("is_public", "is_approved", "extract", "status"),
    [(True, True, "Ote", 200), (True, False, "Ote", 404), (False, True, "Ote", 404), (True, True, None, 404)],
)
def test_strangers_read_the_extract_of_approved_minutes_of_a_public_meeting(
    room: Room, is_public: bool, is_approved: bool, extract: str | None, status: int
) -> None:
    url = minutes_of(room, is_public=is_public)
    version = room.patch(url, {"public_extract": extract}).json()["version"]
    if is_approved:
        room.post(f"{url}/approve", version=version)

    told = room.get(url, {})

    assert told.status_code == status
    if status == 200:
        assert (told.json()["text"], told.json()["public_extract"]) == (None, "Ote")
    assert DRAFT["text"] not in told.text
    assert room.get(f"{url}/revisions", {}).status_code == 401


def test_members_read_the_draft(room: Room, reader: Headers) -> None:
    url = minutes_of(room, is_public=False)

    assert room.get(url, reader).json()["text"] == DRAFT["text"]
    assert room.get(f"{url}/revisions", reader).status_code == 200
    assert room.client.post(f"{url}/approve", headers=reader | {"If-Match": '"v1"'}).status_code == 403


def test_minutes_are_approved_from_the_day_of_the_meeting_on(room: Room) -> None:
    tomorrow = f"/v1/meetings/{room.plan(clock.today() + timedelta(days=1))['id']}"
    today = room.plan(clock.today())

    assert room.post(f"{tomorrow}/minutes", DRAFT).status_code == 201
    assert room.post(f"{tomorrow}/minutes/approve", version=1).json()["code"] == "meeting-is-ahead"
    url = f"/v1/meetings/{today['id']}"
    room.post(f"{url}/minutes", DRAFT)
    assert room.post(f"{url}/minutes/approve", version=1).status_code == 200
    moved = room.patch(url, {"local_start": f"{clock.today() + timedelta(days=2)}T10:00"})
    assert moved.json()["errors"][0]["code"] == "still-to-come"


def test_a_cancelled_meeting_has_no_new_minutes(room: Room) -> None:
    meetings = [room.plan(clock.today() + timedelta(days=1))["id"] for _ in range(2)]
    room.post(f"/v1/meetings/{meetings[1]}/minutes", DRAFT)
    for meeting in meetings:
        room.post(f"/v1/meetings/{meeting}/cancel", {"reason": "X"}, 1)

    begun = f"/v1/meetings/{meetings[1]}/minutes"
    refused = (
        room.post(f"/v1/meetings/{meetings[0]}/minutes", DRAFT),
        room.patch(begun, {"text": "Uusi"}),
        room.post(f"{begun}/approve", version=1),
    )
    assert [answer.json()["code"] for answer in refused] == ["meeting-is-cancelled"] * 3


def test_where_there_are_no_minutes_there_is_nothing_to_read_or_approve(room: Room) -> None:
    url = f"/v1/meetings/{room.plan()['id']}/minutes"

    told = [room.get(url), room.get("/v1/meetings/x/minutes"), room.patch(url, {"text": "X"})]
    assert [answer.status_code for answer in (*told, room.post(f"{url}/approve", version=1))] == [404] * 4
    for wrong in ({}, {"text": ""}, {"text": "X" * 50_001}, {"text": "X", "state": "approved"}):
        assert room.post(url, wrong).status_code == 422
