"""Who is invited to a meeting, and what they answer."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app.accounts.models import Grant
from app.accounts.service import callers, users
from app.core import clock, rows
from app.core.database import Database
from app.meetings.models.meetings import Meeting
from app.meetings.schemas.invitees import AnswerWrite
from app.meetings.schemas.proposals import TopicProposalWrite
from app.meetings.service import invitees as invitations
from app.meetings.service import proposals
from app.meetings.service.invitees import NotYourSeat
from app.meetings.service.proposals import NoSeatThere
from app.networks.models import Network
from tests.meetings import networks
from tests.meetings.conftest import Headers, Room

TOMORROW = clock.today() + timedelta(days=1)


def invitees(room: Room, meeting: str) -> list[tuple[str | None, str | None, str | None]]:
    found = room.get(f"/v1/meetings/{meeting}/invitees")
    assert found.status_code == 200, found.text
    items = found.json()["items"]
    return [(i["role"], i["organisation"] and i["organisation"]["slug"], i["answer"]) for i in items]


def put(room: Room, headers: Headers, meeting: str, *entries: Any) -> Any:
    return room.client.put(f"/v1/meetings/{meeting}/answers", json={"answers": entries}, headers=headers)


@pytest.fixture
def member(room: Room, database: Database) -> Headers:
    """Somebody who holds the seat of the parish in ``ryhma``, and has no grant."""
    return networks.seat_somebody(database, room.seats["ryhma"]["member"], "member@example.org")


def test_whoever_has_a_seat_on_the_day_is_invited(room: Room, database: Database, reader: Headers) -> None:
    seats = room.seats["ryhma"]
    meeting = room.plan(TOMORROW)["id"]

    assert invitees(room, meeting) == [
        *(("chair", "kaupunki", None), ("member", "seurakunta", None), ("family", None, None)),
    ]
    networks.end(database, seats["member"], TOMORROW)
    assert invitees(room, meeting) == [("chair", "kaupunki", None), ("family", None, None)]
    first = room.get(f"/v1/meetings/{meeting}/invitees?limit=1", reader).json()
    assert [i["seat"] for i in first["items"]] == [seats["chair"]]
    rest = room.get(f"/v1/meetings/{meeting}/invitees?cursor={first['next']}", reader).json()
    assert [i["seat"] for i in rest["items"]] == [seats["family"]]
    assert room.get(f"/v1/meetings/{meeting}/invitees", {}).status_code == 401


def test_who_holds_a_seat_answers_for_it_without_any_grant(room: Room, member: Headers) -> None:
    seats, meeting = room.seats["ryhma"], room.plan(TOMORROW, is_public=False)["id"]

    told = put(room, member, meeting, {"seat": seats["member"], "answer": "coming"})

    assert told.status_code == 200, told.text
    [answer] = told.json()["invitees"]
    assert (answer["seat"], answer["guest"], answer["answer"]) == (seats["member"], None, "coming")
    assert answer["answered_at"] is not None
    put(room, member, meeting, {"seat": seats["member"], "answer": "not_coming"})
    room.put(f"/v1/meetings/{meeting}/answers", {"answers": [{"seat": seats["family"], "answer": "coming"}]})
    assert invitees(room, meeting) == [
        *(("chair", "kaupunki", None), ("member", "seurakunta", "not_coming"), ("family", None, "coming")),
    ]
    put(room, member, meeting, {"seat": seats["member"], "answer": None})
    assert invitees(room, meeting)[1] == ("member", "seurakunta", None)
    assert (
        room.get(f"/v1/meetings/{meeting}/invitees", member).json()
        == room.get(f"/v1/meetings/{meeting}/invitees").json()
    )


def test_nobody_answers_for_the_seat_of_others(room: Room, member: Headers, reader: Headers) -> None:
    seats, meeting = room.seats["ryhma"], room.plan(TOMORROW)["id"]
    both = [{"seat": seats[role], "answer": "coming"} for role in ("member", "chair")]

    refused = put(room, member, meeting, *both)

    assert (refused.status_code, refused.json()["code"]) == (403, "not-your-seat")
    assert "Puheenjohtaja, Kaupunki" in refused.json()["detail"]
    assert put(room, reader, meeting, both[0]).json()["code"] == "not-your-seat"
    assert put(room, {}, meeting, both[0]).status_code == 401
    assert [answer for *_, answer in invitees(room, meeting)] == [None] * 3


def test_who_lost_the_right_while_they_waited_answers_and_proposes_no_more(room: Room, database: Database) -> None:
    seat, planned = room.seats["ryhma"]["chair"], room.plan(TOMORROW)["id"]
    entry = AnswerWrite.model_validate({"seat": seat, "answer": "coming"})
    with database.writing(networks.TEST) as session:
        user_id = users.with_email(session, "county@example.org").id
        before = callers.known(session, user_id)
        session.execute(update(Grant).where(Grant.__table__.c.user_id == user_id).values(valid_to=clock.today()))
    assert before is not None

    with database.writing(networks.TEST) as session:
        meeting = rows.find(session, Meeting, planned)
        with pytest.raises(NotYourSeat):
            invitations.answer(session, meeting, before, [entry])
        network, topic = rows.find(session, Network, "ryhma"), TopicProposalWrite(title="Aihe")
        with pytest.raises(NoSeatThere):
            proposals.propose(session, network, before, topic)


def test_a_hidden_meeting_is_not_there_for_who_has_no_seat(room: Room, database: Database, member: Headers) -> None:
    hidden = room.plan(TOMORROW, is_public=False, network="toinen")["id"]

    assert put(room, member, hidden).status_code == 404
    assert put(room, member, str(uuid.uuid4())).status_code == 404
    networks.end(database, room.seats["ryhma"]["member"], clock.today())
    own = room.plan(TOMORROW)["id"]
    entry = {"seat": room.seats["ryhma"]["member"], "answer": "coming"}
    assert put(room, member, own, entry).json()["code"] == "not-your-seat"


def test_the_deputy_answers_and_comes_where_there_is_one(room: Room, database: Database) -> None:
    seats = room.seats["ryhma"]
    deputy = networks.seat_somebody(database, seats["chair"], "deputy@example.org", as_deputy=True)
    meeting = room.plan(TOMORROW)["id"]

    told = put(room, deputy, meeting, {"seat": seats["chair"], "answer": "deputy"})
    assert told.json()["invitees"][0]["answer"] == "deputy"
    refused = room.put(f"/v1/meetings/{meeting}/answers", {"answers": [{"seat": seats["member"], "answer": "deputy"}]})
    assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [("no-deputy", "/answers/0/answer")]


def test_answers_are_for_planned_meetings(room: Room, member: Headers) -> None:
    held, cancelled = room.plan()["id"], room.plan(TOMORROW)["id"]
    room.post(f"/v1/meetings/{held}/hold", version=1)
    room.post(f"/v1/meetings/{cancelled}/cancel", {"reason": "X"}, 1)
    entry = {"seat": room.seats["ryhma"]["member"], "answer": "coming"}

    assert put(room, member, held, entry).json()["code"] == "meeting-is-held"
    assert put(room, member, cancelled, entry).json()["code"] == "meeting-is-cancelled"
    assert room.put(f"/v1/meetings/{held}/guests", {"guests": []}).json()["code"] == "meeting-is-held"


def test_each_fault_of_an_answer_is_told(room: Room) -> None:
    seats, meeting = room.seats["ryhma"], room.plan(TOMORROW)["id"]
    chair = {"seat": seats["chair"], "answer": "coming"}

    refused = put(
        *(room, room.admin, meeting, chair, chair),
        *({"answer": "coming"}, {"guest": str(uuid.uuid4()), "answer": "coming"}),
        {"seat": room.seats["toinen"]["chair"], "answer": "coming"},
    )

    assert [(f["code"], f["pointer"]) for f in refused.json()["errors"]] == [
        *(("repeated", "/answers/1/seat"), ("one-of-them", "/answers/2"), ("not-a-guest", "/answers/3/guest")),
        ("not-a-member", "/answers/4/seat"),
    ]
    assert [answer for *_, answer in invitees(room, meeting)] == [None] * 3


def test_guests_are_invited_and_answered_for(room: Room, member: Headers) -> None:
    meeting = room.plan(TOMORROW)["id"]
    office = {"fi": "Verkostokoordinaattori", "sv": None, "en": None}
    url = f"/v1/meetings/{meeting}/guests"

    asked = room.put(url, {"guests": [{"organisation": "jarjesto"}, {"organisation": "kaupunki", "office": office}]})

    assert asked.status_code == 200, asked.text
    first, second = asked.json()["invitees"]
    assert (first["organisation"]["slug"], first["office"], first["role"], first["seat"]) == ("jarjesto", *[None] * 3)
    assert (second["organisation"]["slug"], second["office"]) == ("kaupunki", office)
    entry = {"guest": second["guest"], "answer": "coming"}
    assert put(room, member, meeting, entry).json()["code"] == "not-your-seat"
    assert put(room, room.admin, meeting, entry).json()["invitees"][0]["answer"] == "coming"
    assert put(room, room.admin, meeting, entry | {"answer": "deputy"}).status_code == 422
    again = room.put(url, {"guests": [{"organisation": "kaupunki", "office": office}]}).json()["invitees"]
    assert [(guest["guest"], guest["answer"]) for guest in again] == [
        (first["guest"], None),
        (second["guest"], "coming"),
    ]
    assert invitees(room, meeting)[3:] == [(None, "jarjesto", None), (None, "kaupunki", "coming")]
    room.put(url, {"guests": [{"organisation": "jarjesto", "invited": False}]})
    assert invitees(room, meeting)[3:] == [(None, "kaupunki", "coming")]


def test_guests_are_organisations_that_there_are(room: Room) -> None:
    url = f"/v1/meetings/{room.plan(TOMORROW)['id']}/guests"

    refused = room.put(url, {"guests": [{"organisation": "jarjesto"}, {"organisation": "nowhere"}]})
    assert [f["pointer"] for f in refused.json()["errors"]] == ["/guests/1/organisation"]
    many = [{"organisation": "jarjesto", "office": {"fi": f"Toimisto {n}"}} for n in range(50)]
    assert len(room.put(url, {"guests": many}).json()["invitees"]) == 50
    full = room.put(url, {"guests": [{"organisation": "kaupunki"}]})
    assert [f["code"] for f in full.json()["errors"]] == ["too-many"]


def test_answers_go_with_a_seat_when_a_meeting_moves(room: Room, member: Headers, database: Database) -> None:
    seats, meeting = room.seats["ryhma"], room.plan(TOMORROW)
    put(room, member, meeting["id"], {"seat": seats["member"], "answer": "coming"})
    networks.end(database, seats["member"], TOMORROW + timedelta(days=1))

    room.patch(f"/v1/meetings/{meeting['id']}", {"local_start": f"{TOMORROW + timedelta(days=7)}T10:00"})
    assert invitees(room, meeting["id"]) == [("chair", "kaupunki", None), ("family", None, None)]
