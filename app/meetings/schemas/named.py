"""Short texts, and things that are named in what clients see of meetings."""

import uuid
from typing import Annotated

from pydantic import BaseModel, StringConstraints
from sqlmodel import Field

from app.core import patterns
from app.core.localized import Localized
from app.core.slugs import Code
from app.meetings.schemas.times import ShownWallTime

MOST_ITEMS = 100  # on an agenda, and decisions of a meeting
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Themes = Annotated[list[Code], Field(max_length=20)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=5000)]
RemoteUrl = Annotated[str, StringConstraints(pattern=patterns.WEB_ADDRESS, max_length=500)]


class NetworkOfMeeting(BaseModel):
    """A network, named."""

    id: uuid.UUID
    slug: str
    name: Localized


class MeetingRef(BaseModel):
    """A meeting, named."""

    id: uuid.UUID
    title: str | None
    local_start: ShownWallTime


class OrganisationOfSeat(BaseModel):
    """An organisation, named."""

    id: uuid.UUID
    slug: str
    name: Localized
