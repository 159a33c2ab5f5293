"""Selections of agendas."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import CTE, Select, select, union_all

from app.meetings.models.agenda import AgendaItem
from app.meetings.models.meetings import Meeting
from app.meetings.models.proposals import ProposalState, TopicProposal
from app.meetings.queries.meetings import MEETING
from app.meetings.queries.proposals import PROPOSAL
from app.networks.models import Network
from app.networks.queries import NETWORK

ITEM = AgendaItem.__table__.c  # type: ignore[attr-defined]


def agenda(meeting_id: uuid.UUID, *, is_whole: bool) -> Select[Any]:
    """The matters on an agenda, all or those that are public, in order."""
    query = select(*ITEM).where(ITEM.meeting_id == meeting_id).order_by(ITEM.position)
    return query if is_whole else query.where(ITEM.is_public)


def lines(item_ids: Collection[uuid.UUID]) -> CTE:
    """Some items (``item_id``), each with itself and with those that it was carried over from (``id``)."""
    own = select(ITEM.id.label("item_id"), ITEM.id, ITEM.carried_from_id).where(ITEM.id.in_(item_ids))
    line, before = own.cte("line", recursive=True), AgendaItem.__table__.alias("before")  # type: ignore[attr-defined]
    earlier = select(line.c.item_id, before.c.id, before.c.carried_from_id)
    return line.union_all(earlier.join(before, line.c.carried_from_id == before.c.id))


def answers_to(item_ids: Collection[uuid.UUID]) -> Select[Any]:
    """What steering networks answered to some items, or to those that these were carried over from.

    In words, or by declining with a reason.
    """
    line = lines(item_ids).c
    given = (
        select(line.item_id, MEETING.network_id, ITEM.answer.label("text"), ITEM.answered_at)
        .join(AgendaItem, ITEM.escalated_from_id == line.id)
        .join(Meeting, ITEM.meeting_id == MEETING.id)
        .where(ITEM.answer.is_not(None))
    )
    declined = (
        select(line.item_id, PROPOSAL.network_id, PROPOSAL.reason, PROPOSAL.decided_at)
        .join(TopicProposal, PROPOSAL.escalated_from_id == line.id)
        .where(PROPOSAL.state == ProposalState.declined)
    )
    both = union_all(given, declined).subquery("answer")
    return (
        select(both, NETWORK.slug, NETWORK.name)
        .join(Network, both.c.network_id == NETWORK.id)
        .order_by(both.c.answered_at, both.c.network_id)
    )
