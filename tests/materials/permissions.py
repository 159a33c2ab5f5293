"""What the permission walk asks of materials: its things, its requests, and what each of these takes."""

from typing import Any

from app.areas.models import Area
from app.core import rows
from app.core.database import Work
from app.materials import service
from app.materials.schemas import DocumentSpec, MaterialSpec

TAKES: dict[str, tuple[str, ...]] = {}
REQUESTS: dict[str, Any] = {  # operation -> (world, caller) -> (method, path, options)
    "listMaterials": lambda world, caller: ("GET", "/v1/materials", {}),
    "readMaterial": lambda world, caller: ("GET", "/v1/materials/material-here", {}),
    "listReviewedDocuments": lambda world, caller: ("GET", "/v1/reviewed-documents?owner=network-here", {}),
    "readReviewedDocument": lambda world, caller: ("GET", "/v1/reviewed-documents/document-here", {}),
}
CHECKS: dict[str, Any] = {}  # sentence -> ((world) -> what it is, what it should be)


def settle(world: Any, session: Work) -> None:
    """A document of the network here, and the material that it is."""
    county_id = rows.find(session, Area, "county-12").id
    document: dict[str, Any] = {"slug": "document-here", "kind": "guide", "title": {"fi": "Opas"}}
    document |= {"review_every_months": 12, "owner": "network-here"}
    service.load_documents(session, county_id, [DocumentSpec.model_validate(document)])
    material = {"slug": "material-here", "kind": "guide", "title": {"fi": "Opas"}, "document": "document-here"}
    service.load(session, county_id, [MaterialSpec.model_validate(material)])
