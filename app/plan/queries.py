"""Selections of plans, goals and rules."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select, Text, cast, or_, select

from app.areas.models import Area
from app.areas.queries import AREA, below
from app.core.validity import valid_on
from app.networks.models import Network, NetworkKind
from app.networks.queries import KIND as NETWORK_KIND
from app.networks.queries import NETWORK
from app.plan.models import (
    FocusArea,
    Goal,
    GoalFocus,
    GoalProgress,
    GoalStatus,
    Measure,
    Plan,
    PlanRevision,
    PlanRule,
)

PLAN = Plan.__table__.c  # type: ignore[attr-defined]
REVISION = PlanRevision.__table__.c  # type: ignore[attr-defined]
FOCUS = FocusArea.__table__.c  # type: ignore[attr-defined]
GOAL = Goal.__table__.c  # type: ignore[attr-defined]
GOAL_FOCUS = GoalFocus.__table__.c  # type: ignore[attr-defined]
MEASURE = Measure.__table__.c  # type: ignore[attr-defined]
PROGRESS = GoalProgress.__table__.c  # type: ignore[attr-defined]
RULE = PlanRule.__table__.c  # type: ignore[attr-defined]


def plans(*, inside: uuid.UUID | None = None) -> Select[Any]:
    """Plans with their county, the newest first."""
    query = (
        select(
            *PLAN,
            AREA.slug.label("area_slug"),
            AREA.kind.label("area_kind"),
            AREA.name.label("area_name"),
        )
        .join(Area, PLAN.county_id == AREA.id)
        .order_by(PLAN.first_year.desc(), PLAN.slug)
    )
    return query if inside is None else query.where(PLAN.county_id.in_(below(inside)))


def focus_areas(plan_id: uuid.UUID) -> Select[Any]:
    """The focus areas of a plan, in its order."""
    return (
        select(FOCUS.id, FOCUS.version, FOCUS.updated_at, FOCUS.code, FOCUS.position, FOCUS.name)
        .where(FOCUS.plan_id == plan_id)
        .order_by(FOCUS.position, FOCUS.id)
    )


def revisions(plan_id: uuid.UUID) -> Select[Any]:
    """The editions of a plan, the newest first."""
    query = select(REVISION.number, REVISION.valid_from, REVISION.summary, REVISION.changes)
    return query.where(REVISION.plan_id == plan_id).order_by(REVISION.number.desc())


def goals() -> Select[Any]:
    """Goals with the network, or kind of network, that owns each, in the order of the plan."""
    return (
        select(
            *GOAL,
            NETWORK.slug.label("network_slug"),
            NETWORK.name.label("network_name"),
            NETWORK_KIND.code.label("network_kind_code"),
            NETWORK_KIND.name.label("network_kind_name"),
        )
        .outerjoin(Network, GOAL.network_id == NETWORK.id)
        .outerjoin(NetworkKind, GOAL.network_kind_id == NETWORK_KIND.id)
        .order_by(GOAL.position, GOAL.id)
    )


def goals_of_plan(
    plan_id: uuid.UUID,
    *,
    focus_area_id: uuid.UUID | None = None,
    network: tuple[uuid.UUID, uuid.UUID] | None = None,
    network_kind_id: uuid.UUID | None = None,
    theme: str | None = None,
    status: GoalStatus | None = None,
    section: str | None = None,
    with_ended: bool = False,
) -> Select[Any]:
    """Goals of a plan. ``network`` is the id of one and that of its kind: what is each one's is that one's too."""
    query = goals().where(GOAL.plan_id == plan_id)
    if focus_area_id is not None:
        query = query.where(GOAL.id.in_(select(GOAL_FOCUS.goal_id).where(GOAL_FOCUS.focus_area_id == focus_area_id)))
    if network is not None:
        query = query.where(or_(GOAL.network_id == network[0], GOAL.network_kind_id == network[1]))
    if network_kind_id is not None:
        query = query.where(GOAL.network_kind_id == network_kind_id)
    if theme is not None:
        query = query.where(cast(GOAL.themes, Text).contains(f'"{theme}"', autoescape=True))
    if status is not None:
        query = query.where(GOAL.status == status)
    if section is not None:
        query = query.where(or_(GOAL.plan_ref == section, GOAL.plan_ref.startswith(f"{section}.", autoescape=True)))
    return query if with_ended else query.where(GOAL.ended_in.is_(None))


def belongings(goal_ids: Collection[uuid.UUID]) -> tuple[Select[Any], Select[Any]]:
    """The focus areas and the measures of some goals, each in the order of the plan."""
    return (
        select(GOAL_FOCUS.goal_id, FOCUS.id, FOCUS.code, FOCUS.name)
        .join(FocusArea, GOAL_FOCUS.focus_area_id == FOCUS.id)
        .where(GOAL_FOCUS.goal_id.in_(goal_ids))
        .order_by(FOCUS.position, FOCUS.id),
        select(MEASURE.goal_id, MEASURE.id, MEASURE.code, MEASURE.text, MEASURE.ended_in)
        .where(MEASURE.goal_id.in_(goal_ids))
        .order_by(MEASURE.position, MEASURE.id),
    )


def rules(plan_id: uuid.UUID, *, on: date | None = None, rule: str | None = None) -> Select[Any]:
    """The rules of a plan by code, the older first."""
    query = select(*(column for column in RULE if column.name != "plan_id"))
    query = query.where(RULE.plan_id == plan_id).order_by(RULE.code, RULE.id)
    if on is not None:
        query = query.where(valid_on(RULE, on))
    return query if rule is None else query.where(RULE.rule == rule)


def notes(goal_id: uuid.UUID) -> Select[Any]:
    """How a goal goes, the newest first."""
    return select(*PROGRESS).where(PROGRESS.goal_id == goal_id).order_by(PROGRESS.noted_on.desc(), PROGRESS.id.desc())


def with_subject(row: Any) -> dict[str, Any]:
    """A row of ``rules`` as an answer."""
    found = dict(row._mapping)
    return {**found, "subject": {"kind": found.pop("subject_kind"), "of": found.pop("subject")}}
