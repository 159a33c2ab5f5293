"""The house's one route class: a stated need, a strict edge, and what every answer carries."""

import json
from collections import Counter
from collections.abc import Callable, Coroutine
from functools import cached_property
from typing import Any, get_origin
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Form, Header, Path, Query
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo
from starlette.routing import Match
from starlette.types import Scope

from app.core import etags, i_json, idempotency
from app.core.database import hold_key
from app.core.errors import BodyTooLarge, Invalid, MediaTypeNotTaken
from app.core.faults import faults_of
from app.core.hop import in_one_hop
from app.core.language import ASKABLE
from app.core.needs import Need, need_of
from app.core.shapes import holds_secret
from app.core.text import has_control_characters

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
JSON_TYPES = ("application/json", "application/merge-patch+json")
TAGGED = ("application/json", "text/calendar; charset=utf-8")  # what is told by its finished bytes
FORM_TYPES = ("application/x-www-form-urlencoded",)
JSON_LIMIT = 1 << 20
LANGUAGE_PARAMETER = "lang"
HISTORY = "/v1/audit-entries"


class Route(APIRoute):
    """Refuses, before anything is read from the database, what can be refused by looking at the request alone."""

    need: Need

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        if not options.get("operation_id"):
            options["operation_id"] = _camel(getattr(endpoint, "__name__", "endpoint"))
        super().__init__(path, in_one_hop(endpoint), **options)
        self.need = need_of(self.dependant, endpoint.__qualname__)
        self.is_item = {"id", "version"} <= set(getattr(self.response_model, "model_fields", ()))
        self.takes_key = self._takes_key()

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()
        many = {
            f.alias: _is_list(f.field_info) for f in get_flat_params(self.dependant) if isinstance(f.field_info, Query)
        }
        query_names = {**many, LANGUAGE_PARAMETER: False}
        body = self.body_field
        is_form = body is not None and isinstance(body.field_info, Form)
        taken = FORM_TYPES if is_form else JSON_TYPES[: 2 if self.methods == {"PATCH"} else 1]
        declared = _names(body.field_info.annotation) if body is not None else frozenset()

        async def strict(request: Request) -> Response:
            key = self._key(request)
            if body is not None:
                await _read(request, taken, declared, is_json=not is_form, is_page=not self.include_in_schema)
                if key is not None:
                    key.covers(request._body)
            if self.include_in_schema:  # people's pages: what mail programs add to a link does no harm
                _check_names(request, query_names)
            try:
                response = await handler(request)
            except RequestValidationError as broken:
                raise Invalid(faults=faults_of(broken.errors(), declared)) from None
            except idempotency.Replayed as before:
                return self._finished(request, before.response())
            finished = self._finished(request, response)
            if key is not None:  # the session, which closes when this returns, keeps it and commits
                key.answer = idempotency.Answer.of(finished)
            return finished

        return strict

    def _takes_key(self) -> bool:
        """Whether a request may be sent again under a key: creations by known callers whose answer can be kept.

        An operation that is no creation says that it takes one by asking for it in its signature.
        """
        asks = any(d.call is hold_key for d in self.dependant.dependencies)
        creates = self.status_code == 201 and _uses(self.dependant, hold_key)
        is_known = self.need.kind in ("scope", "self")
        return self.methods == {"POST"} and (asks or creates) and is_known and not holds_secret(self.response_model)

    def _key(self, request: Request) -> idempotency.Key | None:
        """The key that came along, put where the session finds it. Raises KeyNotTaken, KeyMalformed."""
        if request.method != "POST":
            return None
        if not self.takes_key:
            if idempotency.HEADER in request.headers:
                raise idempotency.KeyNotTaken()
            return None
        key = idempotency.key_of(request, self.operation_id or self.name)
        request.scope["state"]["key"] = key
        return key

    def _finished(self, request: Request, response: Response) -> Response:
        """The answer with its ETag and its caching; 304 where the client has it."""
        headers = response.headers
        signed = "authorization" in request.headers
        if self.need.kind == "public" and not signed:
            stale = f"max-age={self.need.max_age_s}, stale-while-revalidate=600" if self.need.max_age_s else "no-cache"
            headers.setdefault("Cache-Control", stale)
            headers.add_vary_header("Accept-Language")
        else:
            headers.setdefault("Cache-Control", "no-store")
        if self.need.kind == "public":
            headers.add_vary_header("Authorization")
        if self.is_item and signed and response.status_code in (200, 201):
            item = json.loads(bytes(response.body))["id"]
            headers["Link"] = f'<{HISTORY}?item={item}>; rel="version-history"'  # once: an answer given again has it
        is_tagged = response.status_code in (200, 201) and headers.get("content-type") in TAGGED
        if is_tagged and (self.is_item or request.method == "GET"):
            headers["ETag"] = etags.of(bytes(response.body), versioned=self.is_item)
            if request.method == "GET" and etags.is_known(headers["ETag"], request.headers.get("if-none-match")):
                kept = {k: v for k, v in headers.items() if k not in ("content-length", "content-type")}
                return Response(status_code=304, headers=kept)
        return response


class Room(APIRouter):
    """A router that looks only at paths that may be its own: else each request is held against all before them."""

    @cached_property
    def heads(self) -> frozenset[str]:
        """The words that its paths begin with."""
        return frozenset(getattr(route, "path", "").split("/")[1] for route in self.routes)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return (Match.NONE, {}) if self.heads.isdisjoint(scope["path"].split("/")) else super().matches(scope)


def room(prefix: str, tag: str) -> APIRouter:
    """The router of a room: ``/v1`` + ``prefix``, shown in the explorer under ``tag``."""
    return Room(prefix=prefix, tags=[tag], route_class=Route)


async def bounded(request: Request, most: int) -> bytes:
    """The body, if it is at most ``most`` bytes. Raises BodyTooLarge, without reading the rest."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise BodyTooLarge(most=most)
    size, parts = 0, []
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise BodyTooLarge(most=most)
        parts.append(part)
    return b"".join(parts)


def must_be(request: Request, taken: tuple[str, ...]) -> None:
    """Refuse a body of another media type. Raises MediaTypeNotTaken."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in taken:
        raise MediaTypeNotTaken(taken=", ".join(taken))


async def _read(
    request: Request, taken: tuple[str, ...], declared: frozenset[str], *, is_json: bool, is_page: bool
) -> None:
    has_body = request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers
    if has_body:
        must_be(request, taken)
    request._body = await bounded(request, JSON_LIMIT)
    if not request._body:
        raise Invalid(faults=faults_of([{"type": "missing", "loc": ("body",)}]))
    if is_page:
        return  # a person's mistakes are told on the page
    if is_json:
        request._json = i_json.loads(request._body)
        texts = i_json.texts(request._json)
    else:
        fields = parse_qsl(request._body.decode("utf-8", "replace"), keep_blank_values=True)
        texts = (((name,), value) for name, value in fields if name in declared)
    wrong = [place for place, text in texts if has_control_characters(text)]
    if wrong:
        errors = [{"type": "control_character", "loc": ("body", *place)} for place in wrong]
        raise Invalid(faults=faults_of(errors, declared))


def _check_names(request: Request, known: dict[str, bool]) -> None:
    given = Counter(name for name, _ in request.query_params.multi_items())
    shown = ", ".join(sorted(known))
    errors: list[dict[str, Any]] = [
        {"type": "unknown_parameter", "loc": ("query", ""), "ctx": {"known": shown}}
        for name in given
        if name not in known
    ]
    errors += [
        {"type": "repeated", "loc": ("query", n)} for n, times in given.items() if times > 1 and known.get(n) is False
    ]
    errors += [
        {"type": "control_character", "loc": ("query", name if name in known else "")}
        for name, value in request.query_params.multi_items()
        if has_control_characters(value)
    ]
    errors += [
        {"type": "control_character", "loc": ("path", name)}
        for name, value in request.path_params.items()
        if has_control_characters(str(value))
    ]
    if request.query_params.get(LANGUAGE_PARAMETER, ASKABLE[0]) not in ASKABLE:
        expected = ", ".join(ASKABLE)
        errors.append({"type": "enum", "loc": ("query", LANGUAGE_PARAMETER), "ctx": {"expected": expected}})
    if errors:
        raise Invalid(faults=faults_of(errors))


def _uses(dependant: Dependant, call: Callable[..., Any]) -> bool:
    return any(d.call is call or _uses(d, call) for d in dependant.dependencies)


def _is_list(info: FieldInfo | Header | Path | Query) -> bool:
    annotation = info.annotation
    return get_origin(annotation) is list or any(get_origin(a) is list for a in getattr(annotation, "__args__", ()))


def _names(annotation: Any) -> frozenset[str]:
    """Every field name that a body may have, at any depth."""
    found: set[str] = set()

    def walk(schema: Any) -> None:
        if isinstance(schema, dict):
            properties = schema.get("properties")
            if isinstance(properties, dict):
                found.update(properties)
            for part in schema.values():
                walk(part)
        elif isinstance(schema, list):
            for part in schema:
                walk(part)

    walk(TypeAdapter(annotation).json_schema())
    return frozenset(found)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
