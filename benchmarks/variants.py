"""The product with one part left out, to tell what that part costs: ``python -m benchmarks.variants log serve``.

The product has no such switches. What is left out is replaced by nothing in this process alone, before it starts.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app import cli
from app import main as product
from app.core import answers, at_once, edge, metrics, rates, read_layer, slow_clients


def _replace(owner: Any, name: str, by: Any) -> None:
    """Put something in the place of a part that is there. Raises AttributeError where it is not."""
    getattr(owner, name)
    setattr(owner, name, by)


def _nothing(*_: Any, **__: Any) -> None: ...


def _log() -> None:
    _replace(answers.log, "disabled", True)


def _metrics() -> None:
    _replace(metrics.Metrics, "count", _nothing)
    _replace(metrics.Metrics, "observe", _nothing)


class _Unmetered:
    """A meter that counts nothing."""

    is_over = False

    def settle(self, _: int) -> bool:
        return False

    def headers(self) -> list[tuple[bytes, bytes]]:
        return []

    def lines(self) -> bytes:
        return b""


_UNMETERED = _Unmetered()


def _limits() -> None:
    _replace(rates.Rates, "meter", lambda *_, **__: _UNMETERED)


def _slow_clients() -> None:
    """The protocol of uvicorn, which waits for ever."""
    _replace(slow_clients, "GuardedHttp", HttpToolsProtocol)


def _at_once() -> None:
    """Kept answers go out message by message, as uvicorn sends any other."""
    _replace(at_once.AtOnce, "sent", lambda *_: False)


def _check() -> None:
    """Ask the database once, and believe that for ever."""
    ask = product.revision_check

    class Once:
        def __init__(self, *arguments: Any, **named: Any) -> None:
            self._check = ask(*arguments, **named)
            self._numbers: Mapping[str, int] | None = None

        async def __call__(self) -> Mapping[str, int]:
            if self._numbers is None:
                self._numbers = await self._check()
            return self._numbers

        def __getattr__(self, name: str) -> Any:
            return getattr(self._check, name)

    _replace(product, "revision_check", Once)


def _edge() -> None:
    """No id of its own, no log, no metrics, no limits, no guard of slow clients: only the answer that is kept."""

    async def answered(self: edge.Edge, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        scope.setdefault("state", {}).update(request_id="left-out", meter=_UNMETERED)
        kept = await self._reads.answer(scope, headers)
        if isinstance(kept, read_layer.Kept):
            await self._tell(kept.for_who_has(headers.get(b"if-none-match")), scope, send)
        else:
            await self._app(scope, receive, send)

    _slow_clients()
    _replace(edge.Edge, "__call__", answered)


def _read_layer() -> None:
    """Every answer is made anew."""

    async def passed(*_: Any) -> None: ...

    _replace(read_layer.ReadLayer, "answer", passed)


WITHOUT: Mapping[str, Callable[[], None]] = {
    "access log": _log,
    "metrics": _metrics,
    "rate limits": _limits,
    "guard of slow clients": _slow_clients,
    "all of these and the request id": _edge,
    "writing at once": _at_once,
    "revision check": _check,
    "read layer": _read_layer,
}

if __name__ == "__main__":
    WITHOUT[sys.argv.pop(1)]()
    cli.main()
