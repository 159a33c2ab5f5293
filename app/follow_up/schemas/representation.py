"""What clients see of who sits in networks, against what the plan asks for. Nobody is named."""

import uuid
from datetime import date
from typing import Literal

from pydantic import BaseModel, Field

from app.core.localized import Localized
from app.follow_up.rules.seats import SeatState
from app.follow_up.schemas.compliance import SubjectShown

Level = Literal["must", "should"]


class PartyShown(BaseModel):
    """A party that the plan asks for."""

    code: str = Field(description="Name of the rule in the plan file.")
    name: Localized
    level: Level
    plan_ref: str
    expected: int
    actual: int
    state: SeatState = Field(description="That of the worst seat; `vacant` while too few are filled.")


class SeatStated(BaseModel):
    """A seat that a party asks for, and how it is."""

    party: Localized
    code: str
    level: Level
    state: SeatState
    of: SubjectShown | None = Field(description="For which municipality or place it is, where each has one.")
    seat: uuid.UUID | None = Field(description="Null where there is no such seat.")
    role: str | None
    organisation: str | None = Field(description="Slug of the organisation for which it speaks.")
    valid_to: date | None


class Representation(BaseModel):
    """Who sits in a network on a day, against what the plan asks for."""

    on: date
    network: SubjectShown
    parties: list[PartyShown]
    seats: list[SeatStated]
    next: None = None


class MatrixCell(BaseModel):
    """A party in a network."""

    party: str = Field(description="Key of the party.")
    code: str
    level: Level
    expected: int
    actual: int
    state: SeatState


class MatrixRow(BaseModel):
    """A network and its parties."""

    network: SubjectShown
    cells: list[MatrixCell]


class MatrixParty(BaseModel):
    """A party: what networks have in common."""

    key: str
    name: Localized


class Matrix(BaseModel):
    """Networks and the parties that the plan asks for in them."""

    on: date
    parties: list[MatrixParty]
    networks: list[MatrixRow]
    next: None = None
