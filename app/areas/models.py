"""Tables of areas."""

import uuid
from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core import ids, validity
from app.core.localized import Localized, LocalizedJSON
from app.core.shapes import Row
from app.core.text import SortKey

FAMILY = "areas"
SERVICE = "service"  # the scheme that rights, disclosure and totals follow


class AreaKind(StrEnum):
    """What an area is."""

    country = "country"
    province = "province"
    wellbeing_county = "wellbeing_county"
    family_centre_area = "family_centre_area"
    municipality = "municipality"


KINDS = ", ".join(f"'{kind}'" for kind in AreaKind)


class Area(Row, table=True):
    """One area for ever: a merged municipality ends, and its successor goes on.

    ``code`` is its source's code as text; codes collide between kinds, so the slug is the natural key.
    ``holds_plan``: a plan stands on this area; facts below it carry its id as ``county_id``.
    """

    __tablename__ = "area"
    __table_args__ = (
        UniqueConstraint("kind", "code"),
        CheckConstraint(f"kind IN ({KINDS})", name="kind_is_known"),
        CheckConstraint(validity.IN_ORDER, name="ends_after_it_begins"),
        {"info": {"family": FAMILY}},
    )

    slug: str = Field(max_length=80, unique=True, nullable=False)
    kind: AreaKind = Field(sa_type=String(20), nullable=False)
    code: str = Field(max_length=20, nullable=False)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    sort_name: str = Field(sa_type=SortKey, nullable=False)
    valid_from: date | None = None
    valid_to: date | None = None
    successor_id: uuid.UUID | None = Field(default=None, foreign_key="area.id")
    holds_plan: bool = Field(default=False, nullable=False)


class AreaLink(SQLModel, table=True):
    """An area lies in another, in one scheme, for a time. A link may skip levels."""

    __tablename__ = "area_link"
    __table_args__ = (
        UniqueConstraint("area_id", "scheme", "parent_id", "valid_from"),
        CheckConstraint(validity.IN_ORDER, name="ends_after_it_begins"),
        CheckConstraint("area_id <> parent_id", name="not_in_itself"),
        {"info": {"family": FAMILY}},
    )

    id: uuid.UUID = Field(default_factory=ids.new, primary_key=True)
    area_id: uuid.UUID = Field(foreign_key="area.id", nullable=False)
    parent_id: uuid.UUID = Field(foreign_key="area.id", nullable=False, index=True)
    scheme: str = Field(max_length=40, nullable=False)
    valid_from: date | None = None
    valid_to: date | None = None


class AreaAlias(SQLModel, table=True):
    """The id of an area in another source."""

    __tablename__ = "area_alias"
    __table_args__ = (Index(None, "area_id"), {"info": {"family": FAMILY}})

    source: str = Field(primary_key=True, max_length=40)
    value: str = Field(primary_key=True, max_length=80)
    area_id: uuid.UUID = Field(foreign_key="area.id", nullable=False)
