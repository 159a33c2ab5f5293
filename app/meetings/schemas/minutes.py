"""What clients see and send of minutes."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints
from sqlmodel import Field

from app.core.shapes import Moment, Row, Shape, answer, partial
from app.meetings.models.minutes import LONGEST
from app.meetings.schemas.named import Text


class MinutesFacts(Shape):
    """What the minutes of a meeting say."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]
    public_extract: Text | None = Field(
        default=None, description="What everybody may read once they are approved, if the meeting is public."
    )


class MinutesWrite(MinutesFacts):
    """Minutes to be drafted."""


class MinutesChange(MinutesFacts):
    """What can be changed of minutes."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = Field(
        default=None, description="Why they are corrected: needed once they are approved, and not before."
    )


@partial
class MinutesPatch(MinutesChange):
    """Any of the fields of minutes; those absent stay as they are."""


class _Minutes(Row):
    meeting_id: uuid.UUID
    state: Literal["draft", "approved"]
    text: str | None = Field(description="Null for those who see not what members see.")
    public_extract: str | None
    approved_at: Moment | None
    revision: int | None = Field(description="From 1, their approval; each correction is one more.")


@answer
class MinutesShown(_Minutes):
    """The minutes of a meeting, as they stand now."""


class MinutesRevisionShown(BaseModel):
    """Minutes as they were approved or, from 2 on, corrected."""

    number: int
    text: str
    public_extract: str | None
    reason: str | None
    made_at: Moment
