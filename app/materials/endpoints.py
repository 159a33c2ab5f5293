"""``/v1/materials``, ``/v1/reviewed-documents``, ``/v1/document-reviews``"""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from app.accounts.needs import Needs, Public
from app.accounts.rules import Caller
from app.areas import service as areas
from app.core import paging, rows
from app.core.database import ReadSession, SnapshotSession, WriteSession
from app.core.dates import AnyDay
from app.core.errors import ChangedMeanwhile, NoSuchThing, VersionNotStated
from app.core.etags import IfMatch
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.core.slugs import Code
from app.materials import queries, service
from app.materials.models import FAMILY, DocumentReview, Material, ReviewedDocument
from app.materials.schemas import DocumentPublic, MaterialPublic, ReviewPublic, ReviewWrite, Tongue
from app.materials.service import ReviewedThenAlready
from app.networks.service import networks

materials = room("/materials", "materials")
documents = room("/reviewed-documents", "materials")
reviews = room("/document-reviews/{document_review}", "materials")
ROUTERS = (materials, documents, reviews)
DocumentRef = Annotated[str, Path(max_length=80, description="Id or slug.")]
ReviewId = Annotated[str, Path(max_length=36, description="Id of the review.")]
InArea = Annotated[
    str | None, Query(max_length=80, description="Only those that stand on this area (id or slug) or below it.")
]


@materials.get("", response_model=Page[MaterialPublic])
def list_materials(
    _: Annotated[Caller | None, Public(FAMILY, "areas")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: InArea = None,
    kind: Annotated[Code | None, Query(description="Only of this kind.")] = None,
    collection: Annotated[Code | None, Query(description="Only of this collection.")] = None,
    audience: Annotated[Code | None, Query(description="Only for this audience.")] = None,
    theme: Annotated[Code | None, Query(description="Only with this theme.")] = None,
    language: Annotated[Tongue | None, Query(description="Only in this language.")] = None,
    q: Annotated[str | None, Query(max_length=100, description="Only with this in their title.")] = None,
) -> Any:
    """Materials by title: what there is to read, use or pass on; and sites."""
    inside = areas.resolved(session, area, parameter="area") if area else None
    found = queries.materials(
        inside=inside, kind=kind, collection=collection, audience=audience, theme=theme, language=language, named=q
    )
    page = paging.page(session, found, window, request, response)
    return {**page, "items": [queries.as_material(row) for row in page["items"]]}


@materials.get("/{material}", response_model=MaterialPublic, responses=answers(NoSuchThing))
def read_material(
    _: Annotated[Caller | None, Public(FAMILY)],
    session: ReadSession,
    material: Annotated[str, Path(max_length=80, description="Id or slug.")],
) -> Any:
    """One material."""
    return queries.as_material(rows.one(session, queries.materials(), queries.MATERIAL, material, Material))


@documents.get("", response_model=Page[DocumentPublic])
def list_reviewed_documents(
    _: Annotated[Caller | None, Public(FAMILY, "areas", "networks")],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    area: InArea = None,
    kind: Annotated[Code | None, Query(description="Only of this kind.")] = None,
    owner: Annotated[
        str | None, Query(max_length=80, description="Only those for which this network (id or slug) answers.")
    ] = None,
    due_by: Annotated[
        AnyDay | None, Query(description="Only those whose next review is due on this day or before.")
    ] = None,
    q: Annotated[str | None, Query(max_length=100, description="Only with this in one of their names.")] = None,
) -> Any:
    """Documents that are reviewed again and again, by title.

    `due_by` leaves out those of which it is not known when they were last reviewed.
    """
    inside = areas.resolved(session, area, parameter="area") if area else None
    network = networks.resolved(session, owner, parameter="owner").id if owner else None
    found = queries.documents(inside=inside, kind=kind, owner=network, due_by=due_by, named=q)
    page = paging.page(session, found, window, request, response)
    return {**page, "items": [queries.as_document(row) for row in page["items"]]}


@documents.get("/{reviewed_document}", response_model=DocumentPublic, responses=answers(NoSuchThing))
def read_reviewed_document(
    _: Annotated[Caller | None, Public(FAMILY, "networks")],
    session: ReadSession,
    reviewed_document: DocumentRef,
) -> Any:
    """One document, with its review cycle."""
    found = rows.one(session, queries.documents(), queries.DOCUMENT, reviewed_document, ReviewedDocument)
    return queries.as_document(found)


@documents.get("/{reviewed_document}/reviews", response_model=Page[ReviewPublic], responses=answers(NoSuchThing))
def list_document_reviews(
    _: Annotated[Caller | None, Public(FAMILY)],
    session: SnapshotSession,
    window: WindowDep,
    request: Request,
    response: Response,
    reviewed_document: DocumentRef,
) -> Any:
    """Reviews of a document, the latest first: the first is the one that counts.

    Of a year alone, its last day counts: `2026` is after `2026-11`.
    """
    document = rows.find(session, ReviewedDocument, reviewed_document)
    return paging.page(session, queries.reviews(document.id), window, request, response)


@documents.post(
    "/{reviewed_document}/reviews",
    status_code=201,
    response_model=ReviewPublic,
    responses=answers(NoSuchThing, ReviewedThenAlready),
)
def review_document(
    _: Annotated[Caller, Needs("materials:write", at="reviewed_document")],
    session: WriteSession,
    reviewed_document: DocumentRef,
    write: ReviewWrite,
    response: Response,
) -> Any:
    """Record that a document was looked over in a year or a month.

    What the document says of its last and next review follows the latest one. A review is not changed: take it away,
    record another.
    """
    made = service.review(session, reviewed_document, write)
    response.headers["Location"] = f"/v1/document-reviews/{made.id}"
    return made


@reviews.get("", response_model=ReviewPublic, responses=answers(NoSuchThing))
def read_document_review(
    _: Annotated[Caller | None, Public(FAMILY)], session: ReadSession, document_review: ReviewId
) -> Any:
    """A review of a document."""
    return rows.find(session, DocumentReview, document_review)


@reviews.delete("", status_code=204, responses=answers(NoSuchThing, ChangedMeanwhile, VersionNotStated))
def remove_document_review(
    _: Annotated[Caller, Needs("materials:write", at="document_review")],
    session: WriteSession,
    document_review: ReviewId,
    if_match: IfMatch,
) -> None:
    """Take a review away; the latest of those left counts."""
    service.remove_review(session, document_review, if_match)
