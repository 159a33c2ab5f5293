"""What every request passes and every answer carries: an id, safety headers, one log line, never a bare crash."""

import itertools
import re
import time
from typing import Any

import structlog
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import ids, logs, problems
from app.core.metrics import Metrics
from app.core.rates import Meter, Rates

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")
_STARTED, _NUMBERS = ids.new().hex, itertools.count(1)  # a request's own id: of the process, then a number
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
API_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
SAFETY = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
FREE = frozenset(
    ("/health/live", "/health/ready", "/metrics")
)  # who looks after the server is never refused, and fills no log
GONE = 499  # in the log alone: the client left before it had sent or got everything
log = structlog.get_logger("access")


class Edge:
    """The outermost layer. ``refuse`` answers who sent too many requests."""

    def __init__(self, app: ASGIApp, *, rates: Rates, metrics: Metrics, refuse: ASGIApp) -> None:
        self._app, self._rates, self._metrics, self._refuse = app, rates, metrics, refuse
        self._log = logs.AccessLog()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        method, is_free = scope["method"], scope["path"] in FREE
        state = scope.setdefault("state", {})
        state["request_id"] = request_id = _request_id(headers.get(b"x-request-id"))
        state["meter"] = meter = None if is_free else self._rates.meter(scope, has_token=b"authorization" in headers)
        inner = {**scope, "method": "GET"} if method == "HEAD" else scope  # answered as a GET without its body
        status, is_told, is_done = 0, False, False

        async def outgoing(message: Message) -> None:
            nonlocal status, is_told, is_done
            if is_done:
                return
            if message["type"] == "http.response.start":
                status = message["status"]
                if meter is not None and not is_told:
                    is_told = True
                    if meter.is_refused_at(status):
                        await self._refuse(inner, receive, outgoing)
                        is_done = True
                        return
                told = [*message["headers"], *SAFETY, (b"x-request-id", request_id.encode())]
                if not any(name == b"content-security-policy" for name, _ in message["headers"]):
                    told.append(API_POLICY)
                if meter is not None:
                    told += meter.headers()
                message = {**message, "headers": told}
            elif method == "HEAD":
                message = {**message, "body": b""}
            await send(message)

        try:
            await (self._refuse if meter is not None and meter.is_over else self._app)(inner, receive, outgoing)
        except ClientDisconnect:
            status = status or GONE
        except Exception as crash:
            log.error("crash", request_id=request_id, operation=_operation(inner), exc_info=crash)
            if status:
                raise
            await problems.answer(Request(inner), problems.InternalError())(inner, receive, outgoing)
        finally:
            if not is_free:
                took, operation = time.perf_counter() - started, _operation(inner)
                self._metrics.answered(operation, status, state.get("source", "app"), took)
                self._log.tell(request_id, method, operation, status, took * 1000, state.get("caller_id"))


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that too many requests came, as the meter of the request knows."""
    meter: Meter = scope["state"]["meter"]
    await problems.answer(Request(scope), meter.refusal())(scope, receive, send)


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


def _request_id(given: bytes | None) -> str:
    text = given.decode("latin-1") if given else ""
    return text if _REQUEST_ID.match(text) else f"{_STARTED}-{next(_NUMBERS):07x}"


def _operation(scope: Scope) -> str | None:
    """The operation, never the path as it was sent: no secret and no name gets into a log."""
    found: str | None = scope["state"].get("operation") or getattr(scope.get("route"), "operation_id", None)
    return found
