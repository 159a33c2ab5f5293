"""What the permission walk asks of what goes on around meetings: invitations, agendas, proposals, minutes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete

from app.core import clock, rows
from app.core.database import Command, Work
from app.meetings.models.meetings import Meeting
from app.meetings.models.proposals import TopicProposal
from app.meetings.models.standing_items import StandingItem
from app.meetings.schemas.minutes import MinutesWrite
from app.meetings.service import agenda, minutes
from app.networks.models import NetworkSteering
from tests.meetings.permissions import FIRST, NOT_THERE, READ, WRITE, Request, plan

TAKES: dict[str, tuple[str, ...]] = {
    "inviteGuests": WRITE,
    "carryOverAgendaItem": WRITE,
    "escalateAgendaItem": WRITE,
    "answerAgendaItem": WRITE,
    "listStandingItems": READ,
    "addStandingItem": WRITE,
    "readStandingItem": READ,
    "changeStandingItem": WRITE,
    "removeStandingItem": WRITE,
    "takeTopicProposal": WRITE,
    "declineTopicProposal": WRITE,
    "draftMinutes": WRITE,
    "changeMinutes": WRITE,
    "approveMinutes": WRITE,
    "listMinutesRevisions": READ,
}
HERE = "/v1/networks/network-here"
TEST = Command("test")
TEXT, EXTRACT = "Sisäistä keskustelua", "Mitä päätettiin"


def settle(world: Any, session: Work) -> None:
    """Let the network here be steered by the one in Savonlinna; of two meetings here, public, one has its minutes."""
    session.add(NetworkSteering(network_id=world.ids["network-here"], steered_by_id=world.ids["network-far"]))
    for name in ("told", "drafted"):
        meeting = _meeting(world, session)
        world.ids[f"minutes-{name}"] = meeting.id
        drafted = minutes.draft(session, meeting, MinutesWrite(text=TEXT, public_extract=EXTRACT))
        if name == "told":
            minutes.approve(session, drafted)


def _meeting(world: Any, session: Work, first: date = date(2003, 1, 1), **other: Any) -> Meeting:
    """A meeting here on a day after ``first``, at a time when nobody else meets."""
    day = first + timedelta(days=world.next())
    hour = 15 if first.year == 2003 else 16
    return plan(session, day, network="network-here", local_start=f"{day}T{hour}:00", **other)


def _asking(path: str, method: str = "GET", body: Any = None) -> Callable[[Any, str], Request]:
    """A request for a new meeting here, soon."""

    def request(world: Any, caller: str) -> Request:
        with world.database.writing(TEST) as session:
            id = _meeting(world, session, clock.today()).id
        return method, f"/v1/meetings/{id}{path}", {"json": body(world)} if body else {}

    return request


def _seat_coming(world: Any) -> Any:
    return {"answers": [{"seat": str(world.ids["seat-network-here"]), "answer": "coming"}]}


def _matter(session: Work, meeting: Meeting, **other: Any) -> Any:
    return agenda.put(session, meeting, {"title": "Asia", "themes": [], "is_public": True, **other})


def _carry_over(world: Any, caller: str) -> Request:
    with world.database.writing(TEST) as session:
        item, to = _matter(session, _meeting(world, session)), _meeting(world, session).id
    return "POST", f"/v1/agenda-items/{item.id}/carry-over", {"json": {"to": str(to)}, "headers": FIRST}


def _escalate(world: Any, caller: str) -> Request:
    with world.database.writing(TEST) as session:
        item = _matter(session, _meeting(world, session))
    return "POST", f"/v1/agenda-items/{item.id}/escalate", {"json": {"to": "network-far"}}


def _answer(world: Any, caller: str) -> Request:
    with world.database.writing(TEST) as session:
        first = _matter(session, _meeting(world, session))
        item = _matter(session, _meeting(world, session), escalated_from_id=first.id)
    return "POST", f"/v1/agenda-items/{item.id}/answer", {"json": {"text": "Sovittu"}, "headers": FIRST}


def _of_standing(method: str, body: Any = None) -> Callable[[Any, str], Request]:
    def request(world: Any, caller: str) -> Request:
        with world.database.writing(TEST) as session:
            session.execute(delete(StandingItem))  # so that they do not become too many
            item = StandingItem(network_id=world.ids["network-here"], position=1, title="Avaus", themes=[])
            rows.add(session, item)
        return method, f"/v1/standing-items/{item.id}", _options(method, body)

    return request


def _add_standing(world: Any, caller: str) -> Request:
    with world.database.writing(TEST) as session:
        session.execute(delete(StandingItem))
    return "POST", f"{HERE}/standing-items", {"json": {"title": "Avaus"}}


def _of_proposal(method: str, verb: str = "", body: Any = None) -> Callable[[Any, str], Request]:
    def request(world: Any, caller: str) -> Request:
        with world.database.writing(TEST) as session:
            network_id = world.ids["network-here"]
            proposal = rows.add(session, TopicProposal(network_id=network_id, title="Aihe", themes=[]))
            given = body or {"meeting": str(_meeting(world, session).id)}
        return method, f"/v1/topic-proposals/{proposal.id}{verb}", _options(method, given)

    return request


def _of_minutes(method: str, verb: str = "", body: Any = None) -> Callable[[Any, str], Request]:
    def request(world: Any, caller: str) -> Request:
        with world.database.writing(TEST) as session:
            meeting = _meeting(world, session)
            minutes.draft(session, meeting, MinutesWrite(text=TEXT))
        return method, f"/v1/meetings/{meeting.id}/minutes{verb}", _options(method, body)

    return request


def _options(method: str, body: Any) -> dict[str, Any]:
    return {} if method == "GET" else {"headers": FIRST} | ({"json": body} if body and method != "DELETE" else {})


def _get(path: str, name: str = "") -> Callable[[Any, str], Request]:
    return lambda world, caller: ("GET", path.format(world.ids.get(name)), {})


REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "listInvitees": _asking("/invitees"),
    "recordAnswers": _asking("/answers", "PUT", _seat_coming),
    "inviteGuests": _asking("/guests", "PUT", lambda world: {"guests": [{"organisation": "org-of-network-here"}]}),
    "carryOverAgendaItem": _carry_over,
    "escalateAgendaItem": _escalate,
    "answerAgendaItem": _answer,
    "listStandingItems": _get(f"{HERE}/standing-items"),
    "addStandingItem": _add_standing,
    "readStandingItem": _of_standing("GET"),
    "changeStandingItem": _of_standing("PATCH", {"title": "Alku"}),
    "removeStandingItem": _of_standing("DELETE"),
    "listTopicProposals": _get(f"{HERE}/topic-proposals"),
    "proposeTopic": lambda world, caller: ("POST", f"{HERE}/topic-proposals", {"json": {"title": "Aihe"}}),
    "readTopicProposal": _of_proposal("GET"),
    "takeTopicProposal": _of_proposal("POST", "/take"),
    "declineTopicProposal": _of_proposal("POST", "/decline", {"reason": "Ei nyt"}),
    "readMinutes": _get("/v1/meetings/{}/minutes", "minutes-told"),
    "draftMinutes": _asking("/minutes", "POST", lambda world: {"text": TEXT}),
    "changeMinutes": _of_minutes("PATCH", body={"text": "Toisin"}),
    "approveMinutes": _of_minutes("POST", "/approve"),
    "listMinutesRevisions": _get("/v1/meetings/{}/minutes/revisions", "minutes-told"),
}


def _minutes(caller: str, name: str) -> Callable[[Any], Any]:
    """What a caller sees of minutes: their text and extract, or how they are refused."""

    def ask(world: Any) -> Any:
        answer = world.ask(
            caller, _get("/v1/meetings/{}/minutes", f"minutes-{name}")(world, caller), "listMinutesRevisions"
        )
        body = answer.json()
        return (body["text"], body["public_extract"]) if answer.is_success else (answer.status_code, body["code"])

    return ask


def _answers_shown(caller: str) -> Callable[[Any], Any]:
    """What a caller sees of the answer to a matter that everybody may read."""

    def ask(world: Any) -> Any:
        with world.database.writing(TEST) as session:
            first = _matter(session, _meeting(world, session))
            told = {"escalated_from_id": first.id, "answer": "Sovittu", "answered_at": clock.now()}
            _matter(session, _meeting(world, session), **told)
        return [
            each["text"]
            for each in world.read(caller, f"/v1/agenda-items/{first.id}", "listMinutesRevisions")["answers"]
        ]

    return ask


def _hidden_answering(caller: str) -> Callable[[Any], Any]:
    def ask(world: Any) -> Any:
        with world.database.writing(TEST) as session:
            id = _meeting(world, session, clock.today(), is_public=False).id
        return world.told(caller, ("PUT", f"/v1/meetings/{id}/answers", {"json": _seat_coming(world)}))

    return ask


CHECKS: dict[str, Any] = {  # sentence -> ((world) -> what it is, what it should be)
    "strangers read the extract of approved minutes": (_minutes("anonymous", "told"), (None, EXTRACT)),
    "strangers see no draft of minutes": (_minutes("anonymous", "drafted"), NOT_THERE),
    "a lead elsewhere sees no draft of minutes": (_minutes("lead_far", "drafted"), NOT_THERE),
    "a lead reads the draft of their network": (_minutes("lead_here", "drafted"), (TEXT, EXTRACT)),
    "strangers do not see what a steering network answered": (_answers_shown("anonymous"), []),
    "a lead sees what a steering network answered": (_answers_shown("lead_here"), ["Sovittu"]),
    "nobody without a seat answers an invitation to a hidden meeting": (_hidden_answering("lead_far"), NOT_THERE),
    "a reader answers for no seat at a hidden meeting": (_hidden_answering("reader"), (403, "not-your-seat")),
}
