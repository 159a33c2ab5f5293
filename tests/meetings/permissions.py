"""What the permission walk asks of meetings: its things, its requests, and what each of these takes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.accounts.roles import EVERYTHING
from app.accounts.service.grants import OPERATOR
from app.core.database import Command, Work
from app.meetings.models.meetings import Meeting
from app.meetings.schemas.decisions import DecisionWrite
from app.meetings.schemas.meetings import MeetingWrite
from app.meetings.service import decisions, meetings

Request = tuple[str, str, dict[str, Any]]
READ, WRITE = ("meetings:read",), ("meetings:write",)
TAKES: dict[str, tuple[str, ...]] = {
    "planMeeting": WRITE,
    "changeMeeting": WRITE,
    "holdMeeting": WRITE,
    "cancelMeeting": WRITE,
    "addAgendaItem": WRITE,
    "changeAgendaItem": WRITE,
    "removeAgendaItem": WRITE,
    "listAttendances": READ,
    "recordAttendances": WRITE,
    "recordDecision": WRITE,
    "listDecisions": READ,
    "changeDecision": WRITE,
    "removeDecision": WRITE,
}
FIRST = {"If-Match": '"v1"'}
REMOTE = "https://kokous.example.org/walk"
# Of each network a meeting that everybody may know of and one that is hidden, in May of 2001.
LISTED = [f"{which}-{where}" for where in ("here", "far", "elsewhere") for which in ("shown", "hidden")]
MAY = "from=2001-05-01&to=2001-05-31"


def settle(world: Any, session: Work) -> None:
    """Make what the requests act on, and tell ``world.ids`` of it."""
    for day, name in enumerate(LISTED, 1):
        which, _, where = name.partition("-")
        on = date(2001, 5, day)
        planned = plan(session, on, network=f"network-{where}", title=name, is_public=which == "shown")
        world.ids[name] = planned.id
        decided = decisions.record(session, planned, DecisionWrite(text=name, is_public=which == "shown"))
        world.ids[f"decision-{name}"] = decided.id


def plan(session: Work, day: date, **other: Any) -> Meeting:
    """A meeting with a matter, public or not."""
    body = {
        "network": "network-here",
        "mode": "hybrid",
        "local_start": f"{day}T13:00",
        "duration_minutes": 60,
        "remote_url": REMOTE,
        "agenda": [{"title": "Asia", "is_public": other.get("is_public", True)}],
    }
    return meetings.plan(session, MeetingWrite.model_validate(body | other), OPERATOR)


def _day(world: Any) -> date:
    """A day on which nobody meets."""
    return date(2002, 1, 1) + timedelta(days=world.next())


def _made(world: Any, **other: Any) -> dict[str, Any]:
    """A new meeting here, as its planner sees it."""
    with world.database.writing(Command("test")) as session:
        return meetings.shown(session, plan(session, _day(world), **other), OPERATOR)


def _decided(world: Any, **other: Any) -> UUID:
    with world.database.writing(Command("test")) as session:
        planned = plan(session, _day(world), **other)
        return decisions.record(session, planned, DecisionWrite(text="Niin", is_public=planned.is_public)).id


def _get(path: str, *names: str) -> Callable[[Any, str], Request]:
    return lambda world, caller: ("GET", path.format(*(world.ids[name] for name in names)), {})


def _plan_one(world: Any, caller: str) -> Request:
    body = {"network": "network-here", "mode": "live", "local_start": f"{_day(world)}T09:00", "duration_minutes": 60}
    return "POST", "/v1/meetings", {"json": body}


def _of_meeting(
    method: str, path: str, body: Any = None, *, names_version: bool = False, **other: Any
) -> Callable[[Any, str], Request]:
    """A request for a meeting that is made for it."""

    def request(world: Any, caller: str) -> Request:
        options = ({"json": body} if body is not None else {}) | ({"headers": FIRST} if names_version else {})
        return method, f"/v1/meetings/{_made(world, **other)['id']}{path}", options

    return request


def _of_item(method: str, body: Any = None, **other: Any) -> Callable[[Any, str], Request]:
    """A request for a matter on an agenda that is made for it."""

    def request(world: Any, caller: str) -> Request:
        path = f"/v1/agenda-items/{_made(world, **other)['agenda'][0]['id']}"
        return method, path, {"headers": FIRST} | ({"json": body} if body is not None else {})

    return request


def _of_decision(method: str, body: Any = None, **other: Any) -> Callable[[Any, str], Request]:
    """A request for a decision that is made for it."""

    def request(world: Any, caller: str) -> Request:
        path = f"/v1/decisions/{_decided(world, **other)}"
        return method, path, {"headers": FIRST} | ({"json": body} if body is not None else {})

    return request


def _read_item(world: Any, caller: str) -> Request:
    return "GET", f"/v1/agenda-items/{_made(world)['agenda'][0]['id']}", {}


REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "listMeetings": _get("/v1/meetings"),
    "listMeetingsOfNetwork": _get("/v1/networks/network-here/meetings"),
    "planMeeting": _plan_one,
    "readMeeting": _get("/v1/meetings/{}", "shown-here"),
    "changeMeeting": _of_meeting("PATCH", "", {"title": "Uusi nimi"}, names_version=True),
    "holdMeeting": _of_meeting("POST", "/hold", names_version=True),
    "cancelMeeting": _of_meeting("POST", "/cancel", {"reason": "Sairastapaus"}, names_version=True),
    "addAgendaItem": _of_meeting("POST", "/agenda-items", {"title": "Lisäys"}),
    "readAgendaItem": _read_item,
    "changeAgendaItem": _of_item("PATCH", {"title": "Toisin"}),
    "removeAgendaItem": _of_item("DELETE"),
    "listAttendances": _get("/v1/meetings/{}/attendances", "shown-here"),
    "recordAttendances": _of_meeting("PUT", "/attendances", {"attendances": []}),
    "recordDecision": _of_meeting("POST", "/decisions", {"text": "Niin"}),
    "listDecisions": _get("/v1/decisions"),
    "readDecision": _get("/v1/decisions/{}", "decision-shown-here"),
    "changeDecision": _of_decision("PATCH", {"text": "Toisin"}),
    "removeDecision": _of_decision("DELETE"),
}


def _titles(caller: str, path: str = "/v1/meetings", *, with_address: bool = False) -> Callable[[Any], list[str]]:
    """Titles of the meetings of May 2001 that a caller sees, or of those whose remote address they see."""

    def ask(world: Any) -> list[str]:
        found = world.read(caller, f"{path}?{MAY}", "listDecisions")["items"]
        return [meeting["title"] for meeting in found if not with_address or meeting["remote_url"] == REMOTE]

    return ask


def _decisions(caller: str) -> Callable[[Any], list[str]]:
    def ask(world: Any) -> list[str]:
        return [decision["text"] for decision in world.read(caller, f"/v1/decisions?{MAY}", "listDecisions")["items"]]

    return ask


def _told(caller: str, request: Callable[[Any, str], Request], operation: str = "") -> Callable[[Any], Any]:
    return lambda world: world.told(caller, request(world, caller), operation)


def _inner(caller: str, name: str) -> Callable[[Any], Any]:
    """What a caller sees of a meeting: its remote address, how many matters and decisions."""

    def ask(world: Any) -> Any:
        meeting = world.read(caller, f"/v1/meetings/{world.ids[name]}", "listDecisions")
        return meeting["remote_url"], len(meeting["agenda"]), len(meeting["decisions"])

    return ask


def _about(name: str) -> Callable[[Any, str], Request]:
    def request(world: Any, caller: str) -> Request:
        about = {"kind": "meeting", "id": str(world.ids[name])}
        return "POST", f"/v1/meetings/{_made(world)['id']}/agenda-items", {"json": {"title": "Asia", "about": about}}

    return request


def _address_shown_to_who_only_writes(world: Any) -> Any:
    _, known = world.machine(["meetings:write"], EVERYTHING)
    return world.send(known, REQUESTS["changeMeeting"](world, "")).json()["remote_url"]


def _matter_shown_to_who_only_writes(world: Any) -> Any:
    _, known = world.machine(["meetings:write"], EVERYTHING)
    return world.send(known, _about("shown-here")(world, "")).json()["about"]


HIDDEN: dict[str, Any] = {
    "changeMeeting": _of_meeting("PATCH", "", {"title": "X"}, names_version=True, is_public=False),
    "listAttendances": _get("/v1/meetings/{}/attendances", "hidden-here"),
    "changeAgendaItem": _of_item("PATCH", {"title": "Toisin"}, is_public=False),
    "readDecision": _get("/v1/decisions/{}", "decision-hidden-here"),
    "removeDecision": _of_decision("DELETE", is_public=False),
}
NOT_THERE = (404, "no-such-thing")
SHOWN = ["shown-here", "shown-far", "shown-elsewhere"]
HERE = ["shown-here", "hidden-here"]
COUNTY = [*HERE, "shown-far", "hidden-far"]

CHECKS: dict[str, Any] = {  # sentence -> ((world) -> what it is, what it should be)
    "strangers see the meetings that are public": (_titles("anonymous"), SHOWN),
    "strangers see no remote address": (_titles("anonymous", with_address=True), []),
    "who has no right to meetings sees what strangers see": (_titles("recorder_here"), SHOWN),
    "a lead sees the hidden meetings of their network": (_titles("lead_here"), [*HERE, *SHOWN[1:]]),
    "a lead sees the remote addresses of their network": (_titles("lead_here", with_address=True), HERE),
    "a coordinator sees the hidden meetings of the county": (_titles("coordinator_here"), [*COUNTY, SHOWN[2]]),
    "a coordinator sees the remote addresses of the county": (_titles("coordinator_here", with_address=True), COUNTY),
    "a reader of everything sees all meetings": (_titles("reader", with_address=True), LISTED),
    "a contact person of a place sees no hidden meeting of the municipality": (_titles("contact_here"), SHOWN),
    "strangers see the public meetings of a network": (
        _titles("anonymous", "/v1/networks/network-here/meetings"),
        HERE[:1],
    ),
    "a lead sees all meetings of their network": (_titles("lead_here", "/v1/networks/network-here/meetings"), HERE),
    "a lead of another network sees its public meetings": (
        _titles("lead_far", "/v1/networks/network-here/meetings"),
        HERE[:1],
    ),
    "a hidden meeting is not there for strangers": (
        _told("anonymous", _get("/v1/meetings/{}", "hidden-here")),
        NOT_THERE,
    ),
    "a hidden meeting is not there for other networks": (
        _told("lead_far", _get("/v1/meetings/{}", "hidden-here")),
        NOT_THERE,
    ),
    "a hidden meeting is there for its network": (_inner("lead_here", "hidden-here"), (REMOTE, 1, 1)),
    "a hidden matter is not there for strangers": (
        lambda world: world.told(
            "anonymous", ("GET", f"/v1/agenda-items/{_made(world, is_public=False)['agenda'][0]['id']}", {})
        ),
        NOT_THERE,
    ),
    "strangers see no remote address of a meeting": (_inner("anonymous", "shown-here"), (None, 1, 1)),
    "a lead sees the decisions of their network": (_decisions("lead_here"), HERE),
    "a coordinator sees the decisions of the county": (_decisions("coordinator_here"), COUNTY),
    "a contact person of a place sees no decision of the municipality": (_decisions("contact_here"), []),
    "a machine sees the decisions where it may read": (_decisions("machine_everywhere"), LISTED),
    **{
        f"what is hidden is not there for who would {operation} without the right": (
            _told("recorder_here", request, operation),
            NOT_THERE,
        )
        for operation, request in HIDDEN.items()
    },
    **{
        f"what is hidden is not there for a lead elsewhere who would {operation}": (
            _told("lead_far", request, operation),
            NOT_THERE,
        )
        for operation, request in HIDDEN.items()
    },
    "what is hidden is there for who may read, and not change it": (
        _told("reader", HIDDEN["changeMeeting"], "changeMeeting"),
        (403, "scope-missing"),
    ),
    "a hidden meeting is changed by its lead": (_told("lead_here", HIDDEN["changeMeeting"]), 200),
    "a matter is about a meeting that one may know of": (_told("lead_here", _about("shown-far")), 201),
    "a matter is not about a meeting that one may not know of": (
        _told("lead_here", _about("hidden-far")),
        (422, "invalid"),
    ),
    "who may only write sees no remote address": (_address_shown_to_who_only_writes, None),
    "who may only write sees not what a matter is about": (_matter_shown_to_who_only_writes, None),
}
