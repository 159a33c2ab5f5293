"""What clients see and send of whether a plan is kept."""

import uuid
from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field

from app.core.localized import Localized
from app.core.shapes import Shape
from app.core.slugs import Code, Reference
from app.follow_up.rules.verdicts import Status
from app.follow_up.schemas.days import DayAsked
from app.meetings.models.meetings import Mode

MOST_PROPOSED = 200


class SubjectShown(BaseModel):
    """What a rule is judged for, or what is missing."""

    kind: str = Field(description="`network`, `area`, `meeting_place`, `document`, `window`...")
    id: uuid.UUID | None
    slug: str
    name: Localized


class EntryShown(BaseModel):
    """What comes of a rule for one subject."""

    rule: str = Field(description="`R1`...")
    code: str = Field(description="Name of the rule in the plan file.")
    type: str
    name: Localized
    subject: SubjectShown
    period: str = Field(description="What it judges: `2026`, `2026-Q1`, `2026-03`, `2026-W05`.")
    status: Status
    expected: int | None
    actual: int | None
    planned: int | None
    missing: list[SubjectShown]
    next_deadline_on: date | None
    reason: str
    because: Localized = Field(description="The reason as a sentence.")
    plan_ref: str
    is_soft: bool
    evidence: list[str] = Field(description="Where what it counts can be read.")
    evidence_hidden: int = Field(description="How much more there is for who sends a token.")
    previous: Status = Field(description="The verdict at the end of the period before.")


class NotEvaluated(BaseModel):
    """A rule whose facts nobody records here yet."""

    rule: str
    code: str
    name: Localized
    plan_ref: str
    reason: str


class Invariant(BaseModel):
    """A rule that the tables keep, so that nothing can break it."""

    rule: str
    code: str
    name: Localized
    plan_ref: str


class Compliance(BaseModel):
    """Whether a plan is kept on a day, rule by rule."""

    on: date
    revision: int = Field(description="The edition of the plan.")
    recorded_from: date | None
    counts: dict[Status, int]
    rules: list[EntryShown]
    not_evaluated: list[NotEvaluated]
    invariants: list[Invariant]
    next: None = None


class ProposedMeeting(Shape):
    """A meeting that might be planned."""

    network: Reference = Field(description="Id or slug of the network.")
    day: DayAsked
    mode: Mode
    window_code: Code | None = None
    led_by: Reference | None = Field(default=None, description="Id or slug of the network that would lead.")
    secretary: uuid.UUID | None = Field(default=None, description="Id of the seat that would be the secretary.")


class Simulation(Shape):
    """Meetings that might be planned."""

    meetings: Annotated[list[ProposedMeeting], Field(min_length=1, max_length=MOST_PROPOSED)]
    on: DayAsked | None = Field(default=None, description="Absent: today in Helsinki.")


class Changed(BaseModel):
    """A verdict that would be another."""

    rule: str
    code: str
    subject: SubjectShown
    before: Status
    after: Status


class Simulated(Compliance):
    """Whether a plan would be kept with some more meetings; nothing is stored."""

    changes: list[Changed]
