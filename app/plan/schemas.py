"""What clients send and see of plans, and what a plan file says of them."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from app.core.dates import Day
from app.core.localized import Localized
from app.core.slugs import Code, Slug
from app.core.urls import WebAddress
from app.plan.models import RuleType

Section = Field(max_length=20, pattern=r"^[0-9]+(\.[0-9]+)?$", description="Section of the plan, such as `7.10`.")


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
    measures: list[MeasureSpec] = Field(default_factory=list)


SubjectKind = Literal[
    "county", "network", "network_kind", "meeting_places", "document", "training", "meeting", "report", "survey",
    "workshop", "indicators",
]  # fmt: skip


class Subject(BaseModel, extra="forbid"):
    """What a rule judges."""

    kind: SubjectKind
    of: str | None = Field(default=None, max_length=80, description="Slug or code; null where there is but one.")


class RuleSpec(BaseModel, extra="forbid"):
    """A rule in a plan file. ``code`` is its own; several may share a ``rule`` (`R1`)."""

    code: Code
    rule: str = Field(pattern=r"^[A-Z][0-9]{1,3}$")
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
    background: list[Fact] = Field(default_factory=list)
    links: list[Link] = Field(default_factory=list)
    focus_areas: list[FocusAreaSpec] = Field(default_factory=list)
    goals: list[GoalSpec] = Field(default_factory=list)
    rules: list[RuleSpec] = Field(default_factory=list)
