"""What can be done with meeting places."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlmodel import Session

from app.accounts.reach import Kind, Named
from app.accounts.rules import Caller, Chain, Thing
from app.accounts.service.callers import must_reach
from app.accounts.service.grants import OPERATOR
from app.areas import service as areas
from app.core import ids, rows, slugs
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid, NotFound
from app.core.language import Words
from app.core.text import folded, slugged, sort_name
from app.places import queries
from app.places.models import MeetingPlace, PlaceFacts
from app.places.queries import PLACE
from app.places.schemas import PlaceChange, PlacePatch, PlaceSpec, PlaceWrite


class NameTaken(Conflict):
    """The municipality has a place of this name already."""

    title = Words("Nimi on käytössä", "Name taken")
    detail = Words(
        "Kunnassa on jo tämänniminen kohtaamispaikka ({slug}). Anna toinen nimi tai muuta sitä paikkaa.",
        "The municipality has a meeting place of this name already ({slug}). Give another name, or change that place.",
    )
    cure = Words("Tarkista, onko paikka jo tallennettu.", "See whether the place is stored already.")


UNKNOWN = Words(
    "Tällaista paikkaa ei ole. Paikat: /v1/meeting-places.", "There is no such place. Places: /v1/meeting-places."
)
OF_ANOTHER_COUNTY = Words("Tämä paikka on toisen alueen suunnitelmassa.", "This place stands on another county's plan.")


def resolved(
    session: Session, reference: str, *, pointer: str | None = None, parameter: str | None = None
) -> MeetingPlace:
    """The place with this id or slug. Raises Invalid, pointing at where it was named."""
    try:
        return rows.find(session, MeetingPlace, reference)
    except NotFound:
        raise Invalid(faults=[Fault("unknown-place", UNKNOWN, pointer=pointer, parameter=parameter)]) from None


def of_county(session: Session, county_id: uuid.UUID, reference: str, pointer: str) -> MeetingPlace:
    """The place of this county with this id or slug. Raises Invalid, pointing at where it was named."""
    place = resolved(session, reference, pointer=pointer)
    if place.county_id != county_id:
        raise Invalid(faults=[Fault("of-another-county", OF_ANOTHER_COUNTY, pointer=pointer)])
    return place


def shown(session: Session, place_id: uuid.UUID) -> dict[str, Any]:
    """One place as an answer."""
    return queries.with_municipality(session.execute(queries.places().where(PLACE.id == place_id)).one())


def found(session: Work, write: PlaceWrite, caller: Caller) -> MeetingPlace:
    """Found a place in a municipality that exists. Raises Invalid, OutOfReach, NameTaken, SlugTaken."""
    municipality = areas.municipality(session, write.municipality, "/municipality")
    must_reach(caller, "places:write", areas.chain_above(session, municipality.id))
    county_id = areas.county_held(session, municipality.id, "/municipality")
    if write.slug and ids.as_uuid(write.slug):
        raise Invalid(faults=[Fault("looks-like-an-id", slugs.LIKE_AN_ID, pointer="/slug")])
    _name_must_be_free(session, municipality.id, write.name.fi)
    place = MeetingPlace(
        **_facts(write),
        slug=write.slug or _free_slug(session, write.name.fi),
        municipality_id=municipality.id,
        county_id=county_id,
        sort_name=sort_name(write.name.fi),
        search_name=write.name.searchable(),
    )
    if session.scalars(select(PLACE.id).where(PLACE.slug == place.slug)).first():
        raise slugs.SlugTaken(faults=[Fault("taken", slugs.SlugTaken.detail, pointer="/slug")])
    return rows.add(session, place)


def change(session: Work, place: MeetingPlace, patch: PlacePatch, caller: Caller) -> MeetingPlace:
    """Change what ``patch`` names; the whole must still be a place.

    To move it takes the right to found it, both where it was and where it goes. Raises Invalid, OutOfReach, NameTaken.
    """
    whole = rows.merged(place, patch, PlaceChange, municipality=str(place.municipality_id))
    municipality_id = place.municipality_id
    if "municipality" in patch.model_fields_set:
        municipality_id = areas.municipality(session, whole.municipality, "/municipality").id
    if municipality_id != place.municipality_id:
        for left_or_entered in (place.municipality_id, municipality_id):
            must_reach(caller, "places:write", areas.chain_above(session, left_or_entered))
    county_id = areas.county_held(session, municipality_id, "/municipality")
    if (municipality_id, folded(whole.name.fi)) != (place.municipality_id, folded(place.name.fi)):
        _name_must_be_free(session, municipality_id, whole.name.fi)
    rows.apply(
        place,
        {
            **_facts(whole),
            "municipality_id": municipality_id,
            "county_id": county_id,
            "sort_name": sort_name(whole.name.fi),
            "search_name": whole.name.searchable(),
        },
    )
    session.flush()
    return place


def load(session: Work, specs: Iterable[PlaceSpec]) -> int:
    """Create the places that are missing, and answer how many were. What is there stays as it is."""
    known = set(session.scalars(select(PLACE.slug)))
    missing = [spec for spec in specs if spec.slug not in known]
    for spec in missing:
        found(session, spec, OPERATOR)
    return len(missing)


def inside(session: Session, things: Collection[Thing]) -> Select[Any]:
    """Ids of the places that are one of some things, or lie in one."""
    own = {id for kind, id in things if kind == KIND.name}
    return select(PLACE.id).where(or_(PLACE.id.in_(own), PLACE.municipality_id.in_(areas.inside(session, things))))


def reachable(session: Session, caller: Caller, scope: str) -> ColumnElement[bool]:
    """Places where the caller has ``scope``: a condition for lists."""
    return and_(true(), *(PLACE.id.in_(inside(session, things)) for things in caller.reach(scope)))


def _chain_of(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    query = select(PLACE.id, PLACE.municipality_id).where(PLACE.id == id if id else PLACE.slug == reference)
    found = session.execute(query).first()
    return [(KIND.name, found.id), *areas.chain_above(session, found.municipality_id)] if found else None


def _named(session: Session, place_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    found = session.execute(select(PLACE.id, PLACE.slug, PLACE.name).where(PLACE.id.in_(place_ids)))
    return {id: Named(slug, name) for id, slug, name in found}


KIND = Kind("meeting_place", "place", _chain_of, inside, _named)


def _facts(whole: PlaceFacts) -> dict[str, Any]:
    return {name: getattr(whole, name) for name in PlaceFacts.model_fields}


def _name_must_be_free(session: Session, municipality_id: uuid.UUID, name: str) -> None:
    others = session.execute(select(PLACE.slug, PLACE.name).where(PLACE.municipality_id == municipality_id))
    for slug, other in others:
        if folded(other.fi) == folded(name):
            raise NameTaken(slug=slug)


def _free_slug(session: Session, name: str) -> str:
    base = slugged(name) if len(slugged(name)) > 1 else f"place-{ids.new().hex[-8:]}"
    used = set(session.scalars(select(PLACE.slug).where(PLACE.slug.startswith(base, autoescape=True))))
    return slugs.free(base, used)
