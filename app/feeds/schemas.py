"""What clients send and see of calendars. Fields are listed by hand: a new column is private."""

import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints, model_validator
from sqlmodel import Field

from app.core.faults import FaultFound
from app.core.language import Words
from app.core.localized import Localized
from app.core.shapes import Row, Secret, Shape, answer
from app.core.slugs import Reference

Of = Literal["me", "network", "area"]
THING_MISSING = Words("Anna verkoston tai alueen id tai slug.", "Give the id or slug of the network or the area.")
NO_THING = Words("Jätä id pois, kun of on me.", "Leave id out where of is me.")


class CalendarAddressWrite(Shape):
    """A secret address to be made: of what."""

    of: Of = Field(description="`me`: the networks in which you hold a seat, or are a deputy, on the day of a meeting.")
    id: Reference | None = Field(default=None, description="Id or slug of the network or the area; absent with `me`.")
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = Field(
        default=None, description="By which you tell it from others: `Phone`."
    )

    @model_validator(mode="after")
    def _names_its_thing(self) -> "CalendarAddressWrite":
        if self.of != "me" and self.id is None:
            raise FaultFound("missing", THING_MISSING, "/id")
        if self.of == "me" and self.id is not None:
            raise FaultFound("no-thing", NO_THING, "/id")
        return self


class ThingShown(BaseModel):
    """A network or an area, named."""

    id: uuid.UUID
    slug: str
    name: Localized


class _Address(Row):
    of: Of
    thing: ThingShown | None = Field(description="The network or the area; null with `me`.")
    name: str | None


@answer
class CalendarAddressShown(_Address):
    """A secret address, without the address."""


class _Made(_Address):
    url: Secret = Field(description="The address, for a calendar application. Whoever knows it reads what you may.")


@answer
class CalendarAddressMade(_Made):
    """A secret address, shown this once."""
