"""What the permission walk asks of networks: its things, its requests, and what each of these takes."""

from typing import Any

from app.areas.models import Area
from app.core import rows
from app.core.database import Work
from app.networks.models import Network
from app.networks.schemas import NetworkKindSpec, NetworkSpec
from app.networks.service import loading

TAKES: dict[str, tuple[str, ...]] = {}
REQUESTS: dict[str, Any] = {}  # operation -> (world, caller) -> (method, path, options)
CHECKS: dict[str, Any] = {}  # sentence -> ((world) -> what it is, what it should be)
CHAIR = {"code": "chair", "name": {"fi": "Puheenjohtaja"}, "holds_one": True, "carries": "network_lead"}
CONTACT = {
    "code": "contact",
    "name": {"fi": "Yhteyshenkilö"},
    "carries": "place_contact",
    "carries_on": "meeting_place",
}
MEMBER = {"code": "member", "name": {"fi": "Jäsen"}}
FAMILY = {"code": "family", "name": {"fi": "Perheiden edustaja"}, "names_person": False}


def settle(world: Any, session: Work) -> None:
    """A network in Mikkeli, one in Savonlinna, one in the county beside."""
    group = {"code": "walk", "name": {"fi": "Ryhmä"}, "roles": [CHAIR, CONTACT, MEMBER, FAMILY]}
    for county, where in (("county-12", {"here": "491", "far": "740"}), ("elsewhere", {"elsewhere": "999"})):
        county_id = rows.find(session, Area, county).id
        loading.load_kinds(session, county_id, [NetworkKindSpec.model_validate(group)])
        specs = [
            {"slug": f"network-{name}", "kind": "walk", "name": {"fi": f"Verkosto {name}"}, "area": area}
            for name, area in where.items()
        ]
        loading.load(session, county_id, [NetworkSpec.model_validate(spec) for spec in specs])
        for spec in specs:
            world.ids[spec["slug"]] = rows.find(session, Network, str(spec["slug"])).id
