"""``/v1/year-clocks``, ``/v1/school-breaks``"""

from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from app.accounts.needs import Needs, Public
from app.accounts.rules import Caller
from app.accounts.service.callers import OutOfReach
from app.areas import service as areas
from app.core import clock, paging, rows
from app.core.database import SnapshotSession, WriteSession
from app.core.dates import AnyDay
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.numbers import Whole
from app.core.paging import Page, PageSession, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.year_clock import queries, service
from app.year_clock.models import FAMILY, SchoolBreak, YearClock
from app.year_clock.schemas import (
    SchoolBreakPatch,
    SchoolBreakPublic,
    SchoolBreakWrite,
    YearClockOfYear,
    YearClockPublic,
)

router = room("/year-clocks", "year clocks")
school_breaks = room("/school-breaks", "year clocks")
ROUTERS = (router, school_breaks)
Anyone = Annotated[Caller | None, Public(FAMILY, "areas")]
Editor = Annotated[Caller, Needs("networks:write", at="school_break")]
BreakId = Annotated[str, Path(max_length=36, description="Id of the school break.")]


def _break_to_change(school_break: BreakId, session: WriteSession, if_match: IfMatch) -> SchoolBreak:
    found = rows.find(session, SchoolBreak, school_break, lock=True)
    rows.must_match(found, if_match)
    return found


ChangedBreak = Annotated[SchoolBreak, Depends(_break_to_change)]
OF_A_CHANGE = answers(NoSuchThing, ChangedMeanwhile, VersionNotStated)


@router.get("", response_model=Page[YearClockPublic])
def list_year_clocks(
    _: Anyone,
    session: PageSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: Annotated[
        str | None, Query(max_length=80, description="Only those that stand on this area (id or slug) or below it.")
    ] = None,
) -> Any:
    """Year clocks: the course of a year in some networks."""
    inside = areas.resolved(session, area, parameter="area") if area else None
    return paging.page(session, queries.clocks(inside=inside), window, request, response)


@router.get("/{year_clock}", response_model=YearClockOfYear, responses=answers(NoSuchThing))
def read_year_clock(
    _: Annotated[Caller | None, Public(FAMILY, "networks")],
    session: SnapshotSession,
    year_clock: Annotated[str, Path(max_length=80, description="Id or slug.")],
    year: Annotated[
        Whole | None, Query(ge=1990, le=2100, description="The year; absent: the present one in Helsinki.")
    ] = None,
) -> Any:
    """One year clock, with its windows as they are in a year.

    Networks of the window's kind meet between `from` and `to`, both included, about its topics.
    """
    found = rows.find(session, YearClock, year_clock)
    return service.in_year(session, found, year or clock.today().year)


@school_breaks.get("", response_model=Page[SchoolBreakPublic])
def list_school_breaks(
    _: Anyone,
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: Annotated[
        str | None, Query(max_length=80, description="Only of schools in this area (id or slug) and below it.")
    ] = None,
    first: Annotated[AnyDay | None, Query(alias="from", description="Those that end on this day or later.")] = None,
    last: Annotated[AnyDay | None, Query(alias="to", description="Those that begin on this day or before.")] = None,
) -> Any:
    """Days on which schools rest, by their first day.

    A break of an area holds in all that lies in it: look at those of the county too.
    """
    inside = areas.resolved(session, area, parameter="area") if area else None
    page = paging.page(session, queries.breaks(inside=inside, first=first, last=last), window, request, response)
    return {**page, "items": [service.break_listed(row) for row in page["items"]]}


@school_breaks.post("", status_code=201, response_model=SchoolBreakPublic, responses=answers(OutOfReach))
def add_school_break(
    caller: Annotated[Caller, Needs("networks:write")],
    session: WriteSession,
    write: SchoolBreakWrite,
    response: Response,
) -> Any:
    """Add days on which the schools of an area rest.

    Proposed meetings of networks in it step around them.
    """
    added = service.add_break(session, write, caller)
    response.headers["Location"] = f"/v1/school-breaks/{added.id}"
    return service.break_shown(session, added)


@school_breaks.get("/{school_break}", response_model=SchoolBreakPublic, responses=answers(NoSuchThing))
def read_school_break(_: Anyone, session: SnapshotSession, school_break: BreakId) -> Any:
    """One school break."""
    return service.break_shown(session, rows.find(session, SchoolBreak, school_break))


@school_breaks.patch("/{school_break}", response_model=SchoolBreakPublic, responses=OF_A_CHANGE)
def change_school_break(_: Editor, session: WriteSession, school_break: ChangedBreak, patch: SchoolBreakPatch) -> Any:
    """Change the named fields of a school break (merge patch, RFC 7396)."""
    return service.break_shown(session, service.change_break(session, school_break, patch))


@school_breaks.delete("/{school_break}", status_code=204, responses=OF_A_CHANGE)
def remove_school_break(_: Editor, session: WriteSession, school_break: ChangedBreak) -> None:
    """Take a school break away."""
    rows.remove(session, school_break)
