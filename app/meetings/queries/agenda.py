"""Selections of agendas."""

import uuid
from typing import Any

from sqlalchemy import Select, select

from app.meetings.models.agenda import AgendaItem

ITEM = AgendaItem.__table__.c  # type: ignore[attr-defined]


def agenda(meeting_id: uuid.UUID, *, is_whole: bool) -> Select[Any]:
    """The matters on an agenda, all or those that are public, in order."""
    query = select(*ITEM).where(ITEM.meeting_id == meeting_id).order_by(ITEM.position)
    return query if is_whole else query.where(ITEM.is_public)
