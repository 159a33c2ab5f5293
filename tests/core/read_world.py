"""The read layer before an application that counts what it is asked."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from app.core.metrics import Metrics
from app.core.needs import Need
from app.core.operations import Operation
from app.core.read_layer import Kept, ReadLayer, Refused
from app.core.revision_check import CheckFailed

NOON = datetime(2026, 3, 12, 10, 0, tzinfo=UTC)
BODY = b'{"items": [' + b'"a long text", ' * 100 + b'"end"]}'
OPERATIONS = {
    "/places": Operation("listPlaces", Need("public", families=("places", "areas"))),
    "/networks": Operation("listNetworks", Need("public", families=("networks",))),
    "/open-now": Operation("openNow", Need("public", families=("places",), changes_with="minute")),
}


class World:
    """A layer, and what it stands on: the application's answer, the numbers of the families, the time."""

    def __init__(self, most_bytes: int = 1 << 20) -> None:
        self.numbers: dict[str, int] | None = {"places": 1, "areas": 1, "networks": 1}
        self.body, self.status, self.headers = BODY, 200, [(b"etag", b'"v3-1f0c"')]
        self.seen: list[dict[str, Any]] = []
        self.gate: asyncio.Event | None = None
        self.begun = asyncio.Event()
        self.now = NOON
        self.layer = ReadLayer(
            self._app,
            check=self._check,  # type: ignore[arg-type]
            find=OPERATIONS.get,
            metrics=Metrics(),
            most_bytes=most_bytes,
            always=((b"x-always", b"yes"),),
        )

    async def _check(self) -> dict[str, int]:
        if self.numbers is None:
            raise CheckFailed
        return self.numbers

    async def _app(self, scope: Any, receive: Any, send: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self.seen.append(scope)
        self.begun.set()
        body = self.body
        if self.gate:
            await self.gate.wait()
        if self.status == 0:
            raise RuntimeError("crash")
        about = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body)), *self.headers]
        await send({"type": "http.response.start", "status": self.status, "headers": about})
        await send({"type": "http.response.body", "body": body[:10], "more_body": True})
        await send({"type": "http.response.body", "body": body[10:]})

    def wrote(self, family: str) -> None:
        assert self.numbers is not None
        self.numbers = {**self.numbers, family: self.numbers[family] + 1}

    async def get(self, target: str = "/places", method: str = "GET", **headers: str) -> Kept | Refused | None:
        path, _, query = target.partition("?")
        sent = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "state": {}}
        return await self.layer.answer({**scope, "headers": list(sent.items())}, sent)

    async def kept(self, target: str = "/places", **headers: str) -> Kept:
        found = await self.get(target, **headers)
        assert isinstance(found, Kept)
        return found
