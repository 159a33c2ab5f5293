"""The table of agendas."""

import uuid

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Index,
    SmallInteger,
)
from sqlmodel import Field

from app.core.shapes import Row
from app.meetings.models.meetings import FAMILY


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
