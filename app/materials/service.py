"""What can be done with materials and documents."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.reach import Kind
from app.accounts.rules import Chain
from app.areas import service as areas
from app.core import clock, ids, rows
from app.core.database import Work
from app.core.errors import Conflict, Fault, Invalid, NotFound
from app.core.language import Words
from app.core.periods import Period
from app.core.text import sort_name
from app.materials import queries
from app.materials.models import DocumentReview, Material, ReviewedDocument
from app.materials.queries import DOCUMENT, MATERIAL, REVIEW
from app.materials.rules import due_on
from app.materials.schemas import DocumentSpec, MaterialSpec, ReviewWrite
from app.networks.models import Network
from app.networks.queries import NETWORK
from app.networks.service import networks

NOT_YET = Words(
    "Vuosi tai kuukausi ei ole vielä alkanut. Tänään on {today}.",
    "That year or month has not begun yet. Today is {today}.",
)


class ReviewedThenAlready(Conflict):
    """A review of the document in the same year, or the same month, is recorded."""

    title = Words("Tarkistus on jo kirjattu", "Reviewed then already")
    detail = Words(
        "Asiakirjan tarkistus on jo kirjattu samaan vuoteen tai kuukauteen.",
        "A review of the document is recorded in that year or month already.",
    )
    cure = Words(
        "Katso asiakirjan tarkistukset: /v1/reviewed-documents/ASIAKIRJA/reviews. Väärän voi poistaa (DELETE).",
        "See the reviews of the document: /v1/reviewed-documents/DOCUMENT/reviews. Take a wrong one away (DELETE).",
    )


def load_documents(session: Work, county_id: uuid.UUID, specs: Iterable[DocumentSpec]) -> int:
    """Create the documents that are missing, and answer how many were. What is there stays as it is.

    Networks that answer for documents must be there.
    """
    known = set(session.scalars(select(DOCUMENT.slug)))
    owners = dict(session.execute(select(NETWORK.slug, NETWORK.id)).all())
    missing = [spec for spec in specs if spec.slug not in known]
    for spec in missing:
        last = spec.last_reviewed_in
        document = rows.add(
            session,
            ReviewedDocument(
                **spec.model_dump(exclude={"title", "also_called", "owner"}),
                county_id=county_id,
                title=spec.title,
                also_called=[name.stored() for name in spec.also_called],
                owner_id=owners[spec.owner] if spec.owner else None,
                due_on=due_on(last, spec.review_every_months, spec.review_to_month) if last else None,
                sort_name=sort_name(spec.title.fi),
                search_name=" ".join(name.searchable() for name in (spec.title, *spec.also_called)),
            ),
        )
        if last:
            session.add(DocumentReview(document_id=document.id, reviewed_in=last))
    session.flush()
    return len(missing)


def review(session: Work, reference: str, write: ReviewWrite) -> DocumentReview:
    """Record that a document was looked over in a year or a month. Raises NoSuchThing, Invalid, ReviewedThenAlready."""
    document = rows.find(session, ReviewedDocument, reference, lock=True)
    today = clock.today()
    if Period.read(write.reviewed_in).first.first > today:
        raise Invalid(faults=[Fault("in-the-future", NOT_YET.about(today=today), pointer="/reviewed_in")])
    same = select(REVIEW.id).where(REVIEW.document_id == document.id, REVIEW.reviewed_in == write.reviewed_in)
    if session.scalar(same):
        raise ReviewedThenAlready()
    made = rows.add(session, DocumentReview(document_id=document.id, **write.model_dump()))
    _take_latest(session, document)
    return made


def remove_review(session: Work, review_id: str, if_match: Sequence[str] | None) -> None:
    """Take a review away; the latest of those left counts. Raises NoSuchThing, VersionNotStated, ChangedMeanwhile."""
    found = rows.find(session, DocumentReview, review_id)
    document = rows.find(session, ReviewedDocument, found.document_id, lock=True)  # before its reviews
    found = rows.find(session, DocumentReview, review_id, lock=True)
    rows.must_match(found, if_match)
    rows.remove(session, found)
    _take_latest(session, document)


def _take_latest(session: Work, document: ReviewedDocument) -> None:
    latest = session.execute(queries.reviews(document.id).limit(1)).first()
    last = latest.reviewed_in if latest else None
    due = due_on(last, document.review_every_months, document.review_to_month) if last else None
    rows.apply(document, {"last_reviewed_in": last, "due_on": due})
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


def _chain_above(session: Session, document: ReviewedDocument) -> Chain:
    """A document and all that it lies in: the network that answers for it, else the area on whose plan it stands."""
    if document.owner_id is not None:
        above = networks.chain_above(session, session.get_one(Network, document.owner_id))
    else:
        above = areas.chain_above(session, document.county_id)
    return [(KIND.name, document.id), *above]


def _chain_of(session: Session, reference: str) -> Chain | None:
    try:
        return _chain_above(session, rows.find(session, ReviewedDocument, reference))
    except NotFound:
        return None


def _chain_of_review(session: Session, reference: str) -> Chain | None:
    id = ids.as_uuid(reference)
    found = session.get(DocumentReview, id) if id else None
    if found is None:
        return None
    return [(REVIEW_KIND.name, found.id), *_chain_above(session, session.get_one(ReviewedDocument, found.document_id))]


KIND = Kind("reviewed_document", "reviewed_document", _chain_of)
REVIEW_KIND = Kind("document_review", "document_review", _chain_of_review)
KINDS = (KIND, REVIEW_KIND)
