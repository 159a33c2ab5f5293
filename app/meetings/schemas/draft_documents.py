"""What clients see and send of draft documents."""

import uuid
from datetime import date
from typing import Annotated

from pydantic import StringConstraints
from sqlmodel import Field

from app.core.dates import Day
from app.core.shapes import Row, Shape, answer, partial
from app.core.slugs import Reference
from app.meetings.rules import DraftState
from app.meetings.schemas.named import MeetingRef, NetworkOfMeeting, OrganisationOfSeat


class DraftDocumentFacts(Shape):
    """A document that a network handles before it is decided on elsewhere."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    decided_by: Reference = Field(description="Id or slug of the organisation that decides.")
    to_be_decided_on: Day = Field(description="When it is to be decided on.")


class DraftDocumentWrite(DraftDocumentFacts):
    """A document to be handled."""

    network: Reference = Field(description="Id or slug of the network that handles it.")


@partial
class DraftDocumentPatch(DraftDocumentFacts):
    """Any of the fields of a document; those absent stay as they are."""


class DraftDocumentHandling(Shape):
    """Where a document was handled."""

    meeting: uuid.UUID = Field(description="Id of a meeting of the network, which was held.")


class DraftDocumentDeciding(Shape):
    """When a document was decided on."""

    decided_on: Day


class _Draft(Row):
    network: NetworkOfMeeting
    title: str
    decided_by: OrganisationOfSeat
    to_be_decided_on: date
    handled_in: MeetingRef | None
    decided_on: date | None
    state: DraftState = Field(
        description="As of today: `waiting`; `handled`, on the day of the decision at the latest; `handled_late`; "
        "`decided_unhandled`. Where no decision is recorded, it is taken as made on the planned day."
    )


@answer
class DraftDocumentShown(_Draft):
    """A document that a network handles before it is decided on elsewhere."""
