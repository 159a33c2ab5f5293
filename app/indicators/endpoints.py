"""``/v1/indicators``"""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from pydantic import StringConstraints

from app.accounts.needs import Public
from app.accounts.rules import Caller
from app.areas import models as areas
from app.core import paging, rows
from app.core.database import SnapshotSession
from app.core.errors import Invalid, NoSuchThing
from app.core.paging import Page, PageSession, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.indicators import queries, service
from app.indicators.models import FAMILY, Indicator, Sex
from app.indicators.schemas import IndicatorDetail, IndicatorPublic, Series
from app.indicators.service import TooManyCells

router = room("/indicators", "indicators")
Anyone = Annotated[Caller | None, Public(FAMILY, max_age_s=60)]
AnyoneWithAreas = Annotated[Caller | None, Public(FAMILY, areas.FAMILY, max_age_s=60)]
IndicatorPath = Annotated[str, Path(max_length=80, description="Id or slug.", examples=["sotkanet-127"])]
Slugs = list[Annotated[str, StringConstraints(min_length=1, max_length=80)]]


@router.get("", response_model=Page[IndicatorPublic])
def list_indicators(
    _: Anyone,
    session: PageSession,
    window: WindowDep,
    request: Request,
    response: Response,
    source: Annotated[
        str | None, Query(max_length=40, description="Only indicators of this source.", examples=["sotkanet"])
    ] = None,
    q: Annotated[
        str | None, Query(max_length=100, description="Only indicators with this in their name, in any language.")
    ] = None,
) -> Any:
    """Indicators by name.

    `q` finds a part of a name whatever its case and accents: `q=aitiys` finds *Äitiys*.
    """
    return paging.page(session, queries.indicators(source=source, q=q), window, request, response)


@router.get("/{indicator}", response_model=IndicatorDetail, responses=answers(NoSuchThing))
def read_indicator(_: Anyone, session: SnapshotSession, indicator: IndicatorPath) -> Any:
    """One indicator, with the extent of its values and its source.

    `reference.citation` is the text to put beside the numbers. Values under `cc-by-4.0` may be used
    freely when cited; under `producer` ask their producer first.
    """
    return service.described(session, rows.find(session, Indicator, indicator))


@router.get("/{indicator}/series", response_model=Series, responses=answers(NoSuchThing, TooManyCells, Invalid))
def read_series(
    _: AnyoneWithAreas,
    session: SnapshotSession,
    indicator: IndicatorPath,
    area: Annotated[
        Slugs | None,
        Query(max_length=400, description="Areas (id or slug), in this order. Absent: all that have a value, by name."),
    ] = None,
    first: Annotated[
        str | None, Query(alias="from", max_length=10, description="First period, included.", examples=["2015"])
    ] = None,
    last: Annotated[
        str | None, Query(alias="to", max_length=10, description="Last period, included.", examples=["2024"])
    ] = None,
    sex: Annotated[Sex, Query(description="Whom the values count.")] = Sex.total,
) -> Any:
    """The values of an indicator by area and period.

    `values[i][j]` is the value of `areas[i]` in `periods[j]`. Where it is missing it is null and
    `status[i][j]` is `m`; 0 is a value. `periods` are those in which some of the areas have a value,
    in order. Without `from` and `to` the answer is everything there is, up to 100,000 cells.
    """
    found = rows.find(session, Indicator, indicator)
    return service.series(session, found, areas=area, first=first, last=last, sex=sex)
