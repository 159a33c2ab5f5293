"""The table of agendas."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    String,
)
from sqlmodel import Field

from app.core.shapes import Instant, Row
from app.meetings.models.meetings import FAMILY


class Outcome(StrEnum):
    """What became of a matter. ``carried_over``: it stands on the agenda of a later meeting."""

    open = "open"
    handled = "handled"
    carried_over = "carried_over"


def _another_item() -> Column[uuid.UUID]:
    return Column(ForeignKey("agenda_item.id", ondelete="SET NULL"), index=True)


class AgendaItem(Row, table=True):
    """A matter on the agenda of a meeting. ``about`` names a thing of any room: a deviation, a report, a decision.

    ``escalated_from_id``: the matter of a network that this one steers; ``answer`` goes back there.
    """

    __tablename__ = "agenda_item"
    __table_args__ = (
        CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name="about_a_thing_or_none"),
        CheckConstraint("minutes BETWEEN 1 AND 600", name="minutes_are_possible"),
        CheckConstraint("outcome IN ('open', 'handled', 'carried_over')", name="outcome_is_known"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at_some_time"),
        Index(None, "meeting_id", "position"),
        Index(None, "about_id"),
        {"info": {"family": FAMILY}},
    )

    meeting_id: uuid.UUID = Field(foreign_key="meeting.id", nullable=False)
    position: int = Field(sa_type=SmallInteger, nullable=False)
    title: str = Field(max_length=300, nullable=False)
    text: str | None = Field(default=None, max_length=5000)
    about_kind: str | None = Field(default=None, max_length=63)
    about_id: uuid.UUID | None = None
    themes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    is_public: bool = Field(default=False, nullable=False)
    owner_seat_id: uuid.UUID | None = Field(default=None, foreign_key="seat.id", index=True)
    minutes: int | None = Field(default=None, sa_type=SmallInteger)
    outcome: Outcome = Field(default=Outcome.open, sa_type=String(12), nullable=False)
    carried_from_id: uuid.UUID | None = Field(default=None, sa_column=_another_item())
    escalated_from_id: uuid.UUID | None = Field(default=None, sa_column=_another_item())
    answer: str | None = Field(default=None, max_length=5000)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
