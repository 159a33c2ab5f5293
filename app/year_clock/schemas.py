"""What clients see and send of year clocks and school breaks, and what a plan file says of them."""

import uuid
from datetime import date
from typing import Literal

from pydantic import BaseModel, Field, model_validator

from app.core.dates import Day
from app.core.faults import FaultFound
from app.core.language import Words
from app.core.localized import Localized
from app.core.shapes import Row, Shape, answer, partial
from app.core.slugs import Code, Reference, Slug

Mode = Literal["live", "remote", "hybrid"]
TWICE = Words("Tämä tunnus on jo toisella. Anna toinen.", "Another has this code already. Give another.")
BACKWARDS = Words(
    "Viimeinen kuukausi on ennen ensimmäistä. Jaa vuodenvaihteen yli jatkuva ikkuna kahdeksi.",
    "The last month is before the first. Split a window that goes past the turn of the year.",
)
ENDS_FIRST = Words("Viimeinen päivä on ennen ensimmäistä.", "The last day is before the first.")


class Topic(BaseModel, extra="forbid"):
    """What a window is for, or a task in it."""

    code: Code
    text: Localized


class WindowSpec(BaseModel, extra="forbid"):
    """A window of a year clock in a plan file: first and last month, both included."""

    code: Code
    name: Localized
    network_kind: Code = Field(description="Code of the kind of networks that meet in it.")
    first_month: int = Field(ge=1, le=12)
    last_month: int = Field(ge=1, le=12)
    mode: Mode | None = None
    topics: list[Topic] = Field(default_factory=list)
    tasks: list[Topic] = Field(default_factory=list)

    @model_validator(mode="after")
    def _lies_in_a_year_and_names_each_topic_once(self) -> "WindowSpec":
        if self.last_month < self.first_month:
            raise FaultFound("ends-before-it-begins", BACKWARDS, "/last_month")
        _must_differ([topic.code for topic in self.topics], "/topics")
        _must_differ([task.code for task in self.tasks], "/tasks")
        return self


class YearClockSpec(BaseModel, extra="forbid"):
    """A year clock in a plan file."""

    slug: Slug
    name: Localized
    plan_ref: str | None = Field(default=None, max_length=20)
    windows: list[WindowSpec] = Field(min_length=1, max_length=60)

    @model_validator(mode="after")
    def _names_each_window_once(self) -> "YearClockSpec":
        _must_differ([window.code for window in self.windows], "/windows")
        return self


def _must_differ(codes: list[str], pointer: str) -> None:
    for index, code in enumerate(codes):
        if code in codes[:index]:
            raise FaultFound("taken", TWICE, f"{pointer}/{index}/code")


class WindowNetworkKind(BaseModel):
    """The kind of networks that meet in a window."""

    code: str
    name: Localized


class WindowTopic(BaseModel):
    """What a window is for, or a task in it."""

    code: str
    text: Localized


class WindowPublic(BaseModel):
    """A window of a year clock, in the year that was asked for."""

    code: str
    name: Localized
    first_month: int = Field(description="1 is January.")
    last_month: int = Field(description="Included.")
    from_: date = Field(serialization_alias="from", description="Its first day in that year.")
    to: date = Field(description="Its last day in that year.")
    mode: Mode | None = Field(description="How they meet; null where any way will do.")
    network_kind: WindowNetworkKind = Field(description="Networks of this kind meet in it.")
    topics: list[WindowTopic]
    tasks: list[WindowTopic] = Field(description="What is to be done in it.")


@answer
class YearClockPublic(Row):
    """A year clock: the course of a year in some networks."""

    slug: str
    county_id: uuid.UUID = Field(description="The area on whose plan it stands.")
    name: Localized
    plan_ref: str | None = Field(description="Where the plan speaks of it.")


class YearClockOfYear(YearClockPublic):
    """A year clock with its windows, in order, as they are in a year."""

    year: int
    windows: list[WindowPublic]


def _must_be_in_order(first_on: date, last_on: date) -> None:
    if last_on < first_on:
        raise FaultFound("ends-before-it-begins", ENDS_FIRST, "/last_on")


class SchoolBreakSpec(BaseModel, extra="forbid"):
    """Days on which schools rest, in a plan file: the first and the last, both included."""

    area: str = Field(description="Slug.")
    name: Localized
    first_on: Day
    last_on: Day

    @model_validator(mode="after")
    def _in_order(self) -> "SchoolBreakSpec":
        _must_be_in_order(self.first_on, self.last_on)
        return self


class SchoolBreakFacts(Shape):
    """Days on which schools rest."""

    name: Localized
    first_on: Day = Field(description="The first day.")
    last_on: Day = Field(description="The last day, included.")

    @model_validator(mode="after")
    def _in_order(self) -> "SchoolBreakFacts":
        _must_be_in_order(self.first_on, self.last_on)
        return self


class SchoolBreakWrite(SchoolBreakFacts):
    """A school break to be added."""

    area: Reference = Field(description="Id or slug of the area whose schools rest, with all below it.")


@partial
class SchoolBreakPatch(SchoolBreakFacts):
    """Any of the fields of a school break; those absent stay as they are."""


class AreaOfBreak(BaseModel):
    """An area, named."""

    id: uuid.UUID
    slug: str
    name: Localized


@answer
class SchoolBreakPublic(Row):
    """Days on which schools of an area rest, and of all below it: the first and the last, both included."""

    area: AreaOfBreak
    name: Localized
    first_on: date
    last_on: date
