"""Persons and seats of the demo."""

import uuid
from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.service.grants import OPERATOR
from app.core import rows
from app.core.database import Work
from app.core.text import folded, sort_name
from app.networks.models import Network, NetworkRole, Seat
from app.networks.queries import NETWORK, ROLE, SEAT
from app.networks.schemas import SeatPatch, SeatWrite
from app.networks.service import seats
from app.organisations.models import Person
from app.organisations.queries import ORGANISATION
from app.places.queries import PLACE

At = tuple[str, str, str | None, str | None]  # network, role, organisation, place


def load(session: Work, county_id: uuid.UUID, plan: dict[str, Any]) -> int:
    """Add the persons and their seats, and answer how many seats. Vacant seats of the plan file are filled first."""
    persons = _persons(session, county_id, plan)
    vacant = _vacant(session)
    for seat in plan["seats"]:
        at = (seat["network"], seat["role"], seat.get("organisation"), seat.get("place"))
        facts = {
            "person": str(persons[seat["person"]]) if "person" in seat else None,
            "deputy": str(persons[seat["deputy"]]) if "deputy" in seat else None,
            "valid_from": str(seat.get("from", plan["seats_from"])),
            "valid_to": str(seat["to"]) if "to" in seat else None,
            **({"is_held": seat["held"]} if "held" in seat else {}),
        }
        if vacant[at]:
            seats.change(session, vacant[at].pop(0), SeatPatch.model_validate(facts), OPERATOR)
        else:
            body = {**facts, "role": seat["role"], "organisation": at[2], "place": at[3], "office": seat.get("office")}
            network = rows.find(session, Network, seat["network"])
            seats.open(session, network, SeatWrite.model_validate(body), OPERATOR)
    return len(plan["seats"])


def _persons(session: Work, county_id: uuid.UUID, plan: dict[str, Any]) -> dict[str, uuid.UUID]:
    organisations = dict(session.execute(select(ORGANISATION.slug, ORGANISATION.id)).all())
    usual = plan["person_defaults"]
    found = {
        each["key"]: Person(
            county_id=county_id,
            organisation_id=organisations[each["organisation"]],
            display_name=each["name"],
            work_email=f"{each['key'].replace('-', '.')}@example.org",
            purpose=usual["purpose"],
            is_public=each["consent"],
            consented_on=usual["consented_on"] if each["consent"] else None,
            retention_until=usual["retention_until"],
            sort_name=sort_name(each["name"]),
            search_name=folded(each["name"]),
        )
        for each in plan["persons"]
    }
    session.add_all(found.values())
    session.flush()
    return {key: person.id for key, person in found.items()}


def _vacant(session: Session) -> dict[At, list[Seat]]:
    query = (
        select(Seat, NETWORK.slug, ROLE.code, ORGANISATION.slug.label("organisation"), PLACE.slug.label("place"))
        .join(Network, SEAT.network_id == NETWORK.id)
        .join(NetworkRole, SEAT.role_id == ROLE.id)
        .outerjoin_from(Seat, ORGANISATION.slug.table, SEAT.organisation_id == ORGANISATION.id)
        .outerjoin_from(Seat, PLACE.slug.table, SEAT.place_id == PLACE.id)
        .where(SEAT.is_held.is_(False))
        .order_by(SEAT.id)
    )
    found: dict[At, list[Seat]] = defaultdict(list)
    for seat, network, role, organisation, place in session.execute(query):
        found[network, role, organisation, place].append(seat)
    return found
