"""What clients send and see of visit statistics."""

import uuid
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints
from sqlmodel import Field as ShapeField

from app.core.dates import Day
from app.core.i_json import SAFE
from app.core.localized import Localized
from app.core.problems import FaultShown
from app.core.shapes import Row, Shape, answer
from app.statistics.models import DayStatus
from app.statistics.rules import FormField

_COUNT = {"type": "integer", "minimum": 0, "maximum": SAFE}
_COUNTS_SCHEMA = {"additionalProperties": {"anyOf": [_COUNT, {"type": "null"}]}}
Counts = Annotated[
    dict[str, Any],
    Field(
        max_length=60,
        description="Field code of the form -> count. Absent or null: not counted.",
        json_schema_extra=_COUNTS_SCHEMA,
    ),
]
Note = Annotated[str, StringConstraints(max_length=1000)]


class DayWrite(Shape):
    """What was counted on a day, or in a part of it. Nothing about persons."""

    form_version: int = ShapeField(ge=1, le=10_000, description="Version of the county's form.")
    status: DayStatus
    open_minutes: int | None = ShapeField(
        default=None, ge=0, le=1440, description="How long the doors were open, in minutes."
    )
    counts: Counts = ShapeField(default_factory=dict)
    note: Note | None = ShapeField(default=None, description="What explains the figures. No names of visitors.")


@answer
class DayListed(Row):
    """A recorded day, or a part of it."""

    place_id: uuid.UUID
    date: date
    part: int
    form_version: int
    status: DayStatus
    open_minutes: int | None
    counts: dict[str, int]
    note: str | None
    source: str = Field(description="Where it came from: `api`, `csv` or `demo`.")


class DayPublic(DayListed):
    """A recorded day, or a part of it, and what is unusual about it."""

    warnings: list[FaultShown] = Field(description="What is unusual, though possible.")


@answer
class FormPublic(Row):
    """One version of a county's statistics form."""

    county_id: uuid.UUID
    form_version: int
    name: Localized
    valid_from: date | None
    valid_to: date | None
    fields: list[FormField]


class FormSpec(BaseModel, extra="forbid"):
    """A statistics form in a plan file."""

    form_version: int = Field(ge=1, le=10_000)
    name: Localized
    valid_from: Day | None = None
    valid_to: Day | None = None
    fields: list[FormField] = Field(min_length=1)


class Cell(BaseModel):
    """A count: ``status`` is null where ``value`` stands, ``c`` where it is hidden, ``m`` where nothing was counted."""

    value: int | None
    status: str | None


class GroupRef(BaseModel):
    """A place or an area."""

    kind: str
    id: uuid.UUID
    slug: str
    name: Localized


class Summary(BaseModel):
    """The totals of a place or area in a period."""

    period: str = Field(examples=["2026-03"])
    group: GroupRef
    counts: dict[str, Cell]
    open_days: int = Field(description="Days on which it was open; of an area: the sum of its places'.")
    counted_days: int = Field(description="Open days with counts.")
    closed_days: int
    not_collected_days: int
    open_minutes: int
    expected_days: int | None = Field(
        description="Days on which it should have been open; null until opening hours are known."
    )
    visits_per_open_day: float | None = Field(description="Visits for each open day with counts, to one decimal.")
    revised: bool = Field(description="Whether a closed month was corrected afterwards.")
    partial: bool = Field(description="Whether the period goes on, or was asked for only in part.")


class FieldShown(BaseModel):
    """A column of the answer."""

    code: str
    name: Localized
    unit: str
    sum_of: list[str] = Field(description="Fields that add up to it, where it is a sum.")


class Summaries(BaseModel):
    """Totals by period and place or area, in order of period and name. Not paged."""

    items: list[Summary]
    next: None
    by: str
    group: str
    from_: date = Field(serialization_alias="from", description="First day.")
    to: date = Field(description="Last day.")
    fields: list[FieldShown]
    hidden_below: int | None = Field(description="Counts from 1 to this less one are hidden; null: true values.")
