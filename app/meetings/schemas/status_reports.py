"""What clients see and send of status reports and highlights."""

import uuid
from datetime import date
from typing import Annotated

from pydantic import StringConstraints
from sqlmodel import Field

from app.core.dates import Day, between
from app.core.patterns import worded
from app.core.shapes import Row, Shape, answer, partial
from app.core.slugs import Reference
from app.meetings import rules
from app.meetings.models.status_reports import ReportKind
from app.meetings.schemas.named import MeetingRef, NetworkOfMeeting, Text

REPORT_PERIOD = worded(
    r"^20[0-9]{2}(-(Q[1-4]|0[1-9]|1[0-2]))?$",
    "Tähän kuuluu vuosi, neljännes tai kuukausi, esimerkiksi 2026, 2026-Q1 tai 2026-03.",
    "This must be a year, a quarter or a month, such as 2026, 2026-Q1 or 2026-03.",
)
Period = Annotated[str, StringConstraints(pattern=REPORT_PERIOD)]

DeliveryDay = Annotated[Day, between(date(rules.FIRST_YEAR, 1, 1))]


class StatusReportFacts(Shape):
    """What a network tells the one that steers it."""

    kind: ReportKind = Field(description="`status`: how things are; `highlight`: what stands out.")
    period: Period = Field(description="What it is about: `2026`, `2026-Q1` or `2026-03`.")
    text: Text
    meeting: uuid.UUID | None = Field(
        default=None, description="Id of the meeting of the receiving network that handled it."
    )
    is_public: bool = Field(default=False, description="Whether everybody may read it, once it is delivered.")


class StatusReportWrite(StatusReportFacts):
    """A report to be drafted."""

    from_network: Reference = Field(description="Id or slug of the network that tells.")
    to_network: Reference = Field(description="Id or slug of the network that is told: one that steers the first.")


class StatusReportChange(StatusReportFacts):
    """What can be changed of a report."""

    delivered_on: DeliveryDay | None = Field(
        default=None, description="Once it is delivered: on which day. A draft is delivered by `deliver`."
    )


@partial
class StatusReportPatch(StatusReportChange):
    """Any of the fields of a report; those absent stay as they are."""


class StatusReportDelivery(Shape):
    """When a report was delivered."""

    delivered_on: DeliveryDay | None = Field(default=None, description="On which day; today if absent.")


class _Report(Row):
    from_network: NetworkOfMeeting
    to_network: NetworkOfMeeting
    kind: ReportKind
    period: str
    text: str
    delivered_on: date | None = Field(description="Null while it is a draft.")
    meeting: MeetingRef | None = Field(description="Null too where the caller may not know of the meeting.")
    is_public: bool


@answer
class StatusReportShown(_Report):
    """What a network tells the one that steers it."""
