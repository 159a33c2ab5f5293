"""Selections of networks and seats."""

import uuid
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.sql.selectable import FromClause

from app.areas.models import Area
from app.areas.queries import AREA, below
from app.core import references
from app.core.text import folded
from app.core.validity import valid_on
from app.networks.models import (
    AgreementTerm,
    AgreementTermStep,
    MemberListCheck,
    Network,
    NetworkKind,
    NetworkRole,
    NetworkSteering,
    Seat,
)
from app.organisations.models import Organisation, Person
from app.organisations.queries import ORGANISATION, PERSON
from app.places.models import MeetingPlace

NETWORK = Network.__table__.c  # type: ignore[attr-defined]
KIND = NetworkKind.__table__.c  # type: ignore[attr-defined]
ROLE = NetworkRole.__table__.c  # type: ignore[attr-defined]
STEERING = NetworkSteering.__table__.c  # type: ignore[attr-defined]
SEAT = Seat.__table__.c  # type: ignore[attr-defined]
TERM = AgreementTerm.__table__.c  # type: ignore[attr-defined]
STEP = AgreementTermStep.__table__.c  # type: ignore[attr-defined]
CHECK = MemberListCheck.__table__.c  # type: ignore[attr-defined]
_CHECKED_ON = select(func.max(CHECK.checked_on)).where(CHECK.network_id == NETWORK.id).correlate(Network.__table__)  # type: ignore[attr-defined]
_AREA = (*references.PARTS, "kind")
_CODED = ("code", "name")
_PERSON = ("id", "display_name", "work_email", "is_public")
_JOINED = ("kind_id", "area_id", "convener_id", "keeper_id", "search_name")


def _as(table: Any, name: str) -> FromClause:
    return table.__table__.alias(name)  # type: ignore[no-any-return]


def kinds(*, county_id: uuid.UUID | None = None) -> Select[Any]:
    """Kinds of networks by county and code."""
    query = select(*KIND).order_by(KIND.county_id, KIND.code)
    return query if county_id is None else query.where(KIND.county_id == county_id)


def roles_of_kinds(kind_ids: Collection[uuid.UUID]) -> Select[Any]:
    """The roles of some kinds, in order."""
    return select(NetworkRole).where(ROLE.kind_id.in_(kind_ids)).order_by(ROLE.position, ROLE.code)


def networks(
    *,
    kind: str | None = None,
    inside: uuid.UUID | None = None,
    steered_by: uuid.UUID | None = None,
    on: date | None = None,
    named: str | None = None,
) -> Select[Any]:
    """Networks with their kind, area, place, convener and keeper, by name."""
    place, convener, keeper = _as(MeetingPlace, "place"), _as(Organisation, "convener"), _as(Organisation, "keeper")
    query = (
        select(
            *(column for column in NETWORK if column.name not in _JOINED),
            *references.columns(KIND, "kind", _CODED),
            *references.columns(AREA, "area", _AREA),
            *references.columns(place.c, "place_of"),
            *references.columns(convener.c, "convener"),
            *references.columns(keeper.c, "keeper"),
            _CHECKED_ON.scalar_subquery().label("members_checked_on"),
        )
        .select_from(Network)
        .join(NetworkKind, NETWORK.kind_id == KIND.id)
        .join(Area, NETWORK.area_id == AREA.id)
        .outerjoin(place, NETWORK.place_id == place.c.id)
        .outerjoin(convener, NETWORK.convener_id == convener.c.id)
        .outerjoin(keeper, NETWORK.keeper_id == keeper.c.id)
        .order_by(NETWORK.sort_name, NETWORK.id)
    )
    if kind is not None:
        query = query.where(KIND.code == kind)
    if inside is not None:
        query = query.where(NETWORK.area_id.in_(below(inside)))
    if steered_by is not None:
        query = query.where(exists().where(STEERING.network_id == NETWORK.id, STEERING.steered_by_id == steered_by))
    if on is not None:
        query = query.where(valid_on(NETWORK, on))
    if named is not None:
        query = query.where(NETWORK.search_name.contains(folded(named), autoescape=True))
    return query


def steering(network_ids: Collection[uuid.UUID]) -> Select[Any]:
    """Who steers some networks, by name."""
    return (
        select(STEERING.network_id, NETWORK.id, NETWORK.slug, NETWORK.name)
        .join(Network, STEERING.steered_by_id == NETWORK.id)
        .where(STEERING.network_id.in_(network_ids))
        .order_by(NETWORK.sort_name, NETWORK.id)
    )


def seats(
    *, network_id: uuid.UUID | None = None, seat_id: uuid.UUID | None = None, on: date | None = None
) -> Select[Any]:
    """Seats with their role, organisation, place and holders, in order of role and organisation."""
    place, holder, deputy = _as(MeetingPlace, "place"), _as(Person, "holder"), _as(Person, "deputy")
    query = (
        select(
            *(SEAT[name] for name in ("id", "version", "updated_at", "office", "is_held", "valid_from", "valid_to")),
            *references.columns(NETWORK, "network"),
            *references.columns(ROLE, "role", (*_CODED, "position")),
            *references.columns(ORGANISATION, "organisation"),
            *references.columns(place.c, "place"),
            *references.columns(holder.c, "holder", _PERSON),
            *references.columns(deputy.c, "deputy", _PERSON),
        )
        .select_from(Seat)
        .join(Network, SEAT.network_id == NETWORK.id)
        .join(NetworkRole, SEAT.role_id == ROLE.id)
        .outerjoin(Organisation, SEAT.organisation_id == Organisation.__table__.c.id)  # type: ignore[attr-defined]
        .outerjoin(place, SEAT.place_id == place.c.id)
        .outerjoin(holder, SEAT.person_id == holder.c.id)
        .outerjoin(deputy, SEAT.deputy_id == deputy.c.id)
        .order_by(ROLE.position, SEAT.valid_from, SEAT.id)
    )
    if network_id is not None:
        query = query.where(SEAT.network_id == network_id)
    if seat_id is not None:
        query = query.where(SEAT.id == seat_id)
    return query if on is None else query.where(valid_on(SEAT, on))


def of_user(user_id: uuid.UUID) -> ColumnElement[bool]:
    """Seats of which somebody who signs in is the holder or the deputy, whenever they are valid: a condition."""
    return or_(SEAT.person_id == person_of(user_id), SEAT.deputy_id == person_of(user_id))


def person_of(user_id: uuid.UUID) -> ColumnElement[uuid.UUID]:
    """The id of the person who somebody who signs in is, if any."""
    return select(PERSON.id).where(PERSON.user_id == user_id).scalar_subquery()


def held_by(user_id: uuid.UUID, on: date | ColumnElement[Any]) -> ColumnElement[bool]:
    """Seats that somebody who signs in holds on a day, or is the deputy of: a condition."""
    return and_(of_user(user_id), valid_on(SEAT, on))


def seated(user_id: uuid.UUID, on: date) -> Select[Any]:
    """Ids of the networks where somebody has a seat on a day, as holder or deputy."""
    return select(SEAT.network_id).where(held_by(user_id, on))


def seats_of_role(network_id: uuid.UUID, role_id: uuid.UUID) -> Select[Any]:
    """The seats of one role in a network, whenever they are valid."""
    return select(Seat).where(and_(SEAT.network_id == network_id, SEAT.role_id == role_id)).order_by(SEAT.id)


def terms(*, network_id: uuid.UUID | None = None, term_id: uuid.UUID | None = None) -> Select[Any]:
    """Terms of agreement with their network, in order of time."""
    query = (
        select(
            *(column for column in TERM if column.name != "network_id"),
            *references.columns(NETWORK, "network"),
        )
        .select_from(AgreementTerm)
        .join(Network, TERM.network_id == NETWORK.id)
        .order_by(TERM.starts_on, TERM.id)
    )
    if network_id is not None:
        query = query.where(TERM.network_id == network_id)
    return query if term_id is None else query.where(TERM.id == term_id)


def steps(term_ids: Collection[uuid.UUID]) -> Select[Any]:
    """What was done in some terms, in order of day."""
    return select(*STEP).where(STEP.term_id.in_(term_ids)).order_by(STEP.done_on, STEP.kind, STEP.code)


def checks(network_id: uuid.UUID) -> Select[Any]:
    """The checks of a network's list of members, in order of day."""
    return select(*CHECK).where(CHECK.network_id == network_id).order_by(CHECK.checked_on, CHECK.id)


def as_term(row: Any, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """A row of ``terms`` as an answer."""
    found = dict(row._mapping)
    return {**found, "network": references.shown(found, "network"), "steps": steps}


def as_network(row: Any, steered_by: list[dict[str, Any]]) -> dict[str, Any]:
    """A row of ``networks`` as an answer."""
    found = dict(row._mapping)
    return {
        **found,
        "kind": references.shown(found, "kind", _CODED),
        "area": references.shown(found, "area", _AREA),
        "place": references.shown(found, "place_of"),
        "convener": references.shown(found, "convener"),
        "keeper": references.shown(found, "keeper"),
        "steered_by": steered_by,
    }


def as_seat(row: Any, *, knows: bool) -> dict[str, Any]:
    """A row of ``seats`` as an answer; ``knows``: to somebody who may see persons."""
    found = dict(row._mapping)
    return {
        **found,
        "network": references.shown(found, "network"),
        "role": references.shown(found, "role", _CODED),
        "organisation": references.shown(found, "organisation"),
        "place": references.shown(found, "place"),
        "person": _shown(found, "holder", knows=knows),
        "deputy": _shown(found, "deputy", knows=knows),
    }


def _shown(found: dict[str, Any], prefix: str, *, knows: bool) -> dict[str, Any] | None:
    if found[f"{prefix}_id"] is None:
        return None
    is_named = knows or found[f"{prefix}_is_public"]
    return {
        "id": found[f"{prefix}_id"] if knows else None,
        "name": found[f"{prefix}_display_name"] if is_named else None,
        "email": found[f"{prefix}_work_email"] if knows else None,
    }
