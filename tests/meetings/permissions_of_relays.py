"""What the permission walk asks of relays, status reports and draft documents.

``network-here`` is steered by ``network-far``, so that it can tell it something.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import User
from app.accounts.service.grants import OPERATOR
from app.core.database import Command, Work
from app.meetings.queries.decisions import RELAY
from app.meetings.schemas.decisions import DecisionWrite
from app.meetings.schemas.draft_documents import DraftDocumentWrite
from app.meetings.schemas.meetings import MeetingWrite
from app.meetings.schemas.status_reports import StatusReportDelivery, StatusReportWrite
from app.meetings.service import decisions, draft_documents, meetings, status_reports
from app.networks.models import Seat
from app.organisations.models import Person

Request = tuple[str, str, dict[str, Any]]
READ, WRITE = ("meetings:read",), ("meetings:write",)
TAKES: dict[str, tuple[str, ...]] = {
    "draftStatusReport": WRITE,
    "changeStatusReport": WRITE,
    "removeStatusReport": WRITE,
    "deliverStatusReport": WRITE,
    "listDraftDocuments": READ,
    "addDraftDocument": WRITE,
    "readDraftDocument": READ,
    "changeDraftDocument": WRITE,
    "removeDraftDocument": WRITE,
    "handleDraftDocument": WRITE,
    "decideDraftDocument": WRITE,
}
FIRST = {"If-Match": '"v1"'}
HERE, FAR = "network-here", "network-far"
SINCE = datetime(2026, 1, 10)  # noqa: DTZ001 - as the wall shows it; all organisations have their seats then
REPORT = {"from_network": HERE, "to_network": FAR, "kind": "status", "period": "2001", "text": "Tilanne"}
DOCUMENT = {
    "network": HERE,
    "title": "Asiakirja",
    "decided_by": "org-of-network-here",
    "to_be_decided_on": "2001-05-01",
}


def settle(world: Any, session: Work) -> None:
    """Make what the requests act on, and tell ``world.ids`` of it."""
    session.flush()
    for name in ("here", "far", "elsewhere"):
        world.ids[f"relay-{name}"] = _relay(world, session, f"network-{name}")
    world.ids["held"] = meetings.hold(session, _meet(world, session, HERE)).id
    world.ids["report"] = _report(session, delivered=True, is_public=True)
    world.ids["kept"] = _report(session, delivered=True)
    world.ids["draft"] = _document(session)


def _meet(world: Any, session: Work, network: str) -> Any:
    start = (SINCE + timedelta(minutes=world.next())).isoformat(timespec="minutes")
    body = {"network": network, "mode": "live", "local_start": start, "duration_minutes": 60}
    return meetings.plan(session, MeetingWrite.model_validate(body), OPERATOR)


def _relay(world: Any, session: Work, network: str) -> UUID:
    meeting = _meet(world, session, network)
    decision = decisions.record(session, meeting, DecisionWrite(text=network, to_be_carried=True))
    return session.scalars(select(RELAY.id).where(RELAY.decision_id == decision.id)).one()


def _report(session: Work, *, delivered: bool = False, **other: Any) -> UUID:
    made = status_reports.draft(session, StatusReportWrite.model_validate(REPORT | other), OPERATOR)
    if delivered:
        status_reports.deliver(session, made, StatusReportDelivery())
    return made.id


def _document(session: Work) -> UUID:
    return draft_documents.add(session, DraftDocumentWrite.model_validate(DOCUMENT), OPERATOR).id


def _get(path: str, *names: str) -> Callable[[Any, str], Request]:
    return lambda world, caller: ("GET", path.format(*(world.ids[name] for name in names)), {})


def _post(path: str, body: Any) -> Callable[[Any, str], Request]:
    return lambda world, caller: ("POST", path, {"json": body})


def _carry(world: Any, caller: str) -> Request:
    with world.database.writing(Command("test")) as session:
        relay = _relay(world, session, HERE)
    return "POST", f"/v1/relays/{relay}/carry", {"json": {}, "headers": FIRST}


def _of_report(method: str, path: str = "", body: Any = None) -> Callable[[Any, str], Request]:
    """A request for a draft of a report that is made for it."""

    def request(world: Any, caller: str) -> Request:
        with world.database.writing(Command("test")) as session:
            url = f"/v1/status-reports/{_report(session)}{path}"
        return method, url, {"headers": FIRST} | ({"json": body} if body is not None else {})

    return request


def _of_document(method: str, path: str = "", body: Any = None) -> Callable[[Any, str], Request]:
    """A request for a document that is made for it; ``held`` in a body is the meeting of that name."""

    def request(world: Any, caller: str) -> Request:
        with world.database.writing(Command("test")) as session:
            url = f"/v1/draft-documents/{_document(session)}{path}"
        named = {key: str(world.ids[value]) if value == "held" else value for key, value in (body or {}).items()}
        return method, url, {"headers": FIRST} | ({"json": named} if body else {})

    return request


REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "listRelays": _get("/v1/relays"),
    "readRelay": _get("/v1/relays/{}", "relay-here"),
    "carryRelay": _carry,
    "listStatusReports": _get("/v1/status-reports"),
    "draftStatusReport": _post("/v1/status-reports", REPORT),
    "readStatusReport": _get("/v1/status-reports/{}", "report"),
    "changeStatusReport": _of_report("PATCH", "", {"text": "Toisin"}),
    "removeStatusReport": _of_report("DELETE"),
    "deliverStatusReport": _of_report("POST", "/deliver", {}),
    "listDraftDocuments": _get("/v1/draft-documents"),
    "addDraftDocument": _post("/v1/draft-documents", DOCUMENT),
    "readDraftDocument": _get("/v1/draft-documents/{}", "draft"),
    "changeDraftDocument": _of_document("PATCH", "", {"title": "Toisin"}),
    "removeDraftDocument": _of_document("DELETE"),
    "handleDraftDocument": _of_document("POST", "/handle", {"meeting": "held"}),
    "decideDraftDocument": _of_document("POST", "/decide", {"decided_on": "2001-05-01"}),
}


def _relays(caller: str, operation: str = "listDecisions") -> Callable[[Any], list[str]]:
    """The networks whose relays a caller sees."""

    def ask(world: Any) -> list[str]:
        found = world.read(caller, "/v1/relays?limit=200", operation)["items"]
        return sorted({relay["network"]["slug"] for relay in found})

    return ask


def _told(caller: str, request: Callable[[Any, str], Request], operation: str = "") -> Callable[[Any], Any]:
    return lambda world: world.told(caller, request(world, caller), operation)


def _seated(request: Callable[[Any, str], Request]) -> Callable[[Any], Any]:
    """What somebody is told who sits for the organisation here, and has no grant."""

    def ask(world: Any) -> Any:
        user_id, _ = world.person(None)
        with world.database.writing(Command("test")) as session:
            seat = session.get_one(Seat, world.ids["seat-network-here"])
            session.get_one(Person, seat.person_id).user_id = session.get_one(User, user_id).id
        answer = world.send(world.sign_in(user_id)[0], request(world, ""))
        return answer.status_code

    return ask


NOT_THERE = (404, "no-such-thing")
COUNTY = [FAR, HERE]
CHECKS: dict[str, Any] = {  # sentence -> ((world) -> what it is, what it should be)
    "a lead sees the relays of their network": (_relays("lead_here"), [HERE]),
    "a coordinator sees the relays of the county": (_relays("coordinator_here"), COUNTY),
    "a contact person of a place sees no relay of the municipality": (_relays("contact_here"), []),
    "a machine sees the relays where it may read": (_relays("machine_everywhere"), ["network-elsewhere", *COUNTY]),
    "a machine without the scope sees no relay": (_relays("machine_everywhere", "listVisits"), []),
    "who reads it and does not sit for it is told so": (_told("reader", _carry), (403, "not-your-organisation")),
    "who sits for the organisation carries for it": (_seated(_carry), 200),
    "a report that is not public is not there for strangers": (
        _told("anonymous", _get("/v1/status-reports/{}", "kept")),
        NOT_THERE,
    ),
    "nor for who has no right to meetings": (_told("recorder_here", _get("/v1/status-reports/{}", "kept")), NOT_THERE),
    "it is there for the sender": (_told("lead_here", _get("/v1/status-reports/{}", "kept")), 200),
    "it is there for the receiver": (_told("lead_far", _get("/v1/status-reports/{}", "kept")), 200),
    "the receiver does not change it": (_told("lead_far", REQUESTS["changeStatusReport"]), (403, "out-of-reach")),
    "a document is not there for another network": (_told("lead_far", REQUESTS["readDraftDocument"]), NOT_THERE),
}
