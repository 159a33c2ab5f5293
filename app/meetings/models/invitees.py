"""Tables of who comes to a meeting, as far as that is not told by the seats of the network."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlmodel import Field

from app.core.localized import Localized, LocalizedJSON
from app.core.shapes import Instant, Row
from app.meetings.models.meetings import FAMILY


class Answer(StrEnum):
    """What is answered to an invitation. ``deputy``: the deputy of the seat will come."""

    coming = "coming"
    deputy = "deputy"
    not_coming = "not_coming"


class SeatAnswer(Row, table=True):
    """What a seat answered to the invitation to a meeting."""

    __tablename__ = "seat_answer"
    __table_args__ = (
        UniqueConstraint("meeting_id", "seat_id"),
        CheckConstraint("answer IN ('coming', 'deputy', 'not_coming')", name="answer_is_known"),
        {"info": {"family": FAMILY}},
    )

    meeting_id: uuid.UUID = Field(foreign_key="meeting.id", nullable=False)
    seat_id: uuid.UUID = Field(foreign_key="seat.id", nullable=False, index=True)
    answer: Answer = Field(sa_type=String(10), nullable=False)
    answered_at: datetime = Field(sa_type=Instant, nullable=False)


class Guest(Row, table=True):
    """An organisation, or an office of it, that is asked to a meeting without a seat in the network (kutsuvieras)."""

    __tablename__ = "guest"
    __table_args__ = (
        CheckConstraint("answer IN ('coming', 'not_coming')", name="answer_is_known"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered_at_some_time"),
        {"info": {"family": FAMILY}},
    )

    meeting_id: uuid.UUID = Field(foreign_key="meeting.id", nullable=False, index=True)
    organisation_id: uuid.UUID = Field(foreign_key="organisation.id", nullable=False, index=True)
    office: Localized | None = Field(default=None, sa_type=LocalizedJSON)
    answer: Answer | None = Field(default=None, sa_type=String(10))
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
