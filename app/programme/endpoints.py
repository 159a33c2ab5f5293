"""``/v1/support-forms``"""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from app.accounts.needs import Public
from app.accounts.rules import Caller
from app.areas import service as areas
from app.core import paging
from app.core.database import SnapshotSession
from app.core.errors import NoSuchThing
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.core.slugs import Code
from app.programme import queries, service
from app.programme.models import FAMILY
from app.programme.schemas import SupportFormPublic

router = room("/support-forms", "early support")


@router.get("", response_model=Page[SupportFormPublic])
def list_support_forms(
    _: Annotated[Caller | None, Public(FAMILY, "areas", "organisations")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: Annotated[
        str | None, Query(max_length=80, description="Only those that stand on this area (id or slug) or below it.")
    ] = None,
    group: Annotated[Code | None, Query(description="Only under the heading with this code.")] = None,
    provider: Annotated[
        Code | None, Query(description="Only those that organisations of this kind (code) give.")
    ] = None,
    theme: Annotated[Code | None, Query(description="Only with this theme.")] = None,
) -> Any:
    """Forms of early support, in the order in which their county lists them."""
    inside = areas.resolved(session, area, parameter="area") if area else None
    found = queries.forms(inside=inside, group=group, provider=provider, theme=theme)
    page = paging.page(session, found, window, request, response)
    return {**page, "items": service.shown(session, page["items"])}


@router.get("/{support_form}", response_model=SupportFormPublic, responses=answers(NoSuchThing))
def read_support_form(
    _: Annotated[Caller | None, Public(FAMILY, "organisations")],
    session: SnapshotSession,
    support_form: Annotated[str, Path(max_length=36, description="Id of the form.")],
) -> Any:
    """One form of early support."""
    return service.one(session, support_form)
