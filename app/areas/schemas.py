"""What clients see of areas."""

import uuid
from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from app.areas.models import AreaKind
from app.core import patterns
from app.core.dates import Day
from app.core.localized import Localized
from app.core.shapes import Row, answer
from app.core.slugs import Code


class AreaRef(BaseModel):
    """An area, named."""

    kind: AreaKind
    id: uuid.UUID
    slug: str
    name: Localized


class ParentLink(BaseModel):
    """In which area this one lies, by which scheme, and when (half-open)."""

    scheme: str
    id: uuid.UUID
    slug: str
    valid_from: date | None
    valid_to: date | None


class SuccessorRef(BaseModel):
    """The area that goes on after a merger."""

    id: uuid.UUID
    slug: str


class Alias(BaseModel):
    """The id of the area in another source."""

    source: str
    value: str


@answer
class AreaPublic(Row):
    """An area. ``valid_to`` is the first day on which it is no more."""

    slug: str
    kind: AreaKind
    code: str
    name: Localized
    valid_from: date | None
    valid_to: date | None
    successor: SuccessorRef | None
    holds_plan: bool
    parents: list[ParentLink]
    aliases: list[Alias]


class AreaSpec(BaseModel, extra="forbid"):
    """An area in a plan file."""

    slug: str = Field(pattern=patterns.SLUG, max_length=80)
    kind: AreaKind
    code: str = Field(min_length=1, max_length=20)
    name: Localized
    valid_from: Day | None = None
    valid_to: Day | None = None
    successor: str | None = Field(default=None, description="Slug of the area that goes on.")
    holds_plan: bool = False
    within: dict[Code, str] = Field(default_factory=dict, description="Scheme -> slug of the area above.")
    aliases: dict[Code, list[Annotated[str, StringConstraints(min_length=1, max_length=80)]]] = Field(
        default_factory=dict, description="Source -> ids there."
    )
