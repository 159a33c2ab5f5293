"""What clients see and send of relays."""

import uuid
from datetime import date
from typing import Annotated

from pydantic import BaseModel, StringConstraints
from sqlmodel import Field

from app.core.dates import Day
from app.core.shapes import Row, Shape, answer
from app.meetings.models.relays import RelayState
from app.meetings.schemas.named import MeetingRef, NetworkOfMeeting, OrganisationOfSeat


class RelayCarrying(Shape):
    """How an organisation carried a decision home."""

    carried_on: Day | None = Field(default=None, description="On which day; today if absent.")
    note: Annotated[str, StringConstraints(min_length=1, max_length=1000)] | None = Field(
        default=None, description="How, and to whom. Name no persons."
    )


class DecisionRef(BaseModel):
    """A decision, in short."""

    id: uuid.UUID
    text: str
    due_on: date | None


class _Relay(Row):
    state: RelayState
    carried_on: date | None
    note: str | None
    organisation: OrganisationOfSeat
    decision: DecisionRef
    meeting: MeetingRef
    network: NetworkOfMeeting


@answer
class RelayShown(_Relay):
    """A decision that an organisation is to carry home, or has."""
