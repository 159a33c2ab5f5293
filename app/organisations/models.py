"""Tables of organisations, of the few persons that networks name, and of what these may do."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.accounts.models import ROLES
from app.accounts.roles import Role
from app.core import ids, validity
from app.core.dates import Day
from app.core.localized import Localized, LocalizedJSON
from app.core.revisions import PRIVATE
from app.core.shapes import Row, Shape
from app.core.text import SortKey

FAMILY = "organisations"


class OrganisationKind(Row, table=True):
    """What organisations are in a county: its own list of parties (municipality, parish, association...)."""

    __tablename__ = "organisation_kind"
    __table_args__ = (UniqueConstraint("county_id", "code"), {"info": {"family": FAMILY}})

    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False)
    code: str = Field(max_length=40, nullable=False)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)


class OrganisationFacts(Shape):
    """An organisation as it is called. No persons."""

    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    url: str | None = Field(
        default=None,
        max_length=300,
        sa_type=String(300),
        schema_extra={"pattern": "^https?://"},
        description="Its site.",
    )
    ended_on: Day | None = Field(default=None, description="Its last day; null while it goes on.")


class Organisation(Row, OrganisationFacts, table=True):
    """An organisation (organisaatio) that takes part in the work of a county."""

    __tablename__ = "organisation"
    __table_args__ = ({"info": {"family": FAMILY}},)

    slug: str = Field(max_length=80, unique=True, nullable=False)
    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False, index=True)
    kind_id: uuid.UUID = Field(foreign_key="organisation_kind.id", nullable=False, index=True)
    municipality_id: uuid.UUID | None = Field(default=None, foreign_key="area.id", index=True)
    sort_name: str = Field(sa_type=SortKey, nullable=False)
    search_name: str = Field(sa_type=SortKey, nullable=False)


class Person(Row, table=True):
    """Someone whom networks name, as long as they must: what for, until when, and whether in public.

    ``user_id`` is their sign-in, if they have one. Families and young people are never stored here.

    A table that names persons has foreign keys to this one, which may be null: by these it is found when somebody
    is to be told all that is stored on them, or erased. Where null is not all, its ``info`` says what else changes:
    ``"erased": {"person_id": changes}``, a function of the row and of today. A table whose texts quote what people
    sent says in which columns: ``"quotes": ("rows",)``.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("county_id", "work_email"),
        CheckConstraint("work_email IS NULL OR work_email = lower(work_email)", name="email_is_lower_case"),
        CheckConstraint("NOT is_public OR consented_on IS NOT NULL", name="public_by_consent"),
        {"info": {"family": FAMILY}},
    )

    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False)
    organisation_id: uuid.UUID = Field(foreign_key="organisation.id", nullable=False, index=True)
    display_name: str = Field(max_length=200, nullable=False)
    work_email: str | None = Field(default=None, max_length=254)
    purpose: str = Field(max_length=300, nullable=False)
    is_public: bool = Field(default=False, nullable=False)
    consented_on: date | None = None
    retention_until: date = Field(nullable=False, index=True)
    user_id: uuid.UUID | None = Field(default=None, foreign_key="user_account.id", unique=True)
    sort_name: str = Field(sa_type=SortKey, nullable=False)
    search_name: str = Field(sa_type=SortKey, nullable=False)


class PersonRight(SQLModel, table=True):
    """A role that a person has on a thing because of what they are, such as a chair: with or without a sign-in.

    ``because_of`` is the address of what gives it. ``grant_id`` is null while the person has no sign-in.
    """

    __tablename__ = "person_right"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLES})", name="role_is_known"),
        CheckConstraint(validity.IN_ORDER.replace("<", "<="), name="ends_after_it_begins"),
        Index(None, "person_id"),
        {"info": {"family": PRIVATE}},
    )

    id: uuid.UUID = Field(default_factory=ids.new, primary_key=True)
    person_id: uuid.UUID = Field(sa_column=Column(ForeignKey("person.id", ondelete="CASCADE"), nullable=False))
    role: Role = Field(sa_type=String(20), nullable=False)
    kind: str = Field(max_length=63, nullable=False)
    item_id: uuid.UUID = Field(nullable=False)
    valid_from: date = Field(nullable=False)
    valid_to: date | None = None
    because_of: str = Field(max_length=120, nullable=False)
    grant_id: uuid.UUID | None = Field(default=None, foreign_key="role_grant.id", index=True)
