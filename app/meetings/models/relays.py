"""The table of relays."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlmodel import Field

from app.core.shapes import Row
from app.meetings.models.meetings import FAMILY


class RelayState(StrEnum):
    """Whether a decision has been carried home."""

    open = "open"
    carried = "carried"


class Relay(Row, table=True):
    """A decision that an organisation is to carry home, or has."""

    __tablename__ = "relay"
    __table_args__ = (
        UniqueConstraint("decision_id", "organisation_id"),
        CheckConstraint("state IN ('open', 'carried')", name="state_is_known"),
        CheckConstraint("(state = 'carried') = (carried_on IS NOT NULL)", name="carried_on_a_day"),
        {"info": {"family": FAMILY}},
    )

    decision_id: uuid.UUID = Field(foreign_key="decision.id", nullable=False)
    organisation_id: uuid.UUID = Field(foreign_key="organisation.id", nullable=False, index=True)
    state: RelayState = Field(default=RelayState.open, sa_type=String(10), nullable=False)
    carried_on: date | None = None
    note: str | None = Field(default=None, max_length=1000)
