"""Tables of decisions and of their numbers."""

import uuid
from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from app.core.shapes import Row
from app.core.text import SortKey
from app.meetings.models.meetings import FAMILY


class Decision(Row, table=True):
    """What a meeting decided (päätös), perhaps under a matter of its agenda.

    ``number`` and ``year`` are given once, in the order of recording, and outlive a move of the meeting.
    ``to_be_carried``: each organisation in the network is to carry it home; it has a relay for that.
    """

    __tablename__ = "decision"
    __table_args__ = (
        UniqueConstraint("network_id", "year", "number"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        Index(None, "meeting_id", "position"),
        {"info": {"family": FAMILY}},
    )

    meeting_id: uuid.UUID = Field(foreign_key="meeting.id", nullable=False)
    network_id: uuid.UUID = Field(foreign_key="network.id", nullable=False)
    year: int = Field(sa_type=SmallInteger, nullable=False)
    number: int = Field(nullable=False)
    agenda_item_id: uuid.UUID | None = Field(
        default=None, sa_column=Column(ForeignKey("agenda_item.id", ondelete="SET NULL"), index=True)
    )
    position: int = Field(sa_type=SmallInteger, nullable=False)
    text: str = Field(max_length=5000, nullable=False)
    search_text: str = Field(sa_type=SortKey, nullable=False)
    due_on: date | None = None
    is_public: bool = Field(default=False, nullable=False)
    to_be_carried: bool = Field(default=False, nullable=False)


class DecisionCount(SQLModel, table=True):
    """The last number that a decision of a network got in a year: not to be given again, whatever was removed."""

    __tablename__ = "decision_count"
    __table_args__ = ({"info": {"family": FAMILY, "unaudited": True}},)  # the decisions tell of it

    network_id: uuid.UUID = Field(foreign_key="network.id", primary_key=True)
    year: int = Field(sa_type=SmallInteger, primary_key=True)
    last_number: int = Field(nullable=False)
