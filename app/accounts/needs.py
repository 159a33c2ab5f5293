"""Who may call: each endpoint says it in its signature, once, for the check, the documents and the start-up.

Dependencies that wait for nothing are ``async``: a plain one would cost each request a thread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import structlog
from fastapi import Depends, Request, Security
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from app.accounts import opaque
from app.accounts.reach import Kind, Kinds
from app.accounts.roles import EVERYTHING, SCOPES
from app.accounts.rules import Caller, Chain
from app.accounts.service import callers
from app.accounts.service.callers import OutOfReach, ScopeMissing, TokenDamaged, TokenNotAccepted
from app.accounts.tokens import Bearer, NotAToken, Signer
from app.core.database import Command, Database, DatabaseDep
from app.core.errors import NoSuchThing
from app.core.needs import Need
from app.core.rates import Meter

log = structlog.get_logger("accounts")
bearer = OAuth2PasswordBearer(
    "/v1/auth/token", scheme_name="password", scopes={s: words.en for s, words in SCOPES.items()}, auto_error=False
)
Sent = Annotated[str | None, Depends(bearer)]


async def _kinds(request: Request) -> Kinds:
    kinds: Kinds = request.app.state.kinds
    return kinds


KindsDep = Annotated[Kinds, Depends(_kinds)]


@dataclass(frozen=True)
class _At:
    kind: Kind
    named: str
    scope: str


@dataclass(frozen=True)
class _Found:
    caller: Caller
    chain: Chain | None = ()
    is_use_to_be_noted: bool = False


async def _identified(request: Request, database: Database, token: str | None, at: _At | None = None) -> _Found | None:
    """The caller as known now, and what the thing ``at`` which they call lies in; None where no token was sent.

    Raises TokenNotAccepted, TokenDamaged, TooManyRequests.
    """
    if token is None:
        if "authorization" in request.headers:
            raise TokenNotAccepted()
        return None
    known = _believed(request.app.state.signer, token)
    async with database.seat():
        found = await run_in_threadpool(_looked_up, database, known, at)
    if found is None:
        raise TokenNotAccepted()
    state = request.scope["state"]
    state["caller_id"], state["caller_is_machine"] = found.caller.id, found.caller.kind == "token"
    meter: Meter = state["meter"]
    meter.count_caller(str(found.caller.id))
    if found.is_use_to_be_noted:
        async with database.turn():
            try:
                await run_in_threadpool(_note, database, found.caller)
            except DBAPIError as error:  # a full disk must not keep a machine from reading
                log.warning("token_use_not_noted", kind=type(error.orig).__name__)
    return found


def _believed(signer: Signer, token: str) -> Bearer | str:
    """What a token says before the database is asked. Raises TokenDamaged, TokenNotAccepted."""
    if token.startswith(opaque.PREFIX):
        if not opaque.is_whole(token):
            raise TokenDamaged()
        return token
    try:
        return signer.bearer_of(token)
    except NotAToken:
        raise TokenNotAccepted() from None


def _looked_up(database: Database, known: Bearer | str, at: _At | None) -> _Found | None:
    with database.reading() as session:
        caller = _behind(session, known)
        if caller is None:
            return None
        # Where nothing depends on it, nobody looks up what the thing lies in; whether it exists, the endpoint sees.
        chain = at.kind.chain_for(session, caller, at.named) if at and not caller.may(at.scope) else ()
        is_machine = caller.kind == "token"
        return _Found(caller, chain, is_machine and callers.is_use_to_be_noted(session, caller.id))


def _behind(session: Session, known: Bearer | str) -> Caller | None:
    return callers.machine_behind(session, known) if isinstance(known, str) else callers.caller_behind(session, known)


def _note(database: Database, caller: Caller) -> None:
    with database.writing(Command("noteTokenUse", caller.id, is_machine=True)) as session:
        callers.note_use(session, caller.id)


def _check_of(request: Request, token: str | None, need: Need, chain: Chain) -> Callable[[Session], None]:
    """The same question once more, for the transaction of a write: who waited for it may have lost the right."""

    def check(session: Session) -> None:
        caller = _behind(session, _believed(request.app.state.signer, token or ""))
        if caller is None:
            raise TokenNotAccepted()
        if need.scope and (need.scope not in caller.scopes or (need.at and not caller.may(need.scope, chain))):
            raise OutOfReach(scope=need.scope)

    return check


def Needs(scope: str, at: str | None = None) -> Any:  # noqa: N802 - reads as a word of the signature
    """``caller: Annotated[Caller, Needs("visits:write", at="place")]``: who has that scope on that place.

    ``at`` is a path parameter that names a thing of a known kind, or ``everything``. Without it the
    caller has the scope somewhere, and the endpoint keeps to that: by ``reach`` in lists, by ``may``
    where the body names the thing.
    """
    if scope not in SCOPES:
        raise TypeError(f"{scope} is not a scope. Add it to app/accounts/roles.py.")

    async def permitted(request: Request, database: DatabaseDep, token: Sent) -> Caller:
        need: Need = permitted.need  # type: ignore[attr-defined]
        kinds: Kinds = request.app.state.kinds
        named = request.path_params.get(need.at) if need.at else None
        kind = kinds.by_parameter[need.at] if need.at and need.at != EVERYTHING else None
        at = _At(kind, str(named), need.scope or scope) if kind else None
        found = await _identified(request, database, token, at)
        if found is None:
            raise TokenNotAccepted()
        if found.chain is None and kind:
            raise NoSuchThing(kind=kind.name)
        if need.scope and need.scope not in found.caller.scopes:
            raise ScopeMissing(scope=need.scope)
        if need.scope and need.at and not found.caller.may(need.scope, found.chain or ()):
            raise OutOfReach(scope=need.scope)
        request.scope["state"]["caller_check"] = _check_of(request, token, need, found.chain or ())
        return found.caller

    permitted.need = Need("scope", scope=scope, at=at)  # type: ignore[attr-defined]
    return Security(permitted, scopes=[scope])


def Public(  # noqa: N802
    *families: str, max_age_s: int = 0, changes_with: Literal["day", "minute"] = "day"
) -> Any:
    """``caller: Annotated[Caller | None, Public("places")]``: anyone may read.

    ``families`` are the revision families of all that the answer is made of: it is kept until one of them grows, or
    the day in Helsinki ends; with ``changes_with="minute"``, the minute. A caller who sends a token is known.
    """

    async def anyone(request: Request, database: DatabaseDep, token: Sent) -> Caller | None:
        found = await _identified(request, database, token)
        return found.caller if found else None

    anyone.need = Need("public", families=families, max_age_s=max_age_s, changes_with=changes_with)  # type: ignore[attr-defined]
    return Depends(anyone)


def SignedIn() -> Any:  # noqa: N802
    """``caller: Annotated[Caller, SignedIn()]``: any caller, whatever they may do."""

    async def known(request: Request, database: DatabaseDep, token: Sent) -> Caller:
        found = await _identified(request, database, token)
        if found is None:
            raise TokenNotAccepted()
        request.scope["state"]["caller_check"] = _check_of(request, token, known.need, ())  # type: ignore[attr-defined]
        return found.caller

    known.need = Need("self")  # type: ignore[attr-defined]
    return Security(known, scopes=[])


def Entry() -> Any:  # noqa: N802
    """``_: Annotated[None, Entry()]``: the way in; nobody is a caller yet."""

    async def entering() -> None: ...

    entering.need = Need("entry")  # type: ignore[attr-defined]
    return Depends(entering)
