"""Selections of status reports and highlights."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.core import references
from app.meetings.models.meetings import Meeting
from app.meetings.models.status_reports import ReportKind, StatusReport
from app.meetings.queries.meetings import IN_SHORT, MEETING
from app.networks.models import Network

REPORT = StatusReport.__table__.c  # type: ignore[attr-defined]


def reports(*, sees_meeting: ColumnElement[bool]) -> Select[Any]:
    """Reports with both networks, and with the meeting where it is public or the caller ``sees_meeting``."""
    sender, receiver = (Network.__table__.alias(name) for name in ("sender", "receiver"))  # type: ignore[attr-defined]
    shows = and_(REPORT.meeting_id == MEETING.id, or_(MEETING.is_public, sees_meeting))
    return (
        select(
            *(column for column in REPORT if column.name != "meeting_id"),
            *references.columns(sender.c, "from_network", ("slug", "name")),
            *references.columns(receiver.c, "to_network", ("slug", "name")),
            *references.columns(MEETING, "meeting", IN_SHORT),
        )
        .select_from(StatusReport)
        .join(sender, REPORT.from_network_id == sender.c.id)
        .join(receiver, REPORT.to_network_id == receiver.c.id)
        .outerjoin(Meeting, shows)
        .order_by(REPORT.period, REPORT.id)
    )


def shown(query: Select[Any], *, sees: ColumnElement[bool]) -> Select[Any]:
    """Those of a query of reports that are public and delivered, or that the caller sees."""
    return query.where(or_(and_(REPORT.is_public, REPORT.delivered_on.is_not(None)), sees))


def of_reports(
    query: Select[Any],
    *,
    from_network_id: uuid.UUID | None = None,
    to_network_id: uuid.UUID | None = None,
    kind: ReportKind | None = None,
    year: int | None = None,
) -> Select[Any]:
    """Those of a query of reports that are from a network, to one, of a kind, about a year or a part of it."""
    if from_network_id is not None:
        query = query.where(REPORT.from_network_id == from_network_id)
    if to_network_id is not None:
        query = query.where(REPORT.to_network_id == to_network_id)
    if kind is not None:
        query = query.where(REPORT.kind == kind)
    return query if year is None else query.where(REPORT.period.startswith(str(year)))
