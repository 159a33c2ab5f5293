"""Who sees and who judges: the kind of evaluations, and the conditions of lists."""

import uuid
from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlmodel import Session

from app.accounts.reach import Kind
from app.accounts.rules import Caller, Chain, Thing
from app.areas import service as areas
from app.areas.queries import AREA
from app.core import clock, ids
from app.evaluations.queries import EVALUATION
from app.networks.queries import NETWORK
from app.networks.service import networks
from app.organisations.queries import ORGANISATION
from app.organisations.service import organisations
from app.places import service as places
from app.places.models import MeetingPlace
from app.places.queries import PLACE

READ, WRITE = "evaluations:read", "evaluations:write"
OF_A_COUNTY = (
    (places.KIND.name, PLACE),
    (networks.KIND.name, NETWORK),
    (organisations.KIND.name, ORGANISATION),
)


def seen_by(session: Session, caller: Caller) -> ColumnElement[bool]:
    """Evaluations that a caller may read, with their places: a condition.

    Those of places where they have the scope, as hosts or as peers; and what is shared in counties in which they
    have it somewhere.
    """
    return and_(true(), *(_seen_from(session, things) for things in caller.reach(READ)))


def _seen_from(session: Session, things: Collection[Thing]) -> ColumnElement[bool]:
    inside = places.inside(session, things)
    return or_(
        EVALUATION.place_id.in_(inside),
        EVALUATION.peer_place_id.in_(inside),
        and_(EVALUATION.is_shared, PLACE.county_id.in_(_counties_of(session, things))),
    )


def _counties_of(session: Session, things: Collection[Thing]) -> set[uuid.UUID]:
    """The areas on whose plans some things stand."""
    lies, today = areas.scheme(session), clock.today()
    plans = set(session.scalars(select(AREA.id).where(AREA.holds_plan)))
    chains = ((id, *lies.chain(id, today)) for kind, id in things if kind == areas.KIND.name)
    found = {next((area for area in chain if area in plans), None) for chain in chains} - {None}
    for name, columns in OF_A_COUNTY:
        if own := [id for kind, id in things if kind == name]:
            found |= set(session.scalars(select(columns.county_id).where(columns.id.in_(own))))
    return {id for id in found if id is not None}


def chain_of_place(session: Session, place_id: uuid.UUID | None) -> Chain:
    """A place and all that it lies in."""
    return places.KIND.chain_of(session, str(place_id)) or ()


def _chain_of(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    query = select(EVALUATION.id, EVALUATION.place_id, EVALUATION.peer_place_id).where(EVALUATION.id == id)
    found = session.execute(query).first() if id else None
    if found is None:
        return None
    judges = chain_of_place(session, found.peer_place_id) if found.peer_place_id else ()
    return [(KIND.name, found.id), *chain_of_place(session, found.place_id), *judges]


def _shows_to(session: Session, caller: Caller, chain: Chain) -> bool:
    query = select(EVALUATION.id).join(MeetingPlace, EVALUATION.place_id == PLACE.id)
    query = query.where(EVALUATION.id == chain[0][1], seen_by(session, caller))
    return caller.may(WRITE, chain) or session.scalar(query) is not None


KIND = Kind("evaluation", "evaluation", _chain_of, shows_to=_shows_to)
