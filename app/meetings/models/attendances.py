"""The table of attendances."""

import uuid
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    String,
    UniqueConstraint,
)
from sqlmodel import Field

from app.core.shapes import Row
from app.meetings.models.meetings import FAMILY


class Attended(StrEnum):
    """How a seat was at a meeting: ``deputy``: its deputy came; ``excused``: it said so before."""

    present = "present"
    deputy = "deputy"
    excused = "excused"
    absent = "absent"


class Attendance(Row, table=True):
    """How a seat was at a meeting (läsnäolo)."""

    __tablename__ = "attendance"
    __table_args__ = (
        UniqueConstraint("meeting_id", "seat_id"),
        CheckConstraint("state IN ('present', 'deputy', 'excused', 'absent')", name="state_is_known"),
        {"info": {"family": FAMILY}},
    )

    meeting_id: uuid.UUID = Field(foreign_key="meeting.id", nullable=False)
    seat_id: uuid.UUID = Field(foreign_key="seat.id", nullable=False, index=True)
    state: Attended = Field(sa_type=String(10), nullable=False)
