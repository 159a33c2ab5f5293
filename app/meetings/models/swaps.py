"""The table of swapped turns."""

import uuid
from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlmodel import Field

from app.core.shapes import Row
from app.meetings.models.meetings import FAMILY


class Duty(StrEnum):
    """What goes round: to lead meetings, by networks; to be their secretary, by seats."""

    lead = "lead"
    secretary = "secretary"


class TurnSwap(Row, table=True):
    """Somebody else took a turn at a meeting, and why. From nobody, where the turn was nobody's yet."""

    __tablename__ = "turn_swap"
    __table_args__ = (
        CheckConstraint("duty IN ('lead', 'secretary')", name="duty_is_known"),
        CheckConstraint(
            "(duty = 'lead') = (to_network_id IS NOT NULL) AND (duty = 'secretary') = (to_seat_id IS NOT NULL)",
            name="to_whom_the_duty_can_go",
        ),
        CheckConstraint(
            "(duty = 'lead' OR from_network_id IS NULL) AND (duty = 'secretary' OR from_seat_id IS NULL)",
            name="from_whom_the_duty_can_come",
        ),
        {"info": {"family": FAMILY}},
    )

    meeting_id: uuid.UUID = Field(foreign_key="meeting.id", nullable=False, index=True)
    duty: Duty = Field(sa_type=String(10), nullable=False)
    from_network_id: uuid.UUID | None = Field(default=None, foreign_key="network.id", index=True)
    to_network_id: uuid.UUID | None = Field(default=None, foreign_key="network.id", index=True)
    from_seat_id: uuid.UUID | None = Field(default=None, foreign_key="seat.id", index=True)
    to_seat_id: uuid.UUID | None = Field(default=None, foreign_key="seat.id", index=True)
    reason: str = Field(max_length=500, nullable=False)
