"""What can be done with plans."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.reach import Kind
from app.accounts.rules import Chain
from app.areas import service as areas
from app.core import ids, rows
from app.core.database import Work
from app.core.errors import Fault, Invalid
from app.core.language import Words
from app.plan import queries
from app.plan.models import Plan
from app.plan.queries import PLAN
from app.plan.schemas import PlanFacts, PlanPatch

UNKNOWN = Words("Tällaista suunnitelmaa ei ole. Suunnitelmat: /v1/plans.", "There is no such plan. Plans: /v1/plans.")
NO_FOCUS_AREA = Words(
    "Suunnitelmassa ei ole tällaista painopistettä. Painopisteet: {known}.",
    "The plan has no such focus area. Focus areas: {known}.",
)


def with_county(row: Any) -> dict[str, Any]:
    """A row of ``queries.plans`` as an answer."""
    found = dict(row._mapping)
    return {
        **found,
        "county": {part: found.pop(f"area_{part}") for part in ("slug", "kind", "name")} | {"id": found["county_id"]},
    }


def shown(session: Session, reference: str) -> dict[str, Any]:
    """A plan as an answer, with its focus areas and editions: three queries. Raises NoSuchThing."""
    plan = with_county(rows.one(session, queries.plans(), PLAN, reference, Plan))
    return {
        **plan,
        "focus_areas": session.execute(queries.focus_areas(plan["id"])).all(),
        "revisions": [row._mapping for row in session.execute(queries.revisions(plan["id"]))],
    }


def focus_area(session: Session, plan_id: uuid.UUID, reference: str) -> uuid.UUID:
    """The id of the focus area with this id or code. Raises Invalid, pointing at the parameter."""
    known: dict[str, uuid.UUID] = {row.code: row.id for row in session.execute(queries.focus_areas(plan_id))}
    id = ids.as_uuid(reference) or known.get(reference)
    if id is None or id not in known.values():
        words = NO_FOCUS_AREA.about(known=", ".join(known))
        raise Invalid(faults=[Fault("unknown-focus-area", words, parameter="focus_area")])
    return id


def change(session: Work, plan: Plan, patch: PlanPatch) -> None:
    """Change what is no matter of an edition: from when the plan is recorded. Raises Invalid."""
    whole = rows.merged(plan, patch, PlanFacts)
    rows.apply(plan, whole.model_dump())
    session.flush()


def record_since(session: Work, county_id: uuid.UUID, day: date) -> None:
    """Let the plans of a county be recorded from this day on."""
    for plan in session.scalars(select(Plan).where(PLAN.county_id == county_id)):
        rows.apply(plan, {"recorded_from": day})
    session.flush()


def chain_above(session: Session, plan: Plan) -> Chain:
    """A plan and all that it lies in: the area on which it stands, and what is above that."""
    return [(KIND.name, plan.id), *areas.chain_above(session, plan.county_id)]


def _chain_of(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    plan = session.scalars(select(Plan).where(PLAN.id == id if id else PLAN.slug == reference)).first()
    return chain_above(session, plan) if plan else None


KIND = Kind("plan", "plan", _chain_of)
