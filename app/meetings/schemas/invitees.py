"""What clients see and send of who comes to a meeting."""

import uuid
from typing import Annotated

from pydantic import BaseModel
from sqlmodel import Field

from app.core.localized import Localized
from app.core.shapes import Moment, Shape
from app.core.slugs import Reference
from app.meetings.models.invitees import Answer
from app.meetings.schemas.attendances import MOST_ATTENDANCES
from app.meetings.schemas.named import OrganisationOfSeat

MOST_GUESTS = 50


class GuestWrite(Shape):
    """An organisation, or an office of it, that is asked to a meeting; or no more."""

    organisation: Reference = Field(description="Id or slug of the organisation.")
    office: Localized | None = Field(default=None, description="The office, if not the whole organisation is asked.")
    invited: bool = Field(default=True, description="False takes the invitation back.")


class GuestsWrite(Shape):
    """Some guests of a meeting."""

    guests: Annotated[list[GuestWrite], Field(max_length=MOST_GUESTS)]


class AnswerWrite(Shape):
    """What a seat or a guest answers to the invitation; null takes an answer back."""

    seat: uuid.UUID | None = Field(default=None, description="Id of a seat, or else of a guest:")
    guest: uuid.UUID | None = None
    answer: Answer | None


class AnswersWrite(Shape):
    """What some of those invited answer."""

    answers: Annotated[list[AnswerWrite], Field(max_length=MOST_ATTENDANCES)]


class Invitee(BaseModel):
    """Who is invited to a meeting: a seat of the network on that day, or a guest. Nobody is named."""

    seat: uuid.UUID | None = Field(description="Id of the seat; null for a guest.")
    guest: uuid.UUID | None = Field(description="Id of the guest; null for a seat.")
    role: str | None = Field(description="Code of the role of the seat; null for a guest.")
    organisation: OrganisationOfSeat | None
    office: Localized | None
    answer: Answer | None
    answered_at: Moment | None


class Invitees(BaseModel):
    """Some of those who are invited to a meeting."""

    invitees: list[Invitee]
