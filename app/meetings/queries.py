"""Selections of meetings, and of what belongs to them."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, String, cast, or_, select
from sqlalchemy.orm import aliased

from app.areas.queries import below
from app.core.text import folded
from app.meetings.models import AgendaItem, Attendance, Decision, Meeting, MeetingStatus, Mode
from app.networks.models import Network, NetworkRole, Seat
from app.networks.queries import NETWORK, ROLE, SEAT
from app.organisations.models import Organisation
from app.organisations.queries import ORGANISATION

MEETING = Meeting.__table__.c  # type: ignore[attr-defined]
ITEM = AgendaItem.__table__.c  # type: ignore[attr-defined]
ATTENDANCE = Attendance.__table__.c  # type: ignore[attr-defined]
DECISION = Decision.__table__.c  # type: ignore[attr-defined]
Sorted = Literal["starts_at", "-starts_at"]
_NETWORK = (NETWORK.slug.label("network_slug"), NETWORK.name.label("network_name"))


def meetings(*, sees: ColumnElement[bool]) -> Select[Any]:
    """Meetings with their network and the one that leads; ``sees``: where the caller sees what members see."""
    leading = aliased(Network)
    return (
        select(
            *(column for column in MEETING if column.name != "network_id"),
            NETWORK.id.label("network_id"),
            *_NETWORK,
            leading.slug.label("led_by_slug"),  # type: ignore[attr-defined]
            leading.name.label("led_by_name"),  # type: ignore[attr-defined]
            sees.label("sees"),
        )
        .join(Network, MEETING.network_id == NETWORK.id)
        .outerjoin(leading, MEETING.led_by_id == leading.id)
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


def agenda(meeting_id: uuid.UUID, *, is_whole: bool) -> Select[Any]:
    """The matters on an agenda, all or those that are public, in order."""
    query = select(*ITEM).where(ITEM.meeting_id == meeting_id).order_by(ITEM.position)
    return query if is_whole else query.where(ITEM.is_public)


def decisions_of(meeting_id: uuid.UUID, *, is_whole: bool) -> Select[Any]:
    """The decisions of a meeting, all or those that are public, in order."""
    query = select(*DECISION).where(DECISION.meeting_id == meeting_id).order_by(DECISION.position)
    return query if is_whole else query.where(DECISION.is_public)


def decisions(*, reachable: ColumnElement[bool] | None = None, holding: str | None = None) -> Select[Any]:
    """Decisions with their meetings and networks; ``reachable`` is a condition on these."""
    query = (
        select(
            *(column for column in DECISION if column.name != "search_text"),
            MEETING.title.label("meeting_title"),
            MEETING.local_start,
            MEETING.starts_at,
            MEETING.network_id,
            *_NETWORK,
        )
        .select_from(Decision)
        .join(Meeting, DECISION.meeting_id == MEETING.id)
        .join(Network, MEETING.network_id == NETWORK.id)
    )
    if reachable is not None:
        query = query.where(reachable)
    if holding is not None:
        query = query.where(DECISION.search_text.contains(folded(holding), autoescape=True))
    return query


def attendances(meeting_id: uuid.UUID) -> Select[Any]:
    """How seats were at a meeting, in order of their roles."""
    return (
        select(
            *(ATTENDANCE[name] for name in ("id", "version", "updated_at", "state")),
            ATTENDANCE.seat_id.label("seat"),
            ROLE.position,
            ROLE.code.label("role"),
            ORGANISATION.id.label("organisation_id"),
            ORGANISATION.slug.label("organisation_slug"),
            ORGANISATION.name.label("organisation_name"),
        )
        .select_from(Attendance)
        .join(Seat, ATTENDANCE.seat_id == SEAT.id)
        .join(NetworkRole, SEAT.role_id == ROLE.id)
        .outerjoin(Organisation, SEAT.organisation_id == ORGANISATION.id)
        .where(ATTENDANCE.meeting_id == meeting_id)
        .order_by(ROLE.position, ATTENDANCE.id)
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
