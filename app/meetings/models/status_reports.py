"""The table of status reports and highlights."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String
from sqlmodel import Field

from app.core.shapes import Row
from app.meetings.models.meetings import FAMILY


class ReportKind(StrEnum):
    """What a network tells: how things are (tilannekatsaus), or what stands out (nosto)."""

    status = "status"
    highlight = "highlight"


class StatusReport(Row, table=True):
    """What a network tells the one that steers it: a draft until it is delivered.

    ``meeting_id``: the meeting of the receiving network that handled it.
    """

    __tablename__ = "status_report"
    __table_args__ = (
        CheckConstraint("kind IN ('status', 'highlight')", name="kind_is_known"),
        CheckConstraint("from_network_id <> to_network_id", name="not_to_itself"),
        Index(None, "period"),
        {"info": {"family": FAMILY}},
    )

    from_network_id: uuid.UUID = Field(foreign_key="network.id", nullable=False, index=True)
    to_network_id: uuid.UUID = Field(foreign_key="network.id", nullable=False, index=True)
    kind: ReportKind = Field(sa_type=String(10), nullable=False)
    period: str = Field(max_length=10, nullable=False)
    text: str = Field(max_length=5000, nullable=False)
    delivered_on: date | None = None
    meeting_id: uuid.UUID | None = Field(default=None, foreign_key="meeting.id", index=True)
    is_public: bool = Field(default=False, nullable=False)
