"""The table of meetings."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    String,
    text,
)
from sqlmodel import Field

from app.core.shapes import Instant, Row

FAMILY = "meetings"
GOES_ON = text("status <> 'cancelled'")


class Mode(StrEnum):
    """How people meet: in one room, remotely, or both."""

    live = "live"
    remote = "remote"
    hybrid = "hybrid"


class MeetingStatus(StrEnum):
    """What became of a meeting. Whoever cancels or holds one does so once."""

    planned = "planned"
    held = "held"
    cancelled = "cancelled"


class Meeting(Row, table=True):
    """A meeting of a network (kokous).

    ``local_start`` is what the clock on the wall shows in ``time_zone``: written, and true. ``starts_at`` and
    ``ends_at`` follow from it. ``sequence`` grows when calendars must look again. ``led_by_id``: the network
    whose turn it was to lead, ``secretary_id`` the seat whose turn it was to write down what was decided.
    ``window_code``: the window of a year clock that it belongs to.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("mode IN ('live', 'remote', 'hybrid')", name="mode_is_known"),
        CheckConstraint("status IN ('planned', 'held', 'cancelled')", name="status_is_known"),
        CheckConstraint("duration_minutes BETWEEN 5 AND 2880", name="duration_is_possible"),
        CheckConstraint("(status = 'cancelled') = (cancel_reason IS NOT NULL)", name="cancelled_with_a_reason"),
        Index(None, "network_id", "local_start"),
        Index(None, "starts_at"),
        Index(None, "network_id", "starts_at", unique=True, sqlite_where=GOES_ON, postgresql_where=GOES_ON),
        {"info": {"family": FAMILY}},
    )

    network_id: uuid.UUID = Field(foreign_key="network.id", nullable=False)
    title: str | None = Field(default=None, max_length=200)
    mode: Mode = Field(sa_type=String(10), nullable=False)
    status: MeetingStatus = Field(default=MeetingStatus.planned, sa_type=String(10), nullable=False)
    local_start: datetime = Field(sa_type=DateTime, nullable=False)
    time_zone: str = Field(max_length=60, nullable=False)
    duration_minutes: int = Field(nullable=False)
    starts_at: datetime = Field(sa_type=Instant, nullable=False)
    ends_at: datetime = Field(sa_type=Instant, nullable=False)
    location: str | None = Field(default=None, max_length=300)
    remote_url: str | None = Field(default=None, max_length=500)
    led_by_id: uuid.UUID | None = Field(default=None, foreign_key="network.id", index=True)
    secretary_id: uuid.UUID | None = Field(default=None, foreign_key="seat.id", index=True)
    window_code: str | None = Field(default=None, max_length=40)
    themes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    is_public: bool = Field(default=True, nullable=False)
    cancel_reason: str | None = Field(default=None, max_length=500)
    sequence: int = Field(default=0, nullable=False)
