"""Selections of decisions."""

import uuid
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from app.core import references
from app.core.text import folded
from app.meetings import rules
from app.meetings.models.decisions import Decision
from app.meetings.models.meetings import Meeting
from app.meetings.models.relays import Relay, RelayState
from app.meetings.queries.meetings import MEETING, NAMED_NETWORK
from app.networks.models import Network
from app.networks.queries import NETWORK

DECISION = Decision.__table__.c  # type: ignore[attr-defined]
RELAY = Relay.__table__.c  # type: ignore[attr-defined]
_RELAYS = tuple(
    select(func.count())
    .where(RELAY.decision_id == DECISION.id, RELAY.state == state)
    .scalar_subquery()
    .correlate(Decision.__table__)  # type: ignore[attr-defined]
    .label(f"relays_{state}")
    for state in RelayState
)


def relay_counts(row: Any) -> dict[str, int]:
    """How many relays of a decision are in each state, from a row of one of the queries below."""
    return {state.value: getattr(row, f"relays_{state}") for state in RelayState}


def decisions_of(meeting_id: uuid.UUID, *, is_whole: bool) -> Select[Any]:
    """The decisions of a meeting, all or those that are public, in order."""
    query = select(*DECISION, *_RELAYS).where(DECISION.meeting_id == meeting_id).order_by(DECISION.position)
    return query if is_whole else query.where(DECISION.is_public)


def decisions(
    *, reachable: ColumnElement[bool] | None = None, holding: str | None = None, year: int | None = None
) -> Select[Any]:
    """Decisions with their meetings and networks; ``reachable`` is a condition on these.

    ``holding``: what their text holds, or how one is cited (``3/2026``).
    """
    query = (
        select(
            *(column for column in DECISION if column.name not in ("search_text", "network_id")),
            *_RELAYS,
            *references.columns(MEETING, "meeting", ("title", "local_start")),
            MEETING.starts_at,
            MEETING.network_id,
            *NAMED_NETWORK,
        )
        .select_from(Decision)
        .join(Meeting, DECISION.meeting_id == MEETING.id)
        .join(Network, MEETING.network_id == NETWORK.id)
    )
    if reachable is not None:
        query = query.where(reachable)
    if holding is not None:
        has_words, cited = DECISION.search_text.contains(folded(holding), autoescape=True), rules.cited(holding)
        is_cited = and_(DECISION.number == cited[0], DECISION.year == cited[1]) if cited else None
        query = query.where(has_words if is_cited is None else or_(has_words, is_cited))
    return query if year is None else query.where(DECISION.year == year)
