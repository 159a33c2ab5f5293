"""What clients see of duties that go round."""

import uuid

from pydantic import BaseModel, Field

from app.meetings.models.meetings import MeetingStatus
from app.meetings.schemas.named import MeetingRef, NetworkOfMeeting
from app.meetings.schemas.swaps import SeatOfTurn


class MeetingOfTurn(MeetingRef):
    """A meeting, named, and what became of it."""

    status: MeetingStatus


class TurnToLead(BaseModel):
    """Who led a meeting, or is going to."""

    meeting: MeetingOfTurn
    network: NetworkOfMeeting


class TurnAsSecretary(BaseModel):
    """Which seat was the secretary of a meeting, or is going to be."""

    meeting: MeetingOfTurn
    seat: SeatOfTurn


class _Rotation(BaseModel):
    rule: str = Field(description="Code of the rule of the plan by which it goes round.")
    plan_ref: str = Field(description="Where the plan says so.")


class RotationOfLead(_Rotation):
    """To lead the meetings of a network goes round among networks."""

    order: list[NetworkOfMeeting]
    turns: list[TurnToLead] = Field(description="The last ones, the newest first; with planned meetings.")
    next: NetworkOfMeeting | None = Field(description="Who leads the meeting after these.")


class RotationOfSecretary(_Rotation):
    """To be the secretary of a network goes round among its seats. Whoever sits on them is not named."""

    order: list[SeatOfTurn]
    turns: list[TurnAsSecretary] = Field(description="The last ones, the newest first; with planned meetings.")
    next: SeatOfTurn | None = Field(description="Who is the secretary of the meeting after these.")


class Rotations(BaseModel):
    """The duties that go round in a network."""

    network_id: uuid.UUID
    lead: RotationOfLead | None = Field(description="Null where the plan does not say that it goes round.")
    secretary: RotationOfSecretary | None = Field(
        description="Likewise, and for those without `meetings:read` on the network."
    )
