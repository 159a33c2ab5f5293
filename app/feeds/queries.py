"""Selections of calendars."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select

from app.areas.models import Area
from app.areas.queries import AREA
from app.core import references
from app.feeds.models import CalendarAddress, Instance
from app.meetings.queries.agenda import ITEM
from app.meetings.queries.meetings import MEETING
from app.networks.models import Network
from app.networks.queries import NETWORK, SEAT, held_by

ADDRESS = CalendarAddress.__table__.c  # type: ignore[attr-defined]
INSTANCE = Instance.__table__.c  # type: ignore[attr-defined]


def seated(user_id: uuid.UUID) -> ColumnElement[bool]:
    """Meetings of networks in which somebody who signs in holds a seat, or is a deputy, on that day."""
    return exists().where(SEAT.network_id == MEETING.network_id, held_by(user_id, MEETING.local_start))


def agendas(meetings: Select[Any]) -> Select[Any]:
    """What is on the agendas of a query of meetings, as far as it sees them, in order."""
    found = meetings.subquery()
    query = select(ITEM.meeting_id, ITEM.title, ITEM.updated_at).join(found, ITEM.meeting_id == found.c.id)
    return query.where(or_(found.c.sees, ITEM.is_public)).order_by(ITEM.meeting_id, ITEM.position)


def addresses(user_id: uuid.UUID) -> Select[Any]:
    """The secret addresses of somebody, oldest first, with what they are of."""
    return (
        select(
            *(ADDRESS[name] for name in ("id", "version", "updated_at", "name", "network_id", "area_id")),
            *references.columns(NETWORK, "network", ("slug", "name")),
            *references.columns(AREA, "area", ("slug", "name")),
        )
        .select_from(CalendarAddress)
        .outerjoin(Network, ADDRESS.network_id == NETWORK.id)
        .outerjoin(Area, ADDRESS.area_id == AREA.id)
        .where(ADDRESS.user_id == user_id)
        .order_by(ADDRESS.id)
    )
