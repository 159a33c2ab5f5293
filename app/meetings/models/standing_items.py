"""The table of what comes up at each meeting of a network."""

import uuid

from sqlalchemy import JSON, CheckConstraint, Column, Index, SmallInteger
from sqlmodel import Field

from app.core.shapes import Row
from app.meetings.models.meetings import FAMILY


class StandingItem(Row, table=True):
    """A matter that is put on the agenda of each meeting of a network that is planned from then on."""

    __tablename__ = "standing_item"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 600", name="minutes_are_possible"),
        Index(None, "network_id", "position"),
        {"info": {"family": FAMILY}},
    )

    network_id: uuid.UUID = Field(foreign_key="network.id", nullable=False)
    position: int = Field(sa_type=SmallInteger, nullable=False)
    title: str = Field(max_length=300, nullable=False)
    text: str | None = Field(default=None, max_length=5000)
    themes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    is_public: bool = Field(default=False, nullable=False)
    minutes: int | None = Field(default=None, sa_type=SmallInteger)
