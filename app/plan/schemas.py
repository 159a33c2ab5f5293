"""What clients send and see of plans, and what a plan file says of them."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator
from sqlmodel import Field as ShapeField

from app.areas.schemas import AreaRef
from app.core.dates import Day
from app.core.faults import FaultFound
from app.core.language import Words
from app.core.localized import Localized
from app.core.patterns import worded
from app.core.shapes import Row, Shape, answer, partial
from app.core.slugs import Code, Slug
from app.core.urls import WebAddress
from app.plan.models import GoalStatus, RuleType

RULE = worded(
    r"^[A-Z][0-9]{1,3}$", "Tähän kuuluu säännön tunnus, esimerkiksi R3.", "This must name a rule, such as R3."
)
SECTION = worded(
    r"^[0-9]+(\.[0-9]+)?$",
    "Tähän kuuluu suunnitelman kohta, esimerkiksi 7 tai 7.10.",
    "This must be a section of the plan, such as 7 or 7.10.",
)
Section = Field(max_length=20, pattern=SECTION, description="Section of the plan, such as `7.10`.")


class Fact(BaseModel, extra="forbid"):
    """Something that is so, in a sentence."""

    code: Code
    text: Localized


class Link(BaseModel, extra="forbid"):
    """Where to read more."""

    title: Localized
    url: WebAddress


class FocusAreaSpec(BaseModel, extra="forbid"):
    """A focus area in a plan file."""

    code: Code
    name: Localized


class MeasureSpec(BaseModel, extra="forbid"):
    """A measure in a plan file."""

    code: Code
    text: Localized


class GoalSpec(BaseModel, extra="forbid"):
    """A goal in a plan file, owned by a network or by each network of a kind."""

    code: Code
    plan_ref: str = Section
    text: Localized
    network: str | None = Field(default=None, description="Slug.")
    network_kind: Code | None = None
    focus_areas: list[Code] = Field(default_factory=list)
    themes: list[Code] = Field(default_factory=list)
    measures: list[MeasureSpec] = Field(default_factory=list, max_length=200)

    @model_validator(mode="after")
    def _has_one_owner(self) -> "GoalSpec":
        if self.network is not None and self.network_kind is not None:
            raise FaultFound(
                "two-owners",
                Words(
                    "Anna joko network tai network_kind, ei kumpaakin.",
                    "Give either network or network_kind, not both.",
                ),
                "/network_kind",
            )
        return self


SubjectKind = Literal[
    "county", "network", "network_kind", "meeting_places", "document", "training", "meeting", "report", "survey",
    "workshop", "indicators",
]  # fmt: skip


NAMED = ("network", "network_kind", "document")  # of these there are several


class Subject(BaseModel, extra="forbid"):
    """What a rule judges."""

    kind: SubjectKind
    of: str | None = Field(default=None, max_length=80, description="Slug or code; null where there is but one.")

    @model_validator(mode="after")
    def _names_one(self) -> "Subject":
        if self.of is None and self.kind in NAMED:
            raise FaultFound("missing", Words("Sano, minkä (of).", "Say which one (of)."), "/of")
        return self


class RuleSpec(BaseModel, extra="forbid"):
    """A rule in a plan file. ``code`` is its own; several may share a ``rule`` (`R1`)."""

    code: Code
    rule: str = Field(pattern=RULE)
    type: RuleType
    subject: Subject
    parameters: dict[str, Any] = Field(default_factory=dict)
    plan_ref: str = Section
    is_soft: bool = False
    valid_from: Day | None = None
    valid_to: Day | None = None


class PlanSpec(BaseModel, extra="forbid"):
    """The action plan in a plan file; a new edition raises ``revision`` and says in ``summary`` why."""

    slug: Slug
    title: Localized
    first_year: int = Field(ge=1990, le=2100)
    last_year: int = Field(ge=1990, le=2100)
    approved_on: Day | None = None
    revision: int = Field(ge=1, le=10_000)
    valid_from: Day = Field(description="First day of this revision.")
    summary: Localized
    recorded_from: Day | None = Field(
        default=None, description="The day from which what happens is recorded; null: since ever; absent: today."
    )
    background: list[Fact] = Field(default_factory=list)
    links: list[Link] = Field(default_factory=list)
    focus_areas: list[FocusAreaSpec] = Field(default_factory=list, max_length=100)
    goals: list[GoalSpec] = Field(default_factory=list, max_length=1000)
    rules: list[RuleSpec] = Field(default_factory=list, max_length=2000)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "PlanSpec":
        if self.last_year < self.first_year:
            raise FaultFound(
                "wrong-order",
                Words("Viimeinen vuosi on ennen ensimmäistä.", "The last year is before the first."),
                "/last_year",
            )
        return self


class ChangeShown(BaseModel):
    """What an edition changed. A measure's ``code`` is ``goal/measure``."""

    kind: str = Field(description="`plan`, `focus_area`, `goal`, `measure` or `rule`.")
    code: str
    action: str = Field(description="`added`, `changed` or `ended`.")


class RevisionPublic(BaseModel):
    """An edition of a plan."""

    number: int
    valid_from: date
    summary: Localized
    changes: list[ChangeShown]


@answer
class FocusAreaPublic(Row):
    """A focus area of a plan."""

    code: str
    position: int
    name: Localized


@answer
class PlanListed(Row):
    """An action plan."""

    slug: str
    county: AreaRef
    title: Localized
    first_year: int
    last_year: int
    approved_on: date | None
    revision: int = Field(description="Number of its newest edition.")
    recorded_from: date | None = Field(
        description="The day from which what happens is recorded here; null: since ever."
    )


class PlanPublic(PlanListed):
    """An action plan with what it stands on, its focus areas and its editions, the newest first."""

    background: list[Fact]
    links: list[Link]
    focus_areas: list[FocusAreaPublic]
    revisions: list[RevisionPublic]


class PlanFacts(Shape):
    """What can be changed of a plan without a new edition."""

    recorded_from: Day | None = ShapeField(
        description="The day from which what happens is recorded here, today at the latest; null: since ever."
    )


@partial
class PlanPatch(PlanFacts):
    """Any of these; those absent stay as they are."""


class NetworkNamed(BaseModel):
    """A network, named."""

    id: uuid.UUID
    slug: str
    name: Localized


class CodeNamed(BaseModel):
    """A focus area or a kind of network, named."""

    id: uuid.UUID
    code: str
    name: Localized


class MeasureShown(BaseModel):
    """A measure towards a goal. ``ended_in``: the edition that left it out."""

    id: uuid.UUID
    code: str
    text: Localized
    ended_in: int | None


@answer
class GoalPublic(Row):
    """A goal of a plan: whose it is, what is done for it, and how far it is."""

    plan_id: uuid.UUID
    code: str
    position: int
    plan_ref: str = Field(description="Section of the plan.")
    text: Localized
    network: NetworkNamed | None = Field(description="The network that owns it.")
    network_kind: CodeNamed | None = Field(description="Each network of this kind owns it.")
    focus_areas: list[CodeNamed]
    themes: list[str]
    status: GoalStatus = Field(description="That of its latest note with a status.")
    ended_in: int | None = Field(description="The edition that left it out.")
    measures: list[MeasureShown]


@answer
class RulePublic(Row):
    """A rule of a plan, in its time. A rule that was changed has a row for each time."""

    code: str
    rule: str = Field(description="Its name among people; several may share one.")
    type: RuleType
    subject: Subject
    parameters: dict[str, Any]
    plan_ref: str
    is_soft: bool = Field(description="Advice, never broken.")
    valid_from: date | None
    valid_to: date | None = Field(description="First day without it.")


class ProgressWrite(Shape):
    """How a goal goes. No names of persons."""

    noted_on: Day | None = ShapeField(default=None, description="Today if absent; never in the future.")
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    status: GoalStatus | None = ShapeField(default=None, description="How far the goal is from that day on.")


@answer
class ProgressShown(Row):
    """A dated note on how a goal goes."""

    goal_id: uuid.UUID
    noted_on: date
    text: str
    status: GoalStatus | None
