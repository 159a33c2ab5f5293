"""Selections of who comes to a meeting."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, String, and_, cast, literal, null, select, union_all

from app.core import references
from app.core.validity import valid_on
from app.meetings.models.invitees import Guest, SeatAnswer
from app.meetings.models.meetings import Meeting
from app.networks.models import NetworkRole, Seat
from app.networks.queries import ROLE, SEAT
from app.organisations.models import Organisation
from app.organisations.queries import ORGANISATION

SEAT_ANSWER = SeatAnswer.__table__.c  # type: ignore[attr-defined]
GUEST = Guest.__table__.c  # type: ignore[attr-defined]
AFTER_ALL_ROLES = 1_000_000


def invitees(meeting: Meeting, *, of: Collection[uuid.UUID] | None = None) -> Select[Any]:
    """The seats that the network has on the day of a meeting, in order of their roles, and then its guests.

    ``of``: only these seats and guests.
    """
    seats = (
        select(
            *(SEAT.id, ROLE.position, ROLE.code.label("role"), SEAT.organisation_id, SEAT.office),
            *(SEAT_ANSWER.answer, SEAT_ANSWER.answered_at),
        )
        .select_from(Seat)
        .join(NetworkRole, SEAT.role_id == ROLE.id)
        .outerjoin(SeatAnswer, and_(SEAT_ANSWER.seat_id == SEAT.id, SEAT_ANSWER.meeting_id == meeting.id))
        .where(SEAT.network_id == meeting.network_id, valid_on(SEAT, meeting.local_start.date()))
    )
    guests = select(
        *(GUEST.id, literal(AFTER_ALL_ROLES).label("position"), cast(null(), String).label("role")),
        *(GUEST.organisation_id, GUEST.office, GUEST.answer, GUEST.answered_at),
    ).where(GUEST.meeting_id == meeting.id)
    both = union_all(seats, guests).subquery("invitee")
    query = (
        select(both, *references.columns(ORGANISATION, "organisation", ("slug", "name")))
        .outerjoin(Organisation, both.c.organisation_id == ORGANISATION.id)
        .order_by(both.c.position, both.c.id)
    )
    return query if of is None else query.where(both.c.id.in_(of))
