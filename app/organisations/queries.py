"""Selections of organisations and persons."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from app.areas.models import Area
from app.areas.queries import AREA, below
from app.core import references
from app.core.text import folded
from app.organisations.models import Organisation, OrganisationKind, Person, PersonRight

ORGANISATION = Organisation.__table__.c  # type: ignore[attr-defined]
KIND = OrganisationKind.__table__.c  # type: ignore[attr-defined]
PERSON = Person.__table__.c  # type: ignore[attr-defined]
RIGHT = PersonRight.__table__.c  # type: ignore[attr-defined]


def kinds(*, inside: uuid.UUID | None = None) -> Select[Any]:
    """Kinds of organisations by county and code."""
    query = select(*KIND).order_by(KIND.county_id, KIND.code)
    return query if inside is None else query.where(KIND.county_id.in_(below(inside)))


def organisations(*, kind: str | None = None, inside: uuid.UUID | None = None, named: str | None = None) -> Select[Any]:
    """Organisations with their kind and municipality, by name."""
    query = (
        select(
            *(column for column in ORGANISATION if column.name not in ("kind_id", "municipality_id", "search_name")),
            KIND.code.label("kind_code"),
            KIND.name.label("kind_name"),
            AREA.id.label("area_id"),
            AREA.slug.label("area_slug"),
            AREA.kind.label("area_kind"),
            AREA.name.label("area_name"),
        )
        .select_from(Organisation)
        .join(OrganisationKind, ORGANISATION.kind_id == KIND.id)
        .outerjoin(Area, ORGANISATION.municipality_id == AREA.id)
        .order_by(ORGANISATION.sort_name, ORGANISATION.id)
    )
    if kind is not None:
        query = query.where(KIND.code == kind)
    if inside is not None:
        query = query.where(_lies_in(inside))
    if named is not None:
        query = query.where(ORGANISATION.search_name.contains(folded(named), autoescape=True))
    return query


def as_organisation(row: Any) -> dict[str, Any]:
    """A row of ``organisations`` as an answer."""
    found = dict(row._mapping)
    area = {part: found.pop(f"area_{part}") for part in ("id", "slug", "kind", "name")}
    return {
        **found,
        "kind": {"code": found["kind_code"], "name": found["kind_name"]},
        "municipality": area if area["id"] else None,
    }


def persons(
    *,
    reachable: ColumnElement[bool] | None = None,
    inside: uuid.UUID | None = None,
    organisation_id: uuid.UUID | None = None,
    named: str | None = None,
    retention_before: date | None = None,
) -> Select[Any]:
    """Persons with their organisation, by name."""
    query = (
        select(
            *(column for column in PERSON if column.name not in ("organisation_id", "search_name")),
            *references.columns(ORGANISATION, "organisation"),
        )
        .select_from(Person)
        .join(Organisation, PERSON.organisation_id == ORGANISATION.id)
        .order_by(PERSON.sort_name, PERSON.id)
    )
    if reachable is not None:
        query = query.where(reachable)
    if inside is not None:
        query = query.where(_lies_in(inside))
    if organisation_id is not None:
        query = query.where(PERSON.organisation_id == organisation_id)
    if named is not None:
        has_name = PERSON.search_name.contains(folded(named), autoescape=True)
        query = query.where(or_(has_name, PERSON.work_email.contains(named.strip().lower(), autoescape=True)))
    return query if retention_before is None else query.where(PERSON.retention_until < retention_before)


def as_person(row: Any) -> dict[str, Any]:
    """A row of ``persons`` as an answer."""
    found = dict(row._mapping)
    return {**found, "organisation": {part: found[f"organisation_{part}"] for part in ("id", "slug", "name")}}


def kept_too_long(today: date) -> Select[Any]:
    """How many persons are stored past their day."""
    return select(func.count()).select_from(Person).where(PERSON.retention_until < today)


def _lies_in(area_id: uuid.UUID) -> ColumnElement[bool]:
    """Organisations in an area and below it: by their municipality, else by their county."""
    lies_in = below(area_id)
    return or_(
        ORGANISATION.municipality_id.in_(lies_in),
        ORGANISATION.municipality_id.is_(None) & ORGANISATION.county_id.in_(lies_in),
    )
