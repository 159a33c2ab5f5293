"""Which plans and editions of them a county can have beside those that are stored."""

import uuid

from sqlalchemy import select
from sqlmodel import Session

from app.core.errors import Fault
from app.core.language import Words
from app.plan.queries import PLAN, REVISION
from app.plan.schemas import PlanSpec

OLDER = Words(
    "Tietokannassa on jo versio {revision}. Lataa sitä uudempi tai sama.",
    "Revision {revision} is stored already. Load that one, or a later one.",
)
NOT_LATER = Words(
    "Uusi versio alkaa vasta edellisen alun ({valid_from}) jälkeen.",
    "A new revision begins later than the one before ({valid_from}).",
)
YEAR_TAKEN = Words("Samasta vuodesta alkaa jo suunnitelma {slug}.", "The plan {slug} begins in that year already.")


def faults(session: Session, county_id: uuid.UUID, spec: PlanSpec) -> list[Fault]:
    """Why a plan does not go with those that the county has; each pointer begins at the plan."""
    found = []
    others = session.execute(
        select(PLAN.id, PLAN.slug, PLAN.first_year, PLAN.revision).where(PLAN.county_id == county_id)
    )
    for plan_id, slug, first_year, revision in others:
        if slug != spec.slug:
            if first_year == spec.first_year:
                found.append(Fault("taken", YEAR_TAKEN.about(slug=slug), pointer="/first_year"))
        elif spec.revision < revision:
            found.append(Fault("older-revision", OLDER.about(revision=revision), pointer="/revision"))
        elif spec.revision > revision:
            begun = session.scalar(
                select(REVISION.valid_from).where(REVISION.plan_id == plan_id, REVISION.number == revision)
            )
            if begun is not None and spec.valid_from <= begun:
                found.append(Fault("wrong-order", NOT_LATER.about(valid_from=begun), pointer="/valid_from"))
    return found
