"""``/v1/areas``"""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from app.accounts.needs import Public
from app.accounts.rules import Caller
from app.areas import queries, service
from app.areas.models import FAMILY, Area, AreaKind
from app.areas.schemas import AreaPublic
from app.core import paging, rows
from app.core.database import SnapshotSession
from app.core.dates import AnyDay
from app.core.errors import NoSuchThing
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room

router = room("/areas", "areas")
Anyone = Annotated[Caller | None, Public(FAMILY, max_age_s=60)]


@router.get("", response_model=Page[AreaPublic])
def list_areas(
    _: Anyone,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    kind: Annotated[AreaKind | None, Query(description="Only areas of this kind.")] = None,
    on: Annotated[AnyDay | None, Query(description="Only areas that exist on this day.")] = None,
    within: Annotated[
        str | None,
        Query(max_length=80, description="Only this area (id or slug) and everything below it, by any scheme."),
    ] = None,
) -> Any:
    """Areas by name, flat, each with the areas in which it lies.

    A municipality that was merged into another has `valid_to` and `successor`.
    """
    inside = service.resolved(session, within, parameter="within") if within else None
    page = paging.page(session, queries.areas(kind=kind, on=on, within=inside), window, request, response)
    return {**page, "items": service.shown(session, page["items"])}


@router.get("/{area}", response_model=AreaPublic, responses=answers(NoSuchThing))
def read_area(
    _: Anyone, session: SnapshotSession, area: Annotated[str, Path(max_length=80, description="Id or slug.")]
) -> Any:
    """One area."""
    id = rows.find(session, Area, area).id
    return service.shown(session, session.execute(queries.areas().where(queries.AREA.id == id)).all())[0]
