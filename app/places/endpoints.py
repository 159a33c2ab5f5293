"""``/v1/meeting-places``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import Needs, Public
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.areas import service as areas
from app.core import paging, rows
from app.core.database import ReadSession, WriteSession
from app.core.dates import AnyDay
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, PageSession, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.core.slugs import SlugTaken
from app.places import queries, service
from app.places.models import FAMILY, MeetingPlace, PlaceKind
from app.places.schemas import PlacePatch, PlacePublic, PlaceWrite

router = room("/meeting-places", "meeting places")
Anyone = Annotated[Caller | None, Public(FAMILY, "areas")]
PlaceRef = Annotated[str, Path(max_length=80, description="Id or slug of the place.")]


def _to_change(place: PlaceRef, session: WriteSession, if_match: IfMatch) -> MeetingPlace:
    found = rows.find(session, MeetingPlace, place, lock=True)
    rows.must_match(found, if_match)
    return found


@router.get("", response_model=Page[PlacePublic])
def list_meeting_places(
    _: Anyone,
    session: PageSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: Annotated[
        str | None, Query(max_length=80, description="Only in this area (id or slug) and below it.")
    ] = None,
    kind: Annotated[PlaceKind | None, Query(description="Only places of this kind.")] = None,
    open_on: Annotated[AnyDay | None, Query(description="Only places that are going on this day.")] = None,
    q: Annotated[str | None, Query(max_length=100, description="Only places with this in their name.")] = None,
) -> Any:
    """Meeting places by name."""
    inside = areas.resolved(session, area, parameter="area") if area else None
    found = queries.places(kind=kind, open_on=open_on, inside=inside, named=q)
    page = paging.page(session, found, window, request, response)
    return {**page, "items": [queries.with_municipality(row) for row in page["items"]]}


@router.get("/{place}", response_model=PlacePublic, responses=answers(NoSuchThing))
def read_meeting_place(_: Anyone, session: ReadSession, place: PlaceRef) -> Any:
    """One meeting place."""
    return queries.with_municipality(rows.one(session, queries.places(), queries.PLACE, place, MeetingPlace))


@router.post(
    "", status_code=201, response_model=PlacePublic, responses=answers(service.NameTaken, SlugTaken, OutOfReach)
)
def found_meeting_place(
    caller: Annotated[Caller, Needs("places:write")], session: WriteSession, write: PlaceWrite, response: Response
) -> Any:
    """Found a meeting place in a municipality where you have the scope.

    The place belongs to the plan of the county in which the municipality lies.
    """
    place = service.found(session, write, caller)
    response.headers["Location"] = f"/v1/meeting-places/{place.id}"
    return service.shown(session, place.id)


@router.patch(
    "/{place}",
    response_model=PlacePublic,
    responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated, service.NameTaken),
)
def change_meeting_place(
    caller: Annotated[Caller, Needs("places:write", at="place")],
    session: WriteSession,
    place: Annotated[MeetingPlace, Depends(_to_change)],
    patch: PlacePatch,
) -> Any:
    """Change the named fields of a meeting place (merge patch, RFC 7396).

    To move it takes the scope on both municipalities.
    """
    return service.shown(session, service.change(session, place, patch, caller).id)
