"""Selections of agendas."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, select, union_all

from app.meetings.models.agenda import AgendaItem
from app.meetings.models.meetings import Meeting
from app.meetings.models.proposals import ProposalState
from app.meetings.queries.meetings import MEETING
from app.meetings.queries.proposals import PROPOSAL
from app.networks.models import Network
from app.networks.queries import NETWORK

ITEM = AgendaItem.__table__.c  # type: ignore[attr-defined]


def agenda(meeting_id: uuid.UUID, *, is_whole: bool) -> Select[Any]:
    """The matters on an agenda, all or those that are public, in order."""
    query = select(*ITEM).where(ITEM.meeting_id == meeting_id).order_by(ITEM.position)
    return query if is_whole else query.where(ITEM.is_public)


def answers_to(item_ids: Collection[uuid.UUID]) -> Select[Any]:
    """What steering networks answered to matters that came from some items: in words, or by declining with a reason."""
    given = (
        select(ITEM.escalated_from_id.label("item_id"), MEETING.network_id, ITEM.answer.label("text"), ITEM.answered_at)
        .join(Meeting, ITEM.meeting_id == MEETING.id)
        .where(ITEM.escalated_from_id.in_(item_ids), ITEM.answer.is_not(None))
    )
    declined = select(PROPOSAL.escalated_from_id, PROPOSAL.network_id, PROPOSAL.reason, PROPOSAL.decided_at).where(
        PROPOSAL.escalated_from_id.in_(item_ids), PROPOSAL.state == ProposalState.declined
    )
    both = union_all(given, declined).subquery("answer")
    return (
        select(both, NETWORK.slug, NETWORK.name)
        .join(Network, both.c.network_id == NETWORK.id)
        .order_by(both.c.answered_at, both.c.network_id)
    )
