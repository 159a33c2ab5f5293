"""What clients see of what somebody owes."""

import uuid
from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from app.core.localized import Localized
from app.follow_up.schemas.compliance import SubjectShown


class OwedItem(BaseModel):
    """Something that somebody owes, or is asked to, because of a seat."""

    kind: Literal["meeting", "agenda_item", "relay", "rule"]
    due_on: date | None = Field(description="A meeting's day, else the last day for it; null where none is set.")
    title: Localized
    subject: SubjectShown = Field(description="The network or place that it is about.")
    seat: uuid.UUID
    state: str = Field(
        description="Of a meeting `unanswered`, `coming`, `deputy`, `not_coming`, `held`; of a rule its verdict; "
        "of the rest `open`."
    )
    link: str


class Owed(BaseModel):
    """What somebody owes in a month over all their seats, the first due first."""

    month: str
    items: list[OwedItem]
    next: None = None
