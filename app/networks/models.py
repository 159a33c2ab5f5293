"""Tables of networks: what they are, who steers whom, their seats, terms of agreement, checks of member lists."""

import uuid
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.accounts.models import ROLES
from app.accounts.roles import Role
from app.core import validity
from app.core.localized import Localized, LocalizedJSON
from app.core.shapes import Row
from app.core.text import SortKey

FAMILY = "networks"


class CarriedOn(StrEnum):
    """On what a role's rights hold: the network, or the meeting place of the seat or of the network."""

    network = "network"
    meeting_place = "meeting_place"


class NetworkKind(Row, table=True):
    """What networks are in a county: its own list. No rule of the product names one."""

    __tablename__ = "network_kind"
    __table_args__ = (UniqueConstraint("county_id", "code"), {"info": {"family": FAMILY}})

    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False)
    code: str = Field(max_length=40, nullable=False)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)


class NetworkRole(Row, table=True):
    """A role that seats of a kind of network have.

    ``holds_one``: one seat of it at a time. ``names_person`` is false for families and young people.
    ``carries``: what its holder may do, ``carries_on`` on what.
    """

    __tablename__ = "network_role"
    __table_args__ = (
        UniqueConstraint("kind_id", "code"),
        UniqueConstraint("id", "names_person"),  # what seats refer to
        CheckConstraint(f"carries IS NULL OR carries IN ({ROLES})", name="carried_role_is_known"),
        CheckConstraint("carries_on IS NULL OR carries_on IN ('network', 'meeting_place')", name="carried_on_is_known"),
        CheckConstraint("(carries IS NULL) = (carries_on IS NULL)", name="carried_somewhere"),
        {"info": {"family": FAMILY}},
    )

    kind_id: uuid.UUID = Field(foreign_key="network_kind.id", nullable=False)
    code: str = Field(max_length=40, nullable=False)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    position: int = Field(nullable=False)
    holds_one: bool = Field(default=False, nullable=False)
    names_person: bool = Field(default=True, nullable=False)
    carries: Role | None = Field(default=None, sa_type=String(20))
    carries_on: CarriedOn | None = Field(default=None, sa_type=String(20))


class Network(Row, table=True):
    """A network (verkosto, työryhmä), in an area, perhaps of one meeting place.

    ``convener_id`` calls it together, ``keeper_id`` keeps a national one. ``former_names`` are
    ``{"name": {...}, "valid_to": "2026-01-01"}``; ``tasks`` are texts in languages.
    """

    __tablename__ = "network"
    __table_args__ = (
        CheckConstraint(validity.IN_ORDER, name="ends_after_it_begins"),
        {"info": {"family": FAMILY}},
    )

    slug: str = Field(max_length=80, unique=True, nullable=False)
    county_id: uuid.UUID = Field(foreign_key="area.id", nullable=False, index=True)
    kind_id: uuid.UUID = Field(foreign_key="network_kind.id", nullable=False, index=True)
    area_id: uuid.UUID = Field(foreign_key="area.id", nullable=False, index=True)
    place_id: uuid.UUID | None = Field(default=None, foreign_key="meeting_place.id", index=True)
    convener_id: uuid.UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    keeper_id: uuid.UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)
    purpose: Localized | None = Field(default=None, sa_type=LocalizedJSON)
    tasks: list[dict[str, str]] = Field(sa_column=Column(JSON, nullable=False))
    themes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    former_names: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    valid_from: date | None = None
    valid_to: date | None = None
    sort_name: str = Field(sa_type=SortKey, nullable=False)
    search_name: str = Field(sa_type=SortKey, nullable=False)


class NetworkSteering(SQLModel, table=True):
    """A network is steered by another; by several at once, if need be."""

    __tablename__ = "network_steering"
    __table_args__ = (
        CheckConstraint("network_id <> steered_by_id", name="not_by_itself"),
        Index(None, "steered_by_id"),
        {"info": {"family": FAMILY, "unaudited": True}},  # the network that is steered tells of it
    )

    network_id: uuid.UUID = Field(foreign_key="network.id", primary_key=True)
    steered_by_id: uuid.UUID = Field(foreign_key="network.id", primary_key=True)


def _vacated(seat: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What becomes of a seat whose holder is erased: it was held by nobody that is known, and it has ended.

    Said in the table's ``info`` (``organisations`` reads it there): ``held_by_somebody`` would forbid the null alone.
    """
    ends = max(seat["valid_from"], today)
    return {"is_held": False, "valid_to": min(seat["valid_to"] or ends, ends)}


class Seat(Row, table=True):
    """A seat in a network, on behalf of an organisation, in a role, for a time; held by somebody, or vacant.

    ``names_person`` is that of its role: a seat of families or young people never names anybody.
    ``office`` says which office it goes with. ``right_id`` is what the holder may do because of it.
    """

    __tablename__ = "seat"
    __table_args__ = (
        ForeignKeyConstraint(["role_id", "names_person"], ["network_role.id", "network_role.names_person"]),
        CheckConstraint("names_person OR (person_id IS NULL AND deputy_id IS NULL)", name="families_are_not_named"),
        CheckConstraint("NOT names_person OR is_held = (person_id IS NOT NULL)", name="held_by_somebody"),
        CheckConstraint("NOT names_person OR organisation_id IS NOT NULL", name="on_behalf_of_an_organisation"),
        CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="ends_after_it_begins"),
        CheckConstraint("person_id IS NULL OR deputy_id IS NULL OR person_id <> deputy_id", name="deputy_is_another"),
        Index(None, "role_id", "names_person"),
        {"info": {"family": FAMILY, "erased": {"person_id": _vacated}}},
    )

    network_id: uuid.UUID = Field(foreign_key="network.id", nullable=False, index=True)
    role_id: uuid.UUID = Field(nullable=False)
    names_person: bool = Field(default=True, nullable=False)
    organisation_id: uuid.UUID | None = Field(default=None, foreign_key="organisation.id", index=True)
    place_id: uuid.UUID | None = Field(default=None, foreign_key="meeting_place.id", index=True)
    person_id: uuid.UUID | None = Field(default=None, foreign_key="person.id", index=True)
    deputy_id: uuid.UUID | None = Field(default=None, foreign_key="person.id", index=True)
    office: Localized | None = Field(default=None, sa_type=LocalizedJSON)
    is_held: bool = Field(default=False, nullable=False)
    valid_from: date = Field(nullable=False)
    valid_to: date | None = None
    right_id: uuid.UUID | None = Field(default=None, foreign_key="person_right.id", index=True)


class StepKind(StrEnum):
    """What is done in a term: somebody is chosen for a role, or something is looked over."""

    role = "role"
    review = "review"


class AgreementTerm(Row, table=True):
    """A term of the agreement on which a network stands (sopimuskausi); ``ends_on`` is its last day."""

    __tablename__ = "agreement_term"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR starts_on <= ends_on", name="ends_after_it_begins"),
        UniqueConstraint("network_id", "starts_on"),
        {"info": {"family": FAMILY}},
    )

    network_id: uuid.UUID = Field(foreign_key="network.id", nullable=False)
    starts_on: date = Field(nullable=False)
    ends_on: date | None = None
    name: Localized = Field(sa_type=LocalizedJSON, nullable=False)


class AgreementTermStep(Row, table=True):
    """What was done in a term: a role was filled (``code`` of the role), or something looked over (``tasks``)."""

    __tablename__ = "agreement_term_step"
    __table_args__ = (
        UniqueConstraint("term_id", "kind", "code"),
        CheckConstraint("kind IN ('role', 'review')", name="kind_is_known"),
        {"info": {"family": FAMILY}},
    )

    term_id: uuid.UUID = Field(foreign_key="agreement_term.id", nullable=False)
    kind: StepKind = Field(sa_type=String(10), nullable=False)
    code: str = Field(max_length=40, nullable=False)
    done_on: date = Field(nullable=False)
    note: str | None = Field(default=None, max_length=1000)


class MemberListCheck(Row, table=True):
    """A day on which a network looked over who its members are (jäsenluettelon tarkistus)."""

    __tablename__ = "member_list_check"
    __table_args__ = (UniqueConstraint("network_id", "checked_on"), {"info": {"family": FAMILY}})

    network_id: uuid.UUID = Field(foreign_key="network.id", nullable=False)
    checked_on: date = Field(nullable=False)
    note: str | None = Field(default=None, max_length=1000)
