"""What can be done with organisations."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, or_, select
from sqlmodel import Session

from app.accounts.reach import Kind, Named
from app.accounts.rules import Caller, Chain, Thing
from app.accounts.service.callers import must_reach
from app.areas import service as areas
from app.areas.models import Area
from app.areas.queries import AREA
from app.core import clock, ids, rows, slugs
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid, NotFound
from app.core.language import Words
from app.core.text import folded, slugged, sort_name
from app.organisations import queries
from app.organisations.models import Organisation, OrganisationFacts, OrganisationKind
from app.organisations.queries import KIND as KIND_ROW
from app.organisations.queries import ORGANISATION
from app.organisations.schemas import (
    OrganisationChange,
    OrganisationKindSpec,
    OrganisationPatch,
    OrganisationSpec,
    OrganisationWrite,
)

SCOPE = "organisations:write"


class OrganisationIsThere(Conflict):
    """The municipality, or the county, has an organisation of this name already."""

    title = Words("Organisaatio on jo tallennettu", "The organisation is there already")
    detail = Words(
        "Samassa kunnassa (tai koko alueella) on jo tämänniminen organisaatio ({slug}). Mitään ei muutettu.",
        "There is an organisation of this name in the municipality (or the whole county) already ({slug}). "
        "Nothing was changed.",
    )
    cure = Words("Käytä sitä, tai anna toinen nimi.", "Use that one, or give another name.")


UNKNOWN = Words(
    "Tällaista organisaatiota ei ole. Organisaatiot: /v1/organisations.",
    "There is no such organisation. Organisations: /v1/organisations.",
)

OF_ANOTHER_COUNTY = Words(
    "Tämä organisaatio on toisen alueen suunnitelmassa.", "This organisation belongs to another county's plan."
)


NO_KIND = Words("Organisaatiolajit ovat täällä: {known}.", "The kinds of organisations here are: {known}.")
COUNTY_NEEDED = Words(
    "Anna municipality, tai county jos organisaatio toimii koko alueella.",
    "Give municipality, or county where the organisation works in the whole of it.",
)
HOLDS_NO_PLAN = Words("Tällä alueella ei ole suunnitelmaa.", "No plan stands on this area.")
NOT_ITS_COUNTY = Words(
    "Kunta on toisella alueella. Jätä county pois.", "The municipality lies elsewhere. Leave this out."
)
STAYS = Words(
    "Organisaatio pysyy alueensa suunnitelmassa. Lisää toiselle alueelle oma.",
    "An organisation stays on its county's plan. Add another for the other county.",
)


def resolved(
    session: Session, reference: str, pointer: str | None = None, *, parameter: str | None = None
) -> Organisation:
    """The organisation with this id or slug. Raises Invalid, pointing at where it was named."""
    try:
        return rows.find(session, Organisation, reference)
    except NotFound:
        raise Invalid(faults=[Fault("unknown-organisation", UNKNOWN, pointer=pointer, parameter=parameter)]) from None


def of_county(session: Session, county_id: uuid.UUID, reference: str, pointer: str) -> Organisation:
    """The organisation of this county with this id or slug. Raises Invalid, pointing at where it was named."""
    organisation = resolved(session, reference, pointer)
    if organisation.county_id != county_id:
        raise Invalid(faults=[Fault("of-another-county", OF_ANOTHER_COUNTY, pointer=pointer)])
    return organisation


def shown(session: Session, organisation_id: uuid.UUID) -> dict[str, Any]:
    """One organisation as an answer."""
    return queries.as_organisation(
        session.execute(queries.organisations().where(ORGANISATION.id == organisation_id)).one()
    )


def add(session: Work, write: OrganisationWrite, caller: Caller) -> Organisation:
    """Add an organisation in a municipality, or in the whole county. Raises Invalid, OutOfReach, SlugTaken,
    OrganisationIsThere.
    """
    municipality_id, area_id = _where(session, write)
    must_reach(caller, SCOPE, areas.chain_above(session, area_id))
    county_id = areas.county_held(session, area_id, "/municipality" if municipality_id else "/county")
    if write.county is not None and areas.resolved(session, write.county, pointer="/county") != county_id:
        raise Invalid(faults=[Fault("another-county", NOT_ITS_COUNTY, pointer="/county")])
    if write.slug and ids.as_uuid(write.slug):
        raise Invalid(faults=[Fault("looks-like-an-id", slugs.LIKE_AN_ID, pointer="/slug")])
    organisation = Organisation(
        slug=write.slug or _free_slug(session, write.name.fi),
        county_id=county_id,
        municipality_id=municipality_id,
        **_facts(session, county_id, write),
    )
    _must_be_new(session, organisation)
    if session.scalars(select(ORGANISATION.id).where(ORGANISATION.slug == organisation.slug)).first():
        raise slugs.SlugTaken(faults=[Fault("taken", slugs.SlugTaken.detail, pointer="/slug")])
    return rows.add(session, organisation)


def change(session: Work, organisation: Organisation, patch: OrganisationPatch, caller: Caller) -> Organisation:
    """Change what ``patch`` names; the whole must still be an organisation. It stays in its county.

    To move it takes the right to add it, both where it was and where it goes. Raises Invalid, OutOfReach,
    OrganisationIsThere.
    """
    before = organisation.municipality_id
    kind = session.get_one(OrganisationKind, organisation.kind_id)
    stored = {"municipality": str(before) if before else None, "kind": kind.code}
    whole = rows.merged(organisation, patch, OrganisationChange, **stored)
    municipality_id = before
    if "municipality" in patch.model_fields_set:
        municipality_id = _municipality_id(session, whole.municipality)
    if municipality_id != before:
        _must_move(session, organisation, municipality_id, caller)
    # What is looked up as free stays free.
    session.execute(select(AREA.id).where(AREA.id == organisation.county_id).with_for_update(key_share=True))
    is_called = (before, folded(organisation.name.fi))
    rows.apply(organisation, {"municipality_id": municipality_id, **_facts(session, organisation.county_id, whole)})
    if is_called != (municipality_id, folded(whole.name.fi)):
        with session.no_autoflush:
            _must_be_new(session, organisation)
    session.flush()
    return organisation


def load_kinds(session: Work, county_id: uuid.UUID, specs: Iterable[OrganisationKindSpec]) -> int:
    """Create the kinds that the county lacks, and answer how many were. What is there stays as it is."""
    known = set(session.scalars(select(KIND_ROW.code).where(KIND_ROW.county_id == county_id)))
    missing = [spec for spec in specs if spec.code not in known]
    for spec in missing:
        session.add(OrganisationKind(county_id=county_id, code=spec.code, name=spec.name))
    session.flush()
    return len(missing)


def load(session: Work, county_id: uuid.UUID, specs: Iterable[OrganisationSpec]) -> int:
    """Create the organisations that are missing, and answer how many were. What is there stays as it is."""
    kinds = dict(session.execute(select(KIND_ROW.code, KIND_ROW.id).where(KIND_ROW.county_id == county_id)).all())
    municipalities = dict(session.execute(select(AREA.slug, AREA.id)).all())
    known = set(session.scalars(select(ORGANISATION.slug)))
    missing = [spec for spec in specs if spec.slug not in known]
    for spec in missing:
        session.add(
            Organisation(
                slug=spec.slug,
                county_id=county_id,
                kind_id=kinds[spec.kind],
                municipality_id=municipalities[spec.municipality] if spec.municipality else None,
                name=spec.name,
                url=spec.url,
                sort_name=sort_name(spec.name.fi),
                search_name=spec.name.searchable(),
            )
        )
    session.flush()
    return len(missing)


def chain_above(session: Session, organisation: Organisation) -> Chain:
    """An organisation and all that it lies in: its municipality if it has one, else its county."""
    return [(KIND.name, organisation.id), *areas.chain_above(session, _area_of(organisation))]


def _area_of(organisation: Organisation) -> uuid.UUID:
    return organisation.municipality_id or organisation.county_id


def _where(session: Session, write: OrganisationWrite) -> tuple[uuid.UUID | None, uuid.UUID]:
    """The municipality of an organisation, if it has one, and the area that it lies in. Raises Invalid."""
    if (municipality_id := _municipality_id(session, write.municipality)) is not None:
        return municipality_id, municipality_id
    if write.county is None:
        raise Invalid(faults=[Fault("missing", COUNTY_NEEDED, pointer="/county")])
    county = session.get_one(Area, areas.resolved(session, write.county, pointer="/county"))
    if not county.holds_plan:
        raise Invalid(faults=[Fault("holds-no-plan", HOLDS_NO_PLAN, pointer="/county")])
    return None, county.id


def _municipality_id(session: Session, reference: str | None) -> uuid.UUID | None:
    return areas.municipality(session, reference, "/municipality").id if reference is not None else None


def _must_move(session: Session, organisation: Organisation, to: uuid.UUID | None, caller: Caller) -> None:
    """Refuse to move it from or to where the caller may not. Raises OutOfReach, Invalid."""
    enters = to or organisation.county_id
    for left_or_entered in (_area_of(organisation), enters):
        must_reach(caller, SCOPE, areas.chain_above(session, left_or_entered))
    if areas.county_of(session, enters, clock.today()) != organisation.county_id:
        raise Invalid(faults=[Fault("another-county", STAYS, pointer="/municipality")])


def _facts(session: Session, county_id: uuid.UUID, whole: OrganisationChange) -> dict[str, Any]:
    """What is said of an organisation, as columns. Raises Invalid for a kind that the county does not have."""
    kinds = dict(session.execute(select(KIND_ROW.code, KIND_ROW.id).where(KIND_ROW.county_id == county_id)).all())
    if whole.kind not in kinds:
        known = ", ".join(sorted(kinds))
        raise Invalid(faults=[Fault("unknown-kind", NO_KIND.about(known=known), pointer="/kind")])
    return {
        **{name: getattr(whole, name) for name in OrganisationFacts.model_fields},
        "kind_id": kinds[whole.kind],
        "sort_name": sort_name(whole.name.fi),
        "search_name": whole.name.searchable(),
    }


def _must_be_new(session: Session, organisation: Organisation) -> None:
    others = session.execute(
        select(ORGANISATION.slug, ORGANISATION.name).where(
            ORGANISATION.county_id == organisation.county_id,
            ORGANISATION.municipality_id.is_not_distinct_from(organisation.municipality_id),
            ORGANISATION.id != organisation.id,
        )
    )
    for slug, name in others:
        if folded(name.fi) == folded(organisation.name.fi):
            raise OrganisationIsThere(slug=slug)


def _free_slug(session: Session, name: str) -> str:
    base = slugged(name) if len(slugged(name)) > 1 else f"organisation-{ids.new().hex[-8:]}"
    used = set(session.scalars(select(ORGANISATION.slug).where(ORGANISATION.slug.startswith(base, autoescape=True))))
    return slugs.free(base, used)


def inside(session: Session, things: Collection[Thing]) -> Select[tuple[uuid.UUID]]:
    """Ids of the organisations that are one of some things, or lie in one."""
    own = {id for kind, id in things if kind == KIND.name}
    lies_in = areas.inside(session, things)
    return select(ORGANISATION.id).where(
        or_(
            ORGANISATION.id.in_(own),
            ORGANISATION.municipality_id.in_(lies_in),
            ORGANISATION.municipality_id.is_(None) & ORGANISATION.county_id.in_(lies_in),
        )
    )


def _chain_of(session: Session, reference: str) -> Chain | None:
    try:
        return chain_above(session, rows.find(session, Organisation, reference))
    except NotFound:
        return None


def _named(session: Session, organisation_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Named]:
    query = select(ORGANISATION.id, ORGANISATION.slug, ORGANISATION.name).where(ORGANISATION.id.in_(organisation_ids))
    return {id: Named(slug, name) for id, slug, name in session.execute(query)}


KIND = Kind("organisation", "organisation", _chain_of, inside, _named)
