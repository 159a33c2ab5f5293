"""What can be done with networks."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlmodel import Session

from app.accounts.reach import Kind, Named
from app.accounts.rules import Caller, Chain, Thing
from app.accounts.service.callers import must_reach
from app.areas import service as areas
from app.areas.queries import AREA
from app.core import clock, ids, rows, slugs
from app.core.database import Change, Work
from app.core.errors import Fault, Invalid, NotFound
from app.core.language import Words
from app.core.text import slugged, sort_name
from app.networks import queries
from app.networks.models import Network, NetworkRole, NetworkSteering
from app.networks.queries import KIND as KIND_ROW
from app.networks.queries import NETWORK, STEERING
from app.networks.rules import reached
from app.networks.schemas import NetworkChange, NetworkFacts, NetworkPatch, NetworkWrite
from app.organisations.service import organisations
from app.places import service as places

SCOPE = "networks:write"

UNKNOWN = Words(
    "Tällaista verkostoa ei ole. Verkostot: /v1/networks.", "There is no such network. Networks: /v1/networks."
)

NO_KIND = Words("Maakunnan verkostolajit ovat: {known}.", "The county's kinds of networks are: {known}.")
NOT_THERE = Words(
    "Paikan tiimi toimii paikan kunnassa. Jätä area pois.",
    "A place's team works in the municipality of the place. Leave area out.",
)
AREA_NEEDED = Words("Anna area, tai place jos se on paikan tiimi.", "Give area, or place if it is a place's team.")
OF_ANOTHER_COUNTY = Words(
    "Tämä verkosto on toisen alueen suunnitelmassa.", "This network stands on another county's plan."
)
IN_A_CIRCLE = Words(
    "Verkosto ohjaisi näin itseään. Jätä tämä pois.", "The network would come to steer itself. Leave this one out."
)

DOES_NOT_STEER = Words(
    "Tämä verkosto ei ohjaa verkostoa, josta asia tulee. Ohjaavat verkostot näkyvät sen kentässä steered_by: "
    "/v1/networks/VERKOSTO.",
    "This network does not steer the one that it comes from. Those that do stand in the field steered_by of that: "
    "/v1/networks/NETWORK.",
)


def resolved(
    session: Session, reference: str, *, pointer: str | None = None, parameter: str | None = None, lock: bool = False
) -> Network:
    """The network with this id or slug, perhaps locked. Raises Invalid, pointing at where it was named."""
    try:
        return rows.find(session, Network, reference, lock=lock)
    except NotFound:
        raise Invalid(faults=[Fault("unknown-network", UNKNOWN, pointer=pointer, parameter=parameter)]) from None


def of_county(session: Session, county_id: uuid.UUID, reference: str, pointer: str) -> Network:
    """The network of this county with this id or slug. Raises Invalid, pointing at where it was named."""
    network = resolved(session, reference, pointer=pointer)
    if network.county_id != county_id:
        raise Invalid(faults=[Fault("of-another-county", OF_ANOTHER_COUNTY, pointer=pointer)])
    return network


def shown(session: Session, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Rows of ``queries.networks`` as answers with those who steer them: one query more, however many rows."""
    steering: dict[uuid.UUID, list[dict[str, Any]]] = {row.id: [] for row in found}
    for row in session.execute(queries.steering(list(steering))):
        steering[row.network_id].append({"id": row.id, "slug": row.slug, "name": row.name})
    return [queries.as_network(row, steering[row.id]) for row in found]


def read(session: Session, network_id: uuid.UUID) -> dict[str, Any]:
    """One network as an answer."""
    return shown(session, session.execute(queries.networks().where(NETWORK.id == network_id)).all())[0]


def kinds_shown(session: Session, found: Sequence[Any]) -> list[dict[str, Any]]:
    """Kinds as answers with their roles: one query more, however many kinds."""
    roles: dict[uuid.UUID, list[NetworkRole]] = {kind.id: [] for kind in found}
    for role in session.scalars(queries.roles_of_kinds(list(roles))):
        roles[role.kind_id].append(role)
    return [{**kind._mapping, "roles": [rows.columns(role) for role in roles[kind.id]]} for kind in found]


def found(session: Work, write: NetworkWrite, caller: Caller) -> Network:
    """Found a network in an area. Raises Invalid, OutOfReach, SlugTaken."""
    area_id, place_id = _where(session, write)
    chain = areas.chain_above(session, area_id)
    must_reach(caller, SCOPE, [(places.KIND.name, place_id), *chain] if place_id else chain)
    county_id = areas.county_held(session, area_id, "/area")
    kind_id = session.scalars(select(KIND_ROW.id).where(KIND_ROW.county_id == county_id, KIND_ROW.code == write.kind))
    if (kind := kind_id.first()) is None:
        known = session.scalars(select(KIND_ROW.code).where(KIND_ROW.county_id == county_id).order_by(KIND_ROW.code))
        raise Invalid(faults=[Fault("unknown-kind", NO_KIND.about(known=", ".join(known)), pointer="/kind")])
    if write.slug and ids.as_uuid(write.slug):
        raise Invalid(faults=[Fault("looks-like-an-id", slugs.LIKE_AN_ID, pointer="/slug")])
    network = Network(
        county_id=county_id,
        kind_id=kind,
        area_id=area_id,
        place_id=place_id,
        slug=write.slug or _free_slug(session, write.name.fi),
        **_facts(session, county_id, write),
    )
    if session.scalars(select(NETWORK.id).where(NETWORK.slug == network.slug)).first():
        raise slugs.SlugTaken(faults=[Fault("taken", slugs.SlugTaken.detail, pointer="/slug")])
    rows.add(session, network)
    _steer(session, network, write.steered_by)
    return network


def change(session: Work, network: Network, patch: NetworkPatch) -> Network:
    """Change what ``patch`` names; the whole must still be a network. Raises Invalid."""
    whole = rows.merged(
        network,
        patch,
        NetworkChange,
        convener=str(network.convener_id) if network.convener_id else None,
        keeper=str(network.keeper_id) if network.keeper_id else None,
        steered_by=[str(id) for id in _steerers(session, network.id)],
    )
    facts = _facts(session, network.county_id, whole)
    is_steered = "steered_by" in patch.model_fields_set and _steer(session, network, whole.steered_by)
    rows.apply(network, facts, also=is_steered)
    if is_steered:
        session.wrote(Network.__table__, Change(KIND.name, "changed", network.id, ("steered_by",)))  # type: ignore[attr-defined]
    session.flush()
    return network


def chain_above(session: Session, network: Network) -> Chain:
    """A network and all that it lies in: its meeting place if it is a team's, its area and what is above that."""
    own: list[Thing] = [(KIND.name, network.id)]
    if network.place_id is not None:
        own.append((places.KIND.name, network.place_id))
    return [*own, *areas.chain_above(session, network.area_id)]


def inside(session: Session, things: Collection[Thing]) -> Select[tuple[uuid.UUID]]:
    """Ids of the networks that are one of some things, or lie in one."""
    own = {id for kind, id in things if kind == KIND.name}
    teams = {id for kind, id in things if kind == places.KIND.name}
    return select(NETWORK.id).where(
        or_(NETWORK.id.in_(own), NETWORK.place_id.in_(teams), NETWORK.area_id.in_(areas.inside(session, things)))
    )


def reachable(
    session: Session, caller: Caller, scope: str, column: ColumnElement[Any] = NETWORK.id
) -> ColumnElement[bool]:
    """Networks where the caller has ``scope``: a condition for lists of what has its network in ``column``."""
    return and_(true(), *(column.in_(inside(session, things)) for things in caller.reach(scope)))


def sitting(caller: Caller, column: ColumnElement[Any] = NETWORK.id) -> ColumnElement[bool]:
    """Networks where the caller has a seat today, as holder or deputy: a condition, as ``reachable``."""
    return column.in_(queries.seated(caller.id, clock.today())) if caller.kind == "user" else false()


def sits(session: Session, caller: Caller, chain: Chain) -> bool:
    """Whether the caller has a seat today, as holder or deputy, in the network of a chain."""
    own = [id for kind, id in chain if kind == KIND.name]
    return session.scalar(select(NETWORK.id).where(NETWORK.id.in_(own), sitting(caller))) is not None


def must_steer(session: Session, steering: Network, network_id: uuid.UUID, pointer: str) -> None:
    """Refuse a network that does not steer another, pointing at where it was named. Raises Invalid."""
    if session.get(NetworkSteering, (network_id, steering.id)) is None:
        raise Invalid(faults=[Fault("does-not-steer", DOES_NOT_STEER, pointer=pointer)])


def _where(session: Session, write: NetworkWrite) -> tuple[uuid.UUID, uuid.UUID | None]:
    """The area of a network, and the place whose team it is. Raises Invalid."""
    if write.place is not None:
        place = places.resolved(session, write.place, pointer="/place")
        if write.area is not None and areas.resolved(session, write.area, pointer="/area") != place.municipality_id:
            raise Invalid(faults=[Fault("not-where-the-place-is", NOT_THERE, pointer="/area")])
        return place.municipality_id, place.id
    if write.area is None:
        raise Invalid(faults=[Fault("missing", AREA_NEEDED, pointer="/area")])
    return areas.resolved(session, write.area, pointer="/area"), None


def _facts(session: Session, county_id: uuid.UUID, whole: NetworkFacts) -> dict[str, Any]:
    def organisation(reference: str | None, pointer: str) -> uuid.UUID | None:
        return organisations.of_county(session, county_id, reference, pointer).id if reference else None

    return {
        "name": whole.name,
        "purpose": whole.purpose,
        "tasks": [task.stored() for task in whole.tasks],
        "themes": list(dict.fromkeys(whole.themes)),
        "former_names": [former.model_dump(mode="json", exclude_none=True) for former in whole.former_names],
        "valid_from": whole.valid_from,
        "valid_to": whole.valid_to,
        "convener_id": organisation(whole.convener, "/convener"),
        "keeper_id": organisation(whole.keeper, "/keeper"),
        "sort_name": sort_name(whole.name.fi),
        "search_name": whole.name.searchable(),
    }


def _steerers(session: Session, network_id: uuid.UUID) -> list[uuid.UUID]:
    query = select(STEERING.steered_by_id).where(STEERING.network_id == network_id)
    return list(session.scalars(query.order_by(STEERING.steered_by_id)))


def _steer(session: Work, network: Network, references: Sequence[str]) -> bool:
    """Let these networks steer it, and no others; False where they do already. Raises Invalid."""
    wanted: dict[uuid.UUID, str] = {}
    for index, reference in enumerate(references):
        pointer = f"/steered_by/{index}"
        wanted[of_county(session, network.county_id, reference, pointer).id] = pointer
    before = set(_steerers(session, network.id))
    if before == set(wanted):
        return False
    # One network's steering changes at a time in a county: what is looked up as free of circles stays so.
    session.execute(select(AREA.id).where(AREA.id == network.county_id).with_for_update(key_share=True))
    links = session.execute(select(STEERING.network_id, STEERING.steered_by_id)).all()
    above: dict[uuid.UUID, set[uuid.UUID]] = {}
    for lower, upper in links:
        if lower != network.id:
            above.setdefault(lower, set()).add(upper)
    for id, pointer in wanted.items():
        if network.id in reached(above, id):
            raise Invalid(faults=[Fault("steers-itself", IN_A_CIRCLE, pointer=pointer)])
    for id in before - set(wanted):
        session.delete(session.get_one(NetworkSteering, (network.id, id)))
    for id in set(wanted) - before:
        session.add(NetworkSteering(network_id=network.id, steered_by_id=id))
    session.flush()
    return True


def _free_slug(session: Session, name: str) -> str:
    base = slugged(name) if len(slugged(name)) > 1 else f"network-{ids.new().hex[-8:]}"
    used = set(session.scalars(select(NETWORK.slug).where(NETWORK.slug.startswith(base, autoescape=True))))
    return slugs.free(base, used)


def _chain_of(session: Session, reference: str) -> Chain | None:
    try:
        return chain_above(session, rows.find(session, Network, reference))
    except NotFound:
        return None


def _named(session: Session, network_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    query = select(NETWORK.id, NETWORK.slug, NETWORK.name).where(NETWORK.id.in_(network_ids))
    return {id: Named(slug, name) for id, slug, name in session.execute(query)}


KIND = Kind("network", "network", _chain_of, inside, _named)
