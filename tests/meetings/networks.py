"""Networks with vacant seats, as tests of meetings need them."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.models import Grant
from app.accounts.roles import Role
from app.accounts.service import users
from app.areas.models import Area
from app.core import rows
from app.core.database import Command, Database, Work
from app.core.text import folded, sort_name
from app.networks.models import Network, Seat
from app.networks.queries import NETWORK, ROLE, SEAT
from app.networks.schemas import NetworkKindSpec, NetworkSpec
from app.networks.service import loading
from app.organisations.models import Organisation, Person
from app.organisations.schemas import OrganisationKindSpec, OrganisationSpec
from app.organisations.service import organisations
from tests.conftest import PASSWORD_HASH, headers_of

ROLES = [
    {"code": "chair", "name": {"fi": "Puheenjohtaja"}, "holds_one": True},
    {"code": "member", "name": {"fi": "Jäsen"}},
    {"code": "family", "name": {"fi": "Perheiden edustaja"}, "names_person": False},
]
ORGANISATIONS = {"kaupunki": "Kaupunki", "seurakunta": "Seurakunta", "jarjesto": "Järjestö"}
SEATS = [
    {"role": "chair", "organisation": "kaupunki"},
    {"role": "member", "organisation": "seurakunta"},
    {"role": "family"},
]
TEST = Command("test")
Seats = dict[str, str]  # code of role -> id


def network(slug: str, area: str = "491", *, seats: Any = SEATS, **other: Any) -> dict[str, Any]:
    """A network, with seats from 2025 on."""
    begun = [{"valid_from": "2025-01-01", **seat} for seat in seats]
    return {"slug": slug, "kind": "group", "name": {"fi": slug}, "area": area, "seats": begun, **other}


def found(database: Database, *specs: dict[str, Any]) -> dict[str, Seats]:
    """Found networks, and answer their seats by slug and role."""
    with database.writing(TEST) as session:
        county_id = rows.find(session, Area, "county-12").id
        organisations.load_kinds(session, county_id, [OrganisationKindSpec(code="other", name={"fi": "Muu"})])
        named = [OrganisationSpec(slug=s, kind="other", name={"fi": n}) for s, n in ORGANISATIONS.items()]
        organisations.load(session, county_id, named)
        kind = {"code": "group", "name": {"fi": "Ryhmä"}, "roles": ROLES}
        loading.load_kinds(session, county_id, [NetworkKindSpec.model_validate(kind)])
        loading.load(session, county_id, [NetworkSpec.model_validate(spec) for spec in specs])
        return {spec["slug"]: seats_of(session, spec["slug"]) for spec in specs}


def seats_of(session: Work, slug: str) -> Seats:
    query = select(ROLE.code, SEAT.id).join(Seat, SEAT.role_id == ROLE.id).join(Network, SEAT.network_id == NETWORK.id)
    return {code: str(id) for code, id in session.execute(query.where(NETWORK.slug == slug))}


def all_seats_of(session: Work, slug: str) -> list[str]:
    query = select(SEAT.id).join(Network, SEAT.network_id == NETWORK.id).where(NETWORK.slug == slug)
    return [str(id) for id in session.scalars(query.order_by(SEAT.id))]


def with_deputy(database: Database, seat: str) -> None:
    """Let somebody hold a seat, and somebody else be the deputy."""
    with database.writing(TEST) as session:
        seated = session.get_one(Seat, uuid.UUID(seat))
        seated.person_id, seated.deputy_id = (_person(session, name) for name in ("Aino Esimerkki", "Olli Esimerkki"))
        seated.is_held = True


def seat_somebody(
    database: Database, seat: str, email: str | None = None, *, as_deputy: bool = False
) -> dict[str, str]:
    """Let somebody with a sign-in, and no grant, hold a seat or be its deputy; answer the headers they are known by."""
    email = email or f"{'deputy' if as_deputy else 'holder'}-{seat}@example.org"
    with database.writing(TEST) as session:
        person_id, seated = _person(session, email), session.get_one(Seat, uuid.UUID(seat))
        session.get_one(Person, person_id).user_id = users.create(session, email, PASSWORD_HASH).id
        if as_deputy:
            seated.deputy_id = person_id
        else:
            seated.person_id, seated.is_held = person_id, True
    return headers_of(database, email)


def leader_of(database: Database, slug: str) -> dict[str, str]:
    """Somebody who leads a network: the headers by which they are known."""
    email = f"leader-of-{slug}@example.org"
    with database.writing(TEST) as session:
        user, network_id = users.create(session, email, PASSWORD_HASH), rows.find(session, Network, slug).id
        rows.add(session, Grant(user_id=user.id, role=Role.network_lead, kind="network", item_id=network_id))
    return headers_of(database, email)


def end(database: Database, seat: str, valid_to: date) -> None:
    """End a seat."""
    with database.writing(TEST) as session:
        session.get_one(Seat, uuid.UUID(seat)).valid_to = valid_to


def _person(session: Work, name: str) -> uuid.UUID:
    county_id = rows.find(session, Area, "county-12").id
    person = Person(
        county_id=county_id,
        organisation_id=rows.find(session, Organisation, "kaupunki").id,
        display_name=name,
        purpose="test",
        retention_until=date(2040, 1, 1),
        sort_name=sort_name(name),
        search_name=folded(name),
    )
    return rows.add(session, person).id
