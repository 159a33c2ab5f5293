"""What clients send and see of organisations and persons, and what a plan file says of them."""

import uuid

from pydantic import BaseModel, Field

from app.core.localized import Localized
from app.core.slugs import Code, Slug
from app.core.urls import WebAddress


class OrganisationKindSpec(BaseModel, extra="forbid"):
    """A kind of organisation in a plan file."""

    code: Code
    name: Localized


class OrganisationSpec(BaseModel, extra="forbid"):
    """An organisation in a plan file."""

    slug: Slug
    kind: Code = Field(description="Code of one of `organisation_kinds`.")
    name: Localized
    municipality: str | None = Field(default=None, description="Slug of its municipality, where it has one.")
    url: WebAddress | None = None


class OrganisationRef(BaseModel):
    """An organisation, named."""

    id: uuid.UUID
    slug: str
    name: Localized
