"""Tables of indicators."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core import clock
from app.core.localized import Localized, LocalizedJSON
from app.core.shapes import Instant, Row
from app.core.text import SortKey

FAMILY = "indicators"
SOTKANET = "sotkanet"  # the source whose definitions the product knows from the start


class Sex(StrEnum):
    """Whom a value counts."""

    total = "total"
    male = "male"
    female = "female"


SEXES = ", ".join(f"'{sex}'" for sex in Sex)


class Indicator(Row, table=True):
    """An indicator (indikaattori): what is measured, by whom, in which unit.

    ``source`` and ``source_id`` name it where it comes from; titles change there, that pair does not.
    ``levels`` are the kinds of area that the source has, in its own words. ``sexes`` empty: total only.
    """

    __tablename__ = "indicator"
    __table_args__ = (UniqueConstraint("source", "source_id"), {"info": {"family": FAMILY}})

    slug: str = Field(max_length=80, unique=True, nullable=False)
    source: str = Field(max_length=40, nullable=False)
    source_id: str = Field(max_length=80, nullable=False)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    sort_name: str = Field(sa_type=SortKey, nullable=False)
    search_name: str = Field(sa_type=Text, nullable=False)  # folded, a line per language
    unit: str = Field(max_length=40, nullable=False)
    decimals: int | None = None
    organisation: str | None = Field(default=None, max_length=200)
    licence: str | None = Field(default=None, max_length=80)
    levels: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)
    sexes: list[str] = Field(default_factory=list, sa_type=JSON, nullable=False)


class IndicatorValue(SQLModel, table=True):
    """The value of an indicator in an area in a period. No row, or no value: missing. 0 is a value.

    ``absolute`` is the number behind a share or a rate. Imports write in bulk and state it themselves.
    """

    __tablename__ = "indicator_value"
    __table_args__ = (
        CheckConstraint(f"sex IN ({SEXES})", name="sex_is_known"),
        Index(None, "indicator_id", "period"),
        {"info": {"family": FAMILY, "unaudited": True}},
    )

    indicator_id: uuid.UUID = Field(foreign_key="indicator.id", primary_key=True)
    area_id: uuid.UUID = Field(foreign_key="area.id", primary_key=True)
    sex: Sex = Field(sa_type=String(6), primary_key=True)
    period: str = Field(max_length=10, primary_key=True)
    value: float | None = None
    absolute: float | None = None
    fetched_at: datetime = Field(default_factory=clock.now, sa_type=Instant, nullable=False)
