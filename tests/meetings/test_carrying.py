"""Matters go on to later meetings, or to the network that steers; answers come back."""

import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import update

from app.core import clock, rows
from app.core.database import Database
from app.meetings.models.meetings import Meeting
from app.meetings.queries.meetings import MEETING
from app.meetings.service import carrying
from tests.meetings import networks
from tests.meetings.conftest import Headers, Room

YESTERDAY, TODAY = clock.today() - timedelta(days=1), clock.today()
MATTER = {"title": "Tilat", "text": "Riittävätkö?", "themes": ["rooms"], "is_public": True, "minutes": 20}


def carry(room: Room, item: str, to: str | None = None, version: int = 1) -> Any:
    return room.post(f"/v1/agenda-items/{item}/carry-over", {"to": to} if to else {}, version)


def escalate(room: Room, item: str, to: str = "ylempi") -> Any:
    return room.post(f"/v1/agenda-items/{item}/escalate", {"to": to})


def matter_of(room: Room, network: str = "alempi", **other: Any) -> str:
    id: str = room.plan(network=network, agenda=[MATTER | other])["agenda"][0]["id"]
    return id


@pytest.fixture
def steered(room: Room, database: Database) -> Room:
    """``ylempi`` steers ``alempi``, and ``ylin`` steers ``ylempi``."""
    specs = (networks.network("ylin"), networks.network("ylempi", steered_by=["ylin"]))
    found = networks.found(database, *specs, networks.network("alempi", steered_by=["ylempi"]))
    room.seats |= found
    return room


def test_a_matter_is_carried_over_once_to_the_next_planned_meeting(room: Room) -> None:
    seat = room.seats["ryhma"]["chair"]
    meeting = room.plan(agenda=[MATTER | {"owner": seat}])
    item = meeting["agenda"][0]["id"]
    room.plan(TODAY + timedelta(days=9))
    room.plan(TODAY + timedelta(days=5), network="toinen")
    cancelled = room.plan(TODAY + timedelta(days=6))["id"]
    room.post(f"/v1/meetings/{cancelled}/cancel", {"reason": "X"}, 1)
    following = room.plan(TODAY + timedelta(days=7), agenda=[{"title": "A"}])["id"]

    made = carry(room, item)

    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["meeting_id"], found["position"], found["carried_from"]) == (following, 2, item)
    assert {name: found[name] for name in MATTER} == MATTER
    assert (found["owner"], found["outcome"], found["version"]) == (seat, "open", 1)
    assert room.get(made.headers["Location"]).json() == found
    old = room.get(f"/v1/agenda-items/{item}").json()
    assert (old["outcome"], old["version"]) == ("carried_over", 2)
    refused = carry(room, item, version=2)
    assert (refused.status_code, refused.json()["code"]) == (409, "carried-over-already")
    assert carry(room, item).status_code == 412
    assert carry(room, found["id"]).json()["carried_from"] == found["id"]


def test_a_matter_goes_to_a_later_planned_meeting_of_its_network(room: Room) -> None:
    item = matter_of(room, "ryhma")
    earlier = room.plan(YESTERDAY - timedelta(days=7))["id"]
    held = room.plan(TODAY)
    room.post(f"/v1/meetings/{held['id']}/hold", version=1)
    other = room.plan(TODAY + timedelta(days=1), network="toinen")["id"]

    for to, code in (
        (earlier, "not-later"),
        (other, "of-another-network"),
        (str(uuid.uuid4()), "unknown-meeting"),
    ):
        refused = carry(room, item, to)
        assert refused.status_code == 422
        assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [(code, "/to")]
    assert carry(room, item, held["id"]).json()["code"] == "meeting-is-held"
    assert carry(room, item).json()["code"] == "no-meeting-planned"
    assert room.get(f"/v1/agenda-items/{item}").json()["outcome"] == "open"
    later = room.plan(TODAY + timedelta(days=30))["id"]
    room.plan(TODAY + timedelta(days=3))
    assert carry(room, item, later).json()["meeting_id"] == later


def test_what_was_on_the_agenda_of_a_cancelled_meeting_is_not_lost(room: Room) -> None:
    meeting = room.plan(TODAY + timedelta(days=1), agenda=[MATTER])
    room.post(f"/v1/meetings/{meeting['id']}/cancel", {"reason": "X"}, 1)
    later = room.plan(TODAY + timedelta(days=3))["id"]

    assert carry(room, meeting["agenda"][0]["id"]).json()["meeting_id"] == later


def test_an_owner_who_is_no_member_by_then_does_not_own_it(room: Room, database: Database) -> None:
    seat = room.seats["ryhma"]["chair"]
    item = matter_of(room, "ryhma", owner=seat)
    room.plan(TODAY + timedelta(days=7))
    networks.end(database, seat, TODAY)

    assert carry(room, item).json()["owner"] is None


def test_a_matter_is_carried_over_by_the_verb_alone(room: Room) -> None:
    item = f"/v1/agenda-items/{matter_of(room, 'ryhma')}"
    room.plan(TODAY + timedelta(days=7))

    assert room.patch(item, {"outcome": "carried_over"}).json()["errors"][0]["code"] == "by-carrying-over"
    assert room.patch(item, {"outcome": "handled"}).json()["outcome"] == "handled"
    copy = carry(room, item.rpartition("/")[2], version=2).json()["id"]
    assert room.patch(item, {"outcome": "open"}, 3).json()["errors"][0]["code"] == "is-carried-over"
    assert room.patch(item, {"title": "Tilat nyt"}, 3).json()["outcome"] == "carried_over"
    room.delete(f"/v1/agenda-items/{copy}")
    assert room.patch(item, {"outcome": "open"}, 4).json()["outcome"] == "open"


def test_a_matter_that_was_taken_away_there_is_carried_over_again(room: Room) -> None:
    item, later = matter_of(room, "ryhma"), room.plan(TODAY + timedelta(days=7))["id"]
    room.delete(f"/v1/agenda-items/{carry(room, item).json()['id']}")

    again = carry(room, item, version=2)

    assert (again.status_code, again.json()["meeting_id"]) == (201, later)
    assert room.get(f"/v1/agenda-items/{item}").json()["outcome"] == "carried_over"
    assert carry(room, item, version=2).json()["code"] == "carried-over-already"


@pytest.mark.parametrize(
    ("meanwhile", "refusal"),
    [({"starts_at": clock.now() - timedelta(days=9)}, "not-later"), ({"status": "held"}, "meeting-is-held")],
)
def test_a_meeting_that_changes_before_it_is_locked_takes_no_matter(
    room: Room, monkeypatch: pytest.MonkeyPatch, meanwhile: Any, refusal: str
) -> None:
    item, later = matter_of(room, "ryhma"), room.plan(TODAY + timedelta(days=7))["id"]
    find = rows.find

    def late(session: Any, table: Any, reference: Any, *, lock: bool = False) -> Any:
        session.execute(update(Meeting).where(MEETING.id == reference).values(**meanwhile))
        return find(session, table, reference, lock=lock)

    monkeypatch.setattr(carrying, "rows", SimpleNamespace(find=late, apply=rows.apply))
    refused = carry(room, item, later).json()

    assert refusal in {refused["code"], *(fault["code"] for fault in refused["errors"])}


def test_a_matter_goes_up_to_the_agenda_of_the_network_that_steers(steered: Room) -> None:
    item = matter_of(steered)
    steered.plan(TODAY + timedelta(days=20), network="ylempi")
    following = steered.plan(TODAY + timedelta(days=2), network="ylempi")["id"]

    made = escalate(steered, item)

    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["network"]["slug"], found["meeting"], found["topic_proposal"]) == ("ylempi", following, None)
    assert made.headers["Location"] == f"/v1/agenda-items/{found['agenda_item']}"
    up = steered.get(made.headers["Location"]).json()
    assert (up["title"], up["text"], up["escalated_from"]) == ("Tilat", "Riittävätkö?", item)
    assert (up["is_public"], up["minutes"], up["owner"], up["carried_from"]) == (False, None, None, None)
    assert steered.get(f"/v1/agenda-items/{item}").json()["version"] == 1


def test_a_matter_goes_up_to_the_proposals_where_no_meeting_is_planned(steered: Room) -> None:
    item = matter_of(steered)
    steered.plan(YESTERDAY, network="ylempi")

    found = escalate(steered, item).json()

    assert (found["meeting"], found["agenda_item"]) == (None, None)
    waiting = steered.get("/v1/networks/ylempi/topic-proposals?state=proposed").json()["items"]
    assert [(p["id"], p["title"], p["escalated_from"], p["seat"]) for p in waiting] == [
        (found["topic_proposal"], "Tilat", item, None)
    ]


def test_a_matter_goes_to_each_network_that_steers_once(steered: Room) -> None:
    item = matter_of(steered)

    for to in ("ylin", "alempi", "toinen"):
        refused = escalate(steered, item, to)
        assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [("does-not-steer", "/to")]
    assert escalate(steered, item, "nowhere").json()["errors"][0]["code"] == "unknown-network"
    proposal = escalate(steered, item).json()["topic_proposal"]
    assert escalate(steered, item).json()["code"] == "escalated-already"
    meeting = steered.plan(TODAY + timedelta(days=2), network="ylempi")["id"]
    steered.post(f"/v1/topic-proposals/{proposal}/take", {"meeting": meeting}, 1)
    assert escalate(steered, item).json()["code"] == "escalated-already"
    up = steered.get(f"/v1/meetings/{meeting}").json()["agenda"][0]
    assert up["escalated_from"] == item
    assert escalate(steered, up["id"], "ylin").status_code == 201


def test_the_answer_is_read_where_the_matter_came_from(steered: Room, reader: Headers) -> None:
    item = matter_of(steered)
    steered.plan(TODAY + timedelta(days=2), network="ylempi")
    up = f"/v1/agenda-items/{escalate(steered, item).json()['agenda_item']}"

    told = steered.post(f"{up}/answer", {"text": "Tiloihin varataan rahaa."}, 1)

    assert (told.status_code, told.json()["answer"], told.json()["version"]) == (200, "Tiloihin varataan rahaa.", 2)
    [answer] = steered.get(f"/v1/agenda-items/{item}", reader).json()["answers"]
    assert (answer["network"]["slug"], answer["text"]) == ("ylempi", "Tiloihin varataan rahaa.")
    assert answer["answered_at"] == told.json()["answered_at"]
    stranger = steered.get(f"/v1/agenda-items/{item}", {}).json()
    assert (stranger["title"], stranger["answers"]) == ("Tilat", [])
    assert steered.post(f"{up}/answer", {"text": "Toisin"}, 1).status_code == 412
    assert steered.post(f"{up}/answer", {"text": "Toisin"}).status_code == 428
    steered.post(f"{up}/answer", {"text": "Ei varatakaan."}, 2)
    assert [a["text"] for a in steered.get(f"/v1/agenda-items/{item}").json()["answers"]] == ["Ei varatakaan."]
    assert steered.post(f"/v1/agenda-items/{item}/answer", {"text": "X"}, 1).json()["code"] == "not-escalated"


def test_a_matter_that_was_carried_over_above_is_answered_there(steered: Room) -> None:
    item = matter_of(steered)
    steered.plan(TODAY + timedelta(days=2), network="ylempi")
    steered.plan(TODAY + timedelta(days=9), network="ylempi")
    up = carry(steered, escalate(steered, item).json()["agenda_item"]).json()

    assert up["escalated_from"] == item
    steered.post(f"/v1/agenda-items/{up['id']}/answer", {"text": "Selvitetään."}, 1)
    assert [a["text"] for a in steered.get(f"/v1/agenda-items/{item}").json()["answers"]] == ["Selvitetään."]


def test_the_answer_goes_along_with_a_matter_that_is_carried_over(steered: Room) -> None:
    item = matter_of(steered)
    steered.plan(TODAY + timedelta(days=2), network="ylempi")
    up = escalate(steered, item).json()["agenda_item"]
    for day in (3, 9):
        steered.plan(TODAY + timedelta(days=day), network="alempi")
    copy = carry(steered, item).json()["id"]
    last = carry(steered, copy).json()["id"]

    steered.post(f"/v1/agenda-items/{up}/answer", {"text": "Selvitetään."}, 1)

    for each in (item, copy, last):
        assert [a["text"] for a in steered.get(f"/v1/agenda-items/{each}").json()["answers"]] == ["Selvitetään."]
    assert escalate(steered, last).json()["code"] == "escalated-already"
    assert escalate(steered, item).json()["code"] == "carried-over-already"


def test_why_a_matter_was_declined_above_is_an_answer(steered: Room) -> None:
    item = matter_of(steered)
    proposal = escalate(steered, item).json()["topic_proposal"]
    steered.post(f"/v1/topic-proposals/{proposal}/decline", {"reason": "Ratkaiskaa itse."}, 1)

    [answer] = steered.get(f"/v1/agenda-items/{item}").json()["answers"]
    assert (answer["network"]["slug"], answer["text"]) == ("ylempi", "Ratkaiskaa itse.")


def test_nothing_goes_up_from_a_cancelled_meeting(steered: Room) -> None:
    meeting = steered.plan(TODAY + timedelta(days=1), network="alempi", agenda=[MATTER])
    steered.post(f"/v1/meetings/{meeting['id']}/cancel", {"reason": "X"}, 1)

    assert escalate(steered, meeting["agenda"][0]["id"]).json()["code"] == "meeting-is-cancelled"


def test_what_came_from_a_matter_outlives_it(steered: Room) -> None:
    item = matter_of(steered)
    up = f"/v1/agenda-items/{carry_up(steered, item)}"

    assert steered.delete(f"/v1/agenda-items/{item}").status_code == 204
    assert steered.get(up).json()["escalated_from"] is None
    assert steered.post(f"{up}/answer", {"text": "X"}, 1).json()["code"] == "not-escalated"


def carry_up(room: Room, item: str) -> str:
    room.plan(TODAY + timedelta(days=2), network="ylempi")
    up: str = escalate(room, item).json()["agenda_item"]
    return up


def test_links_between_matters_are_for_members(steered: Room) -> None:
    item = matter_of(steered)
    steered.plan(TODAY + timedelta(days=2), network="alempi")
    copy = carry(steered, item).json()["id"]

    assert steered.get(f"/v1/agenda-items/{copy}").json()["carried_from"] == item
    assert steered.get(f"/v1/agenda-items/{copy}", {}).json()["carried_from"] is None
