"""What clients see and send of agendas."""

import uuid
from typing import Annotated

from pydantic import BaseModel, StringConstraints
from sqlmodel import Field

from app.core.patterns import worded
from app.core.shapes import Moment, Row, Shape, answer, partial
from app.core.slugs import Reference
from app.meetings.models.agenda import Outcome
from app.meetings.schemas.named import MOST_ITEMS, NetworkOfMeeting, Text, Themes

LONGEST_MATTER_MINUTES = 600
KIND = worded(
    r"^[a-z]+(_[a-z]+)*$",
    "Tähän kuuluu pieniä kirjaimia a-z ja välissä alaviivoja, esimerkiksi meeting_place.",
    "This takes small letters a-z, with _ between them, such as meeting_place.",
)


class About(Shape):
    """A thing of this API: what an item of an agenda is about."""

    kind: Annotated[str, StringConstraints(pattern=KIND, max_length=63)] = Field(
        description="What it is: `network`, `meeting`, `decision`, `meeting_place`..."
    )
    id: uuid.UUID


class MatterFacts(Shape):
    """What comes up at a meeting."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    text: Text | None = None
    themes: Themes = Field(default_factory=list)
    is_public: bool = Field(default=False, description="Whether everybody may read it, if the meeting is public.")
    minutes: int | None = Field(default=None, ge=1, le=LONGEST_MATTER_MINUTES, description="How long it is to take.")


class AgendaItemFacts(MatterFacts):
    """A matter for a meeting."""

    about: About | None = Field(default=None, description="The thing that it is about, if it is stored here.")
    owner: uuid.UUID | None = Field(
        default=None, description="Id of the seat that brings it up: one of the network on the day of the meeting."
    )


class AgendaItemWrite(AgendaItemFacts):
    """A matter to be put on an agenda."""

    position: int | None = Field(default=None, ge=1, le=MOST_ITEMS, description="From 1; at the end if absent.")


class AgendaItemChange(AgendaItemFacts):
    """What can be changed of a matter on an agenda."""

    position: int = Field(ge=1, le=MOST_ITEMS, description="From 1; the others move.")
    outcome: Outcome = Field(
        description="`carried_over` comes by carrying it over, and goes if the later item is gone."
    )


@partial
class AgendaItemPatch(AgendaItemChange):
    """Any of the fields of a matter on an agenda; those absent stay as they are."""


class CarryingOver(Shape):
    """To which meeting a matter is carried over."""

    to: uuid.UUID | None = Field(
        default=None, description="Id of a planned meeting of the network; the next one if absent."
    )


class Escalating(Shape):
    """To which network a matter goes."""

    to: Reference = Field(description="Id or slug of a network that steers this one.")


class Answering(Shape):
    """What is answered to the network that a matter came from."""

    text: Text


class AboutShown(BaseModel):
    """A thing of this API."""

    kind: str
    id: uuid.UUID


class AnswerOfNetwork(BaseModel):
    """What a steering network answered."""

    network: NetworkOfMeeting
    text: str
    answered_at: Moment


class Escalated(BaseModel):
    """Where a matter went: to an agenda or, where no meeting is planned, among the proposals of topics."""

    network: NetworkOfMeeting
    meeting: uuid.UUID | None
    agenda_item: uuid.UUID | None
    topic_proposal: uuid.UUID | None


class _AgendaItem(Row):
    meeting_id: uuid.UUID
    position: int
    title: str
    text: str | None
    about: AboutShown | None = Field(description="Null for those who see not what members see.")
    themes: list[str]
    is_public: bool
    owner: uuid.UUID | None = Field(
        description="Id of the seat that brings it up. Null for those who see not what members see."
    )
    minutes: int | None = Field(description="How long it is to take.")
    outcome: Outcome
    carried_from: uuid.UUID | None = Field(
        description="Id of the item of an earlier meeting. Null for those who see not what members see, as the next."
    )
    escalated_from: uuid.UUID | None = Field(description="Id of the item of the network that it came from.")
    answer: str | None = Field(description="What is answered to that network. Null for who sees not what members see.")
    answered_at: Moment | None
    answers: list[AnswerOfNetwork] = Field(
        description="Of the networks that it was escalated to. Empty for those who see not what members see."
    )


@answer
class AgendaItemShown(_AgendaItem):
    """A matter on the agenda of a meeting."""
