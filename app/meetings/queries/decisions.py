"""Selections of decisions."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from app.core.text import folded
from app.meetings.models.decisions import Decision
from app.meetings.models.meetings import Meeting
from app.meetings.queries.meetings import _NETWORK, MEETING
from app.networks.models import Network
from app.networks.queries import NETWORK

DECISION = Decision.__table__.c  # type: ignore[attr-defined]


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
