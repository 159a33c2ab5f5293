"""What can be done with materials and documents."""

import uuid
from collections.abc import Iterable

from sqlalchemy import select

from app.core import rows
from app.core.database import Work
from app.core.text import sort_name
from app.materials.models import Material, ReviewedDocument
from app.materials.queries import DOCUMENT, MATERIAL
from app.materials.rules import due_on
from app.materials.schemas import DocumentSpec, MaterialSpec
from app.networks.queries import NETWORK


def load_documents(session: Work, county_id: uuid.UUID, specs: Iterable[DocumentSpec]) -> int:
    """Create the documents that are missing, and answer how many were. What is there stays as it is.

    Networks that answer for documents must be there.
    """
    known = set(session.scalars(select(DOCUMENT.slug)))
    networks = dict(session.execute(select(NETWORK.slug, NETWORK.id)).all())
    missing = [spec for spec in specs if spec.slug not in known]
    for spec in missing:
        last = spec.last_reviewed_in
        session.add(
            ReviewedDocument(
                **spec.model_dump(exclude={"title", "also_called", "owner"}),
                county_id=county_id,
                title=spec.title,
                also_called=[name.stored() for name in spec.also_called],
                owner_id=networks[spec.owner] if spec.owner else None,
                due_on=due_on(last, spec.review_every_months, spec.review_to_month) if last else None,
                sort_name=sort_name(spec.title.fi),
                search_name=" ".join(name.searchable() for name in (spec.title, *spec.also_called)),
            )
        )
    session.flush()
    return len(missing)


def review(session: Work, slug: str, period: str) -> None:
    """State that a document was looked over in a year or a month (``2026``, ``2026-02``)."""
    document = rows.find(session, ReviewedDocument, slug)
    due = due_on(period, document.review_every_months, document.review_to_month)
    rows.apply(document, {"last_reviewed_in": period, "due_on": due})
    session.flush()


def load(session: Work, county_id: uuid.UUID, specs: Iterable[MaterialSpec]) -> int:
    """Create the materials that are missing, and answer how many were. What is there stays as it is.

    Documents that materials are must be there.
    """
    known = set(session.scalars(select(MATERIAL.slug)))
    documents = dict(session.execute(select(DOCUMENT.slug, DOCUMENT.id)).all())
    missing = [spec for spec in specs if spec.slug not in known]
    for spec in missing:
        session.add(
            Material(
                **spec.model_dump(exclude={"title", "description", "document"}),
                county_id=county_id,
                title=spec.title,
                description=spec.description,
                document_id=documents[spec.document] if spec.document else None,
                sort_name=sort_name(spec.title.fi),
                search_name=spec.title.searchable(),
            )
        )
    session.flush()
    return len(missing)
