"""Tables of year clocks, and of the days on which schools rest."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, SmallInteger, String, UniqueConstraint
from sqlmodel import Field

from app.core.localized import Localized, LocalizedJSON
from app.core.shapes import Row

FAMILY = "year_clock"


class YearClock(Row, table=True):
    """The course of a year in some networks (vuosikello)."""

    __tablename__ = "year_clock"
    __table_args__ = ({"info": {"family": FAMILY}},)

    slug: str = Field(max_length=80, unique=True, nullable=False)
    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False, index=True)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    plan_ref: str | None = Field(default=None, max_length=20)


class YearClockWindow(Row, table=True):
    """A time of the year in which networks of a kind meet about set topics: first and last month, both included.

    ``topics`` and ``tasks`` are ``[{"code", "text"}]``. ``mode`` is null where any will do.
    """

    __tablename__ = "year_clock_window"
    __table_args__ = (
        UniqueConstraint("clock_id", "code"),
        CheckConstraint("first_month BETWEEN 1 AND 12 AND last_month BETWEEN 1 AND 12", name="months_of_a_year"),
        CheckConstraint("first_month <= last_month", name="within_a_year"),
        CheckConstraint("mode IS NULL OR mode IN ('live', 'remote', 'hybrid')", name="mode_is_known"),
        {"info": {"family": FAMILY}},
    )

    clock_id: uuid.UUID = Field(foreign_key="year_clock.id", nullable=False)
    code: str = Field(max_length=40, nullable=False)
    position: int = Field(sa_type=SmallInteger, nullable=False)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    network_kind_id: uuid.UUID = Field(foreign_key="network_kind.id", nullable=False, index=True)
    first_month: int = Field(sa_type=SmallInteger, nullable=False)
    last_month: int = Field(sa_type=SmallInteger, nullable=False)
    mode: str | None = Field(default=None, sa_type=String(10))
    topics: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    tasks: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


class SchoolBreak(Row, table=True):
    """Days on which schools of an area rest (koululoma): the first and the last, both included."""

    __tablename__ = "school_break"
    __table_args__ = (
        CheckConstraint("first_on <= last_on", name="ends_after_it_begins"),
        Index(None, "area_id", "first_on"),
        Index(None, "first_on"),
        {"info": {"family": FAMILY}},
    )

    area_id: uuid.UUID = Field(foreign_key="area.id", nullable=False)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    first_on: date = Field(nullable=False)
    last_on: date = Field(nullable=False)
