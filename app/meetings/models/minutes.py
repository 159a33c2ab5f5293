"""Tables of minutes."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, SmallInteger
from sqlmodel import Field, SQLModel

from app.core.shapes import Instant, Row
from app.meetings.models.meetings import FAMILY

LONGEST = 50_000


class Minutes(Row, table=True):
    """The minutes of a meeting (pöytäkirja), as they stand now. ``revision`` counts from 1 at their approval."""

    __tablename__ = "minutes"
    __table_args__ = (
        CheckConstraint("(approved_at IS NULL) = (revision IS NULL)", name="a_revision_if_approved"),
        {"info": {"family": FAMILY}},
    )

    meeting_id: uuid.UUID = Field(foreign_key="meeting.id", unique=True, nullable=False)
    text: str = Field(max_length=LONGEST, nullable=False)
    public_extract: str | None = Field(default=None, max_length=5000)
    approved_at: datetime | None = Field(default=None, sa_type=Instant)
    revision: int | None = Field(default=None, sa_type=SmallInteger)


class MinutesRevision(SQLModel, table=True):
    """Minutes as they were approved (1), or corrected since: never changed."""

    __tablename__ = "minutes_revision"
    __table_args__ = (
        CheckConstraint("(number = 1) = (reason IS NULL)", name="corrected_with_a_reason"),
        {"info": {"family": FAMILY, "unaudited": True}},  # the minutes tell of it
    )

    minutes_id: uuid.UUID = Field(foreign_key="minutes.id", primary_key=True)
    number: int = Field(sa_type=SmallInteger, primary_key=True)
    text: str = Field(max_length=LONGEST, nullable=False)
    public_extract: str | None = Field(default=None, max_length=5000)
    reason: str | None = Field(default=None, max_length=500)
    made_at: datetime = Field(sa_type=Instant, nullable=False)
