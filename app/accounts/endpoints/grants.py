"""``/v1/grants``"""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.models import Grant
from app.accounts.needs import KindsDep, Needs
from app.accounts.roles import Role
from app.accounts.rules import Caller
from app.accounts.schemas import GrantPatch, GrantShown, GrantWrite
from app.accounts.service import grants, users
from app.accounts.service.grants import AlreadyGranted, GrantIsBound, LastAdministrator, WiderThanYourOwn
from app.core import paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.dates import AnyDay
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room

router = room("/grants", "access")
Reader = Annotated[Caller, Needs("users:read")]
Giver = Annotated[Caller, Needs("users:write")]
GrantId = Annotated[str, Path(alias="grant", max_length=36, description="Id of the grant.")]


def _to_change(caller: Giver, grant: GrantId, session: WriteSession, kinds: KindsDep, if_match: IfMatch) -> Grant:
    found = grants.seen(session, kinds, caller, grant, lock=True)
    grants.must_be_changeable(session, kinds, caller, found)
    rows.must_match(found, if_match)
    return found


@router.get("", response_model=Page[GrantShown])
def list_grants(
    caller: Reader,
    session: SnapshotSession,
    kinds: KindsDep,
    window: WindowDep,
    request: Request,
    response: Response,
    user: Annotated[UUID | None, Query(description="Only those of this user (id).")] = None,
    role: Annotated[Role | None, Query(description="Only this role.")] = None,
    on: Annotated[AnyDay | None, Query(description="Only those that hold on this day.")] = None,
) -> Any:
    """Who may do what, where and how long, oldest first.

    You see grants on things where you have `users:read`, and your own.
    """
    seen = users.visible(session, kinds, caller)
    query = grants.grants(user_id=user, role=role, on=on, seen=seen)
    page = paging.page(session, query, window, request, response, entities=True)
    return {**page, "items": grants.shown(session, kinds, page["items"])}


@router.post("", status_code=201, response_model=GrantShown, responses=answers(WiderThanYourOwn, AlreadyGranted))
def give_grant(caller: Giver, session: WriteSession, kinds: KindsDep, response: Response, write: GrantWrite) -> Any:
    """Give someone who has an account a role on a thing and all below it.

    Never wider than your own: not more scopes, not a wider place, not a longer time.
    """
    givable = grants.must_be_givable(session, kinds, caller, write)
    grant = grants.add(session, users.called(session, write.user, "/user"), write, *givable)
    response.headers["Location"] = f"/v1/grants/{grant.id}"
    return grants.shown(session, kinds, [grant])[0]


@router.get("/{grant}", response_model=GrantShown, responses=answers(NoSuchThing))
def read_grant(caller: Reader, session: SnapshotSession, kinds: KindsDep, grant: GrantId) -> Any:
    """A grant."""
    return grants.shown(session, kinds, [grants.seen(session, kinds, caller, grant)])[0]


@router.patch(
    "/{grant}",
    response_model=GrantShown,
    responses=answers(
        NoSuchThing,
        ChangedMeanwhile,
        VersionNotStated,
        WiderThanYourOwn,
        AlreadyGranted,
        GrantIsBound,
        LastAdministrator,
    ),
)
def change_grant(
    caller: Giver,
    session: WriteSession,
    kinds: KindsDep,
    grant: Annotated[Grant, Depends(_to_change)],
    patch: GrantPatch,
) -> Any:
    """Change how long a grant holds.

    With today's date as `valid_to` it ends at once, on the very next request.
    """
    return grants.shown(session, kinds, [grants.change(session, kinds, caller, grant, patch)])[0]
