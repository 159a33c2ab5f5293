"""``/v1/organisation-kinds``, ``/v1/organisations``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import Needs, Public
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.areas import service as areas
from app.areas.models import FAMILY as AREAS
from app.core import paging, rows
from app.core.database import ReadSession, WriteSession
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, PageSession, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.core.slugs import SlugTaken
from app.organisations import queries
from app.organisations.models import FAMILY, Organisation
from app.organisations.schemas import (
    OrganisationKindPublic,
    OrganisationPatch,
    OrganisationPublic,
    OrganisationWrite,
)
from app.organisations.service import organisations
from app.organisations.service.organisations import OrganisationIsThere

router = room("", "organisations")
Anyone = Annotated[Caller | None, Public(FAMILY, AREAS)]
OrganisationId = Annotated[str, Path(max_length=80, description="Id or slug of the organisation.")]
AreaParam = Annotated[str | None, Query(max_length=80, description="Only in this area (id or slug) and below it.")]


def _to_change(organisation: OrganisationId, session: WriteSession, if_match: IfMatch) -> Organisation:
    found = rows.find(session, Organisation, organisation, lock=True)
    rows.must_match(found, if_match)
    return found


@router.get("/organisation-kinds", response_model=Page[OrganisationKindPublic])
def list_organisation_kinds(
    _: Anyone, session: PageSession, window: WindowDep, request: Request, response: Response, area: AreaParam = None
) -> Any:
    """What organisations are in each county."""
    inside = areas.resolved(session, area, parameter="area") if area else None
    return paging.page(session, queries.kinds(inside=inside), window, request, response)


@router.get("/organisations", response_model=Page[OrganisationPublic])
def list_organisations(
    _: Anyone,
    session: PageSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: AreaParam = None,
    kind: Annotated[str | None, Query(max_length=40, description="Only of this kind, by code.")] = None,
    q: Annotated[str | None, Query(max_length=100, description="Only those with this in their name.")] = None,
) -> Any:
    """Organisations by name."""
    inside = areas.resolved(session, area, parameter="area") if area else None
    found = queries.organisations(kind=kind, inside=inside, named=q)
    page = paging.page(session, found, window, request, response)
    return {**page, "items": [queries.as_organisation(row) for row in page["items"]]}


@router.post(
    "/organisations",
    status_code=201,
    response_model=OrganisationPublic,
    responses=answers(OrganisationIsThere, SlugTaken, OutOfReach),
)
def add_organisation(
    caller: Annotated[Caller, Needs("organisations:write")],
    session: WriteSession,
    write: OrganisationWrite,
    response: Response,
) -> Any:
    """Add an organisation in a municipality or a county where you have the scope."""
    organisation = organisations.add(session, write, caller)
    response.headers["Location"] = f"/v1/organisations/{organisation.id}"
    return organisations.shown(session, organisation.id)


@router.get("/organisations/{organisation}", response_model=OrganisationPublic, responses=answers(NoSuchThing))
def read_organisation(_: Anyone, session: ReadSession, organisation: OrganisationId) -> Any:
    """One organisation."""
    found = rows.one(session, queries.organisations(), queries.ORGANISATION, organisation, Organisation)
    return queries.as_organisation(found)


@router.patch(
    "/organisations/{organisation}",
    response_model=OrganisationPublic,
    responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated, OrganisationIsThere),
)
def change_organisation(
    caller: Annotated[Caller, Needs("organisations:write", at="organisation")],
    session: WriteSession,
    organisation: Annotated[Organisation, Depends(_to_change)],
    patch: OrganisationPatch,
) -> Any:
    """Change the named fields of an organisation (merge patch, RFC 7396).

    It stays in its county. To move it there takes the scope both where it was and where it goes. One that ends
    gets its last day in `ended_on`.
    """
    return organisations.shown(session, organisations.change(session, organisation, patch, caller).id)
