"""What clients see of materials and documents, and what a plan file says of them."""

import uuid
from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator
from sqlmodel import Field as ShapeField

from app.core.dates import Day
from app.core.faults import FaultFound
from app.core.language import Words
from app.core.localized import Localized
from app.core.patterns import worded
from app.core.shapes import Row, Shape, answer
from app.core.slugs import Code, Slug
from app.core.urls import WebAddress

YEAR_OR_MONTH = worded(
    r"^(1[89]|2[01])[0-9]{2}(-(0[1-9]|1[0-2]))?$",
    "Tähän kuuluu vuosi tai kuukausi, esimerkiksi 2026 tai 2026-03.",
    "This must be a year or a month, such as 2026 or 2026-03.",
)
LANGUAGE = worded(
    r"^[a-z]{2,3}$",
    "Tähän kuuluu kielen tunnus (ISO 639), esimerkiksi fi.",
    "This must be the code of a language (ISO 639), such as fi.",
)
YearOrMonth = Annotated[str, StringConstraints(pattern=YEAR_OR_MONTH)]
Tongue = Annotated[str, StringConstraints(pattern=LANGUAGE)]
HALF_A_WINDOW = Words(
    "Anna sekä review_from_month että review_to_month tai ei kumpaakaan.",
    "Give both review_from_month and review_to_month, or neither.",
)
BACKWARDS = Words("Viimeinen kuukausi on ennen ensimmäistä.", "The last month is before the first.")


class DocumentSpec(BaseModel, extra="forbid"):
    """A document with a review cycle in a plan file."""

    slug: Slug
    kind: Code = Field(description="`recommendation`, `training_plan`, `guide`, or what the county calls it.")
    title: Localized
    also_called: list[Localized] = Field(default_factory=list)
    owner: str | None = Field(default=None, description="Slug of the network that answers for it.")
    review_every_months: int = Field(ge=1, le=120)
    review_from_month: int | None = Field(default=None, ge=1, le=12)
    review_to_month: int | None = Field(default=None, ge=1, le=12)
    last_reviewed_in: YearOrMonth | None = None
    url: WebAddress | None = None
    plan_ref: str | None = Field(default=None, max_length=20)

    @model_validator(mode="after")
    def _is_reviewed_in_a_whole_window(self) -> "DocumentSpec":
        first, last = self.review_from_month, self.review_to_month
        if (first is None) != (last is None):
            raise FaultFound("half-a-window", HALF_A_WINDOW, "/review_from_month")
        if first and last and last < first:
            raise FaultFound("ends-before-it-begins", BACKWARDS, "/review_to_month")
        return self


class MaterialSpec(BaseModel, extra="forbid"):
    """A material, or a site, in a plan file."""

    slug: Slug
    kind: Code = Field(description="`site`, `brochure`, `form`, or what the county calls it.")
    collection: Code | None = Field(default=None, description="Gathers those that belong together.")
    title: Localized
    description: Localized | None = None
    audience: Code | None = Field(default=None, description="`families`, `young_people`, `professionals`...")
    themes: list[Code] = Field(default_factory=list)
    language: Tongue = "fi"
    url: WebAddress | None = None
    document: str | None = Field(default=None, description="Slug of the reviewed document that it is.")
    published_on: Day | None = None
    plan_ref: str | None = Field(default=None, max_length=20)


class DocumentOwner(BaseModel):
    """The network that answers for a document."""

    id: uuid.UUID
    slug: str
    name: Localized


class DocumentRef(BaseModel):
    """The reviewed document that a material is."""

    id: uuid.UUID
    slug: str
    title: Localized


@answer
class DocumentPublic(Row):
    """A document that is looked over again and again."""

    slug: str
    county_id: uuid.UUID = Field(description="The area on whose plan it stands.")
    kind: str = Field(description="`recommendation`, `training_plan`, `guide`, or what the county calls it.")
    title: Localized
    also_called: list[Localized] = Field(description="Its other names.")
    owner: DocumentOwner | None = Field(description="The network that answers for it.")
    review_every_months: int
    review_from_month: int | None = Field(description="First month of the year in which it is reviewed; null: any.")
    review_to_month: int | None = Field(description="Last month, included.")
    last_reviewed_in: str | None = Field(description="A year or a month, as exact as it is known; null: not known.")
    next_review_in: str | None = Field(description="As exact as `last_reviewed_in`; null where that is not known.")
    due_on: date | None = Field(
        description="Last day for the next review: the end of `next_review_in`, or of the first window after it begins."
    )
    url: str | None
    plan_ref: str | None = Field(description="Where the plan speaks of it.")


class ReviewWrite(Shape):
    """A review of a document. No names of persons: it is public."""

    reviewed_in: YearOrMonth = ShapeField(description="The year or the month, as exact as it is known; begun already.")
    note: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = ShapeField(
        default=None, description="What was found or changed."
    )


@answer
class ReviewPublic(Row):
    """A document was looked over."""

    document_id: uuid.UUID
    reviewed_in: str = Field(description="A year or a month, as exact as it is known.")
    note: str | None = Field(description="What was found or changed.")


@answer
class MaterialPublic(Row):
    """Something to read, use or pass on; or a site."""

    slug: str
    county_id: uuid.UUID = Field(description="The area on whose plan it stands.")
    kind: str = Field(description="`site`, `brochure`, `form`, or what the county calls it.")
    collection: str | None = Field(description="Those that belong together have the same.")
    title: Localized
    description: Localized | None
    audience: str | None = Field(description="`families`, `young_people`, `professionals`...")
    themes: list[str]
    language: str
    url: str | None
    document: DocumentRef | None = Field(description="The reviewed document that it is.")
    published_on: date | None
    plan_ref: str | None = Field(description="Where the plan speaks of it.")
