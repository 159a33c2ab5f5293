"""The product with one part left out, to tell what that part costs: ``python -m benchmarks.variants log serve``.

The product has no such switches. What is left out is replaced by nothing in this process alone, before it starts.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from app import cli
from app import main as product
from app.core import answers, edge, metrics, rates, read_layer


def _log() -> None:
    answers.log.disabled = True


def _metrics() -> None:
    metrics.Metrics.count = _nothing  # type: ignore[method-assign]
    metrics.Metrics.observe = _nothing  # type: ignore[method-assign]


class _Unmetered:
    """A meter that counts nothing."""

    is_over = False

    def settle(self, _: int) -> bool:
        return False

    def headers(self) -> list[tuple[bytes, bytes]]:
        return []


def _limits() -> None:
    meter = _Unmetered()
    rates.Rates.meter = lambda *_, **__: meter  # type: ignore[assignment,method-assign,return-value]


def _check() -> None:
    """Ask the database once, and believe that for ever."""
    asks = product.revision_check

    class Once:
        def __init__(self, *arguments: Any, **named: Any) -> None:
            self._check = asks(*arguments, **named)
            self._numbers: Mapping[str, int] | None = None

        async def __call__(self) -> Mapping[str, int]:
            if self._numbers is None:
                self._numbers = await self._check()
            return self._numbers

        def __getattr__(self, name: str) -> Any:
            return getattr(self._check, name)

    product.revision_check = Once  # type: ignore[assignment]


def _edge() -> None:
    """No id, no log, no metrics, no limits; nothing but the answer that is kept."""
    meter = _Unmetered()

    async def answered(self: edge.Edge, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        scope.setdefault("state", {}).update(request_id="left-out", meter=meter)
        kept = await self._reads.answer(scope, headers)
        if isinstance(kept, read_layer.Kept):
            status, told, body = kept.for_who_has(headers.get(b"if-none-match"))
            await send({"type": "http.response.start", "status": status, "headers": told})
            await send(body)
        else:
            await self._app(scope, receive, send)

    edge.Edge.__call__ = answered  # type: ignore[method-assign]


def _read_layer() -> None:
    """Every answer is made anew."""

    async def passed(*_: Any) -> None: ...

    read_layer.ReadLayer.answer = passed  # type: ignore[method-assign]


def _nothing(*_: Any, **__: Any) -> None: ...


WITHOUT: Mapping[str, Callable[[], None]] = {
    "access log": _log,
    "metrics": _metrics,
    "rate limits": _limits,
    "revision check": _check,
    "all of these but the check": _edge,
    "read layer": _read_layer,
}

if __name__ == "__main__":
    WITHOUT[sys.argv.pop(1)]()
    cli.main()
