"""Selections of year clocks and of their windows."""

import uuid
from typing import Any

from sqlalchemy import Select, select

from app.areas.queries import below
from app.networks.models import NetworkKind
from app.networks.queries import KIND
from app.year_clock.models import YearClock, YearClockWindow

CLOCK = YearClock.__table__.c  # type: ignore[attr-defined]
WINDOW = YearClockWindow.__table__.c  # type: ignore[attr-defined]


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
            KIND.code.label("kind_code"),
            KIND.name.label("kind_name"),
        )
        .join(NetworkKind, WINDOW.network_kind_id == KIND.id)
        .where(WINDOW.clock_id == clock_id)
        .order_by(WINDOW.position, WINDOW.code)
    )
