"""What clients send and see of organisations and persons, and what a plan file says of them.

Answers list their fields by hand: a new column is private until somebody says otherwise.
"""

import uuid
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints, model_validator
from sqlmodel import Field as ShapeField

from app.accounts.roles import Role
from app.accounts.schemas import Email, Thing
from app.areas.schemas import AreaRef
from app.core.dates import Day
from app.core.faults import FaultFound
from app.core.language import Words
from app.core.localized import Localized
from app.core.patterns import worded
from app.core.shapes import Moment, Row, Shape, answer, partial
from app.core.slugs import Code, Reference, Slug
from app.core.urls import WebAddress
from app.organisations.models import OrganisationFacts

NEEDS_CONSENT = Words(
    "Nimi julkaistaan vain suostumuksella: anna consented_on, tai is_public false.",
    "A name is public only by consent: give consented_on, or is_public false.",
)
LINE = worded(  # one line, no marks that turn or hide it
    "^[^\\n\\t\u200b-\u200f\u202a-\u202e\u2066-\u2069]+$",
    "Tähän kuuluu yksi rivi tekstiä, ilman sarkaimia ja näkymättömiä merkkejä.",
    "This must be one line of text, without tabs and marks that can't be seen.",
)


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


class OrganisationChange(OrganisationFacts):
    """What can be changed of an organisation."""

    kind: Code = ShapeField(description="Code of one of the county's kinds: `/v1/organisation-kinds`.")
    municipality: Reference | None = ShapeField(
        default=None, description="Id or slug of its municipality; null where it works in the whole county."
    )
    url: WebAddress | None = ShapeField(default=None, description="Its site.")


class OrganisationWrite(OrganisationChange):
    """An organisation to be added."""

    county: Reference | None = ShapeField(
        default=None, description="Id or slug of the area on whose plan it stands; needed where it has no municipality."
    )
    slug: Slug | None = ShapeField(
        default=None, description="Its address in this API for ever; made from the name if absent."
    )


@partial
class OrganisationPatch(OrganisationChange):
    """Any of these fields; those absent stay as they are."""


class OrganisationKindRef(BaseModel):
    """A kind of organisation, named."""

    code: str
    name: Localized


@answer
class OrganisationKindPublic(Row):
    """What organisations are in a county: one of its kinds."""

    county_id: uuid.UUID
    code: str
    name: Localized


@answer
class OrganisationPublic(Row):
    """An organisation, as anyone may read it."""

    slug: str
    name: Localized
    kind: OrganisationKindRef
    municipality: AreaRef | None
    county_id: uuid.UUID = Field(description="The area on whose plan it stands.")
    url: str | None
    ended_on: date | None = Field(description="Its last day; null while it goes on.")


class PersonFacts(Shape):
    """Someone whom networks name: professionals and representatives, never families or young people."""

    display_name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=LINE)] = ShapeField(
        description="The name as others write it."
    )
    work_email: Email | None = ShapeField(default=None, description="At work; never shown in public.")
    organisation: Reference = ShapeField(description="Id or slug of the organisation where they work.")
    purpose: Annotated[str, StringConstraints(min_length=1, max_length=300)] = ShapeField(
        description="What they are stored for."
    )
    is_public: bool = ShapeField(default=False, description="Whether the public sees the name. Takes `consented_on`.")
    consented_on: Day | None = ShapeField(default=None, description="When they agreed to be named in public.")
    retention_until: Day = ShapeField(
        description="Until when they are stored: after today when it is set, ten years ahead at most."
    )
    user: Annotated[str, StringConstraints(min_length=3, max_length=254)] | None = ShapeField(
        default=None, description="Id or e-mail address of their sign-in, if they have one."
    )

    @model_validator(mode="after")
    def _is_public_by_consent(self) -> "PersonFacts":
        if self.is_public and self.consented_on is None:
            raise FaultFound("needs-consent", NEEDS_CONSENT, "/consented_on")
        return self


class PersonWrite(PersonFacts):
    """A person to be added."""


@partial
class PersonPatch(PersonFacts):
    """Any of these fields; those absent stay as they are. `is_public: false` withdraws the consent."""


class PersonShown(BaseModel):
    """Someone whom networks name, as those see them who may."""

    id: uuid.UUID
    version: int
    updated_at: Moment
    display_name: str
    work_email: str | None
    organisation: OrganisationRef
    county_id: uuid.UUID
    purpose: str
    is_public: bool
    consented_on: date | None
    retention_until: date
    user_id: uuid.UUID | None = Field(description="Their sign-in. It has the rights of their seats.")


class SignInOfPerson(BaseModel):
    """The account with which somebody signs in."""

    id: uuid.UUID
    email: str | None = Field(description="Null for who may not see the account.")


class RightOfPerson(BaseModel):
    """What somebody may do because of what they are."""

    id: uuid.UUID
    role: Role
    on: Thing
    valid_from: date
    valid_to: date | None = Field(description="First day without it.")
    because_of: str = Field(description="Address of what gives it, such as a seat.")
    grant_id: uuid.UUID | None = Field(description="Null while it waits for a sign-in, or has ended before one came.")


class Mention(BaseModel):
    """A stored row that names or quotes somebody."""

    table: str
    id: uuid.UUID | None
    columns: list[str] = Field(description="Where it names them.")
    values: dict[str, Any] = Field(description="What else it says, but for what is about other people.")


class PersonExport(BaseModel):
    """All that is stored on somebody whom networks name."""

    person: PersonShown
    sign_in: SignInOfPerson | None
    rights: list[RightOfPerson]
    named_in: list[Mention] = Field(description="Seats, evaluations and so on: rows that name them.")
    quoted_in: list[Mention] = Field(description="Rows whose text has their name or address, such as import reports.")
