"""What clients send and see of networks and seats, and what a plan file says of them."""

import uuid
from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints, model_validator
from sqlmodel import Field as ShapeField

from app.accounts.roles import Role
from app.areas.schemas import AreaRef
from app.core.dates import Day
from app.core.faults import FaultFound
from app.core.language import Words
from app.core.localized import Localized
from app.core.shapes import Row, Shape, answer, partial
from app.core.slugs import Code, Reference, Slug
from app.networks.models import CarriedOn, StepKind
from app.organisations.schemas import OrganisationRef
from app.places.schemas import PlaceRef

Note = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
NO_ADMINISTRATOR = Words("Paikka ei tee kenestäkään ylläpitäjää.", "No seat makes somebody an administrator.")
CARRIED_BY_NOBODY = Words(
    "Rooli, joka ei nimeä henkilöä, ei anna oikeuksia kenellekään.",
    "A role that names nobody gives rights to nobody.",
)
ENDS_FIRST = Words("Loppu on ennen alkua.", "It ends before it begins.")


class RoleSpec(BaseModel, extra="forbid"):
    """A role of a kind of network in a plan file."""

    code: Code
    name: Localized
    holds_one: bool = Field(default=False, description="One seat of it at a time, such as the chair.")
    names_person: bool = Field(default=True, description="False for seats of families and young people.")
    carries: Role | None = Field(default=None, description="What its holder may do.")
    carries_on: CarriedOn = Field(default=CarriedOn.network, description="On what, where it carries anything.")

    @model_validator(mode="after")
    def _carries_what_a_seat_can(self) -> "RoleSpec":
        if self.carries == Role.admin:
            raise FaultFound("carried-too-far", NO_ADMINISTRATOR, "/carries")
        if self.carries is not None and not self.names_person:
            raise FaultFound("carried-by-nobody", CARRIED_BY_NOBODY, "/carries")
        return self


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


class NetworkFacts(Shape):
    """What is said of a network."""

    name: Localized
    purpose: Localized | None = ShapeField(default=None, description="What it is for.")
    tasks: list[Localized] = ShapeField(default_factory=list, max_length=50, description="What it does.")
    themes: list[Code] = ShapeField(default_factory=list, max_length=20, description="Tags across networks.")
    former_names: list[FormerName] = ShapeField(default_factory=list, max_length=20)
    valid_from: Day | None = ShapeField(default=None, description="First day; null: since ever.")
    valid_to: Day | None = ShapeField(default=None, description="First day without it; null while it goes on.")
    convener: Reference | None = ShapeField(
        default=None, description="Id or slug of the organisation that calls it together."
    )
    keeper: Reference | None = ShapeField(
        default=None, description="Id or slug of the organisation that keeps a national network."
    )
    steered_by: list[Reference] = ShapeField(
        default_factory=list, max_length=20, description="Ids or slugs of the networks that steer it."
    )

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "NetworkFacts":
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise FaultFound("ends-before-it-begins", ENDS_FIRST, "/valid_to")
        return self


class NetworkWrite(NetworkFacts):
    """A network to be founded."""

    kind: Code = ShapeField(description="Code of one of the county's kinds: `/v1/network-kinds`.")
    area: Reference | None = ShapeField(
        default=None, description="Id or slug of the area that it works in; of a place's team: absent."
    )
    place: Reference | None = ShapeField(default=None, description="Id or slug of the meeting place whose team it is.")
    slug: Slug | None = ShapeField(
        default=None, description="Its address in this API for ever; made from the name if absent."
    )


class NetworkChange(NetworkFacts):
    """What can be changed of a network."""


@partial
class NetworkPatch(NetworkChange):
    """Any of these fields; those absent stay as they are. A list is replaced whole."""


class KindRef(BaseModel):
    """A kind or a role, named."""

    code: str
    name: Localized


class NetworkRef(BaseModel):
    """A network, named."""

    id: uuid.UUID
    slug: str
    name: Localized


class RolePublic(BaseModel):
    """A role that seats of a kind of network have."""

    code: str
    name: Localized
    holds_one: bool = Field(description="Whether there is one seat of it at a time.")
    names_person: bool = Field(description="False for seats of families and young people: these never name anybody.")
    carries: Role | None = Field(description="What its holder may do in this system.")
    carries_on: CarriedOn | None = Field(description="On what.")


@answer
class NetworkKindPublic(Row):
    """A kind of network in a county, and its roles in order."""

    county_id: uuid.UUID
    code: str
    name: Localized
    roles: list[RolePublic]


@answer
class NetworkPublic(Row):
    """A network, as anyone may read it."""

    slug: str
    kind: KindRef
    name: Localized
    former_names: list[FormerName]
    area: AreaRef
    county_id: uuid.UUID
    place: PlaceRef | None = Field(description="The meeting place whose team it is.")
    steered_by: list[NetworkRef]
    convener: OrganisationRef | None
    keeper: OrganisationRef | None
    purpose: Localized | None
    tasks: list[Localized]
    themes: list[str]
    valid_from: date | None
    valid_to: date | None
    members_checked_on: date | None = Field(description="When its list of members was last looked over.")


class SeatFacts(Shape):
    """Who holds a seat, and when."""

    person: uuid.UUID | None = ShapeField(default=None, description="Id of who holds it; null: vacant.")
    deputy: uuid.UUID | None = ShapeField(default=None, description="Id of who comes in their place.")
    office: Localized | None = ShapeField(default=None, description="The office that it goes with.")
    is_held: bool | None = ShapeField(
        default=None, description="Only for roles that name nobody: whether somebody comes. Elsewhere it follows."
    )
    valid_from: Day | None = ShapeField(default=None, description="First day; absent: today.")
    valid_to: Day | None = ShapeField(default=None, description="First day without it; null while it goes on.")


class SeatWrite(SeatFacts):
    """A seat to be opened."""

    role: Code = ShapeField(description="Code of one of the roles of the network's kind.")
    organisation: Reference | None = ShapeField(
        default=None, description="Id or slug of the organisation for which it speaks."
    )
    place: Reference | None = ShapeField(
        default=None, description="Id or slug of the meeting place for which it speaks."
    )


@partial
class SeatPatch(SeatFacts):
    """Any of these; those absent stay as they are. Who holds it changes by ending it and opening the next."""


class HolderShown(BaseModel):
    """Who holds a seat: the name where they agreed to that, the rest for those who may know."""

    id: uuid.UUID | None = Field(description="Null without `persons:read` on the network.")
    name: str | None = Field(description="Null where the person has not agreed to be named in public.")
    email: str | None = Field(description="Work address; null without `persons:read` on the network.")


@answer
class SeatPublic(Row):
    """A seat in a network, as its reader may see it."""

    network: NetworkRef
    role: KindRef
    organisation: OrganisationRef | None
    place: PlaceRef | None
    office: Localized | None
    is_held: bool
    person: HolderShown | None = Field(description="Null where the seat is vacant or never names anybody.")
    deputy: HolderShown | None
    valid_from: date
    valid_to: date | None


class AgreementTermFacts(Shape):
    """A term of the agreement on which a network stands."""

    name: Localized
    starts_on: Day = ShapeField(description="First day.")
    ends_on: Day | None = ShapeField(default=None, description="Last day; null while it is open.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "AgreementTermFacts":
        if self.ends_on and self.ends_on < self.starts_on:
            raise FaultFound("ends-before-it-begins", ENDS_FIRST, "/ends_on")
        return self


class AgreementTermWrite(AgreementTermFacts):
    """A term to be begun."""


@partial
class AgreementTermPatch(AgreementTermFacts):
    """Any of the fields of a term; those absent stay as they are."""


class AgreementTermStepWrite(Shape):
    """When something was done in a term."""

    done_on: Day = ShapeField(description="On which day.")
    note: Note | None = ShapeField(default=None, description="Name no persons.")


@answer
class AgreementTermStepPublic(Row):
    """What was done in a term: a role was filled, or something looked over."""

    kind: StepKind
    code: str = Field(description="Code of the role, or of what was looked over: `members`, `tasks`, `goals`.")
    done_on: date
    note: str | None = Field(description="Null for those without `meetings:read` on the network.")


@answer
class AgreementTermPublic(Row):
    """A term of the agreement on which a network stands, with what was done in it."""

    network: NetworkRef
    name: Localized
    starts_on: date
    ends_on: date | None
    steps: list[AgreementTermStepPublic] = Field(description="In order of day.")


class MemberListCheckWrite(Shape):
    """A day on which a network looked over its list of members."""

    checked_on: Day | None = ShapeField(default=None, description="On which day; today if absent.")
    note: Note | None = ShapeField(default=None, description="Name no persons.")


@answer
class MemberListCheckShown(Row):
    """A day on which a network looked over its list of members."""

    network_id: uuid.UUID
    checked_on: date
    note: str | None
