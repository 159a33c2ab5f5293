"""``/v1/year-clocks``"""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from app.accounts.needs import Public
from app.accounts.rules import Caller
from app.areas import service as areas
from app.core import clock, paging, rows
from app.core.database import SnapshotSession
from app.core.errors import NoSuchThing
from app.core.numbers import Whole
from app.core.paging import Page, PageSession, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.year_clock import queries, service
from app.year_clock.models import FAMILY, YearClock
from app.year_clock.schemas import YearClockOfYear, YearClockPublic

router = room("/year-clocks", "year clocks")


@router.get("", response_model=Page[YearClockPublic])
def list_year_clocks(
    _: Annotated[Caller | None, Public(FAMILY, "areas")],
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
