"""What clients see and send of meetings that a year clock proposes."""

import uuid
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, StringConstraints, WithJsonSchema
from sqlmodel import Field

from app.core.localized import Localized
from app.core.patterns import worded
from app.core.shapes import Shape
from app.core.slugs import Code, Reference
from app.follow_up.rules.proposals import Reason
from app.meetings.models.meetings import Mode
from app.meetings.rules import FIRST_YEAR, LAST_YEAR
from app.meetings.schemas.meetings import MeetingListed, MeetingWrite
from app.meetings.schemas.named import NetworkOfMeeting
from app.meetings.schemas.times import ShownWallTime

MOST_MEETINGS = 200
HOUR = worded(
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "Tähän kuuluu kellonaika, esimerkiksi 13:30.",
    "This must be a time of day, such as 13:30.",
)
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


def _id_of(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) and isinstance(value.get("id"), str) else value


# A network as it is named in requests; or as it was named in a proposal, by its id.
Named = Annotated[
    Reference,
    BeforeValidator(_id_of),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": 80},
                {
                    "type": "object",
                    "properties": {"id": {"type": "string", "format": "uuid"}},
                    "required": ["id"],
                },
            ]
        }
    ),
]


class ProposalsAsked(Shape):
    """For which year, and for which networks, meetings are to be proposed; and how those meet that have not yet met."""

    year: Year
    networks: Annotated[list[Reference], Field(min_length=1, max_length=MOST_MEETINGS)] | None = Field(
        default=None, description="Ids or slugs; absent: all of the clock on which you have the scope."
    )
    weekday: int = Field(default=3, ge=1, le=5, description="1 is Monday.")
    at: Annotated[str, StringConstraints(pattern=HOUR)] = Field(
        default="13:00", description="What the clock on the wall shows."
    )
    duration_minutes: int = Field(default=90, ge=5, le=720)
    mode: Mode = Field(default=Mode.live, description="In windows that leave it open.")


class AvoidedDay(BaseModel):
    """A day that was stepped around, and why."""

    on: date
    reason: Reason = Field(
        description="`holiday`; `eve`: of a holiday; `school-break`; `clash`: somebody who sits here, or a deputy, has "
        "a meeting then; `same-day`: has one at another hour; `past`; `network-not-valid`: the network does not go on."
    )
    name: Localized | None = Field(description="Of the holiday or the break.")
    network: NetworkOfMeeting | None = Field(description="Whose meeting it is; null where you may not know of it.")


class MatterProposed(BaseModel):
    """A matter for the agenda."""

    title: str
    is_public: bool


class MeetingProposed(BaseModel):
    """A meeting as it could be. Nothing of it is stored."""

    network: NetworkOfMeeting
    window_code: str
    mode: Mode
    local_start: ShownWallTime | None = Field(description="Null where no day is free: `avoided` says why.")
    time_zone: str
    duration_minutes: int
    led_by: NetworkOfMeeting | None = Field(description="Whose turn it is to lead, where that goes round.")
    secretary: uuid.UUID | None = Field(
        description="Seat whose turn it is to be the secretary, where that goes round; with `meetings:read` there."
    )
    agenda: list[MatterProposed] = Field(description="The topics of the window.")
    avoided: list[AvoidedDay] = Field(description="Days that would have been better; where none is free, all of them.")


class MeetingsProposed(BaseModel):
    """Meetings that a year clock proposes, by the order of its windows."""

    year: int
    proposals: list[MeetingProposed]


class MeetingAccepted(MeetingWrite):
    """A proposal, as it came or edited."""

    network: Named = Field(description="Id or slug of the network that meets, or the network as the proposal names it.")
    led_by: Named | None = Field(default=None, description="Likewise, of the network whose turn it is to lead.")
    window_code: Code
    avoided: Annotated[list[Any], Field(max_length=1000)] = Field(
        default_factory=list, description="As it came; it is not looked at."
    )


class ProposalsAccepted(Shape):
    """Proposals that are to become meetings: all of them, or none."""

    year: Year
    meetings: Annotated[list[MeetingAccepted], Field(min_length=1, max_length=MOST_MEETINGS)]


class MeetingsAccepted(BaseModel):
    """The meetings that were made, in the order of the proposals."""

    year: int
    meetings: list[MeetingListed]
