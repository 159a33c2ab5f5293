"""Selections of materials and of documents with review cycles."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, select

from app.areas.queries import below
from app.core import codes, references
from app.core.text import folded
from app.materials.models import DocumentReview, Material, ReviewedDocument
from app.materials.rules import next_review_in
from app.networks.models import Network
from app.networks.queries import NETWORK

DOCUMENT = ReviewedDocument.__table__.c  # type: ignore[attr-defined]
REVIEW = DocumentReview.__table__.c  # type: ignore[attr-defined]
MATERIAL = Material.__table__.c  # type: ignore[attr-defined]


def documents(
    *,
    inside: uuid.UUID | None = None,
    kind: str | None = None,
    owner: uuid.UUID | None = None,
    due_by: date | None = None,
    named: str | None = None,
) -> Select[Any]:
    """Documents with the network that answers for each, by title.

    ``due_by``: those that are to be reviewed on this day at the latest, as far as it is known.
    """
    query = (
        select(
            *(column for column in DOCUMENT if column.name not in ("owner_id", "search_name")),
            NETWORK.id.label("owner_id"),
            NETWORK.slug.label("owner_slug"),
            NETWORK.name.label("owner_name"),
        )
        .select_from(ReviewedDocument)
        .outerjoin(Network, DOCUMENT.owner_id == NETWORK.id)
        .order_by(DOCUMENT.sort_name, DOCUMENT.id)
    )
    if inside is not None:
        query = query.where(DOCUMENT.county_id.in_(below(inside)))
    if kind is not None:
        query = query.where(DOCUMENT.kind == kind)
    if owner is not None:
        query = query.where(DOCUMENT.owner_id == owner)
    if due_by is not None:
        query = query.where(DOCUMENT.due_on <= due_by)
    if named is not None:
        query = query.where(DOCUMENT.search_name.contains(folded(named), autoescape=True))
    return query


def as_document(row: Any) -> dict[str, Any]:
    """A row of ``documents`` as an answer."""
    found = dict(row._mapping)
    last = found["last_reviewed_in"]
    following = next_review_in(last, found["review_every_months"]) if last else None
    return {**found, "owner": references.shown(found, "owner"), "next_review_in": following}


def reviews(document_id: uuid.UUID) -> Select[Any]:
    """The reviews of a document, the latest first: by the last day of the month or year; December before its year."""
    last_month = case((func.length(REVIEW.reviewed_in) == 4, REVIEW.reviewed_in + "-12"), else_=REVIEW.reviewed_in)
    query = select(*REVIEW, last_month.label("last_month")).where(REVIEW.document_id == document_id)
    found = query.subquery().c  # lists are ordered by columns
    return select(*found).order_by(found.last_month.desc(), found.reviewed_in.desc())


def materials(
    *,
    inside: uuid.UUID | None = None,
    kind: str | None = None,
    collection: str | None = None,
    audience: str | None = None,
    theme: str | None = None,
    language: str | None = None,
    named: str | None = None,
) -> Select[Any]:
    """Materials with the reviewed document that each is, by title."""
    query = (
        select(
            *(column for column in MATERIAL if column.name not in ("document_id", "search_name")),
            DOCUMENT.id.label("document_id"),
            DOCUMENT.slug.label("document_slug"),
            DOCUMENT.title.label("document_title"),
        )
        .select_from(Material)
        .outerjoin(ReviewedDocument, MATERIAL.document_id == DOCUMENT.id)
        .order_by(MATERIAL.sort_name, MATERIAL.id)
    )
    equal = {
        MATERIAL.kind: kind,
        MATERIAL.collection: collection,
        MATERIAL.audience: audience,
        MATERIAL.language: language,
    }
    query = query.where(*(column == wanted for column, wanted in equal.items() if wanted is not None))
    if inside is not None:
        query = query.where(MATERIAL.county_id.in_(below(inside)))
    if theme is not None:
        query = query.where(codes.holds(MATERIAL.themes, theme))
    if named is not None:
        query = query.where(MATERIAL.search_name.contains(folded(named), autoescape=True))
    return query


def as_material(row: Any) -> dict[str, Any]:
    """A row of ``materials`` as an answer."""
    return {**row._mapping, "document": references.shown(row._mapping, "document", ("id", "slug", "title"))}
