"""The table of what members would have on an agenda."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String
from sqlmodel import Field

from app.core.shapes import Instant, Row
from app.meetings.models.meetings import FAMILY


class ProposalState(StrEnum):
    """What became of a proposal: ``taken``: put on the agenda of a meeting."""

    proposed = "proposed"
    taken = "taken"
    declined = "declined"


class TopicProposal(Row, table=True):
    """A matter that a seat, or a network that this one steers, would have on an agenda of a network.

    ``seat_id`` is null where whoever leads the network wrote it down. ``agenda_item_id``: what it became.
    """

    __tablename__ = "topic_proposal"
    __table_args__ = (
        CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name="about_a_thing_or_none"),
        CheckConstraint("state IN ('proposed', 'taken', 'declined')", name="state_is_known"),
        CheckConstraint("(state = 'declined') = (reason IS NOT NULL)", name="declined_with_a_reason"),
        CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided_at_some_time"),
        CheckConstraint("agenda_item_id IS NULL OR state = 'taken'", name="on_an_agenda_if_taken"),
        Index(None, "network_id", "state"),
        {"info": {"family": FAMILY}},
    )

    network_id: uuid.UUID = Field(foreign_key="network.id", nullable=False)
    seat_id: uuid.UUID | None = Field(default=None, foreign_key="seat.id", index=True)
    title: str = Field(max_length=300, nullable=False)
    text: str | None = Field(default=None, max_length=5000)
    about_kind: str | None = Field(default=None, max_length=63)
    about_id: uuid.UUID | None = None
    themes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    state: ProposalState = Field(default=ProposalState.proposed, sa_type=String(10), nullable=False)
    reason: str | None = Field(default=None, max_length=500)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    agenda_item_id: uuid.UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("agenda_item.id", ondelete="SET NULL"), index=True)
    )
    escalated_from_id: uuid.UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("agenda_item.id", ondelete="SET NULL"), index=True)
    )
