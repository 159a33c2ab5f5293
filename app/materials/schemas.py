"""What clients see of materials and documents, and what a plan file says of them."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from app.core.dates import Day
from app.core.localized import Localized
from app.core.slugs import Code, Slug
from app.core.urls import WebAddress

YearOrMonth = Annotated[str, StringConstraints(pattern=r"^[12][0-9]{3}(-(0[1-9]|1[0-2]))?$")]


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


class MaterialSpec(BaseModel, extra="forbid"):
    """A material, or a site, in a plan file."""

    slug: Slug
    kind: Code = Field(description="`site`, `brochure`, `form`, or what the county calls it.")
    collection: Code | None = Field(default=None, description="Gathers those that belong together.")
    title: Localized
    description: Localized | None = None
    audience: Code | None = Field(default=None, description="`families`, `young_people`, `professionals`...")
    themes: list[Code] = Field(default_factory=list)
    language: str = Field(default="fi", pattern=r"^[a-z]{2,3}$")
    url: WebAddress | None = None
    document: str | None = Field(default=None, description="Slug of the reviewed document that it is.")
    published_on: Day | None = None
    plan_ref: str | None = Field(default=None, max_length=20)
