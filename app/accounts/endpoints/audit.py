"""``/v1/audit-entries``"""

import uuid
from typing import Annotated, Any

from fastapi import Query, Request, Response

from app.accounts.needs import KindsDep, Needs
from app.accounts.rules import Caller
from app.accounts.schemas import AuditEntryShown
from app.accounts.service import trail
from app.accounts.service.callers import OutOfReach
from app.core import paging
from app.core.database import SnapshotSession
from app.core.dates import AnyDay
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room

router = room("/audit-entries", "audit")


@router.get("", response_model=Page[AuditEntryShown], responses=answers(trail.ItemNotNamed, OutOfReach))
def list_audit_entries(
    caller: Annotated[Caller, Needs("audit:read")],
    session: SnapshotSession,
    kinds: KindsDep,
    window: WindowDep,
    request: Request,
    response: Response,
    item: Annotated[uuid.UUID | None, Query(description="Only what changed the thing with this id.")] = None,
    kind: Annotated[str | None, Query(max_length=63, description="Only what changed a thing of this kind.")] = None,
    by: Annotated[uuid.UUID | None, Query(description="Only what this user or token did (id).")] = None,
    command: Annotated[str | None, Query(max_length=100, description="Only this command, such as `giveGrant`.")] = None,
    first: Annotated[AnyDay | None, Query(alias="from", description="First day, in Finnish time.")] = None,
    last: Annotated[AnyDay | None, Query(alias="to", description="Last day, included.")] = None,
) -> Any:
    """Who changed what and when, newest first: which fields, never their values.

    With `audit:read` on everything: all of it. With `audit:read` on a part: the changes of one `item` in it.
    Every item's answer to a caller with a token points here (`Link`, `rel="version-history"`).
    """
    trail.must_see(session, kinds, caller, item)
    query = trail.entries(by=by, command=command, kind=kind, item_id=item, first=first, last=last)
    page = paging.page(session, query, window, request, response)
    only = None if caller.may(trail.SCOPE) else item
    return {**page, "items": trail.shown(session, page["items"], only)}
