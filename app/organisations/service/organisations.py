"""What can be done with organisations."""

import uuid
from collections.abc import Collection, Iterable

from sqlalchemy import Select, or_, select
from sqlmodel import Session

from app.accounts.reach import Kind, Named
from app.accounts.rules import Chain, Thing
from app.areas import service as areas
from app.areas.queries import AREA
from app.core import rows
from app.core.database import Work
from app.core.errors import Fault, Invalid, NotFound
from app.core.language import Words
from app.core.text import sort_name
from app.organisations.models import Organisation, OrganisationKind
from app.organisations.queries import KIND as KIND_ROW
from app.organisations.queries import ORGANISATION
from app.organisations.schemas import OrganisationKindSpec, OrganisationSpec

UNKNOWN = Words(
    "Tällaista organisaatiota ei ole. Organisaatiot: /v1/organisations.",
    "There is no such organisation. Organisations: /v1/organisations.",
)

OF_ANOTHER_COUNTY = Words(
    "Tämä organisaatio on toisen alueen suunnitelmassa.", "This organisation belongs to another county's plan."
)


def resolved(session: Session, reference: str, pointer: str) -> Organisation:
    """The organisation with this id or slug. Raises Invalid, pointing at where it was named."""
    try:
        return rows.find(session, Organisation, reference)
    except NotFound:
        raise Invalid(faults=[Fault("unknown-organisation", UNKNOWN, pointer=pointer)]) from None


def of_county(session: Session, county_id: uuid.UUID, reference: str, pointer: str) -> Organisation:
    """The organisation of this county with this id or slug. Raises Invalid, pointing at where it was named."""
    organisation = resolved(session, reference, pointer)
    if organisation.county_id != county_id:
        raise Invalid(faults=[Fault("of-another-county", OF_ANOTHER_COUNTY, pointer=pointer)])
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
