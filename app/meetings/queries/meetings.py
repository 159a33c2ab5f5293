"""Selections of meetings."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, String, cast, or_, select

from app.areas.queries import below
from app.core import references
from app.meetings.models.meetings import Meeting, MeetingStatus, Mode
from app.networks.models import Network
from app.networks.queries import NETWORK

MEETING = Meeting.__table__.c  # type: ignore[attr-defined]
Sorted = Literal["starts_at", "-starts_at"]
NAMED_NETWORK = references.columns(NETWORK, "network", ("slug", "name"))
IN_SHORT = ("id", "title", "local_start")


def meetings(*, sees: ColumnElement[bool]) -> Select[Any]:
    """Meetings with their network and the one that leads; ``sees``: where the caller sees what members see."""
    leading = Network.__table__.alias("leading")  # type: ignore[attr-defined]
    return (
        select(
            *MEETING,
            *NAMED_NETWORK,
            *references.columns(leading.c, "led_by", ("slug", "name")),
            sees.label("sees"),
        )
        .join(Network, MEETING.network_id == NETWORK.id)
        .outerjoin(leading, MEETING.led_by_id == leading.c.id)
    )


def shown(query: Select[Any], *, sees: ColumnElement[bool]) -> Select[Any]:
    """Those of a query of meetings that the caller may know of."""
    return query.where(or_(MEETING.is_public, sees))


def of_meetings(
    query: Select[Any],
    *,
    network_id: uuid.UUID | None = None,
    inside: uuid.UUID | None = None,
    first: date | None = None,
    last: date | None = None,
) -> Select[Any]:
    """Those of a query of meetings and networks that are of a network, in an area, on days (both included)."""
    if network_id is not None:
        query = query.where(MEETING.network_id == network_id)
    if inside is not None:
        query = query.where(NETWORK.area_id.in_(below(inside)))
    if first is not None:
        query = query.where(MEETING.local_start >= _midnight(first))
    if last is not None and last < date.max:
        query = query.where(MEETING.local_start < _midnight(last + timedelta(days=1)))
    return query


def alike(
    query: Select[Any], *, mode: Mode | None = None, status: MeetingStatus | None = None, theme: str | None = None
) -> Select[Any]:
    """Those of a query of meetings that are of a kind."""
    if mode is not None:
        query = query.where(MEETING.mode == mode)
    if status is not None:
        query = query.where(MEETING.status == status)
    if theme is not None:  # a theme is a code, without quotes
        query = query.where(cast(MEETING.themes, String).contains(f'"{theme}"', autoescape=True))
    return query


def by_start(query: Select[Any], sort: Sorted, *then: ColumnElement[Any]) -> Select[Any]:
    """A query of meetings in order of time, then of other columns."""
    if sort == "-starts_at":
        return query.order_by(MEETING.starts_at.desc(), *(column.desc() for column in then))
    return query.order_by(MEETING.starts_at, *then)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
