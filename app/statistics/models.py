"""Tables of visit statistics."""

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, SmallInteger, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core import validity
from app.core.localized import Localized, LocalizedJSON
from app.core.shapes import Row

FAMILY = "statistics"
DERIVED = {"info": {"family": FAMILY, "unaudited": True}}


class DayStatus(StrEnum):
    """What became of a day. ``not_collected``: nobody counted."""

    open = "open"
    closed = "closed"
    not_collected = "not_collected"


class StatisticsForm(Row, table=True):
    """The shared form of a county (tilastointilomake), one version of it. Its ``fields`` never change meaning."""

    __tablename__ = "statistics_form"
    __table_args__ = (
        UniqueConstraint("county_id", "form_version"),
        CheckConstraint(validity.IN_ORDER, name="ends_after_it_begins"),
        {"info": {"family": FAMILY}},
    )

    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False)
    form_version: int = Field(nullable=False)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    valid_from: date | None = None
    valid_to: date | None = None
    fields: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


class VisitDay(Row, table=True):
    """What was counted in a place on a day, or in one part of the day."""

    __tablename__ = "visit_day"
    __table_args__ = (
        UniqueConstraint("place_id", "visited_on", "part"),
        CheckConstraint("part BETWEEN 1 AND 9", name="part_is_1_to_9"),
        CheckConstraint("status IN ('open', 'closed', 'not_collected')", name="status_is_known"),
        CheckConstraint("open_minutes BETWEEN 0 AND 1440", name="minutes_of_a_day"),
        CheckConstraint("source IN ('api', 'csv', 'demo')", name="source_is_known"),
        Index(None, "visited_on"),
        {"info": {"family": FAMILY}},
    )

    place_id: uuid.UUID = Field(foreign_key="meeting_place.id", nullable=False)
    visited_on: date = Field(nullable=False)
    part: int = Field(default=1, sa_type=SmallInteger, nullable=False)
    form_version: int = Field(nullable=False)
    status: DayStatus = Field(sa_type=String(20), nullable=False)
    open_minutes: int | None = None
    counts: dict[str, int] = Field(sa_column=Column(JSON, nullable=False))
    note: str | None = Field(default=None, max_length=1000)
    source: str = Field(default="api", max_length=10, nullable=False)


class VisitMonth(SQLModel, table=True):
    """The days of a place and month, summed up from its day rows in the same transaction."""

    __tablename__ = "visit_month"
    __table_args__ = DERIVED

    place_id: uuid.UUID = Field(foreign_key="meeting_place.id", primary_key=True)
    month: str = Field(max_length=7, primary_key=True)
    open_days: int = Field(default=0, nullable=False)
    counted_days: int = Field(default=0, nullable=False)
    closed_days: int = Field(default=0, nullable=False)
    not_collected_days: int = Field(default=0, nullable=False)
    open_minutes: int = Field(default=0, nullable=False)


class VisitMonthField(SQLModel, table=True):
    """One field of a place and month: the sum, and on how many days it was counted."""

    __tablename__ = "visit_month_field"
    __table_args__ = (Index(None, "month"), DERIVED)

    place_id: uuid.UUID = Field(foreign_key="meeting_place.id", primary_key=True)
    month: str = Field(max_length=7, primary_key=True)
    field: str = Field(max_length=40, primary_key=True)
    total: int = Field(nullable=False)
    days: int = Field(nullable=False)
