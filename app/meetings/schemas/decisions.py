"""What clients see and send of decisions."""

import uuid
from datetime import date

from pydantic import BaseModel
from sqlmodel import Field

from app.core.dates import Day
from app.core.shapes import Row, Shape, answer, partial
from app.meetings.schemas.named import MeetingRef, NetworkOfMeeting, Text


class DecisionFacts(Shape):
    """What a meeting decided."""

    text: Text
    agenda_item: uuid.UUID | None = Field(default=None, description="Id of the item of its agenda that it is under.")
    due_on: Day | None = Field(default=None, description="By when it is to be done.")
    is_public: bool = Field(default=False, description="Whether everybody may read it, if the meeting is public.")
    to_be_carried: bool = Field(
        default=False, description="Whether each organisation in the network is to carry it home: `/v1/relays`."
    )


class DecisionWrite(DecisionFacts):
    """A decision to be recorded."""


@partial
class DecisionPatch(DecisionFacts):
    """Any of the fields of a decision; those absent stay as they are."""


class RelayCounts(BaseModel):
    """How many organisations have yet to carry a decision home, and how many have."""

    open: int
    carried: int


class _MeetingDecision(Row):
    meeting_id: uuid.UUID
    position: int
    number: int = Field(description="Counted in the network and the year; never given twice.")
    year: int = Field(description="That of the day of the meeting when it was recorded.")
    label: str = Field(description="How it is cited: `3/2026`.")
    text: str
    agenda_item: uuid.UUID | None = Field(description="Id of the item of the agenda; null if that is not shown.")
    due_on: date | None
    is_public: bool
    to_be_carried: bool
    relays: RelayCounts


@answer
class DecisionOfMeeting(_MeetingDecision):
    """A decision, as its meeting shows it."""


class _Decision(_MeetingDecision):
    meeting: MeetingRef
    network: NetworkOfMeeting


@answer
class DecisionShown(_Decision):
    """A decision, with the meeting that made it."""
