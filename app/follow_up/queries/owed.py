"""Selections of what somebody owes over all their seats."""

import uuid
from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, and_, select

from app.meetings.models.agenda import AgendaItem, Outcome
from app.meetings.models.decisions import Decision
from app.meetings.models.invitees import SeatAnswer
from app.meetings.models.meetings import Meeting, MeetingStatus
from app.meetings.models.relays import Relay, RelayState
from app.meetings.queries.agenda import ITEM
from app.meetings.queries.decisions import DECISION, RELAY
from app.meetings.queries.invitees import SEAT_ANSWER
from app.meetings.queries.meetings import MEETING
from app.networks.models import Network, NetworkKind, NetworkRole, Seat
from app.networks.queries import KIND, NETWORK, ROLE, SEAT, of_user, person_of

_NAMED = (NETWORK.id.label("network_id"), NETWORK.slug, NETWORK.name)


def seats(user_id: uuid.UUID) -> Select[Any]:
    """The seats of somebody who signs in, as holder or deputy, whenever they are valid."""
    return (
        select(
            *(SEAT[name] for name in ("id", "organisation_id", "place_id", "valid_from", "valid_to")),
            *_NAMED,
            NETWORK.county_id,
            NETWORK.place_id.label("team_of"),
            KIND.code.label("kind"),
            ROLE.carries,
            ROLE.carries_on,
            (SEAT.person_id == person_of(user_id)).label("holds"),
        )
        .select_from(Seat)
        .join(Network, SEAT.network_id == NETWORK.id)
        .join(NetworkKind, NETWORK.kind_id == KIND.id)
        .join(NetworkRole, SEAT.role_id == ROLE.id)
        .where(of_user(user_id))
        .order_by(NETWORK.sort_name, SEAT.id)
    )


def meetings(seat_ids: Collection[uuid.UUID], first: date, last: date) -> Select[Any]:
    """The meetings to which some seats belong on days, both included, with what each answered to the invitation."""
    begins, ends = (datetime.combine(day, time()) for day in (first, last + timedelta(days=1)))
    return (
        select(
            *(MEETING[name] for name in ("id", "title", "local_start", "status")),
            *_NAMED,
            SEAT.id.label("seat"),
            SEAT_ANSWER.answer,
        )
        .select_from(Meeting)
        .join(Network, MEETING.network_id == NETWORK.id)
        .join(Seat, SEAT.network_id == NETWORK.id)
        .outerjoin(SeatAnswer, and_(SEAT_ANSWER.meeting_id == MEETING.id, SEAT_ANSWER.seat_id == SEAT.id))
        .where(
            SEAT.id.in_(seat_ids),
            MEETING.status != MeetingStatus.cancelled,
            MEETING.local_start >= begins,
            MEETING.local_start < ends,
        )
        .order_by(MEETING.local_start, MEETING.id)
    )


def agenda_items(seat_ids: Collection[uuid.UUID], first: date, last: date) -> Select[Any]:
    """The matters that some seats have on agendas of planned meetings on days, both included."""
    begins, ends = (datetime.combine(day, time()) for day in (first, last + timedelta(days=1)))
    return (
        select(ITEM.owner_seat_id.label("seat"), ITEM.id, ITEM.title, MEETING.local_start, *_NAMED)
        .select_from(AgendaItem)
        .join(Meeting, ITEM.meeting_id == MEETING.id)
        .join(Network, MEETING.network_id == NETWORK.id)
        .where(
            ITEM.owner_seat_id.in_(seat_ids),
            ITEM.outcome == Outcome.open,
            MEETING.status == MeetingStatus.planned,
            MEETING.local_start >= begins,
            MEETING.local_start < ends,
        )
        .order_by(MEETING.local_start, ITEM.position, ITEM.id)
    )


def relays(seat_ids: Collection[uuid.UUID]) -> Select[Any]:
    """What the organisations of some seats have still to carry home from the networks of these."""
    return (
        select(SEAT.id.label("seat"), RELAY.id, DECISION.text, MEETING.local_start, *_NAMED)
        .select_from(Relay)
        .join(Decision, RELAY.decision_id == DECISION.id)
        .join(Meeting, DECISION.meeting_id == MEETING.id)
        .join(Network, MEETING.network_id == NETWORK.id)
        .join(Seat, and_(SEAT.network_id == NETWORK.id, SEAT.organisation_id == RELAY.organisation_id))
        .where(SEAT.id.in_(seat_ids), RELAY.state == RelayState.open, MEETING.status != MeetingStatus.cancelled)
        .order_by(MEETING.local_start, RELAY.id)
    )
