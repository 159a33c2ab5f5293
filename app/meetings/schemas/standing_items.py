"""What clients see and send of what comes up at each meeting."""

import uuid

from sqlmodel import Field

from app.core.shapes import Row, answer, partial
from app.meetings.schemas.agenda import MatterFacts

MOST_STANDING = 30


class StandingItemWrite(MatterFacts):
    """A matter to be put on each agenda from now on."""

    position: int | None = Field(default=None, ge=1, le=MOST_STANDING, description="From 1; at the end if absent.")


class StandingItemChange(MatterFacts):
    """What can be changed of a standing item."""

    position: int = Field(ge=1, le=MOST_STANDING, description="From 1; the others move.")


@partial
class StandingItemPatch(StandingItemChange):
    """Any of the fields of a standing item; those absent stay as they are."""


class _StandingItem(Row):
    network_id: uuid.UUID
    position: int
    title: str
    text: str | None
    themes: list[str]
    is_public: bool
    minutes: int | None


@answer
class StandingItemShown(_StandingItem):
    """A matter that is put on the agenda of each meeting that is planned from now on."""
