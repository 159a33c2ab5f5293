"""Tables of forms of early support."""

import uuid

from sqlalchemy import JSON, Column, SmallInteger, UniqueConstraint
from sqlmodel import Field

from app.core.localized import Localized, LocalizedJSON
from app.core.shapes import Row

FAMILY = "programme"


class SupportGroup(Row, table=True):
    """A heading under which a county lists its forms of early support."""

    __tablename__ = "support_group"
    __table_args__ = (UniqueConstraint("county_id", "code"), {"info": {"family": FAMILY}})

    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False)
    code: str = Field(max_length=40, nullable=False)
    position: int = Field(sa_type=SmallInteger, nullable=False)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)


class SupportForm(Row, table=True):
    """A form of early support (varhaisen tuen muoto). ``providers`` are codes of kinds of organisations."""

    __tablename__ = "support_form"
    __table_args__ = (UniqueConstraint("group_id", "code"), {"info": {"family": FAMILY}})

    group_id: uuid.UUID = Field(foreign_key="support_group.id", nullable=False)
    code: str = Field(max_length=40, nullable=False)
    position: int = Field(sa_type=SmallInteger, nullable=False)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    providers: list[str] = Field(sa_column=Column(JSON, nullable=False))
    themes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    url: str | None = Field(default=None, max_length=300)
