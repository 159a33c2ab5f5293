"""What can be done with seats: opened, filled, ended; and what goes with them."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session

from app.accounts.reach import Kind
from app.accounts.roles import Role
from app.accounts.rules import Caller, Chain, Thing
from app.core import clock, ids, rows
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid
from app.core.language import Words
from app.core.validity import overlap
from app.networks import queries
from app.networks.models import CarriedOn, Network, NetworkRole, Seat
from app.networks.queries import ROLE, SEAT
from app.networks.schemas import ENDS_FIRST, SeatFacts, SeatPatch, SeatWrite
from app.networks.service import networks
from app.organisations.models import Person, PersonRight
from app.organisations.service import organisations, persons, rights
from app.places import service as places


class RoleIsHeld(Conflict):
    """There is one seat of this role at a time, and there is one already."""

    title = Words("Roolissa on jo joku", "The role is taken")
    detail = Words(
        "Roolissa {role} on yksi paikka kerrallaan, ja sillä ajalla on jo paikka {seat}. Mitään ei muutettu.",
        "The role {role} has one seat at a time, and there is a seat then already: {seat}. Nothing was changed.",
    )
    cure = Words(
        "Päätä se paikka (valid_to) tai valitse toinen aika; tyhjän paikan voi täyttää.",
        "End that seat (valid_to), or choose another time; a vacant seat can be filled.",
    )


class SeatIsHeld(Conflict):
    """Somebody holds the seat; who held it before stays written down."""

    title = Words("Paikalla on jo haltija", "Somebody holds the seat")
    detail = Words(
        "Paikalla on haltija. Päätä paikka (valid_to) ja avaa seuraava, niin historia säilyy.",
        "Somebody holds this seat. End it (valid_to) and open the next, so that history stays.",
    )
    cure = Words("PATCH valid_to, sitten POST uusi paikka.", "PATCH valid_to, then POST the next seat.")


NO_ROLE = Words("Verkostolajin roolit ovat: {known}.", "The roles of this kind of network are: {known}.")
NOBODY = Words(
    "Tämä rooli ei koskaan nimeä henkilöä: perheet ja nuoret eivät näy nimillä.",
    "This role never names anybody: families and young people are not stored by name.",
)
ONLY_NAMELESS = Words(
    "is_held annetaan vain rooleille, jotka eivät nimeä henkilöä.", "Give is_held only for roles that name nobody."
)
FOR_WHOM = Words("Anna organisaatio, jota paikka edustaa.", "Give the organisation for which the seat speaks.")
SAME_PERSON = Words("Varahenkilö on sama kuin haltija.", "The deputy is the holder.")
OUTSIDE = Words(
    "Verkosto toimii {valid_from} - {valid_to}; paikka on sen ulkopuolella.",
    "The network goes on from {valid_from} to {valid_to}; the seat lies outside.",
)
NO_PLACE = Words(
    "Roolin oikeudet koskevat kohtaamispaikkaa. Anna place.",
    "The rights of this role hold on a meeting place. Give place.",
)


def shown(session: Session, seat_id: uuid.UUID, caller: Caller | None) -> dict[str, Any]:
    """One seat as an answer to this caller."""
    row = session.execute(queries.seats(seat_id=seat_id)).one()
    network = session.get_one(Network, row.network_id)
    return queries.as_seat(row, knows=knows(session, caller, network))


def knows(session: Session, caller: Caller | None, network: Network) -> bool:
    """Whether a caller may see the persons of a network."""
    if caller is None or "persons:read" not in caller.scopes:
        return False
    return caller.may("persons:read") or caller.may("persons:read", networks.chain_above(session, network))


def open(session: Work, network: Network, write: SeatWrite, caller: Caller) -> Seat:  # noqa: A001 - seats are opened
    """Open a seat, and with it what its holder may do. The network must be held (``lock``).

    Raises Invalid, RoleIsHeld, WiderThanYourOwn.
    """
    role = role_named(session, network, write.role, pointer="/role")
    if role.names_person and write.organisation is None:
        raise Invalid(faults=[Fault("missing", FOR_WHOM, pointer="/organisation")])
    county_id = network.county_id
    organisation = (
        organisations.of_county(session, county_id, write.organisation, "/organisation") if write.organisation else None
    )
    place = places.of_county(session, county_id, write.place, "/place") if write.place else None
    seat = Seat(
        network_id=network.id,
        role_id=role.id,
        names_person=role.names_person,
        organisation_id=organisation.id if organisation else None,
        place_id=place.id if place else None,
        office=write.office,
        valid_from=write.valid_from or clock.today(),
        valid_to=write.valid_to or network.valid_to,
        **_holders(session, network, role, write, caller),
    )
    _must_fit(session, network, role, seat)
    rows.add(session, seat)
    _begin_right(session, network, role, seat, caller)
    return seat


def change(session: Work, seat: Seat, patch: SeatPatch, caller: Caller) -> Seat:
    """Fill a seat, end it, or change when it holds; its rights go with it. The network must be held (``lock``).

    Raises Invalid, RoleIsHeld, SeatIsHeld, WiderThanYourOwn.
    """
    network, role = session.get_one(Network, seat.network_id), session.get_one(NetworkRole, seat.role_id)
    held = {"person": seat.person_id, "deputy": seat.deputy_id}
    whole = rows.merged(seat, patch, SeatFacts, **held, is_held=None if role.names_person else seat.is_held)
    is_filled = seat.person_id is None and whole.person is not None
    if seat.person_id is not None and whole.person != seat.person_id:
        raise SeatIsHeld()
    before = (seat.person_id, seat.valid_from, seat.valid_to)
    valid_from = whole.valid_from or seat.valid_from
    if is_filled and "valid_from" not in patch.model_fields_set:
        valid_from = max(valid_from, clock.today())  # who comes now did not sit there before
    rows.apply(
        seat,
        {
            "office": whole.office,
            "valid_from": valid_from,
            "valid_to": whole.valid_to,
            **_holders(session, network, role, whole, caller, already=set(held.values())),
        },
    )
    with session.no_autoflush:
        _must_fit(session, network, role, seat)
    session.flush()
    if is_filled:
        _begin_right(session, network, role, seat, caller)
    elif seat.right_id is not None and before != (seat.person_id, seat.valid_from, seat.valid_to):
        chain = _carried_on(session, network, role, seat)
        rights.change(
            session, caller, session.get_one(PersonRight, seat.right_id), chain, seat.valid_from, seat.valid_to
        )
    return seat


def keep_within(session: Work, network: Network, caller: Caller) -> None:
    """Let no seat outlive its network, nor the rights that go with it. The network must be held (``lock``).

    Raises WiderThanYourOwn where the caller could not end these rights.
    """
    if network.valid_to is None:
        return
    later = SEAT.valid_to.is_(None) | (SEAT.valid_to > network.valid_to)
    for seat in session.scalars(select(Seat).where(SEAT.network_id == network.id, later).order_by(SEAT.id)).all():
        ends = max(network.valid_to, seat.valid_from)
        rows.apply(seat, {"valid_to": ends})
        if seat.right_id is not None:
            role = session.get_one(NetworkRole, seat.role_id)
            right, chain = session.get_one(PersonRight, seat.right_id), _carried_on(session, network, role, seat)
            rights.change(session, caller, right, chain, seat.valid_from, ends)
    session.flush()


def chain_above(session: Session, seat: Seat) -> Chain:
    """A seat and all that it lies in."""
    return [(KIND.name, seat.id), *networks.chain_above(session, session.get_one(Network, seat.network_id))]


def inside(session: Session, things: Collection[Thing]) -> Select[tuple[uuid.UUID]]:
    """Ids of the seats that are one of some things, or lie in one."""
    own = {id for kind, id in things if kind == KIND.name}
    return select(SEAT.id).where(SEAT.id.in_(own) | SEAT.network_id.in_(networks.inside(session, things)))


def _chain_of(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    seat = session.get(Seat, id) if id else None
    return chain_above(session, seat) if seat else None


KIND = Kind("seat", "seat", _chain_of, inside)


def role_named(session: Session, network: Network, code: str, **place: Any) -> NetworkRole:
    """The role with this code of a network's kind. Raises Invalid, pointing at where it was named."""
    roles = session.scalars(select(NetworkRole).where(ROLE.kind_id == network.kind_id).order_by(ROLE.position)).all()
    for role in roles:
        if role.code == code:
            return role
    known = ", ".join(r.code for r in roles)
    raise Invalid(faults=[Fault("unknown-role", NO_ROLE.about(known=known), **place)])


def _holders(
    session: Session,
    network: Network,
    role: NetworkRole,
    facts: SeatFacts,
    caller: Caller,
    already: Collection[uuid.UUID | None] = (),
) -> dict[str, Any]:
    """Who holds a seat, as its columns. Raises Invalid for somebody whom the caller may not see."""
    if not role.names_person:
        for name, given in (("person", facts.person), ("deputy", facts.deputy)):
            if given is not None:
                raise Invalid(faults=[Fault("names-nobody", NOBODY, pointer=f"/{name}")])
        return {"person_id": None, "deputy_id": None, "is_held": facts.is_held is not False}
    if facts.is_held is not None:
        raise Invalid(faults=[Fault("not-given-here", ONLY_NAMELESS, pointer="/is_held")])
    if facts.person is not None and facts.person == facts.deputy:
        raise Invalid(faults=[Fault("same-person", SAME_PERSON, pointer="/deputy")])
    for name, id in (("person", facts.person), ("deputy", facts.deputy)):
        if id is not None and id not in already:
            _must_know(session, network, id, f"/{name}", caller)
    return {"person_id": facts.person, "deputy_id": facts.deputy, "is_held": facts.person is not None}


def _must_know(session: Session, network: Network, id: uuid.UUID, pointer: str, caller: Caller) -> Person:
    """A person of the county whom the caller may see: by where they work, or in this network. Raises Invalid."""
    person = persons.resolved(session, str(id), pointer)
    if person.county_id == network.county_id:
        if caller.may("persons:read", persons.chain_above(session, person)):
            return person
        sits_here = select(SEAT.id).where(
            SEAT.network_id == network.id, (SEAT.person_id == id) | (SEAT.deputy_id == id)
        )
        if knows(session, caller, network) and session.scalars(sits_here).first():
            return person
    raise Invalid(faults=[Fault("unknown-person", persons.UNKNOWN, pointer=pointer)])


def _must_fit(session: Session, network: Network, role: NetworkRole, seat: Seat) -> None:
    if seat.valid_to is not None and seat.valid_to < seat.valid_from:
        raise Invalid(faults=[Fault("ends-before-it-begins", ENDS_FIRST, pointer="/valid_to")])
    lasts = {"valid_from": network.valid_from or "…", "valid_to": network.valid_to or "…"}
    starts_late = network.valid_to is not None and seat.valid_from >= network.valid_to
    if starts_late or (network.valid_from is not None and seat.valid_from < network.valid_from):
        raise Invalid(faults=[Fault("outside-the-network", OUTSIDE.about(**lasts), pointer="/valid_from")])
    if network.valid_to is not None and (seat.valid_to is None or seat.valid_to > network.valid_to):
        raise Invalid(faults=[Fault("outside-the-network", OUTSIDE.about(**lasts), pointer="/valid_to")])
    if role.holds_one:
        for other in _others(session, network, role, seat):
            if overlap((other.valid_from, other.valid_to), (seat.valid_from, seat.valid_to)):
                raise RoleIsHeld(role=role.code, seat=other.id)


def _others(session: Session, network: Network, role: NetworkRole, seat: Seat) -> Sequence[Seat]:
    return session.scalars(queries.seats_of_role(network.id, role.id).where(SEAT.id != seat.id)).all()


def _begin_right(session: Work, network: Network, role: NetworkRole, seat: Seat, caller: Caller) -> None:
    if role.carries is None or seat.person_id is None:
        return
    right = rights.begin(
        session,
        caller,
        session.get_one(Person, seat.person_id),
        Role(role.carries),
        _carried_on(session, network, role, seat),
        seat.valid_from,
        seat.valid_to,
        f"/v1/seats/{seat.id}",
    )
    seat.right_id = right.id
    session.flush()


def _carried_on(session: Session, network: Network, role: NetworkRole, seat: Seat) -> Chain:
    """The thing on which a role's rights hold, and all that it lies in. Raises Invalid."""
    if role.carries_on == CarriedOn.network:
        return networks.chain_above(session, network)
    place_id = seat.place_id or network.place_id
    chain = places.KIND.chain_of(session, str(place_id)) if place_id else None
    if chain is None:
        raise Invalid(faults=[Fault("missing", NO_PLACE, pointer="/place")])
    return chain
