"""The OpenAPI document: what the rooms state, with what holds for every operation added once."""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import yaml
from fastapi.openapi.utils import get_openapi
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute

from app import __version__
from app.accounts.roles import EVERYTHING
from app.core import idempotency
from app.core.language import ASKABLE
from app.core.needs import Need
from app.core.problems import MEDIA_TYPE, Problem, answers
from app.core.route import Route

ABOUT: dict[str, Any] = {
    "title": "Perhekeskus",
    "version": __version__,
    "summary": "The open backend of family-centre networks.",
    "description": (
        "Areas, meeting places, visit statistics and indicators of family-centre networks.\n\n"
        "* Reads marked public need no token. Others: **Authorize** above, with an e-mail address and a password. "
        "Machines send their token (`phk_…`) in the same header: `Authorization: Bearer phk_…`.\n"
        "* A scope holds on a thing and all below it: on a place, an area, everything. `/v1/me` shows yours.\n"
        "* Lists come in pages: send `next` back as `cursor`. Names have `fi`, and `sv` and `en` where known.\n"
        '* Changes need `If-Match` with the `ETag` that you read; `"v3"` alone is enough.\n'
        '* Bodies are I-JSON (RFC 7493). Unknown fields and parameters are refused, `"5"` is not a number.\n'
        "* A creation or an import can be sent again without being done again: give it an `Idempotency-Key`.\n"
        "* Every refusal is a problem document (RFC 9457): `code` is stable, `errors` names each place.\n"
        "* Each class of requests has a limit a minute; `RateLimit` tells in each answer how many are left, and an "
        "answer 304 (`If-None-Match`) is free.\n"
        "* `lang=fi|en` or `Accept-Language` choose the language of messages."
    ),
    "contact": {"name": "Maintainers of Perhekeskus"},
    "servers": [{"url": "/", "description": "This server"}],
    "openapi_tags": [
        {"name": "start", "description": "What there is."},
        {"name": "access", "description": "Signing in, who may do what and where, tokens of machines."},
        {"name": "audit", "description": "Who changed what."},
        {"name": "areas", "description": "Municipalities, family-centre areas, counties; with validity."},
        {
            "name": "organisations",
            "description": "Who takes part in the work: municipalities, associations, parishes...",
        },
        {"name": "persons", "description": "The few persons whom networks name: never public."},
        {"name": "meeting places", "description": "Open meeting places of families."},
        {"name": "networks", "description": "Networks, who steers them, and who sits in them."},
        {"name": "meetings", "description": "Meetings of networks: agenda, attendance, decisions."},
        {"name": "year clocks", "description": "The course of a year in networks: windows with their topics."},
        {"name": "early support", "description": "Forms of early support, and who gives them."},
        {"name": "materials", "description": "Things to read and use; documents that are reviewed again and again."},
        {"name": "plans", "description": "Action plans: goals, measures, rules, and how the goals go."},
        {"name": "evaluations", "description": "Places judged by themselves and by each other, and by which criteria."},
        {"name": "visit statistics", "description": "What was counted, day by day, and its totals."},
        {"name": "indicators", "description": "Indicators and their series."},
        {"name": "imports", "description": "Files in."},
        {"name": "calendars", "description": "Meetings for calendar applications (iCalendar)."},
    ],
}
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader  # eight times as fast
REFUSED = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
LANGUAGE = {
    "name": "lang",
    "in": "query",
    "required": False,
    "description": "Language of messages; wins over Accept-Language. Until there is Swedish, `sv` gets Finnish.",
    "schema": {"type": "string", "enum": list(ASKABLE)},
}
KEY = {
    "name": idempotency.HEADER,
    "in": "header",
    "required": False,
    "description": (
        "A key of your own, such as a UUID. The same request with the same key within 24 hours is done once and "
        "answered alike; from the second time on with `Idempotency-Replayed: true`."
    ),
    "schema": {"type": "string", "pattern": idempotency.FORM},
}
ALWAYS = {
    405: "This address does not take this method; `Allow` names those that it takes.",
    422: "Unknown or unacceptable values; `errors` names each.",
    429: "Too many requests within a minute; `Retry-After` says when to try again.",
    500: "Something broke on our side.",
    503: "The database does not answer now; `Retry-After` says when to try again.",
}
GOOD = {"200": "Done.", "201": "Made.", "204": "Done; there is nothing to show."}
WITH_BODY = {
    400: "The body can't be read.",
    413: "The body is too large.",
    415: "The body is of another media type.",
}


def document_of(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The whole contract: what these routes state, completed."""
    about = {"tags" if name == "openapi_tags" else name: told for name, told in ABOUT.items()}
    document = get_openapi(openapi_version="3.1.0", routes=routes, **about)
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas |= {**problem.pop("$defs"), "Problem": problem}
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    ours = {
        c.operation_id: c.original_route for c in iter_route_contexts(routes) if isinstance(c.original_route, Route)
    }
    examples = _examples()
    for path in document["paths"].values():
        for method, operation in path.items():
            _say(operation)
            route = ours[operation["operationId"]]
            _complete(operation, method, route.need)
            if route.takes_key:
                _take_key(operation)
            _exemplify(operation, examples.get(operation["operationId"], {}))
    _tidy(document)
    return document


def _complete(operation: dict[str, Any], method: str, need: Need) -> None:
    responses = operation["responses"]
    told = dict(ALWAYS)
    if "requestBody" in operation:
        told |= WITH_BODY
    if method != "get":
        told[507] = "There is no room to store more."
    if need.kind == "public":
        operation["security"] = [{}, {"password": []}]
        told[401] = "A token was sent, and it is not valid now."
        operation["description"] += "\n\n**Public**: no token is needed."
    elif need.kind == "scope":
        operation["security"] = [{"password": [need.scope]}]
        where = f" on {_place(need.at)}" if need.at else ""
        refused = f"The caller lacks the scope `{need.scope}`{where}."
        before = responses.get("403", {}).get("description")
        told[401] = "No token that is valid now."
        responses["403"] = {"description": f"{refused} Or: {before}" if before else refused}
        operation["description"] += f"\n\nNeeds the scope `{need.scope}`{where}."
    elif need.kind == "self":
        operation["security"] = [{"password": []}]
        told[401] = "No token that is valid now."
    else:
        operation["security"] = []
    if method == "get":
        responses.setdefault("304", {"description": "You have this already (If-None-Match)."})
    for status, description in told.items():
        if status == 422 or str(status) not in responses:
            responses[str(status)] = {"description": description}
    for status, response in responses.items():
        if int(status) >= 400:
            response["content"] = REFUSED
    operation["responses"] = dict(sorted(responses.items()))
    operation.setdefault("parameters", []).append(LANGUAGE)


def _place(at: str) -> str:
    return at if at == EVERYTHING else f"the {at} of the path"


def _take_key(operation: dict[str, Any]) -> None:
    """State the header of an operation that takes a key, and what may be wrong with it."""
    operation["parameters"].append(KEY)
    responses = operation["responses"]
    for status, told in answers(idempotency.KeyInUse, idempotency.KeyReused, idempotency.KeyMalformed).items():
        before = responses.get(str(status))
        description = f"{before['description']} Or: {told['description']}" if before else told["description"]
        responses[str(status)] = {"description": description, "content": REFUSED}
    operation["responses"] = dict(sorted(responses.items()))


def _say(operation: dict[str, Any]) -> None:
    """Word the operation by its docstring, and its good answers plainly."""
    operation["summary"] = operation["description"].splitlines()[0].removesuffix(".")
    good = {status: response for status, response in operation["responses"].items() if status in GOOD}
    for status, response in good.items():
        if response["description"] == "Successful Response":
            response["description"] = GOOD[status]
    if {"200", "201"} <= good.keys():  # there already, or made: the same answer
        good["201"].setdefault("content", good["200"]["content"])


def _exemplify(operation: dict[str, Any], example: dict[str, Any]) -> None:
    """Put the operation's examples in: of the body, of the good answer, of parameters.

    The explorer sends the examples of parameters along, so they stand for a request that works as a whole.
    """
    for parameter in operation["parameters"]:
        parameter["schema"] = _without_null(parameter["schema"])
        if parameter["name"] in example.get("parameters", {}):
            shown = example["parameters"][parameter["name"]]
            parameter["schema"].pop("examples", None)
            if shown is not None:
                parameter["example"] = shown
    if "body" in example:
        for content in operation["requestBody"]["content"].values():
            if content["schema"].get("format") != "binary":
                content["example"] = example["body"]
    for status in ("200", "201"):
        content = operation["responses"].get(status, {}).get("content", {})
        if "answer" in example:
            for shown in content.values():
                shown["example"] = example["answer"]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter: one that is absent is not null."""
    some = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    return {**{k: v for k, v in schema.items() if k != "anyOf"}, **some[0]} if len(some) == 1 else schema


def _tidy(document: dict[str, Any]) -> None:
    """Examples are examples of the whole schema, and no reader needs the titles that repeat a name."""

    def walk(node: Any, inside_properties: bool = False) -> None:
        if isinstance(node, dict):
            if (
                not inside_properties
                and isinstance(node.get("title"), str)
                and ("type" in node or "anyOf" in node or "$ref" in node)
            ):
                node.pop("title")
            for key, part in node.items():
                walk(part, inside_properties=key == "properties")
        elif isinstance(node, list):
            for part in node:
                walk(part)

    walk(document["paths"])
    walk(document["components"])


@cache
def _examples() -> dict[str, Any]:
    text = resources.files("app.front").joinpath("examples.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe one
    return found
