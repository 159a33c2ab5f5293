"""What clients see and send of what members would have on an agenda."""

import uuid
from typing import Annotated

from pydantic import StringConstraints
from sqlmodel import Field

from app.core.shapes import Moment, Row, Shape, answer
from app.meetings.models.proposals import ProposalState
from app.meetings.schemas.named import MOST_ITEMS, Text, Themes


class TopicProposalWrite(Shape):
    """A matter that a member would have on an agenda."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    text: Text | None = None
    themes: Themes = Field(default_factory=list)


class Taking(Shape):
    """Where a proposal is put."""

    meeting: uuid.UUID = Field(description="Id of a planned meeting of the network.")
    position: int | None = Field(default=None, ge=1, le=MOST_ITEMS, description="From 1; at the end if absent.")


class Declining(Shape):
    """Why a proposal is declined."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)] = Field(description="For who proposed it.")


class _TopicProposal(Row):
    network_id: uuid.UUID
    seat: uuid.UUID | None = Field(description="Id of the seat that proposes it; null: it came otherwise.")
    title: str
    text: str | None
    themes: list[str]
    state: ProposalState
    reason: str | None = Field(description="Why it was declined.")
    decided_at: Moment | None = Field(description="When it was taken or declined.")
    agenda_item: uuid.UUID | None = Field(description="Id of the item that it became.")
    escalated_from: uuid.UUID | None = Field(
        description="Id of the item of a network that this one steers, if it came from there."
    )


@answer
class TopicProposalShown(_TopicProposal):
    """A matter that a member, or a network that this one steers, would have on an agenda."""
