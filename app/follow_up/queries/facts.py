"""Selections of the facts by which a plan is judged: narrow rows of a whole county, without order of their own."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from app.areas.models import Area, AreaKind
from app.areas.queries import AREA, below
from app.evaluations.models import CriteriaSet, Evaluation
from app.evaluations.queries import EVALUATION
from app.evaluations.queries import SET as CRITERIA_SET
from app.materials.models import DocumentReview, ReviewedDocument
from app.materials.queries import DOCUMENT, REVIEW
from app.meetings.models.attendances import Attendance
from app.meetings.models.meetings import Meeting, MeetingStatus
from app.meetings.queries.attendances import ATTENDANCE
from app.meetings.queries.meetings import MEETING
from app.networks.models import Network, NetworkKind, NetworkRole, Seat
from app.networks.queries import KIND, NETWORK, ROLE, SEAT
from app.organisations.models import Organisation, OrganisationKind
from app.organisations.queries import KIND as ORGANISATION_KIND
from app.organisations.queries import ORGANISATION
from app.places.models import MeetingPlace
from app.places.queries import PLACE
from app.plan.models import Plan
from app.plan.queries import PLAN, RULE
from app.year_clock.models import YearClock, YearClockWindow
from app.year_clock.queries import CLOCK, WINDOW


def rules(plan_id: uuid.UUID) -> Select[Any]:
    """The rules of a plan, of all times, in the order of their names."""
    return select(*RULE).where(RULE.plan_id == plan_id).order_by(RULE.rule, RULE.id)


def plan_on(county_id: uuid.UUID, on: date) -> Select[Plan]:
    """The plan of a county that is looked at on a day."""
    return _on(on).where(PLAN.county_id == county_id)


def plans_on(on: date) -> Select[Plan]:
    """The plans that are looked at on a day, by name."""
    return _on(on).order_by(PLAN.slug)


def _on(on: date) -> Select[Plan]:
    """Plans whose years hold a day; in the year before its first the next one, where a county has none that does."""
    other = Plan.__table__.alias("other").c  # type: ignore[attr-defined]
    is_held = exists().where(other.county_id == PLAN.county_id, other.first_year <= on.year, other.last_year >= on.year)
    held = and_(PLAN.first_year <= on.year, PLAN.last_year >= on.year)
    return select(Plan).where(or_(held, and_(PLAN.first_year == on.year + 1, ~is_held)))


def attendances(which: ColumnElement[bool], first: date, last: date) -> Select[Any]:
    """How seats of some networks were at the meetings held on some days, both included, the last one first."""
    begins, ends = (datetime.combine(day, time()) for day in (first, last + timedelta(days=1)))
    return (
        select(ATTENDANCE.seat_id, ATTENDANCE.state)
        .select_from(Attendance)
        .join(Meeting, ATTENDANCE.meeting_id == MEETING.id)
        .join(Network, MEETING.network_id == NETWORK.id)
        .where(
            which,
            MEETING.status == MeetingStatus.held,
            MEETING.local_start >= begins,
            MEETING.local_start < ends,
        )
        .order_by(MEETING.local_start.desc(), ATTENDANCE.id)
    )


def municipalities(county_id: uuid.UUID) -> Select[Any]:
    """The municipalities that are or were in a county, by name."""
    query = select(AREA.id, AREA.slug, AREA.name, AREA.valid_from, AREA.valid_to).select_from(Area)
    query = query.where(AREA.kind == AreaKind.municipality, AREA.id.in_(below(county_id)))
    return query.order_by(AREA.sort_name, AREA.id)


def networks(county_id: uuid.UUID) -> Select[Any]:
    """The networks of a county with their kinds, by name."""
    return (
        select(
            *(NETWORK[name] for name in ("id", "slug", "name", "area_id", "valid_from", "valid_to")),
            KIND.code.label("kind"),
        )
        .select_from(Network)
        .join(NetworkKind, NETWORK.kind_id == KIND.id)
        .where(NETWORK.county_id == county_id)
        .order_by(NETWORK.sort_name, NETWORK.id)
    )


def meetings(county_id: uuid.UUID) -> Select[Any]:
    """The meetings of a county that were not cancelled, by start."""
    names = ("id", "local_start", "mode", "status", "window_code", "led_by_id", "secretary_id", "is_public")
    return (
        select(NETWORK.slug, *(MEETING[name] for name in names))
        .select_from(Meeting)
        .join(Network, MEETING.network_id == NETWORK.id)
        .where(NETWORK.county_id == county_id, MEETING.status != MeetingStatus.cancelled)
        .order_by(MEETING.local_start, MEETING.id)
    )


def seats(county_id: uuid.UUID) -> Select[Any]:
    """The seats of a county's networks in the order of their turns, with their organisations; nobody is named."""
    return (
        select(
            *(
                SEAT[name]
                for name in ("id", "network_id", "place_id", "is_held", "names_person", "valid_from", "valid_to")
            ),
            ROLE.code.label("role"),
            ORGANISATION.slug.label("organisation"),
            ORGANISATION_KIND.code.label("organisation_kind"),
            ORGANISATION.municipality_id,
        )
        .select_from(Seat)
        .join(Network, SEAT.network_id == NETWORK.id)
        .join(NetworkRole, SEAT.role_id == ROLE.id)
        .outerjoin(Organisation, SEAT.organisation_id == ORGANISATION.id)
        .outerjoin(OrganisationKind, ORGANISATION.kind_id == ORGANISATION_KIND.id)
        .where(NETWORK.county_id == county_id)
        .order_by(ROLE.position, ORGANISATION.sort_name, SEAT.id)
    )


def places(county_id: uuid.UUID) -> Select[Any]:
    """The meeting places of a county, by name."""
    names = ("id", "slug", "name", "kind", "municipality_id", "opened_on", "closed_on")
    query = select(*(PLACE[name] for name in names)).where(PLACE.county_id == county_id)
    return query.order_by(PLACE.sort_name, PLACE.id)


def evaluations(county_id: uuid.UUID) -> Select[Any]:
    """The evaluations of a county's places."""
    names = ("id", "place_id", "year", "kind", "state", "visited_on")
    return (
        select(*(EVALUATION[name] for name in names), CRITERIA_SET.code)
        .select_from(Evaluation)
        .join(MeetingPlace, EVALUATION.place_id == PLACE.id)
        .join(CriteriaSet, EVALUATION.set_id == CRITERIA_SET.id)
        .where(PLACE.county_id == county_id)
        .order_by(EVALUATION.id)
    )


def documents(county_id: uuid.UUID) -> Select[Any]:
    """The documents of a county, each as often as it was reviewed; once, if never."""
    query = select(DOCUMENT.id, DOCUMENT.slug, DOCUMENT.title, REVIEW.reviewed_in)
    query = query.select_from(ReviewedDocument).outerjoin(DocumentReview, REVIEW.document_id == DOCUMENT.id)
    return query.where(DOCUMENT.county_id == county_id).order_by(DOCUMENT.id, REVIEW.id)


def windows(county_id: uuid.UUID) -> Select[Any]:
    """The windows of a county's year clocks, in order."""
    names = ("code", "name", "first_month", "last_month", "mode")
    return (
        select(CLOCK.slug, *(WINDOW[name] for name in names), KIND.code.label("kind"))
        .select_from(YearClockWindow)
        .join(YearClock, WINDOW.clock_id == CLOCK.id)
        .join(NetworkKind, WINDOW.network_kind_id == KIND.id)
        .where(CLOCK.county_id == county_id)
        .order_by(CLOCK.slug, WINDOW.position, WINDOW.code)
    )
