"""Tables of the action plan."""

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, SmallInteger, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.core import validity
from app.core.localized import Localized, LocalizedJSON
from app.core.shapes import Row

FAMILY = "plan"


class GoalStatus(StrEnum):
    """How far a goal or a measure is."""

    not_started = "not_started"
    ongoing = "ongoing"
    done = "done"
    dropped = "dropped"


class RuleType(StrEnum):
    """What a rule of a plan asks for. ``app.plan.parameters`` has the parameters of each."""

    cadence = "cadence"
    mode = "mode"
    window = "window"
    representation = "representation"
    coverage = "coverage"
    alternation = "alternation"
    review = "review"
    survey = "survey"
    agreement_term = "agreement_term"
    rotation = "rotation"
    relay = "relay"
    deviation = "deviation"
    privacy = "privacy"
    integrity = "integrity"


STATUSES = ", ".join(f"'{status}'" for status in GoalStatus)
TYPES = ", ".join(f"'{kind}'" for kind in RuleType)


class Plan(Row, table=True):
    """The action plan of a county (toimintasuunnitelma), for some years.

    ``background`` and ``links`` are ``[{"code", "text"}]`` and ``[{"title", "url"}]``. ``recorded_from``: the day from
    which what happens is recorded here; null is since ever.
    """

    __tablename__ = "plan"
    __table_args__ = (
        UniqueConstraint("county_id", "first_year"),
        CheckConstraint("first_year <= last_year", name="ends_after_it_begins"),
        {"info": {"family": FAMILY}},
    )

    slug: str = Field(max_length=80, unique=True, nullable=False)
    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False)
    title: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    first_year: int = Field(sa_type=SmallInteger, nullable=False)
    last_year: int = Field(sa_type=SmallInteger, nullable=False)
    approved_on: date | None = None
    revision: int = Field(default=1, nullable=False)
    background: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    links: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    recorded_from: date | None = None


class PlanRevision(SQLModel, table=True):
    """An edition of a plan: from when, why, and what it changed.

    ``changes`` are ``[{"kind": "goal", "code": "4.3", "action": "added|changed|ended"}]``.
    """

    __tablename__ = "plan_revision"
    __table_args__ = {"info": {"family": FAMILY}}

    plan_id: uuid.UUID = Field(foreign_key="plan.id", primary_key=True)
    number: int = Field(primary_key=True)
    valid_from: date = Field(nullable=False)
    summary: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    changes: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))


class FocusArea(Row, table=True):
    """A focus area (painopiste) that goals carry."""

    __tablename__ = "focus_area"
    __table_args__ = (UniqueConstraint("plan_id", "code"), {"info": {"family": FAMILY}})

    plan_id: uuid.UUID = Field(foreign_key="plan.id", nullable=False)
    code: str = Field(max_length=40, nullable=False)
    position: int = Field(sa_type=SmallInteger, nullable=False)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)


class Goal(Row, table=True):
    """A goal (tavoite) of a section of the plan, owned by a network. ``ended_in``: the revision without it."""

    __tablename__ = "goal"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        CheckConstraint(f"status IN ({STATUSES})", name="status_is_known"),
        {"info": {"family": FAMILY}},
    )

    plan_id: uuid.UUID = Field(foreign_key="plan.id", nullable=False)
    code: str = Field(max_length=40, nullable=False)
    position: int = Field(sa_type=SmallInteger, nullable=False)
    plan_ref: str = Field(max_length=20, nullable=False)
    text: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    network_id: uuid.UUID | None = Field(default=None, foreign_key="network.id", index=True)
    network_kind_id: uuid.UUID | None = Field(default=None, foreign_key="network_kind.id", index=True)
    themes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    status: GoalStatus = Field(default=GoalStatus.not_started, sa_type=String(20), nullable=False)
    ended_in: int | None = None


class GoalFocus(SQLModel, table=True):
    """A goal carries a focus area."""

    __tablename__ = "goal_focus"
    __table_args__ = (Index(None, "focus_area_id"), {"info": {"family": FAMILY, "unaudited": True}})

    goal_id: uuid.UUID = Field(foreign_key="goal.id", primary_key=True)
    focus_area_id: uuid.UUID = Field(foreign_key="focus_area.id", primary_key=True)


class Measure(Row, table=True):
    """A measure (toimenpide) towards a goal."""

    __tablename__ = "measure"
    __table_args__ = (UniqueConstraint("goal_id", "code"), {"info": {"family": FAMILY}})

    goal_id: uuid.UUID = Field(foreign_key="goal.id", nullable=False)
    code: str = Field(max_length=40, nullable=False)
    position: int = Field(sa_type=SmallInteger, nullable=False)
    text: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    ended_in: int | None = None


class GoalProgress(Row, table=True):
    """A dated note on how a goal goes. No names of persons."""

    __tablename__ = "goal_progress"
    __table_args__ = (
        CheckConstraint(f"status IN ({STATUSES})", name="status_is_known"),
        Index(None, "goal_id", "noted_on"),
        {"info": {"family": FAMILY}},
    )

    goal_id: uuid.UUID = Field(foreign_key="goal.id", nullable=False)
    noted_on: date = Field(nullable=False)
    text: str = Field(max_length=2000, nullable=False)
    status: GoalStatus | None = Field(default=None, sa_type=String(20))


class PlanRule(Row, table=True):
    """A rule of the plan, for a time: changed by ending it and adding the next.

    ``subject_kind`` and ``subject`` name what it judges, by code or slug; ``parameters`` are those of its type.
    ``rule`` is its name among people (R1...), several rows may share one. ``is_soft``: advice, never broken.
    """

    __tablename__ = "plan_rule"
    __table_args__ = (
        UniqueConstraint("plan_id", "code", "valid_from"),
        CheckConstraint(f"type IN ({TYPES})", name="type_is_known"),
        CheckConstraint(validity.IN_ORDER, name="ends_after_it_begins"),
        {"info": {"family": FAMILY}},
    )

    plan_id: uuid.UUID = Field(foreign_key="plan.id", nullable=False)
    code: str = Field(max_length=60, nullable=False)
    rule: str = Field(max_length=10, nullable=False)
    type: RuleType = Field(sa_type=String(20), nullable=False)
    subject_kind: str = Field(max_length=40, nullable=False)
    subject: str | None = Field(default=None, max_length=80)
    parameters: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    plan_ref: str = Field(max_length=20, nullable=False)
    is_soft: bool = Field(default=False, nullable=False)
    valid_from: date | None = None
    valid_to: date | None = None
