"""What clients see and send of swapped turns."""

import uuid
from typing import Annotated

from pydantic import BaseModel, StringConstraints
from sqlmodel import Field

from app.core.localized import Localized
from app.core.shapes import Row, Shape, answer
from app.core.slugs import Reference
from app.meetings.models.swaps import Duty
from app.meetings.schemas.named import NetworkOfMeeting, OrganisationOfSeat


class TurnSwapWrite(Shape):
    """Somebody else takes a turn."""

    duty: Duty
    to: Reference = Field(description="Who takes it: id or slug of a network for `lead`, id of a seat for `secretary`.")
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(description="For members only.")


class RoleOfSeat(BaseModel):
    """A role, named."""

    code: str
    name: Localized


class SeatOfTurn(BaseModel):
    """A seat that takes turns. Whoever sits on it is not named."""

    id: uuid.UUID
    role: RoleOfSeat
    organisation: OrganisationOfSeat | None


class _TurnSwap(Row):
    meeting_id: uuid.UUID
    duty: Duty
    from_network: NetworkOfMeeting | None = Field(description="Null where it was nobody's turn yet.")
    to_network: NetworkOfMeeting | None = Field(description="Null but for `lead`.")
    from_seat: SeatOfTurn | None = Field(description="Null where it was nobody's turn yet.")
    to_seat: SeatOfTurn | None = Field(description="Null but for `secretary`.")
    reason: str


@answer
class TurnSwapShown(_TurnSwap):
    """A turn that somebody else took."""
