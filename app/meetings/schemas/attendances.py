"""What clients see and send of attendances."""

import uuid
from typing import Annotated

from pydantic import BaseModel
from sqlmodel import Field

from app.core.shapes import Row, Shape, answer
from app.meetings.models.attendances import Attended
from app.meetings.schemas.named import OrganisationOfSeat

MOST_ATTENDANCES = 300


class AttendanceWrite(Shape):
    """How a seat was at a meeting; null takes it away."""

    seat: uuid.UUID
    state: Attended | None


class AttendancesWrite(Shape):
    """How some seats were at a meeting."""

    attendances: Annotated[list[AttendanceWrite], Field(max_length=MOST_ATTENDANCES)]


class _Attendance(Row):
    seat: uuid.UUID
    role: str = Field(description="Code of the role of the seat.")
    organisation: OrganisationOfSeat | None
    state: Attended


@answer
class AttendanceShown(_Attendance):
    """How a seat was at a meeting. Whoever sat on it is not named."""


class Attendances(BaseModel):
    """How seats were at a meeting, all of them."""

    attendances: list[AttendanceShown]
