"""What clients see of indicators."""

import uuid

from pydantic import BaseModel, Field

from app.areas.schemas import AreaRef
from app.core.localized import Localized
from app.core.shapes import Moment, Row, answer
from app.indicators.models import Sex
from app.indicators.rules import Status


class SourceReference(BaseModel):
    """Where the values come from, and on what terms."""

    source: str
    source_id: str
    url: str | None = Field(description="The page of the indicator at its source.")
    organisation: str | None = Field(description="Who produces it.")
    licence: str | None = Field(description="`cc-by-4.0`, or `producer`: by the producer's own terms.")
    citation: Localized = Field(description="Text to put beside the numbers.")
    fetched_at: Moment | None = Field(description="When the newest of the values was fetched.")


@answer
class IndicatorPublic(Row):
    """An indicator. ``sexes`` empty: total only."""

    slug: str
    source: str = Field(description="`sotkanet`, `own`, or another source.")
    source_id: str = Field(description="Its id there.")
    name: Localized
    unit: str = Field(description="`persons`, `percent`, `per_1000`, ...")
    decimals: int | None = Field(description="How many decimals are meant; null: not known.")
    organisation: str | None = Field(description="Who produces it.")
    licence: str | None = Field(description="`cc-by-4.0`, or `producer`: by the producer's own terms.")
    levels: list[str] = Field(description="Kinds of area that the source has, in its own words.")
    sexes: list[str] = Field(description="`male`, `female`, `total`; empty: total only.")


class IndicatorDetail(IndicatorPublic):
    """An indicator with what is stored of it and where it comes from."""

    first_period: str | None
    last_period: str | None
    values_count: int = Field(description="How many values there are, all areas, periods and sexes together.")
    reference: SourceReference


class IndicatorRef(BaseModel):
    """An indicator, named."""

    id: uuid.UUID
    slug: str
    name: Localized
    unit: str
    decimals: int | None


class SeriesBreak(BaseModel):
    """A period from which the values can't be compared with those before it."""

    period: str
    note: Localized | None


class Series(BaseModel):
    """The values of an indicator: one row per area, one column per period, in the orders of those lists."""

    indicator: IndicatorRef
    areas: list[AreaRef]
    periods: list[str]
    sex: Sex
    values: list[list[float | None]]
    status: list[list[Status | None]] = Field(description="`m`: missing, the value is null. Null: there is a value.")
    absolute: list[list[float | None]] = Field(description="The number behind a share or a rate, where known.")
    breaks: list[SeriesBreak]
    source: SourceReference
    next: None = Field(default=None, description="A series is not paged.")


class IndicatorSpec(BaseModel, extra="forbid"):
    """An indicator in a file of definitions."""

    source: str = Field(min_length=1, max_length=40)
    source_id: str = Field(min_length=1, max_length=80)
    name: Localized
    unit: str = Field(min_length=1, max_length=40)
    decimals: int | None = Field(default=None, ge=0, le=15)
    organisation: str | None = Field(default=None, max_length=200)
    licence: str | None = Field(default=None, max_length=80)
    levels: list[str] = Field(default_factory=list)
    sexes: list[Sex] = Field(default_factory=list)
