"""The table of decisions."""

import uuid
from datetime import date

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    SmallInteger,
)
from sqlmodel import Field

from app.core.shapes import Row
from app.core.text import SortKey
from app.meetings.models.meetings import FAMILY


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
