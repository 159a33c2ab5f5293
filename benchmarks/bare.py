"""The upper bounds: Starlette alone, and no framework at all, sending bytes that were made before."""

import json
import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send


def create_app() -> Starlette:
    """One route that answers the bytes of the file ``BENCH_BODY``, with the header fields ``BENCH_FIELDS``."""
    body, headers = Path(os.environ["BENCH_BODY"]).read_bytes(), json.loads(os.environ.get("BENCH_FIELDS", "{}"))

    async def listed(_: Request) -> Response:
        return Response(body, headers=headers, media_type="application/json")

    return Starlette(routes=[Route("/v1/meeting-places", listed)])


def create_unchanged_app() -> Starlette:
    """One route that always answers 304."""

    async def unchanged(_: Request) -> Response:
        return Response(status_code=304, headers={"etag": '"unchanged"'})

    return Starlette(routes=[Route("/v1/meeting-places", unchanged)])


class Raw:
    """The bytes of ``BENCH_BODY`` to everybody: what the server alone can do."""

    def __init__(self) -> None:
        body = Path(os.environ["BENCH_BODY"]).read_bytes()
        headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]
        self._start = {"type": "http.response.start", "status": 200, "headers": headers}
        self._body = {"type": "http.response.body", "body": body}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send(self._start)
            await send(self._body)
