"""Selections of what comes up: at each meeting, or because members propose it."""

import uuid
from typing import Any

from sqlalchemy import Select, select

from app.meetings.models.proposals import ProposalState, TopicProposal
from app.meetings.models.standing_items import StandingItem

PROPOSAL = TopicProposal.__table__.c  # type: ignore[attr-defined]
STANDING = StandingItem.__table__.c  # type: ignore[attr-defined]


def proposals(network_id: uuid.UUID, state: ProposalState | None) -> Select[Any]:
    """What was proposed to a network, the first one first."""
    query = select(*PROPOSAL).where(PROPOSAL.network_id == network_id).order_by(PROPOSAL.id)
    return query if state is None else query.where(PROPOSAL.state == state)


def standing_items(network_id: uuid.UUID) -> Select[Any]:
    """What comes up at each meeting of a network, in order."""
    return select(*STANDING).where(STANDING.network_id == network_id).order_by(STANDING.position, STANDING.id)
