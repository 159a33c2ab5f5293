"""Tables of meetings."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from app.core.shapes import Instant, Row
from app.core.text import SortKey

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


class Attended(StrEnum):
    """How a seat was at a meeting: ``deputy``: its deputy came; ``excused``: it said so before."""

    present = "present"
    deputy = "deputy"
    excused = "excused"
    absent = "absent"


class Meeting(Row, table=True):
    """A meeting of a network (kokous).

    ``local_start`` is what the clock on the wall shows in ``time_zone``: written, and true. ``starts_at`` and
    ``ends_at`` follow from it. ``sequence`` grows when calendars must look again. ``led_by_id``: the network
    whose turn it was to lead. ``window_code``: the window of a year clock that it belongs to.
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
    window_code: str | None = Field(default=None, max_length=40)
    themes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    is_public: bool = Field(default=True, nullable=False)
    cancel_reason: str | None = Field(default=None, max_length=500)
    sequence: int = Field(default=0, nullable=False)


class AgendaItem(Row, table=True):
    """A matter on the agenda of a meeting. ``about`` names a thing of any room: a deviation, a report, a decision."""

    __tablename__ = "agenda_item"
    __table_args__ = (
        CheckConstraint("(about_kind IS NULL) = (about_id IS NULL)", name="about_a_thing_or_none"),
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


class Decision(Row, table=True):
    """What a meeting decided (päätös), perhaps under a matter of its agenda."""

    __tablename__ = "decision"
    __table_args__ = (Index(None, "meeting_id", "position"), {"info": {"family": FAMILY}})

    meeting_id: uuid.UUID = Field(foreign_key="meeting.id", nullable=False)
    agenda_item_id: uuid.UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("agenda_item.id", ondelete="SET NULL"), index=True)
    )
    position: int = Field(sa_type=SmallInteger, nullable=False)
    text: str = Field(max_length=5000, nullable=False)
    search_text: str = Field(sa_type=SortKey, nullable=False)
    due_on: date | None = None
    is_public: bool = Field(default=False, nullable=False)
