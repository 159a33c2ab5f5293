"""Selections of minutes."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from app.meetings.models.meetings import Meeting
from app.meetings.models.minutes import Minutes, MinutesRevision
from app.meetings.queries.meetings import MEETING

MINUTES = Minutes.__table__.c  # type: ignore[attr-defined]
REVISION = MinutesRevision.__table__.c  # type: ignore[attr-defined]


def minutes(meeting_id: uuid.UUID, *, sees: ColumnElement[bool]) -> Select[Any]:
    """The minutes of a meeting where the caller may know of them: ``sees`` all, or the public extract."""
    is_told = and_(MEETING.is_public, MINUTES.approved_at.is_not(None), MINUTES.public_extract.is_not(None))
    query = select(*MINUTES, sees.label("sees")).join(Meeting, MINUTES.meeting_id == MEETING.id)
    return query.where(MINUTES.meeting_id == meeting_id, or_(is_told, sees))


def revisions(meeting_id: uuid.UUID) -> Select[Any]:
    """The minutes of a meeting as they were approved and corrected, in order."""
    of_meeting = select(MINUTES.id).where(MINUTES.meeting_id == meeting_id)
    return select(*REVISION).where(REVISION.minutes_id.in_(of_meeting)).order_by(REVISION.number)
