"""The table of meeting places."""

import uuid
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints, model_validator
from sqlalchemy import CheckConstraint, String
from sqlmodel import Field

from app.core.dates import Day
from app.core.faults import FaultFound
from app.core.language import Words
from app.core.localized import Localized, LocalizedJSON
from app.core.shapes import Row, Shape
from app.core.text import SortKey

FAMILY = "places"


class PlaceKind(StrEnum):
    """Whom the place is for. Plan 7.5: youth facilities and one-stop guidance centres are places too."""

    family = "family"
    youth_facility = "youth_facility"
    guidance_centre = "guidance_centre"


class PlaceFacts(Shape):
    """A meeting place as its municipality describes it."""

    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    kind: PlaceKind = Field(default=PlaceKind.family, sa_type=String(20), nullable=False)
    address: Annotated[str, StringConstraints(max_length=300)] | None = Field(
        default=None, sa_type=String(300), description="Street and town."
    )
    description: Localized | None = Field(default=None, sa_type=LocalizedJSON, description="What the place is like.")
    accessibility: Localized | None = Field(
        default=None, sa_type=LocalizedJSON, description="Steps, lifts, prams, quiet corners."
    )
    opened_on: Day | None = Field(default=None, description="First open day; null if unknown.")
    closed_on: Day | None = Field(default=None, description="Last open day; null while it goes on.")
    latitude: float | None = Field(default=None, ge=-90, le=90, description="Degrees, WGS 84.")
    longitude: float | None = Field(default=None, ge=-180, le=180, description="Degrees, WGS 84.")

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> "PlaceFacts":
        if self.opened_on and self.closed_on and self.closed_on < self.opened_on:
            raise FaultFound(
                "closes-before-it-opens",
                Words("Viimeinen päivä on ennen ensimmäistä.", "The last day is before the first."),
                "/closed_on",
            )
        if (self.latitude is None) != (self.longitude is None):
            raise FaultFound(
                "half-a-point",
                Words(
                    "Anna sekä latitude että longitude tai ei kumpaakaan.",
                    "Give both latitude and longitude, or neither.",
                ),
                "/latitude",
            )
        return self


class MeetingPlace(Row, PlaceFacts, table=True):
    """A meeting place (kohtaamispaikka). ``county_id`` is the area on whose plan it stands."""

    __tablename__ = "meeting_place"
    __table_args__ = (
        CheckConstraint("kind IN ('family', 'youth_facility', 'guidance_centre')", name="kind_is_known"),
        CheckConstraint(
            "opened_on IS NULL OR closed_on IS NULL OR closed_on >= opened_on", name="closes_after_it_opens"
        ),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_point"),
        {"info": {"family": FAMILY}},
    )

    slug: str = Field(max_length=80, unique=True, nullable=False)
    municipality_id: uuid.UUID = Field(foreign_key="area.id", nullable=False, index=True)
    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False, index=True)
    sort_name: str = Field(sa_type=SortKey, nullable=False)
    search_name: str = Field(sa_type=SortKey, nullable=False)
