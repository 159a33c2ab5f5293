"""What can be done with networks."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlmodel import Session

from app.accounts.reach import Kind, Named
from app.accounts.rules import Caller, Chain, Thing
from app.areas import service as areas
from app.core import rows
from app.core.errors import Fault, Invalid, NotFound
from app.core.language import Words
from app.networks.models import Network
from app.networks.queries import NETWORK
from app.places import service as places

UNKNOWN = Words(
    "Tällaista verkostoa ei ole. Verkostot: /v1/networks.", "There is no such network. Networks: /v1/networks."
)


def resolved(session: Session, reference: str, *, pointer: str | None = None, parameter: str | None = None) -> Network:
    """The network with this id or slug. Raises Invalid, pointing at where it was named."""
    try:
        return rows.find(session, Network, reference)
    except NotFound:
        raise Invalid(faults=[Fault("unknown-network", UNKNOWN, pointer=pointer, parameter=parameter)]) from None


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


def _chain_of(session: Session, reference: str) -> Chain | None:
    try:
        return chain_above(session, rows.find(session, Network, reference))
    except NotFound:
        return None


def _named(session: Session, network_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    query = select(NETWORK.id, NETWORK.slug, NETWORK.name).where(NETWORK.id.in_(network_ids))
    return {id: Named(slug, name) for id, slug, name in session.execute(query)}


KIND = Kind("network", "network", _chain_of, inside, _named)
