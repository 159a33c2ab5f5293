"""Who may call: each endpoint says it in its signature, once, for the check, the documents and the start-up.

Dependencies that wait for nothing are ``async``: a plain one would cost each request a thread.
"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.security import OAuth2PasswordBearer
from starlette.concurrency import run_in_threadpool

from app.accounts import service
from app.accounts.roles import SCOPES
from app.accounts.service import Caller, ScopeMissing, TokenNotAccepted
from app.accounts.tokens import NotAToken, Signer
from app.core.database import Database, DatabaseDep
from app.core.needs import Need

bearer = OAuth2PasswordBearer(
    "/v1/auth/token", scheme_name="password", scopes={s: words.en for s, words in SCOPES.items()}, auto_error=False
)


async def _identify(
    request: Request, database: DatabaseDep, token: Annotated[str | None, Depends(bearer)]
) -> Caller | None:
    """The caller as known now, or None where no token was sent. Raises TokenNotAccepted."""
    if token is None:
        if "authorization" in request.headers:
            raise TokenNotAccepted()
        return None
    signer: Signer = request.app.state.signer
    try:
        user_id = signer.user_of(token)
    except NotAToken:
        raise TokenNotAccepted() from None
    async with database.seat():
        caller = await run_in_threadpool(_known, database, user_id)
    if caller is None:
        raise TokenNotAccepted()
    request.scope["state"]["caller_id"] = caller.id
    return caller


def _known(database: Database, user_id: UUID) -> Caller | None:
    with database.reading() as session:
        return service.caller_of(session, user_id)


_Identified = Annotated[Caller | None, Depends(_identify)]


def Needs(scope: str) -> Any:  # noqa: N802 - reads as a word of the signature
    """``caller: Annotated[Caller, Needs("places:write")]``: a caller with that scope."""
    if scope not in SCOPES:
        raise TypeError(f"{scope} is not a scope. Add it to app/accounts/roles.py.")

    async def permitted(caller: _Identified) -> Caller:
        if caller is None:
            raise TokenNotAccepted()
        if scope not in caller.scopes:
            raise ScopeMissing(scope=scope)
        return caller

    permitted.need = Need("scope", scope=scope)  # type: ignore[attr-defined]
    return Security(permitted, scopes=[scope])


def Public(*families: str, max_age_s: int = 0) -> Any:  # noqa: N802
    """``caller: Annotated[Caller | None, Public("places")]``: anyone may read.

    ``families`` are the revision families that the answer shows. A caller who sends a token is known.
    """

    async def anyone(caller: _Identified) -> Caller | None:
        return caller

    anyone.need = Need("public", families=families, max_age_s=max_age_s)  # type: ignore[attr-defined]
    return Depends(anyone)


def SignedIn() -> Any:  # noqa: N802
    """``caller: Annotated[Caller, SignedIn()]``: any caller, whatever they may do."""

    async def known(caller: _Identified) -> Caller:
        if caller is None:
            raise TokenNotAccepted()
        return caller

    known.need = Need("self")  # type: ignore[attr-defined]
    return Security(known, scopes=[])


def Entry() -> Any:  # noqa: N802
    """``_: Annotated[None, Entry()]``: the way in; nobody is a caller yet."""

    async def entering() -> None: ...

    entering.need = Need("entry")  # type: ignore[attr-defined]
    return Depends(entering)
