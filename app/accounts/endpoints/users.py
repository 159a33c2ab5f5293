"""``/v1/users``"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.models import User
from app.accounts.needs import KindsDep, Needs
from app.accounts.rules import Caller
from app.accounts.schemas import LinkShown, UserInvited, UserPatch, UserShown, UserWrite
from app.accounts.service import users
from app.accounts.service.grants import LastAdministrator, WiderThanYourOwn
from app.accounts.service.users import Disabled, EmailTaken, NotForYourself
from app.core import paging, rows, urls
from app.core.database import SnapshotSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room

router = room("/users", "access")
Reader = Annotated[Caller, Needs("users:read")]
Inviter = Annotated[Caller, Needs("users:write")]
UserId = Annotated[str, Path(alias="user", max_length=36, description="Id of the user.")]


def _to_change(caller: Inviter, user: UserId, session: WriteSession, kinds: KindsDep) -> User:
    found = users.seen(session, kinds, caller, user, lock=True)
    users.must_manage(session, kinds, caller, found)
    return found


def _to_patch(found: Annotated[User, Depends(_to_change)], if_match: IfMatch) -> User:
    rows.must_match(found, if_match)
    return found


@router.get("", response_model=Page[UserShown])
def list_users(
    caller: Reader,
    session: SnapshotSession,
    kinds: KindsDep,
    window: WindowDep,
    request: Request,
    response: Response,
    q: Annotated[str | None, Query(max_length=100, description="Only those with this in their address.")] = None,
) -> Any:
    """Who can sign in, by e-mail address.

    You see those with a grant on a thing where you have `users:read`.
    """
    query = users.users(named=q, seen=users.visible(session, kinds, caller))
    page = paging.page(session, query, window, request, response, entities=True)
    return {**page, "items": users.shown(session, kinds, caller, page["items"])}


@router.post("", status_code=201, response_model=UserInvited, responses=answers(EmailTaken, WiderThanYourOwn))
def invite_user(
    caller: Inviter, session: WriteSession, kinds: KindsDep, request: Request, response: Response, write: UserWrite
) -> Any:
    """Invite someone: an account with its grants, and a link to set a password.

    The link works once, within 7 days, and is shown only now: send it by a way that only they read. You can
    give no more than you have yourself: no other scopes, no wider place, no longer time.
    """
    user, secret, expires_at = users.invite(session, kinds, caller, write)
    response.headers["Location"] = f"/v1/users/{user.id}"
    return {**users.shown(session, kinds, caller, [user])[0], "link": _link(request, secret, expires_at)}


@router.get("/{user}", response_model=UserShown, responses=answers(NoSuchThing))
def read_user(caller: Reader, session: SnapshotSession, kinds: KindsDep, user: UserId) -> Any:
    """Someone who can sign in."""
    return users.shown(session, kinds, caller, [users.seen(session, kinds, caller, user)])[0]


@router.patch(
    "/{user}",
    response_model=UserShown,
    responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated, WiderThanYourOwn, EmailTaken, LastAdministrator),
)
def change_user(
    caller: Inviter,
    session: WriteSession,
    kinds: KindsDep,
    user: Annotated[User, Depends(_to_patch)],
    patch: UserPatch,
) -> Any:
    """Change someone's address, or put them out of use.

    `is_active: false` acts on their very next request. You can change those to whom you could have given all
    that they may do.
    """
    return users.shown(session, kinds, caller, [users.change(session, user, patch)])[0]


@router.post(
    "/{user}/links",
    status_code=201,
    response_model=LinkShown,
    responses=answers(NoSuchThing, WiderThanYourOwn, Disabled, NotForYourself),
)
def make_link(
    caller: Inviter, session: WriteSession, request: Request, user: Annotated[User, Depends(_to_change)]
) -> Any:
    """Make a new link by which someone else sets a password.

    For when the first got lost, or the password. It works once, within a day (7 days for who has no password
    yet), and only while you may manage them. Older links stop working; the password that they have works until
    the link is used.
    """
    return _link(request, *users.link(session, user, caller))


def _link(request: Request, secret: str, expires_at: datetime) -> dict[str, Any]:
    return {"url": f"{urls.base(request)}/accept?token={secret}", "token": secret, "expires_at": expires_at}
