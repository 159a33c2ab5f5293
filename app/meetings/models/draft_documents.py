"""The table of draft documents."""

import uuid
from datetime import date

from sqlalchemy import Index
from sqlmodel import Field

from app.core.shapes import Row
from app.meetings.models.meetings import FAMILY


class DraftDocument(Row, table=True):
    """A document that a network handles before it is decided on elsewhere (lausunto, valmistelu).

    ``handled_in_id``: the meeting of the network that handled it. ``decided_on``: the day on which
    ``decided_by_id`` decided.
    """

    __tablename__ = "draft_document"
    __table_args__ = (Index(None, "to_be_decided_on"), {"info": {"family": FAMILY}})

    network_id: uuid.UUID = Field(foreign_key="network.id", nullable=False, index=True)
    title: str = Field(max_length=300, nullable=False)
    decided_by_id: uuid.UUID = Field(foreign_key="organisation.id", nullable=False, index=True)
    to_be_decided_on: date = Field(nullable=False)
    handled_in_id: uuid.UUID | None = Field(default=None, foreign_key="meeting.id", index=True)
    decided_on: date | None = None
