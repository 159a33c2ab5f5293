"""Tables of calendars: what names this installation in them, and the secret addresses at which people read theirs."""

import uuid

from sqlalchemy import CheckConstraint, Column, ForeignKey, SmallInteger
from sqlmodel import Field, SQLModel

from app.core import ids
from app.core.revisions import PRIVATE
from app.core.shapes import Row
from app.meetings.models.meetings import FAMILY


class Instance(SQLModel, table=True):
    """What this installation is called in the names of its events, for ever: the one row of its table.

    It is made when a calendar is read for the first time, and every calendar shows it: hence its family.
    """

    __tablename__ = "instance"
    __table_args__ = (CheckConstraint("number = 1", name="one_row"), {"info": {"family": FAMILY, "unaudited": True}})

    number: int = Field(default=1, sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    id: uuid.UUID = Field(default_factory=ids.new, nullable=False)


class CalendarAddress(Row, table=True):
    """A secret address of a calendar: of a network, of an area, or of the networks of its owner where neither is named.

    Whoever reads there sees what the owner may see at that moment.
    """

    __tablename__ = "calendar_address"
    __table_args__ = (
        CheckConstraint("network_id IS NULL OR area_id IS NULL", name="of_one_thing"),
        {"info": {"family": PRIVATE}},
    )

    user_id: uuid.UUID = Field(
        sa_column=Column(ForeignKey("user_account.id", ondelete="CASCADE"), nullable=False, index=True)
    )
    digest: str = Field(max_length=64, unique=True, nullable=False)
    name: str | None = Field(default=None, max_length=100)
    network_id: uuid.UUID | None = Field(default=None, foreign_key="network.id", index=True)
    area_id: uuid.UUID | None = Field(default=None, foreign_key="area.id", index=True)
