"""Selections of year clocks, of their windows, and of school breaks."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from app.areas.models import Area
from app.areas.queries import AREA, below
from app.core import references
from app.networks.models import NetworkKind
from app.networks.queries import KIND
from app.year_clock.models import SchoolBreak, YearClock, YearClockWindow

CLOCK = YearClock.__table__.c  # type: ignore[attr-defined]
WINDOW = YearClockWindow.__table__.c  # type: ignore[attr-defined]
BREAK = SchoolBreak.__table__.c  # type: ignore[attr-defined]


def clocks(*, inside: uuid.UUID | None = None) -> Select[Any]:
    """Year clocks by slug; ``inside``: those that stand on this area or one below it."""
    query = select(*CLOCK).order_by(CLOCK.slug)
    return query if inside is None else query.where(CLOCK.county_id.in_(below(inside)))


def windows(clock_id: uuid.UUID) -> Select[Any]:
    """The windows of a clock in order, each with the kind of networks that meet in it."""
    return (
        select(
            WINDOW.code,
            WINDOW.name,
            WINDOW.first_month,
            WINDOW.last_month,
            WINDOW.mode,
            WINDOW.topics,
            WINDOW.tasks,
            KIND.code.label("kind_code"),
            KIND.name.label("kind_name"),
        )
        .join(NetworkKind, WINDOW.network_kind_id == KIND.id)
        .where(WINDOW.clock_id == clock_id)
        .order_by(WINDOW.position, WINDOW.code)
    )


def breaks(
    *,
    inside: uuid.UUID | None = None,
    first: date | None = None,
    last: date | None = None,
    break_id: uuid.UUID | None = None,
) -> Select[Any]:
    """School breaks with their areas, by their first days: those in an area that have one of some days."""
    query = (
        select(
            *(column for column in BREAK if column.name != "area_id"),
            *references.columns(AREA, "area"),
        )
        .join(Area, BREAK.area_id == AREA.id)
        .order_by(BREAK.first_on, BREAK.id)
    )
    if inside is not None:
        query = query.where(AREA.id.in_(below(inside)))
    if first is not None:
        query = query.where(BREAK.last_on >= first)
    if last is not None:
        query = query.where(BREAK.first_on <= last)
    return query if break_id is None else query.where(BREAK.id == break_id)
