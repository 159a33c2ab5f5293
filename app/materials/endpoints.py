"""``/v1/materials``, ``/v1/reviewed-documents``"""

from typing import Annotated, Any

from fastapi import Path, Query, Request, Response

from app.accounts.needs import Public
from app.accounts.rules import Caller
from app.areas import service as areas
from app.core import paging, rows
from app.core.database import ReadSession, SnapshotSession
from app.core.dates import Day
from app.core.errors import NoSuchThing
from app.core.paging import Page, WindowDep
from app.core.problems import answers
from app.core.route import room
from app.core.slugs import Code
from app.materials import queries
from app.materials.models import FAMILY, Material, ReviewedDocument
from app.materials.schemas import DocumentPublic, MaterialPublic, Tongue
from app.networks.service import networks

materials = room("/materials", "materials")
documents = room("/reviewed-documents", "materials")
ROUTERS = (materials, documents)
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
        Day | None, Query(description="Only those whose next review is due on this day or before.")
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
    reviewed_document: Annotated[str, Path(max_length=80, description="Id or slug.")],
) -> Any:
    """One document, with its review cycle."""
    found = rows.one(session, queries.documents(), queries.DOCUMENT, reviewed_document, ReviewedDocument)
    return queries.as_document(found)
