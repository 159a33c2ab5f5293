"""The plan of a county as one file: what `load-plan` reads. Another county's plan is another file.

YAML, as ``plan_shape`` says and ``docs/plan-file.md`` tells. Each fault is named by its place in the file.
"""

import uuid
from collections.abc import Callable
from importlib import resources
from typing import Any

from pydantic import ValidationError

from app.areas import service as areas
from app.core.database import Work
from app.core.faults import faults_of
from app.evaluations.service import criteria
from app.indicators import service as indicators
from app.materials import service as materials
from app.networks.service import loading as networks
from app.organisations.service import organisations
from app.places import service as places
from app.plan.service import loading as plans
from app.programme import service as programme
from app.statistics import service as statistics
from app.transfer.plan_faults import faults
from app.transfer.plan_shape import PlanFile
from app.transfer.plan_yaml import MOST_BYTES, NotAPlanFile, PlanFileTooLarge, PlanHasFaults, value_of
from app.year_clock import service as year_clocks

__all__ = ["MOST_BYTES", "NotAPlanFile", "PlanFile", "PlanFileTooLarge", "PlanHasFaults", "load", "read", "shipped"]
Load = Callable[[Work, uuid.UUID, Any], int]

# What makes the things of each section, in this order: what others call by name comes first.
SECTIONS: dict[str, Load] = {
    "organisation_kinds": organisations.load_kinds,
    "organisations": organisations.load,
    "meeting_places": lambda session, county_id, specs: places.load(session, specs),
    "network_kinds": networks.load_kinds,
    "networks": networks.load,
    "statistics_forms": statistics.load_forms,
    "criteria_sets": criteria.load_sets,
    "year_clocks": year_clocks.load,
    "school_breaks": year_clocks.load_breaks,
    "reviewed_documents": materials.load_documents,
    "materials": materials.load,
    "support_groups": programme.load,
}


def shipped() -> bytes:
    """The plan that comes with the product."""
    found = [f for f in resources.files("app.transfer").joinpath("data").iterdir() if f.name.endswith(".plan.yaml")]
    return found[0].read_bytes()


def read(raw: bytes) -> PlanFile:
    """The plan in a file, judged as far as the file alone allows.

    Raises PlanFileTooLarge, NotAPlanFile, PlanHasFaults.
    """
    try:
        return PlanFile.model_validate(value_of(raw))
    except ValidationError as broken:
        raise PlanHasFaults(faults=faults_of(broken.errors(include_url=False))) from None


def load(session: Work, plan: PlanFile) -> dict[str, int]:
    """Create what is missing, and answer how many of each. What is there stays as it is, but for a new edition of the
    plan, which goals, measures and rules follow. Raises PlanHasFaults, with nothing written.
    """
    if wrong := list(faults(session, plan)):
        raise PlanHasFaults(faults=wrong)
    made = {"areas": areas.load(session, plan.areas)}
    county_id = areas.resolved(session, plan.county, pointer="/county")
    for section, make in SECTIONS.items():
        made[section] = make(session, county_id, getattr(plan, section))
    if plan.plan is not None:
        made |= plans.load(session, county_id, plan.plan)
    made["indicators"] = indicators.load_definitions(session)
    return made
