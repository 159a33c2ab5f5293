"""Assembly: the only module that knows every room."""

import gc
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app import deployment
from app import tables as _all_tables  # noqa: F401 - who erases a person looks through all of them
from app.accounts import endpoints as accounts
from app.accounts import passwords
from app.accounts.service.entry import Door
from app.accounts.tokens import Signer
from app.areas.endpoints import router as areas
from app.core import edge, logs, operations, problems
from app.core.database import Database
from app.core.edge import Edge, Origins
from app.core.metrics import Metrics
from app.core.rates import Rates
from app.core.read_layer import ReadLayer
from app.core.revision_check import revision_check
from app.core.route import Route
from app.evaluations import endpoints as evaluations
from app.feeds import endpoints as feeds
from app.follow_up import endpoints as follow_up
from app.front import contract
from app.front.endpoints import pages, root
from app.front.readiness import Readiness
from app.indicators.endpoints import router as indicators
from app.kinds import KINDS
from app.materials import endpoints as materials
from app.meetings import endpoints as meetings
from app.networks import endpoints as networks
from app.organisations import endpoints as organisations
from app.places.endpoints import router as places
from app.plan.endpoints import router as plan
from app.programme.endpoints import router as programme
from app.settings import Settings
from app.statistics.endpoints import router as statistics
from app.transfer.endpoints import router as imports
from app.year_clock import endpoints as year_clock

ROOMS = (
    *(*accounts.ROUTERS, areas, *organisations.ROUTERS, places, *networks.ROUTERS, *meetings.ROUTERS),
    *(plan, *year_clock.ROUTERS, programme, *materials.ROUTERS),
    *(*evaluations.ROUTERS, statistics, indicators, imports, *follow_up.ROUTERS, *feeds.ROUTERS),
)


class Application(FastAPI):
    """The API behind what stands in front of it.

    The framework's middleware would stand behind several layers of its own, which each kept answer would pay for.
    """

    front: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.front if scope["type"] == "http" else self.inner)(scope, receive, send)

    async def inner(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The API alone."""
        await super().__call__(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The contract, which applications of one process share as they do the routes."""
        return _contract()


def create_app(settings: Settings, database: Database | None = None) -> Application:
    """The whole product as one ASGI application."""
    database = database or deployment.database(settings)
    secret = deployment.secret(settings)

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = database.threads
        yield
        await app.state.check.close()
        database.engine.dispose()

    app = Application(
        lifespan=life,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        routes=_routes(),
        **contract.ABOUT,
    )
    app.state.settings = settings
    app.state.database = database
    app.state.readiness = Readiness(database)
    app.state.kinds = KINDS
    app.state.signer = Signer(secret)
    app.state.cursor_key = _key(secret, b"cursor")
    app.state.door = Door(
        database, KINDS, app.state.signer, _key(secret, b"guess"), anyio.CapacityLimiter(passwords.AT_A_TIME)
    )
    problems.install(app)
    app.state.metrics = metrics = Metrics()
    app.state.check = check = revision_check(database)
    rates = Rates(
        public_reads=settings.public_reads_per_minute,
        token_reads=settings.token_reads_per_minute,
        writes=settings.writes_per_minute,
        sign_ins=settings.sign_ins_per_minute,
        sign_in_paths=operations.ways_in(app),
    )
    app.add_middleware(Origins, origins=settings.origins)
    most_bytes = settings.kept_answers_mib << 20
    find = operations.public_reads(app)
    reads = ReadLayer(app.inner, check=check, find=find, metrics=metrics, most_bytes=most_bytes, always=edge.ALWAYS)
    refuse = Origins(edge.refuse, settings.origins)
    front: Any = Edge(app.inner, reads=reads, rates=rates, metrics=metrics, refuse=refuse)
    if settings.proxies:
        front = ProxyHeadersMiddleware(front, trusted_hosts=settings.proxies)
    app.front = front
    return app


@cache
def _routes() -> list[BaseRoute]:
    """The routes of all rooms. To make them is most of a start, so applications of one process share them.

    They belong to none of these, so ``dependency_overrides`` of an application are not looked at.
    """
    v1 = APIRouter(prefix="/v1", route_class=Route)
    for room in ROOMS:
        v1.include_router(room)
    whole = APIRouter()
    for part in (root, v1, pages):
        whole.include_router(part)
    return whole.routes


@cache
def _contract() -> dict[str, Any]:
    return contract.document_of(_routes())


def _key(secret: str, person: bytes) -> bytes:
    """A key for one purpose, from which the secret does not follow."""
    return hashlib.blake2b(secret.encode(), digest_size=32, person=person).digest()


def from_environment() -> Application:
    """The application that ``perhekeskus serve`` runs."""
    settings = Settings()
    logs.start(settings.log_level)
    app = create_app(settings)
    app.openapi()
    gc.collect()
    gc.freeze()  # what is made at the start stays: full collections later pass over it (p99)
    return app


def contract_text() -> str:
    """The contract as it is committed in ``openapi/v1.json``."""
    return json.dumps(_contract(), indent=1, ensure_ascii=False) + "\n"
