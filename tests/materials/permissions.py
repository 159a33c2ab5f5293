"""What the permission walk asks of materials: its things, its requests, and what each of these takes."""

from itertools import count
from typing import Any

from app.areas.models import Area
from app.core import rows
from app.core.database import Command, Work
from app.core.periods import Month
from app.materials import service
from app.materials.schemas import DocumentSpec, MaterialSpec, ReviewWrite

TAKES: dict[str, tuple[str, ...]] = {
    "reviewDocument": ("materials:write",),
    "removeDocumentReview": ("materials:write",),
}
REVIEWS = "/v1/reviewed-documents/{}/reviews"
_PERIODS = count()


def _period() -> str:
    """A month in which nothing was reviewed: there are as many from 1800 to 2024."""
    return str(Month(1800, 1).plus(next(_PERIODS) % 2700))


def _review(world: Any) -> str:
    """The address of a new review of the document here."""
    with world.database.writing(Command("test")) as session:
        made = service.review(session, "document-here", ReviewWrite(reviewed_in=_period()))
        return f"/v1/document-reviews/{made.id}"


def _reviewing(document: str) -> Any:
    def request(world: Any, caller: str | None = None) -> Any:
        return "POST", REVIEWS.format(document), {"json": {"reviewed_in": _period()}}

    return request


def _read_review(world: Any, caller: str) -> Any:
    return "GET", _review(world), {}


def _remove_review(world: Any, caller: str) -> Any:
    path = _review(world)
    return "DELETE", path, {"headers": world.version(path)}


def _told(caller: str, request: Any) -> Any:
    return lambda world: world.told(caller, request(world))


NOT_HERE = (403, "out-of-reach")
REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "listMaterials": lambda world, caller: ("GET", "/v1/materials", {}),
    "readMaterial": lambda world, caller: ("GET", "/v1/materials/material-here", {}),
    "listReviewedDocuments": lambda world, caller: ("GET", "/v1/reviewed-documents?owner=network-here", {}),
    "readReviewedDocument": lambda world, caller: ("GET", "/v1/reviewed-documents/document-here", {}),
    "listDocumentReviews": lambda world, caller: ("GET", REVIEWS.format("document-here"), {}),
    "reviewDocument": _reviewing("document-here"),
    "readDocumentReview": _read_review,
    "removeDocumentReview": _remove_review,
}
CHECKS: dict[str, Any] = {  # sentence -> ((world) -> what it is, what it should be)
    "a document of no network is not a lead's": (_told("lead_here", _reviewing("document-of-all")), NOT_HERE),
    "a document of no network is not a municipality's": (_told("admin_here", _reviewing("document-of-all")), NOT_HERE),
    "a document of no network is the county's": (_told("coordinator_here", _reviewing("document-of-all")), 201),
    "no other county's coordinator reviews it": (
        _told("coordinator_elsewhere", _reviewing("document-of-all")),
        NOT_HERE,
    ),
}


def settle(world: Any, session: Work) -> None:
    """A document of the network here, the material that it is, and a document of no network."""
    county_id = rows.find(session, Area, "county-12").id
    document: dict[str, Any] = {"slug": "document-here", "kind": "guide", "title": {"fi": "Opas"}}
    document |= {"review_every_months": 12, "owner": "network-here"}
    of_all = {**document, "slug": "document-of-all", "owner": None}
    service.load_documents(session, county_id, [DocumentSpec.model_validate(spec) for spec in (document, of_all)])
    material = {"slug": "material-here", "kind": "guide", "title": {"fi": "Opas"}, "document": "document-here"}
    service.load(session, county_id, [MaterialSpec.model_validate(material)])
