"""What clients send and see of networks and seats, and what a plan file says of them."""

from pydantic import BaseModel, Field

from app.accounts.roles import Role
from app.core.dates import Day
from app.core.localized import Localized
from app.core.slugs import Code, Slug
from app.networks.models import CarriedOn


class RoleSpec(BaseModel, extra="forbid"):
    """A role of a kind of network in a plan file."""

    code: Code
    name: Localized
    holds_one: bool = Field(default=False, description="One seat of it at a time, such as the chair.")
    names_person: bool = Field(default=True, description="False for seats of families and young people.")
    carries: Role | None = Field(default=None, description="What its holder may do.")
    carries_on: CarriedOn = Field(default=CarriedOn.network, description="On what, where it carries anything.")


class NetworkKindSpec(BaseModel, extra="forbid"):
    """A kind of network in a plan file."""

    code: Code
    name: Localized
    roles: list[RoleSpec] = Field(min_length=1)


class FormerName(BaseModel, extra="forbid"):
    """What a network was called, until the day before ``valid_to``."""

    name: Localized
    valid_to: Day | None = None


class SeatSpec(BaseModel, extra="forbid"):
    """A vacant seat in a plan file: plans name no persons."""

    role: Code
    organisation: str | None = Field(default=None, description="Slug; needed where the role names persons.")
    place: str | None = Field(default=None, description="Slug of the meeting place for which it speaks.")
    office: Localized | None = Field(default=None, description="The office that it goes with.")
    valid_from: Day


class NetworkSpec(BaseModel, extra="forbid"):
    """A network in a plan file."""

    slug: Slug
    kind: Code = Field(description="Code of one of `network_kinds`.")
    name: Localized
    area: str = Field(description="Slug of the area that it works in.")
    place: str | None = Field(default=None, description="Slug of the meeting place whose team it is.")
    convener: str | None = Field(default=None, description="Slug of the organisation that calls it together.")
    keeper: str | None = Field(default=None, description="Slug of the organisation that keeps a national network.")
    steered_by: list[str] = Field(default_factory=list, description="Slugs of the networks that steer it.")
    purpose: Localized | None = None
    tasks: list[Localized] = Field(default_factory=list)
    themes: list[Code] = Field(default_factory=list)
    former_names: list[FormerName] = Field(default_factory=list)
    valid_from: Day | None = None
    valid_to: Day | None = None
    seats: list[SeatSpec] = Field(default_factory=list)
