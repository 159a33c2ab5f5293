"""``/v1/criteria-sets``"""

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
from app.evaluations import queries
from app.evaluations.models import CRITERIA, Level
from app.evaluations.schemas import CriteriaSetListed, CriteriaSetShown
from app.evaluations.service import criteria
from app.evaluations.service.criteria import SeveralCounties

router = room("/criteria-sets", "evaluations")


@router.get("", response_model=Page[CriteriaSetListed])
def list_criteria_sets(
    _: Annotated[Caller | None, Public(CRITERIA, "areas", max_age_s=60)],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: Annotated[
        str | None, Query(max_length=80, description="Only those that stand on this area (id or slug) or below it.")
    ] = None,
    level: Annotated[Level | None, Query(description="Only those that judge this.")] = None,
    code: Annotated[Code | None, Query(description="Only the editions of this set.")] = None,
) -> Any:
    """Editions of sets of criteria, by code and edition. An edition never changes."""
    inside = areas.resolved(session, area, parameter="area") if area else None
    return paging.page(session, queries.sets(inside=inside, level=level, code=code), window, request, response)


@router.get("/{criteria_set}", response_model=CriteriaSetShown, responses=answers(NoSuchThing, SeveralCounties))
def read_criteria_set(
    _: Annotated[Caller | None, Public(CRITERIA, max_age_s=60)],
    session: SnapshotSession,
    criteria_set: Annotated[
        str, Path(max_length=40, description="Id of an edition; or a code that one county alone has: the newest.")
    ],
) -> Any:
    """An edition of a set of criteria, with these in order."""
    return criteria.shown(session, criteria_set)
