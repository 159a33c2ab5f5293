"""What every request passes and every answer carries: an id, safety headers, one log line, never a bare crash."""

import re
import time
from collections.abc import Callable
from typing import Any

import structlog
from starlette.datastructures import MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import ids, problems

_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
EXPOSED = (
    "ETag",
    "Location",
    "Link",
    "X-Request-Id",
    "Retry-After",
    "Idempotency-Replayed",
    "RateLimit",
    "RateLimit-Policy",
)
ACCEPTED = ("Authorization", "Content-Type", "If-Match", "If-None-Match", "Idempotency-Key", "Prefer", "X-Request-Id")
API_POLICY = "default-src 'none'; frame-ancestors 'none'"
GONE = 499  # in the log alone: the client left before it had sent or got everything
log = structlog.get_logger("access")


class Edge:
    """The outermost layer."""

    def __init__(self, app: ASGIApp, quiet: Callable[[str], bool] = lambda path: path.startswith("/health/")) -> None:
        self._app, self._quiet = app, quiet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        state = scope.setdefault("state", {})
        state["request_id"] = request_id = _request_id(scope)
        status = 0
        is_head = scope["method"] == "HEAD"  # answered as a GET without its body
        inner = {**scope, "method": "GET"} if is_head else scope

        async def outgoing(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
                headers.setdefault("Content-Security-Policy", API_POLICY)
            elif is_head:
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(inner, receive, outgoing)
        except ClientDisconnect:
            status = status or GONE
        except Exception as crash:
            log.error("crash", request_id=request_id, operation=_operation(inner), exc_info=crash)
            if status:
                raise
            await problems.answer(Request(inner), problems.InternalError())(inner, receive, outgoing)
        finally:
            if not self._quiet(scope["path"]):
                log.info(
                    "request",
                    request_id=request_id,
                    method=scope["method"],
                    operation=_operation(inner),
                    status=status,
                    ms=round((time.perf_counter() - started) * 1000, 1),
                    caller=str(state["caller_id"]) if state.get("caller_id") else None,
                )


class Origins:
    """CORS: anyone's pages may read what is public; only named origins may send a token or write."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        common: dict[str, Any] = {"allow_headers": ACCEPTED, "expose_headers": EXPOSED, "max_age": 600}
        self._public = CORSMiddleware(app, allow_origins=["*"], allow_methods=["GET", "HEAD"], **common)
        self._named = CORSMiddleware(
            app, allow_origins=origins, allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"], **common
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_private(scope):
            await self._named(scope, receive, send)
        else:
            await self._public(scope, receive, send)


def _is_private(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    if scope["method"] == "OPTIONS":
        wanted = headers.get(b"access-control-request-method", b"GET").upper()
        named = headers.get(b"access-control-request-headers", b"").lower()
        return wanted not in (b"GET", b"HEAD") or b"authorization" in named
    return scope["method"] not in ("GET", "HEAD") or b"authorization" in headers


def _request_id(scope: Scope) -> str:
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if _REQUEST_ID.match(given) else str(ids.new())


def _operation(scope: Scope) -> str | None:
    """The operation, never the path as it was sent: no secret and no name gets into a log."""
    return getattr(scope.get("route"), "operation_id", None)
