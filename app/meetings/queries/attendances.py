"""Selections of attendances."""

import uuid
from typing import Any

from sqlalchemy import Select, select

from app.meetings.models.attendances import Attendance
from app.networks.models import NetworkRole, Seat
from app.networks.queries import ROLE, SEAT
from app.organisations.models import Organisation
from app.organisations.queries import ORGANISATION

ATTENDANCE = Attendance.__table__.c  # type: ignore[attr-defined]


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
