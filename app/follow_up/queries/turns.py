"""Selections of duties that go round: their rules, who takes turns, and at which meetings."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select

from app.meetings.models.meetings import MeetingStatus
from app.meetings.queries.meetings import MEETING
from app.meetings.queries.swaps import SeatNamed
from app.networks.models import Network
from app.networks.queries import NETWORK
from app.plan.models import Plan, PlanRule, RuleType
from app.plan.queries import PLAN, RULE

_OF_MEETING = (
    *("id", "network_id", "title", "status", "local_start", "time_zone", "starts_at", "duration_minutes"),
    *("mode", "window_code", "led_by_id", "secretary_id"),
)

FALSE = false()


def rotations(county_id: uuid.UUID) -> Select[Any]:
    """The rules by which duties go round in a county, with the years of their plans."""
    return (
        select(
            *(RULE[name] for name in ("code", "subject_kind", "subject", "parameters", "plan_ref")),
            *(RULE[name] for name in ("valid_from", "valid_to")),
            *(PLAN[name] for name in ("first_year", "last_year")),
        )
        .select_from(PlanRule)
        .join(Plan, RULE.plan_id == PLAN.id)
        .where(PLAN.county_id == county_id, RULE.type == RuleType.rotation)
        .order_by(RULE.code, RULE.id)
    )


def named(which: ColumnElement[bool]) -> Select[Any]:
    """Some networks by name, with when they go on."""
    return select(*(NETWORK[part] for part in ("id", "slug", "name", "valid_from", "valid_to"))).where(which)


def sitting(which: ColumnElement[bool], first: date, last: date) -> Select[Any]:
    """The held seats of some networks that name somebody on one of some days, in the order of their turns."""
    seat = SeatNamed("turn")
    own, role, organisation = seat.seat.c, seat.role.c, seat.organisation.c
    return (
        select(
            *seat.columns, *(own[name] for name in ("network_id", "person_id", "deputy_id", "valid_from", "valid_to"))
        )
        .select_from(seat.seat)
        .join(Network, own.network_id == NETWORK.id)
        .join(seat.role, own.role_id == role.id)
        .join(seat.organisation, own.organisation_id == organisation.id)
        .where(which, own.names_person, own.is_held, own.valid_from <= last)
        .where(or_(own.valid_to.is_(None), own.valid_to > first))
        .order_by(role.position, organisation.sort_name, own.id)
    )


def seats(seat_ids: Collection[uuid.UUID]) -> Select[Any]:
    """Some seats with their roles and organisations, whenever they are valid."""
    seat = SeatNamed("turn")
    joined = seat.seat.join(seat.role, seat.seat.c.role_id == seat.role.c.id)
    joined = joined.outerjoin(seat.organisation, seat.seat.c.organisation_id == seat.organisation.c.id)
    return select(*seat.columns).select_from(joined).where(seat.seat.c.id.in_(seat_ids))


def meetings(which: ColumnElement[bool], *, sees: ColumnElement[bool] = FALSE) -> Select[Any]:
    """Some meetings that were held or are planned, with what is needed of them here, the newest first.

    ``is_known``: whether one may know of it who sees what members see where ``sees`` says.
    """
    return (
        select(*(MEETING[name] for name in _OF_MEETING), or_(MEETING.is_public, sees).label("is_known"))
        .join(Network, MEETING.network_id == NETWORK.id)
        .where(which, MEETING.status != MeetingStatus.cancelled)
        .order_by(MEETING.starts_at.desc(), MEETING.id.desc())
    )


def last_meetings(which: ColumnElement[bool], most: int) -> Select[Any]:
    """Of each network the last ones of some meetings, the newest first."""
    place = func.row_number().over(partition_by=MEETING.network_id, order_by=(MEETING.starts_at.desc(), MEETING.id))
    numbered = meetings(which).order_by(None).add_columns(place.label("place")).subquery()
    query = select(*(numbered.c[name] for name in (*_OF_MEETING, "is_known"))).where(numbered.c.place <= most)
    return query.order_by(numbered.c.starts_at.desc(), numbered.c.id.desc())
