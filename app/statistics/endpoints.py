"""``/v1/statistics-forms``, ``/v1/visits``, ``/v1/meeting-places/{place}/visits``, ``/v1/visit-summaries``"""

from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import Needs, Public
from app.accounts.rules import Caller
from app.areas import service as areas
from app.core import language, paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.dates import AnyDay
from app.core.errors import ChangedMeanwhile, Fault, Invalid, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.language import Words
from app.core.numbers import Whole
from app.core.paging import Page, PageSession, WindowDep
from app.core.periods import Length
from app.core.problems import answers, shown
from app.core.route import room
from app.places import service as places
from app.places.models import MeetingPlace
from app.statistics import queries, reports, service
from app.statistics.models import FAMILY, VisitDay
from app.statistics.reports import Group
from app.statistics.rules import warnings_of_counts
from app.statistics.schemas import DayListed, DayPublic, DayWrite, FormPublic, Summaries

router = room("", "visit statistics")
Reader = Annotated[Caller, Needs("visits:read")]
ReaderThere = Annotated[Caller, Needs("visits:read", at="place")]
RecorderThere = Annotated[Caller, Needs("visits:write", at="place")]
PlaceRef = Annotated[str, Path(max_length=80, description="Id or slug of the place.")]


def _to_read(place: PlaceRef, session: SnapshotSession) -> MeetingPlace:
    return rows.find(session, MeetingPlace, place)


def _to_write(place: PlaceRef, session: WriteSession) -> MeetingPlace:
    return rows.find(session, MeetingPlace, place)


Read = Annotated[MeetingPlace, Depends(_to_read)]
Written = Annotated[MeetingPlace, Depends(_to_write)]
OnDay = Annotated[AnyDay, Path(alias="date", description="The day, `2026-03-12`.")]
PartOfDay = Annotated[Whole, Path(ge=1, le=9, description="Which part of the day, 1-9.")]
AreaParam = Annotated[str | None, Query(max_length=80, description="Only in this area (id or slug) and below it.")]
FirstDay = Annotated[AnyDay | None, Query(alias="from", description="First day.")]
LastDay = Annotated[AnyDay | None, Query(alias="to", description="Last day, included.")]
DAY = "/meeting-places/{place}/visits/{date}"
ONLY_BY_PLACE = Words("Anna place vain, kun group=place.", "Give place only with group=place.")
OF_A_DAY = answers(NoSuchThing, ChangedMeanwhile, VersionNotStated)


@router.get("/statistics-forms", response_model=Page[FormPublic])
def list_statistics_forms(
    _: Reader, session: PageSession, window: WindowDep, request: Request, response: Response, area: AreaParam = None
) -> Any:
    """Statistics forms: what each county counts, version by version."""
    county = areas.resolved(session, area, parameter="area") if area else None
    return paging.page(session, queries.forms(county_id=county), window, request, response)


@router.get("/visits", response_model=Page[DayListed])
def list_visits(
    caller: Reader,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: AreaParam = None,
    first: FirstDay = None,
    last: LastDay = None,
) -> Any:
    """Recorded days of all places where you have `visits:read`, in order of date."""
    inside = areas.resolved(session, area, parameter="area") if area else None
    reachable = places.reachable(session, caller, "visits:read")
    found = queries.days(inside=inside, first=first, last=last, reachable=reachable)
    page = paging.page(session, found, window, request, response)
    return {**page, "items": [_recorded(row) for row in page["items"]]}


@router.get("/meeting-places/{place}/visits", response_model=Page[DayListed], responses=answers(NoSuchThing))
def list_visits_of_place(
    _: ReaderThere,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    place: Read,
    first: FirstDay = None,
    last: LastDay = None,
) -> Any:
    """Recorded days of a place, in order of date."""
    page = paging.page(session, queries.days(place_id=place.id, first=first, last=last), window, request, response)
    return {**page, "items": [_recorded(row) for row in page["items"]]}


@router.get(DAY, response_model=DayPublic, responses=answers(NoSuchThing))
def read_visit_day(_: ReaderThere, session: SnapshotSession, request: Request, place: Read, day: OnDay) -> Any:
    """The day (its first part) as it was recorded."""
    return _read(session, request, place, day, 1)


@router.get(DAY + "/{part}", response_model=DayPublic, responses=answers(NoSuchThing))
def read_visit_day_part(
    _: ReaderThere, session: SnapshotSession, request: Request, place: Read, day: OnDay, part: PartOfDay
) -> Any:
    """A part of the day as it was recorded."""
    return _read(session, request, place, day, part)


@router.put(DAY, response_model=DayPublic, responses={201: {"description": "Recorded anew"}, **OF_A_DAY})
def record_visit_day(
    _: RecorderThere,
    session: WriteSession,
    request: Request,
    response: Response,
    place: Written,
    day: OnDay,
    write: DayWrite,
    if_match: IfMatch,
) -> Any:
    """Record what was counted on a day (its first part).

    A new day needs no `If-Match` and answers 201. The same content again changes nothing and answers 200.
    Other content needs `If-Match` with the version that it replaces, so that two recorders can't
    overwrite each other: they use parts.
    """
    return _record(session, request, response, place, day, 1, write, if_match)


@router.put(DAY + "/{part}", response_model=DayPublic, responses={201: {"description": "Recorded anew"}, **OF_A_DAY})
def record_visit_day_part(
    _: RecorderThere,
    session: WriteSession,
    request: Request,
    response: Response,
    place: Written,
    day: OnDay,
    part: PartOfDay,
    write: DayWrite,
    if_match: IfMatch,
) -> Any:
    """Record what was counted in a part of a day.

    A part is a morning, an evening, another recorder. The rules are those of a whole day.
    """
    return _record(session, request, response, place, day, part, write, if_match)


@router.delete(DAY, status_code=204, responses=OF_A_DAY)
def erase_visit_day(_: RecorderThere, session: WriteSession, place: Written, day: OnDay, if_match: IfMatch) -> None:
    """Take a recorded day (its first part) away."""
    service.erase_day(session, place, day, 1, if_match)


@router.delete(DAY + "/{part}", status_code=204, responses=OF_A_DAY)
def erase_visit_day_part(
    _: RecorderThere, session: WriteSession, place: Written, day: OnDay, part: PartOfDay, if_match: IfMatch
) -> None:
    """Take a part of a recorded day away."""
    service.erase_day(session, place, day, part, if_match)


@router.get("/visit-summaries", response_model=Summaries, responses=answers(reports.WholeMonthsOnly))
def list_visit_summaries(
    caller: Annotated[Caller | None, Public(FAMILY, "places", "areas")],
    session: SnapshotSession,
    request: Request,
    by: Annotated[Length, Query(description="Length of a period.")] = "month",
    group: Annotated[
        Group, Query(description="Whose totals: each place, municipality, family-centre area or county.")
    ] = "place",
    first: Annotated[
        str | None, Query(alias="from", max_length=10, description="First period or day.", examples=["2026-01"])
    ] = None,
    last: Annotated[
        str | None, Query(alias="to", max_length=10, description="Last period or day, included.", examples=["2026-06"])
    ] = None,
    area: AreaParam = None,
    place: Annotated[
        str | None, Query(max_length=80, description="Only this place (id or slug), with `group=place`.")
    ] = None,
    fields: Annotated[
        str | None, Query(max_length=500, description="Only these figures, with commas: `visits,families`.")
    ] = None,
) -> Any:
    """Totals of visits by period and place or area.

    Without `from` and `to`: the 12 months up to the present one. `visits` is the sum of the fields that
    count as visits. Without `visits:read` on every place that is asked about, small counts are hidden
    (`value` null, `status` `c`) together with what would give them away, and ranges are whole months. `m`
    means that nothing was counted; 0 is a count.
    """
    if place is not None and group != "place":
        raise Invalid(faults=[Fault("only-by-place", ONLY_BY_PLACE, parameter="place")])
    asked = reports.range_of(first, last)
    area_id = areas.resolved(session, area, parameter="area") if area else None
    place_id = places.resolved(session, place, parameter="place").id if place else None
    sees_all = caller is not None and reports.is_reached(session, caller, area_id, place_id)
    if not sees_all:
        reports.must_be_whole_months(asked)
    return reports.summaries(
        session,
        by=by,
        group=group,
        asked=asked,
        area_id=area_id,
        place_id=place_id,
        only=[code.strip() for code in fields.split(",")] if fields else None,
        hide_below=None if sees_all else request.app.state.settings.suppress_below,
    )


def _read(session: SnapshotSession, request: Request, place: MeetingPlace, day: date, part: int) -> dict[str, Any]:
    return _with_warnings(session, request, place, service.found_day(session, place.id, day, part))


def _record(
    session: WriteSession,
    request: Request,
    response: Response,
    place: MeetingPlace,
    day: date,
    part: int,
    write: DayWrite,
    if_match: list[str] | None,
) -> dict[str, Any]:
    stored, is_new = service.record_day(session, place, day, part, write, if_match)
    if is_new:
        response.status_code = 201
        response.headers["Location"] = f"/v1/meeting-places/{place.id}/visits/{day}/{part}"
    return _with_warnings(session, request, place, stored)


def _with_warnings(session: Any, request: Request, place: MeetingPlace, day: VisitDay) -> dict[str, Any]:
    form = service.Forms(session, [place.county_id]).fields(place.county_id, day.form_version)
    to = language.asked(request.scope)
    warnings = [shown(w.at(pointer=f"/counts{w.pointer}"), to) for w in warnings_of_counts(form, day.counts)]
    return {**rows.columns(day), "date": day.visited_on, "warnings": warnings}


def _recorded(row: Any) -> dict[str, Any]:
    return {**row._mapping, "date": row.visited_on}
