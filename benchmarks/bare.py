"""The upper bound: Starlette alone, sending bytes that were made before."""

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def create_app() -> Starlette:
    """One route that answers the bytes of the file ``BENCH_BODY``."""
    body = Path(os.environ["BENCH_BODY"]).read_bytes()

    async def listed(_: Request) -> Response:
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/v1/meeting-places", listed)])
