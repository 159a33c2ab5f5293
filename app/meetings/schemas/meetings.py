"""What clients see and send of meetings."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints, model_validator
from sqlmodel import Field

from app.core.faults import FaultFound
from app.core.shapes import Row, Shape, answer, partial
from app.core.slugs import Code, Reference
from app.meetings import rules
from app.meetings.models.meetings import MeetingStatus, Mode
from app.meetings.schemas.agenda import AgendaItemFacts, AgendaItemShown
from app.meetings.schemas.decisions import DecisionOfMeeting
from app.meetings.schemas.named import MOST_ITEMS, NetworkOfMeeting, RemoteUrl, Themes, Title
from app.meetings.schemas.times import NO_SUCH_TIME, WallTime, Zone


class MeetingFacts(Shape):
    """A meeting as its network calls it together."""

    mode: Mode
    local_start: WallTime = Field(description="What the clock on the wall shows, without a zone: `2026-03-12T13:00`.")
    time_zone: Zone = Field(default="Europe/Helsinki", description="Where that clock hangs (IANA name).")
    duration_minutes: int = Field(ge=5, le=2880)
    title: Title | None = Field(default=None, description="If it has a name of its own.")
    location: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    remote_url: RemoteUrl | None = Field(default=None, description="Address of the remote meeting; for members only.")
    led_by: Reference | None = Field(default=None, description="Id or slug of the network whose turn it is to lead.")
    secretary: uuid.UUID | None = Field(
        default=None, description="Id of the seat whose turn it is to be the secretary; for members only."
    )
    window_code: Code | None = Field(default=None, description="The window of a year clock that it belongs to.")
    themes: Themes = Field(default_factory=list)
    is_public: bool = Field(default=True, description="Whether everybody may know of it.")

    @model_validator(mode="after")
    def _at_a_time_that_there_is(self) -> "MeetingFacts":
        if rules.instant_of(self.local_start, self.time_zone) is None:
            raise FaultFound("no-such-time", NO_SUCH_TIME, "/local_start")
        return self


class MeetingWrite(MeetingFacts):
    """A meeting to be planned."""

    network: Reference = Field(description="Id or slug of the network that meets.")
    agenda: Annotated[list[AgendaItemFacts], Field(max_length=MOST_ITEMS)] = Field(default_factory=list)


@partial
class MeetingPatch(MeetingFacts):
    """Any of the fields of a meeting; those absent stay as they are."""


class Cancelling(Shape):
    """Why a meeting is cancelled."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(
        description="Everybody may read it."
    )


class _Listed(Row):
    network: NetworkOfMeeting
    title: str | None
    mode: Mode
    status: MeetingStatus
    local_start: str = Field(description="What the clock on the wall shows: `2026-03-12T13:00`.")
    time_zone: str
    duration_minutes: int
    starts_at: datetime
    ends_at: datetime
    location: str | None
    remote_url: str | None = Field(description="Null for those who see not what members see.")
    led_by: NetworkOfMeeting | None
    secretary: uuid.UUID | None = Field(
        description="Id of the seat that is the secretary. Null for those who see not what members see."
    )
    window_code: str | None
    themes: list[str]
    is_public: bool
    cancel_reason: str | None
    sequence: int = Field(description="Grows when calendars must look again.")


@answer
class MeetingListed(_Listed):
    """A meeting in a list."""


class _Whole(_Listed):
    agenda: list[AgendaItemShown] = Field(description="What is public, or all for those who see what members see.")
    decisions: list[DecisionOfMeeting] = Field(description="Likewise.")


@answer
class MeetingShown(_Whole):
    """A meeting with its agenda and its decisions."""
