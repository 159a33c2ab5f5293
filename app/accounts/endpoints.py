"""``/v1/auth`` and ``/v1/me``"""

from typing import Annotated

from fastapi import Form, Request

from app.accounts import service
from app.accounts.needs import Entry, SignedIn
from app.accounts.schemas import Me, SignIn, TokenIssued
from app.accounts.service import Caller, WrongCredentials
from app.accounts.tokens import LIFE
from app.core.database import ReadSession
from app.core.problems import answers
from app.core.route import room

router = room("", "access")


@router.post("/auth/token", responses=answers(WrongCredentials))
def sign_in(
    _: Annotated[None, Entry()], form: Annotated[SignIn, Form()], session: ReadSession, request: Request
) -> TokenIssued:
    """Sign in: a token for the next 15 minutes.

    The password form of OAuth2; `username` is the e-mail address.
    """
    user = service.signed_in(session, form.username, form.password)
    token = request.app.state.signer.token_for(user.id)
    return TokenIssued(access_token=token, expires_in=int(LIFE.total_seconds()), refresh_token=None)


@router.get("/me")
def read_me(caller: Annotated[Caller, SignedIn()]) -> Me:
    """Who you are to the system, and what you may do."""
    return Me(id=caller.id, email=caller.email, role=caller.role, scopes=sorted(caller.scopes))
