"""The one table from refusals to HTTP (RFC 9457) and to exit codes, and the way each answer is written."""

from typing import Any

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, Field
from pydantic_core import to_json
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from app.core import language
from app.core.errors import (
    Conflict,
    DatabaseUnavailable,
    Fault,
    Full,
    Gone,
    GoneMeanwhile,
    Malformed,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Refusal,
    RuleBroken,
    Stale,
    StorageFull,
    TakenMeanwhile,
    TooLarge,
    TooMany,
    Unavailable,
    Unconditional,
    WrongType,
    code_of,
)
from app.core.language import Language, Words

MEDIA_TYPE = "application/problem+json"
STATUS: dict[type[Refusal], int] = {
    Malformed: 400,
    NotSignedIn: 401,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Gone: 410,
    Stale: 412,
    TooLarge: 413,
    WrongType: 415,
    RuleBroken: 422,
    Unconditional: 428,
    TooMany: 429,
    Unavailable: 503,
    Full: 507,
}
EXIT_REFUSED = 1
log = structlog.get_logger("problems")


class FaultShown(BaseModel):
    """One place that is wrong, and what to do about it."""

    code: str = Field(description="Stable; what a client switches on.")
    detail: str = Field(description="In the reader's language.")
    pointer: str | None = Field(default=None, description="JSON pointer into the body.")
    parameter: str | None = Field(default=None, description="Name of a query, path or header parameter.")
    row: int | None = Field(default=None, description="Row of a file; the header is row 1.")
    column: str | None = Field(default=None, description="Column of a file, as its header writes it.")


class Problem(BaseModel):
    """Why a request was refused (RFC 9457). ``code`` is stable; texts follow the reader's language."""

    type: str = Field(description="Address of a page that explains this problem.")
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None = Field(default=None, description="Name it when you ask for help.")
    errors: list[FaultShown] = Field(default_factory=list, description="Each place that is wrong.")


class NoSuchAddress(NotFound):
    """There is nothing at this address."""

    title = Words("Osoitetta ei ole", "No such address")
    detail = Words("Tässä osoitteessa ei ole mitään.", "There is nothing at this address.")
    cure = Words("Osoitteet ovat luettelossa /v1 ja sivulla /docs.", "Addresses are listed at /v1 and at /docs.")


class MethodNotAllowed(Refusal):
    """This address does not take this method; ``Allow`` names those that it takes."""

    title = Words("Menetelmää ei ole", "Method not allowed")
    detail = Words("Tämä osoite ottaa vastaan: {allowed}.", "This address takes: {allowed}.")
    cure = Words("Käytä jotakin otsakkeessa Allow luetelluista.", "Use one of those listed in Allow.")


class InternalError(Refusal):
    """Something broke on our side."""

    title = Words("Palvelussa on vika", "Internal error")
    detail = Words(
        "Palvelussa on vika. Mitään ei tallennettu. Ilmoita ylläpitäjälle tunniste request_id.",
        "Something broke on our side. Nothing was stored. Tell the operator the request_id.",
    )
    cure = Words(
        "Ylläpitäjä: etsi lokista rivi, jolla on sama request_id.",
        "Operators: find the log line with the same request_id.",
    )


STATUS |= {MethodNotAllowed: 405, InternalError: 500}


def status_of(refusal: type[Refusal]) -> int:
    """The HTTP status of a kind of refusal."""
    return next(STATUS[kind] for kind in refusal.__mro__ if kind in STATUS)


def problem_of(refusal: Refusal, to: Language, request_id: str | None = None) -> Problem:
    """The problem document of a refusal, in one language."""
    code = code_of(type(refusal))
    return Problem(
        type=f"/problems/{code}",
        title=refusal.title.to(to),
        status=status_of(type(refusal)),
        detail=refusal.words.to(to),
        code=code,
        request_id=request_id,
        errors=[shown(fault, to) for fault in refusal.faults],
    )


def shown(fault: Fault, to: Language) -> FaultShown:
    """A fault in one language."""
    return FaultShown(
        code=fault.code,
        detail=fault.detail.to(to),
        pointer=fault.pointer,
        parameter=fault.parameter,
        row=fault.row,
        column=fault.column,
    )


def answers(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """``responses=`` of an endpoint: the refusals of its own that it may answer with."""
    told: dict[int | str, dict[str, Any]] = {}
    for refusal in refusals:
        status = status_of(refusal)
        said = (refusal.__doc__ or "").splitlines()[0]
        before = f"{told[status]['description']} Or: " if status in told else ""
        told[status] = {"description": f"{before}`{code_of(refusal)}`: {said}"}
    return told


def answer(request: Request, refusal: Refusal, headers: dict[str, str] | None = None) -> Response:
    """A refusal as a response."""
    to = language.asked(request.scope)
    problem = problem_of(refusal, to, request.scope.get("state", {}).get("request_id"))
    told = {"Cache-Control": "no-store", "Content-Language": to, **(headers or {})}
    if problem.status == 401:
        told["WWW-Authenticate"] = 'Bearer realm="perhekeskus"'
    if problem.status == 503 or refusal.retry_after_s is not None:
        told["Retry-After"] = str(refusal.retry_after_s or 2)
    return Response(to_json(problem, exclude_none=True), problem.status, told, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Every way to fail becomes a problem document."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> Response:
        return answer(request, refusal)

    @app.exception_handler(HTTPException)
    async def http(request: Request, raised: HTTPException) -> Response:
        if raised.status_code == 405:
            allowed = ", ".join(sorted(allowed_at(app, request.scope["path"])))
            return answer(request, MethodNotAllowed(allowed=allowed), {"Allow": allowed})
        if raised.status_code == 404:
            return answer(request, NoSuchAddress())
        log.error("unexpected_http_exception", status=raised.status_code)
        return answer(request, InternalError())

    @app.exception_handler(DBAPIError)
    async def database(request: Request, error: DBAPIError) -> Response:
        return answer(request, refusal_of(error))

    @app.exception_handler(Exception)
    async def crashed(request: Request, _: Exception) -> Response:
        return answer(request, InternalError())  # it is raised on from here, and logged at the edge

    @app.exception_handler(NoConnectionFree)
    async def no_connection(request: Request, error: NoConnectionFree) -> Response:
        return answer(request, DatabaseUnavailable())


def refusal_of(error: DBAPIError) -> Refusal:
    """What a database error means to a caller; what is not expected is logged and InternalError."""
    said, state = str(error.orig).lower(), getattr(error.orig, "sqlstate", None) or ""
    if "disk is full" in said or "no space left" in said or state == "53100":
        return StorageFull()
    if state == "23505" or "unique constraint failed" in said:
        return TakenMeanwhile()
    if state == "23503" or "foreign key constraint failed" in said:
        return GoneMeanwhile()
    if error.connection_invalidated or state.startswith(("08", "57P", "40", "53")):
        return DatabaseUnavailable()
    if isinstance(error, OperationalError) and (not state or "locked" in said):
        log.warning("database_unavailable", kind=type(error.orig).__name__)
        return DatabaseUnavailable()
    # The text of the error and its parameters may be personal: neither gets into the log.
    constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    log.error("database_error", kind=type(error.orig).__name__, sqlstate=state, constraint=constraint)
    return InternalError()


def allowed_at(app: FastAPI, path: str) -> set[str]:
    """Every method of every route of this path: the framework names only those of the first."""
    found: set[str] = set()
    for context in iter_route_contexts(app.routes):
        if context.methods and context.path and compile_path(context.path)[0].match(path):
            found |= context.methods
    return found | {"HEAD"} if "GET" in found else found
