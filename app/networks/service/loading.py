"""What a plan file brings of networks: their kinds, the networks, who steers whom, and vacant seats."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlmodel import Session

from app.areas.queries import AREA
from app.core.database import Work
from app.core.text import sort_name
from app.networks.models import Network, NetworkKind, NetworkRole, NetworkSteering, Seat
from app.networks.queries import KIND, NETWORK, ROLE
from app.networks.schemas import NetworkKindSpec, NetworkSpec
from app.organisations.queries import ORGANISATION
from app.places.queries import PLACE

Roles = dict[tuple[str, str], NetworkRole]


def load_kinds(session: Work, county_id: uuid.UUID, specs: Iterable[NetworkKindSpec]) -> int:
    """Create the kinds that the county lacks, and the roles that these lack; answer how many kinds were made."""
    known = dict(session.execute(select(KIND.code, KIND.id).where(KIND.county_id == county_id)).all())
    roles = roles_of(session, county_id)
    made = 0
    for spec in specs:
        if spec.code not in known:
            kind = NetworkKind(county_id=county_id, code=spec.code, name=spec.name)
            session.add(kind)
            known[spec.code], made = kind.id, made + 1
        for position, role in enumerate(spec.roles):
            if (spec.code, role.code) not in roles:
                facts = role.model_dump(exclude={"name", "carries_on"})
                on = role.carries_on if role.carries else None
                session.add(
                    NetworkRole(kind_id=known[spec.code], name=role.name, position=position, carries_on=on, **facts)
                )
    session.flush()
    return made


def roles_of(session: Session, county_id: uuid.UUID) -> Roles:
    """The roles of a county's networks, by code of kind and of role."""
    query = select(KIND.code, NetworkRole).join(NetworkRole, ROLE.kind_id == KIND.id)
    return {(code, role.code): role for code, role in session.execute(query.where(KIND.county_id == county_id))}


def load(session: Work, county_id: uuid.UUID, specs: Sequence[NetworkSpec]) -> int:
    """Create the networks that are missing, with their seats, and answer how many were.

    What is there stays as it is: a network that is stored keeps its seats and those who steer it.
    """
    known = dict(session.execute(select(NETWORK.slug, NETWORK.id)).all())
    missing = [spec for spec in specs if spec.slug not in known]
    kinds = dict(session.execute(select(KIND.code, KIND.id).where(KIND.county_id == county_id)).all())
    roles = roles_of(session, county_id)
    areas = dict(session.execute(select(AREA.slug, AREA.id)).all())
    places = dict(session.execute(select(PLACE.slug, PLACE.id)).all())
    organisations = dict(session.execute(select(ORGANISATION.slug, ORGANISATION.id)).all())
    for spec in missing:
        network = Network(
            slug=spec.slug,
            county_id=county_id,
            kind_id=kinds[spec.kind],
            area_id=areas[spec.area],
            place_id=places[spec.place] if spec.place else None,
            convener_id=organisations[spec.convener] if spec.convener else None,
            keeper_id=organisations[spec.keeper] if spec.keeper else None,
            name=spec.name,
            purpose=spec.purpose,
            tasks=[task.stored() for task in spec.tasks],
            themes=list(spec.themes),
            former_names=[former.model_dump(mode="json", exclude_none=True) for former in spec.former_names],
            valid_from=spec.valid_from,
            valid_to=spec.valid_to,
            sort_name=sort_name(spec.name.fi),
            search_name=spec.name.searchable(),
        )
        session.add(network)
        known[spec.slug] = network.id
    session.flush()
    for spec in missing:
        for steering in spec.steered_by:
            session.add(NetworkSteering(network_id=known[spec.slug], steered_by_id=known[steering]))
        for seat in spec.seats:
            role = roles[spec.kind, seat.role]
            session.add(
                Seat(
                    network_id=known[spec.slug],
                    role_id=role.id,
                    names_person=role.names_person,
                    organisation_id=organisations[seat.organisation] if seat.organisation else None,
                    place_id=places[seat.place] if seat.place else None,
                    office=seat.office,
                    valid_from=seat.valid_from,
                )
            )
    session.flush()
    return len(missing)
