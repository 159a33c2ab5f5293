"""``/v1/auth`` and ``/v1/me``"""

from typing import Annotated, Any

from fastapi import Depends, Form, Request

from app.accounts.needs import Entry, KindsDep, SignedIn
from app.accounts.roles import Role
from app.accounts.rules import Caller
from app.accounts.schemas import Acceptance, Me, PasswordChange, RefreshTokenSent, SignInForm, TokenIssued
from app.accounts.service import entry, grants, sign_ins
from app.accounts.service.entry import Door, Issued
from app.accounts.service.links import LinkNotValid
from app.accounts.service.sign_ins import (
    RefreshTokenNotAccepted,
    RefreshTokenReused,
    TooManyGuesses,
    Trier,
    WrongCredentials,
)
from app.accounts.service.users import PasswordTooShort
from app.core import clock
from app.core.database import Command, SnapshotSession, command_of
from app.core.errors import NotAllowed
from app.core.language import Words
from app.core.problems import answers
from app.core.route import room

router = room("", "access")


class OnlyPeople(NotAllowed):
    """Machines have no password."""

    title = Words("Vain henkilöille", "Only for people")
    detail = Words("Koneella ei ole salasanaa.", "A machine has no password.")
    cure = Words("Kirjaudu henkilönä.", "Sign in as a person.")


async def _door(request: Request) -> Door:
    door: Door = request.app.state.door
    return door


DoorDep = Annotated[Door, Depends(_door)]


def _trier(door: Door, request: Request, email: str = "") -> Trier:
    return door.trier(email, _address(request), request.headers.get("user-agent", ""))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _issued(found: Issued) -> TokenIssued:
    return TokenIssued(access_token=found.access_token, expires_in=found.expires_in, refresh_token=found.refresh_token)


@router.post("/auth/token", responses=answers(WrongCredentials, TooManyGuesses))
async def sign_in(
    _: Annotated[None, Entry()], form: Annotated[SignInForm, Form()], door: DoorDep, request: Request
) -> TokenIssued:
    """Sign in: a token for the next 15 minutes, and one to go on with.

    The password form of OAuth2; `username` is the e-mail address. After a few wrong passwords one waits as
    `Retry-After` says; from where the account was signed in to before, others' tries do not matter.
    """
    return _issued(await entry.sign_in(door, _trier(door, request, form.username), form.password))


@router.post("/auth/refresh", responses=answers(RefreshTokenNotAccepted, RefreshTokenReused))
async def refresh_token(
    _: Annotated[None, Entry()], sent: RefreshTokenSent, door: DoorDep, request: Request
) -> TokenIssued:
    """Go on: a refresh token for another token and the next refresh token.

    Each works once. One that comes a second time ends the whole sign-in, for somebody else may hold a copy;
    within ten seconds, from the same client, it is taken for an answer that got lost.
    """
    return _issued(await entry.refresh(door, sent.refresh_token, _trier(door, request).client))


@router.post("/auth/revoke", status_code=204)
async def sign_out(_: Annotated[None, Entry()], sent: RefreshTokenSent, door: DoorDep) -> None:
    """Sign out: end the sign-in of a refresh token.

    Every token of it stops working with the very next request. One that is not known is no error (RFC 7009).
    """
    await door.write(Command("signOut"), lambda session: sign_ins.end(session, sent.refresh_token))


@router.post(
    "/auth/password", status_code=204, responses=answers(WrongCredentials, TooManyGuesses, PasswordTooShort, OnlyPeople)
)
async def change_password(
    caller: Annotated[Caller, SignedIn()], change: PasswordChange, door: DoorDep, request: Request
) -> None:
    """Change your own password. Your sign-ins at other devices end."""
    if caller.kind != "user":
        raise OnlyPeople()
    trier = _trier(door, request, caller.name)
    await entry.change_password(door, caller, trier, change.current_password, change.new_password, command_of(request))


@router.post("/auth/accept", status_code=204, responses=answers(LinkNotValid, PasswordTooShort))
async def accept_link(_: Annotated[None, Entry()], acceptance: Acceptance, door: DoorDep, request: Request) -> None:
    """Set a password by a one-time link, of an invitation or a reset.

    The page `/accept` does the same for people.
    """
    request_id = request.scope["state"].get("request_id")
    await entry.accept(door, acceptance.token, acceptance.password, _address(request), request_id)


@router.get("/me")
def read_me(caller: Annotated[Caller, SignedIn()], session: SnapshotSession, kinds: KindsDep) -> Me:
    """Who you are to the system, what you may do, and where."""
    found = session.scalars(grants.grants(user_id=caller.id, on=clock.today())).all()
    held: Any = grants.shown(session, kinds, found)
    roles = [role for role in Role if any(grant["role"] == role for grant in held)]
    return Me(
        id=caller.id,
        kind=caller.kind,
        email=caller.name if caller.kind == "user" else None,
        name=caller.name,
        role="service" if caller.kind == "token" else next(iter(roles), None),
        scopes=sorted(caller.scopes),
        grants=held,
        on=_place_of(session, kinds, caller),
    )


def _place_of(session: SnapshotSession, kinds: KindsDep, caller: Caller) -> Any:
    if caller.kind == "user":
        return None
    own = caller.rights[0][0]
    return grants.named(session, kinds, [(own.kind, own.id)])[own.kind, own.id]
