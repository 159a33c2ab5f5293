"""What clients see and send of agendas."""

import uuid
from typing import Annotated

from pydantic import BaseModel, StringConstraints
from sqlmodel import Field

from app.core.shapes import Row, Shape, answer, partial
from app.meetings.schemas.named import MOST_ITEMS, Text, Themes


class About(Shape):
    """A thing of this API: what an item of an agenda is about."""

    kind: Annotated[str, StringConstraints(pattern=r"^[a-z]+(_[a-z]+)*$", max_length=63)] = Field(
        description="What it is: `network`, `meeting`, `decision`, `meeting_place`..."
    )
    id: uuid.UUID


class AgendaItemFacts(Shape):
    """A matter for a meeting."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    text: Text | None = None
    about: About | None = Field(default=None, description="The thing that it is about, if it is stored here.")
    themes: Themes = Field(default_factory=list)
    is_public: bool = Field(default=False, description="Whether everybody may read it, if the meeting is public.")


class AgendaItemWrite(AgendaItemFacts):
    """A matter to be put on an agenda."""

    position: int | None = Field(default=None, ge=1, le=MOST_ITEMS, description="From 1; at the end if absent.")


class AgendaItemChange(AgendaItemFacts):
    """What can be changed of a matter on an agenda."""

    position: int = Field(ge=1, le=MOST_ITEMS, description="From 1; the others move.")


@partial
class AgendaItemPatch(AgendaItemChange):
    """Any of the fields of a matter on an agenda; those absent stay as they are."""


class AboutShown(BaseModel):
    """A thing of this API."""

    kind: str
    id: uuid.UUID


class _AgendaItem(Row):
    meeting_id: uuid.UUID
    position: int
    title: str
    text: str | None
    about: AboutShown | None = Field(description="Null for those without `meetings:read` there.")
    themes: list[str]
    is_public: bool


@answer
class AgendaItemShown(_AgendaItem):
    """A matter on the agenda of a meeting."""
