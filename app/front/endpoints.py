"""``/``, ``/plan``, ``/accept``, ``/docs``, ``/problems``, ``/openapi.json``, ``/health``, ``/metrics``, ``/v1``"""

from contextlib import suppress
from functools import cache
from hmac import compare_digest
from importlib import resources
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query, Request, Response
from pydantic import BaseModel
from starlette.responses import JSONResponse, RedirectResponse

from app import __version__
from app.accounts.needs import Entry, Public
from app.accounts.rules import Caller
from app.accounts.service import entry
from app.accounts.service.links import LinkNotValid
from app.core import clock, language, metrics, revisions, rows
from app.core.database import ReadSession, SnapshotSession
from app.core.dates import read as day_read
from app.core.errors import NoSuchThing, all_refusals
from app.core.problems import NoSuchAddress
from app.core.route import Route, room
from app.follow_up.queries.facts import plans_on
from app.follow_up.schemas.days import FIRST, LAST
from app.follow_up.service import compliance
from app.follow_up.service.sources import FAMILIES
from app.front import accept
from app.front import pages as shown
from app.front import plan as plan_pages
from app.front.accept import Sent
from app.front.readiness import Checks
from app.plan.models import Plan

root = room("/v1", "start")
pages = APIRouter(route_class=Route, include_in_schema=False)
Anyone = Annotated[None, Entry()]
STORED_FOR_A_DAY = {"Cache-Control": "public, max-age=86400"}


class Start(BaseModel):
    """What there is."""

    name: str
    version: str
    revisions: dict[str, int]
    links: dict[str, str]


@root.get("")
def read_start(_: Annotated[Caller | None, Public()], session: ReadSession, request: Request) -> Start:
    """What there is: links, version, and how often each family of data has changed."""
    links = {
        operation["operationId"]: path
        for path, verbs in request.app.openapi()["paths"].items()
        for operation in verbs.values()
    }
    return Start(
        name="perhekeskus", version=__version__, revisions=revisions.numbers(session.connection()), links=links
    )


@pages.get("/")
def start_page(_: Anyone, request: Request) -> Response:
    """The first page."""
    return shown.start(language.asked(request.scope))


@pages.get("/accept")
async def accept_page(_: Anyone, request: Request, token: Annotated[str, Query()] = "") -> Response:
    """The form behind a one-time link. To open it does not use the link up: mail scanners open links too."""
    to = language.asked(request.scope)
    try:
        return accept.form(token, await _email_of(request, token), to)
    except LinkNotValid:
        return accept.not_valid(to)


@pages.post("/accept")
async def set_password(_: Anyone, request: Request, sent: Annotated[Sent, Form()]) -> Response:
    """Set the password, which uses the link up; or the form again, with what is wrong."""
    to = language.asked(request.scope)
    try:
        email = await _email_of(request, sent.token)
        if wrong := accept.mistakes(sent.password, sent.repeat):
            return accept.form(sent.token, email, to, wrong)
        address = request.client.host if request.client else ""
        request_id = request.scope["state"].get("request_id")
        await entry.accept(request.app.state.door, sent.token, sent.password, address, request_id)
    except LinkNotValid:
        return accept.not_valid(to)
    return RedirectResponse(f"/accept/done?lang={to}", 303)  # so that to load it again sends nothing again


@pages.get("/accept/done")
def password_is_set(_: Anyone, request: Request) -> Response:
    """What follows a password that was set."""
    return accept.done(language.asked(request.scope))


async def _email_of(request: Request, token: str) -> str:
    """The e-mail address of the account behind a link. Raises LinkNotValid."""
    return (await entry.invited(request.app.state.door, token)).email


@pages.get("/plan")
def plan_page(
    _: Annotated[Caller | None, Public(*FAMILIES)],
    session: SnapshotSession,
    request: Request,
    plan: Annotated[str, Query(max_length=80)] = "",
    on: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Whether a plan is kept on a day, as a page."""
    to = language.asked(request.scope)
    plans = session.scalars(plans_on(clock.today())).all()
    chosen = None
    if plan:
        with suppress(NoSuchThing):
            chosen = rows.find(session, Plan, plan)
    elif len(plans) == 1:
        [chosen] = plans
    if chosen is None:
        return plan_pages.choice([(each.slug, each.title) for each in plans], on, to, is_unknown=bool(plan))
    day = day_read(on) if on else clock.today()
    day = day if day and FIRST <= day <= LAST else None
    answer = compliance.of_plan(session, chosen, day or clock.today(), hides=True)
    return plan_pages.of_plan(chosen.slug, chosen.title, answer, to, is_wrong_day=day is None)


@pages.get("/docs")
def explorer_page(_: Anyone) -> Response:
    """The explorer."""
    return shown.explorer()


@pages.get("/openapi.json")
def contract_document(_: Anyone, request: Request) -> Response:
    """The contract."""
    return JSONResponse(
        request.app.openapi(), headers={"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    )


@pages.get("/problems")
def problems_page(_: Anyone, request: Request) -> Response:
    """Every problem."""
    return shown.problems(language.asked(request.scope))


@pages.get("/problems/{code}")
def problem_page(_: Anyone, request: Request, code: Annotated[str, Path(max_length=80)]) -> Response:
    """The page behind a problem's type."""
    known = all_refusals()
    if code not in known:
        raise NoSuchAddress()
    return shown.problem(code, known[code], language.asked(request.scope))


@pages.get("/assets/{name}")
def page_asset(
    _: Anyone, name: Literal["pages.css", "explorer.js", "swagger-ui.css", "swagger-ui-bundle.js"]
) -> Response:
    """Styles and scripts, from this server."""
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    body = _swagger(name) if name.startswith("swagger") else shown.asset(name)
    return Response(body, media_type=f"{kind}; charset=utf-8", headers=STORED_FOR_A_DAY)


@cache
def _swagger(name: str) -> bytes:
    return resources.files("fastapi_offline").joinpath("static", name).read_bytes()


@pages.get("/metrics")
def measured(_: Anyone, request: Request) -> Response:
    """What is measured, for who has the token of the settings; for others there is nothing here."""
    wanted: str | None = request.app.state.settings.metrics_token
    scheme, __, sent = request.headers.get("authorization", "").partition(" ")
    if wanted is None or scheme.lower() != "bearer" or not compare_digest(sent.encode(), wanted.encode()):
        raise NoSuchAddress()
    return Response(request.app.state.metrics.text(), media_type=metrics.MEDIA_TYPE)


@pages.get("/health/live")
def is_alive(_: Anyone) -> dict[str, str]:
    """Whether the process answers."""
    return {"status": "ok"}


@pages.get("/health/ready")
async def is_ready(_: Anyone, request: Request) -> Response:
    """Whether requests can be served: the database answers and has the schema that this version needs."""
    checks: Checks = await request.app.state.readiness()
    good = all(checks.values())
    return JSONResponse({"status": "ok" if good else "unavailable", **checks}, 200 if good else 503)
