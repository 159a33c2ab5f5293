"""What clients see and send about meeting places."""

import uuid

from pydantic import BaseModel
from sqlmodel import Field

from app.areas.schemas import AreaRef
from app.core.localized import Localized
from app.core.shapes import Row, answer, partial
from app.core.slugs import Reference, Slug
from app.places.models import PlaceFacts


class PlaceWrite(PlaceFacts):
    """A meeting place to be founded."""

    municipality: Reference = Field(description="Id or slug of its municipality.")
    slug: Slug | None = Field(
        default=None, description="Its address in this API for ever; made from the name if absent."
    )


class PlaceSpec(PlaceWrite):
    """A meeting place in a plan file: as in a POST, and it must have a slug."""

    slug: Slug


class PlaceChange(PlaceFacts):
    """What can be changed of a meeting place."""

    municipality: Reference = Field(description="Id or slug of its municipality.")


@partial
class PlacePatch(PlaceChange):
    """Any of the fields of a meeting place; those absent stay as they are."""


@answer
class PlacePublic(PlaceFacts, Row):
    """A meeting place, as anyone may read it."""

    slug: str
    municipality: AreaRef
    county_id: uuid.UUID = Field(description="The area on whose plan the place stands.")


class PlaceRef(BaseModel):
    """A meeting place, named."""

    id: uuid.UUID
    slug: str
    name: Localized
