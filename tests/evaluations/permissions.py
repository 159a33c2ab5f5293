"""What the permission walk asks of evaluations: its things, its requests, and what each of these takes."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.service.grants import OPERATOR
from app.areas.models import Area
from app.core import rows
from app.core.database import Command, Work
from app.evaluations.queries import SET
from app.evaluations.schemas import CriteriaSetSpec, EvaluationWrite
from app.evaluations.service import criteria, evaluations
from app.organisations.models import Organisation
from app.organisations.queries import PERSON

Request = tuple[str, str, dict[str, Any]]
READ, WRITE = ("evaluations:read",), ("evaluations:write",)
TAKES: dict[str, tuple[str, ...]] = {
    "listEvaluations": READ,
    "recordEvaluation": WRITE,
    "readEvaluation": READ,
    "changeEvaluation": WRITE,
    "removeEvaluation": WRITE,
}
FIRST = {"If-Match": '"v1"'}
YEAR = 2001
BY_FAR = {"kind": "peer", "peer_place": "tikantanssi"}
# Of the year 2001: by Koppa of itself, by Tikantanssi of Koppa and of itself, and two of others.
LISTED: dict[str, dict[str, Any]] = {
    "own-here": {"place": "koppa"},
    "peer-here": {"place": "koppa", **BY_FAR},
    "shared-far": {"place": "tikantanssi", "is_shared": True},
    "own-near": {"place": "near"},
    "shared-elsewhere": {"place": "elsewhere-place", "is_shared": True},
}


def settle(world: Any, session: Work) -> None:
    """Make what the requests act on, and tell ``world.ids`` of it."""
    _set(session, "walk", "county-12", "elsewhere")
    world.ids["set"] = session.scalar(select(SET.id).where(SET.code == "walk").limit(1))
    for name, body in LISTED.items():
        world.ids[name] = _record(session, {"criteria_set": "walk", **body})
    employer = rows.find(session, Organisation, "org-of-network-here").id
    world.ids["evaluator"] = session.scalar(select(PERSON.id).where(PERSON.organisation_id == employer))
    world.ids["named"] = _record(session, {"criteria_set": "walk", "year": 2002, "evaluators": [_evaluator(world)]})


def _set(session: Work, code: str, *counties: str) -> None:
    only = {"code": "only", "text": {"fi": "Ainoa"}}
    body = {"code": code, "edition": 1, "name": {"fi": code}, "scale": {"min": 1, "max": 4}, "criteria": [only]}
    for county in counties:
        criteria.load_sets(session, rows.find(session, Area, county).id, [CriteriaSetSpec.model_validate(body)])


def _record(session: Work, body: dict[str, Any]) -> UUID:
    write = EvaluationWrite.model_validate({"place": "koppa", "year": YEAR, "kind": "self"} | body)
    return evaluations.record(session, write, OPERATOR).id


def _evaluator(world: Any) -> dict[str, Any]:
    return {"organisation": "org-of-network-here", "person": str(world.ids["evaluator"])}


def _new_set(world: Any) -> str:
    """A set by which nothing was judged."""
    code = f"walk-{world.next()}"
    with world.database.writing(Command("test")) as session:
        _set(session, code, "county-12")
    return code


def _recording(**other: Any) -> Callable[[Any, str], Request]:
    """A request that records an evaluation of Koppa."""

    def request(world: Any, caller: str) -> Request:
        body = {"place": "koppa", "year": 2003, "kind": "self", "criteria_set": _new_set(world), **other}
        return "POST", "/v1/evaluations", {"json": body}

    return request


def _naming(world: Any, caller: str) -> Request:
    return _recording(evaluators=[_evaluator(world)])(world, caller)


def _of_one(method: str, patch: Any = None, **other: Any) -> Callable[[Any, str], Request]:
    """A request for an evaluation that is made for it."""

    def request(world: Any, caller: str) -> Request:
        code = _new_set(world)
        with world.database.writing(Command("test")) as session:
            id = _record(session, {"year": 2003, "criteria_set": code, **other})
        return method, f"/v1/evaluations/{id}", {"headers": FIRST} | ({"json": patch} if patch is not None else {})

    return request


def _get(path: str, *names: str) -> Callable[[Any, str], Request]:
    return lambda world, caller: ("GET", path.format(*(world.ids[name] for name in names)), {})


REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "listCriteriaSets": _get("/v1/criteria-sets"),
    "readCriteriaSet": _get("/v1/criteria-sets/{}", "set"),
    "listEvaluations": _get("/v1/evaluations"),
    "recordEvaluation": _recording(),
    "readEvaluation": _get("/v1/evaluations/{}", "own-here"),
    "changeEvaluation": _of_one("PATCH", {"is_shared": True}),
    "removeEvaluation": _of_one("DELETE"),
}


def _listed(caller: str) -> Callable[[Any], list[str]]:
    """The evaluations of 2001 that a caller sees in the list, by name."""

    def ask(world: Any) -> list[str]:
        names = {str(world.ids[name]): name for name in LISTED}
        found = world.read(caller, f"/v1/evaluations?year={YEAR}", "listEvaluations")["items"]
        return sorted(names[evaluation["id"]] for evaluation in found)

    return ask


def _told(caller: str, request: Callable[[Any, str], Request], operation: str = "") -> Callable[[Any], Any]:
    return lambda world: world.told(caller, request(world, caller), operation)


def _names(caller: str) -> Callable[[Any], Any]:
    """The names of those who judged, as a caller sees them."""

    def ask(world: Any) -> Any:
        found = world.read(caller, f"/v1/evaluations/{world.ids['named']}", "readEvaluation")["evaluators"]
        return [evaluator["person"] and evaluator["person"]["name"] for evaluator in found]

    return ask


NOT_HERE = (403, "out-of-reach")
NOT_THERE = (404, "no-such-thing")
FINAL = {"state": "final", "scores": [{"criterion": "only", "value": 1}]}
CHANGE_OF_PEERS = _of_one("PATCH", {"findings": [{"kind": "strength", "text": "Lämmin"}]}, **BY_FAR)
SHARING_OF_PEERS = _of_one("PATCH", {"is_shared": True}, **BY_FAR)
CHANGE_OF_FINAL = _of_one("PATCH", {"is_shared": True}, **FINAL)

CHECKS: dict[str, Any] = {  # sentence -> ((world) -> what it is, what it should be)
    "a contact person sees the evaluations of their place, and what is shared in the county": (
        _listed("contact_here"),
        ["own-here", "peer-here", "shared-far"],
    ),
    "a contact person sees the evaluations that their place made": (
        _listed("contact_far"),
        ["peer-here", "shared-far"],
    ),
    "a contact person sees none of another place that is not shared": (
        _listed("contact_near"),
        ["own-near", "shared-far"],
    ),
    "a lead of a network sees what is shared in the county": (_listed("lead_here"), ["shared-far"]),
    "an administrator of a municipality sees the evaluations of its places": (
        _listed("admin_here"),
        ["own-here", "own-near", "peer-here", "shared-far"],
    ),
    "a coordinator sees the evaluations of the county": (
        _listed("coordinator_here"),
        ["own-here", "own-near", "peer-here", "shared-far"],
    ),
    "a coordinator elsewhere sees what is elsewhere": (_listed("coordinator_elsewhere"), ["shared-elsewhere"]),
    "a reader of everything sees all evaluations": (_listed("reader"), sorted(LISTED)),
    "a machine sees evaluations as its place does": (_listed("machine_here"), ["own-here", "peer-here", "shared-far"]),
    "what is shared is there for another place": (_told("contact_here", _get("/v1/evaluations/{}", "shared-far")), 200),
    "what is shared is not there for another county": (
        _told("coordinator_elsewhere", _get("/v1/evaluations/{}", "shared-far")),
        NOT_THERE,
    ),
    "peers see what they found": (_told("contact_far", _get("/v1/evaluations/{}", "peer-here")), 200),
    "what is shared is not changed by who sees it": (
        _told("contact_far", _of_one("PATCH", {"is_shared": False}, is_shared=True)),
        NOT_HERE,
    ),
    "hosts do not judge in the name of their peers": (_told("contact_here", _recording(**BY_FAR)), NOT_HERE),
    "those above the hosts alone do not either": (_told("admin_here", _recording(**BY_FAR)), NOT_HERE),
    "peers judge": (_told("contact_far", _recording(**BY_FAR)), 201),
    "those above both record what peers found": (_told("coordinator_here", _recording(**BY_FAR)), 201),
    "hosts do not change what their peers found": (_told("contact_here", CHANGE_OF_PEERS), NOT_HERE),
    "peers change what they found": (_told("contact_far", CHANGE_OF_PEERS), 200),
    "peers do not show the county what they found in another place": (
        _told("contact_far", SHARING_OF_PEERS),
        NOT_HERE,
    ),
    "those above both show it": (_told("coordinator_here", SHARING_OF_PEERS), 200),
    "hosts do not take away what their peers found": (_told("contact_here", _of_one("DELETE", **BY_FAR)), NOT_HERE),
    "peers take a draft away": (_told("contact_far", _of_one("DELETE", **BY_FAR)), 204),
    "peers do not hand an evaluation to others": (
        _told("contact_far", _of_one("PATCH", {"peer_place": "near"}, **BY_FAR)),
        NOT_HERE,
    ),
    "what is final is not changed by the place": (
        _told("contact_here", CHANGE_OF_FINAL),
        (409, "evaluation-is-final"),
    ),
    "what is final is not changed by the municipality": (
        _told("admin_here", CHANGE_OF_FINAL),
        (409, "evaluation-is-final"),
    ),
    "what is final is changed by the county": (_told("coordinator_here", CHANGE_OF_FINAL), 200),
    "who knows a person names them": (_told("coordinator_here", _naming), 201),
    "who does not know a person does not name them": (_told("contact_here", _naming), (422, "invalid")),
    "a coordinator sees who judged": (_names("coordinator_here"), ["Henkilö network-here"]),
    "a contact person sees which organisation judged": (_names("contact_here"), [None]),
    "a reader of everything sees which organisation judged": (_names("reader"), [None]),
}
