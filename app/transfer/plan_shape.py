"""What a plan file may hold: its sections, each as its room reads it. ``docs/plan-file.md`` tells it to people."""

from pydantic import BaseModel, Field

from app.areas.schemas import AreaSpec
from app.evaluations.schemas import CriteriaSetSpec
from app.materials.schemas import DocumentSpec, MaterialSpec
from app.networks.schemas import NetworkKindSpec, NetworkSpec
from app.organisations.schemas import OrganisationKindSpec, OrganisationSpec
from app.places.schemas import PlaceSpec
from app.plan.schemas import PlanSpec
from app.programme.schemas import SupportGroupSpec
from app.statistics.schemas import FormSpec
from app.year_clock.schemas import SchoolBreakSpec, YearClockSpec


class PlanFile(BaseModel, extra="forbid"):
    """A county's plan."""

    format: int = Field(ge=1, le=1)
    county: str
    areas: list[AreaSpec] = Field(default_factory=list)
    organisation_kinds: list[OrganisationKindSpec] = Field(default_factory=list)
    organisations: list[OrganisationSpec] = Field(default_factory=list)
    meeting_places: list[PlaceSpec] = Field(default_factory=list)
    network_kinds: list[NetworkKindSpec] = Field(default_factory=list)
    networks: list[NetworkSpec] = Field(default_factory=list)
    statistics_forms: list[FormSpec] = Field(default_factory=list)
    criteria_sets: list[CriteriaSetSpec] = Field(default_factory=list)
    year_clocks: list[YearClockSpec] = Field(default_factory=list)
    school_breaks: list[SchoolBreakSpec] = Field(default_factory=list)
    reviewed_documents: list[DocumentSpec] = Field(default_factory=list)
    materials: list[MaterialSpec] = Field(default_factory=list)
    support_groups: list[SupportGroupSpec] = Field(default_factory=list)
    plan: PlanSpec | None = None
