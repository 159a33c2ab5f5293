"""What every request passes and every answer carries: an id, safety headers, one log line, never a bare crash."""

import itertools
import re
import time
from typing import Any

import structlog
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import ids, problems
from app.core.answers import Answered, Answers
from app.core.at_once import AtOnce
from app.core.metrics import Metrics
from app.core.rates import Meter, Rates
from app.core.read_layer import Form, ReadLayer, Refused

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
ALWAYS = (*SAFETY, API_POLICY)
# Who looks after the server is never refused, and fills no log; nor is who looks why they were refused.
FREE = frozenset(("/health/live", "/health/ready", "/metrics", "/problems/too-many-requests"))
GONE = 499  # in the log alone: the client left before it had sent or got everything
log = structlog.get_logger("access")


class Edge:
    """The outermost layer: it tells kept answers itself, and lets the application answer all else.

    ``refuse`` answers who sent too many requests.
    """

    def __init__(self, app: ASGIApp, *, reads: ReadLayer, rates: Rates, metrics: Metrics, refuse: ASGIApp) -> None:
        self._app, self._reads, self._rates, self._refuse = app, reads, rates, refuse
        self._answers, self._at_once = Answers(metrics), AtOnce()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        headers = dict(scope["headers"])
        state = scope.setdefault("state", {})
        state["request_id"] = request_id = _request_id(headers.get(b"x-request-id"))
        if scope["path"] in FREE:
            state["meter"] = None
            await self._let_answer(self._app, scope, receive, send)
            return
        state["meter"] = meter = self._rates.meter(scope, headers)
        if meter.is_over:
            status = await self._let_answer(self._refuse, scope, receive, send)
        elif (kept := await self._reads.answer(scope, headers)) is None:
            status = await self._let_answer(self._app, scope, receive, send)
        elif isinstance(kept, Refused):
            status = await self._let_answer(kept, scope, receive, send)
        else:
            status = await self._tell(kept.for_who_has(headers.get(b"if-none-match")), scope, send)
        operation, source = _operation(scope), state.get("source", "app")
        took, caller = time.perf_counter() - started, state.get("caller_id")
        self._answers.add(Answered(request_id, scope["method"], operation, status, source, took, caller))

    async def _tell(self, form: Form, scope: Scope, send: Send) -> int:
        """Send a kept answer. The status that went out."""
        status, is_head = form.status, scope["method"] == "HEAD"
        meter, request_id = scope["state"]["meter"], scope["state"]["request_id"].encode()
        meter.settle(status)
        lines = b"x-request-id: %b\r\n%b" % (request_id, meter.lines())
        if is_head or not self._at_once.sent(send, status, form.lines, lines, form.body):
            own = [(b"x-request-id", request_id), *meter.headers()]
            await send({"type": "http.response.start", "status": status, "headers": [*form.headers, *own]})
            await send({"type": "http.response.body", "body": b"" if is_head else form.body})
        return status

    async def _let_answer(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> int:
        """Let ``app`` answer, with all that every answer carries. The status that went out."""
        is_head, meter = scope["method"] == "HEAD", scope["state"]["meter"]
        request_id = scope["state"]["request_id"]
        shown = {**scope, "method": "GET"} if is_head else scope  # a copy: the server looks at its own
        status, is_settled, is_done = 0, meter is None, False

        async def outgoing(message: Message) -> None:
            nonlocal status, is_settled, is_done
            if is_done:
                return
            if message["type"] == "http.response.start":
                status = message["status"]
                if not is_settled:
                    is_settled = True
                    if meter.settle(status):
                        await self._refuse(scope, receive, outgoing)
                        return
                told = [*message["headers"], *SAFETY, (b"x-request-id", request_id.encode())]
                if not any(name == API_POLICY[0] for name, _ in message["headers"]):
                    told.append(API_POLICY)
                if meter is not None:
                    told += meter.headers()
                message = {**message, "headers": told}
            else:
                is_done = not message.get("more_body", False)
                if is_head:
                    message = {**message, "body": b""}
            await send(message)

        try:
            await app(shown, receive, outgoing)
        except ClientDisconnect:  # what the framework said to that reached nobody
            status = GONE
        except Exception as crash:
            log.error("crash", request_id=request_id, operation=_operation(shown), exc_info=crash)
            if not status:  # where half an answer is out, the server closes the connection
                await problems.answer(Request(scope), problems.InternalError())(scope, receive, outgoing)
        finally:
            scope["route"] = shown.get("route")
        return status


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
