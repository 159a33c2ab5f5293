"""Every public read with each of its parameters, and what SQLite says that an answer was made of."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import event

from app.core import revisions
from app.core.database import Database
from app.core.route import Route
from app.tables import METADATA
from tests.permission_requests import ANONYMOUS, REQUESTS, World

CONTRACT = json.loads((Path(__file__).parents[2] / "openapi" / "v1.json").read_text("utf-8"))
PARAMETERS: dict[str, list[str]] = {
    operation["operationId"]: [p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"]
    for path in CONTRACT["paths"].values()
    for operation in path.values()
}
VALUES = {
    "area": "county-12",
    "audience": "professionals",
    "by": "month",
    "code": "meeting-place",
    "collection": "lp",
    "count": "exact",
    "due_by": "2027-12-31",
    "ended": "true",
    "fields": "visits",
    "from": "2026-01-01",
    "from_network": "network-here",
    "focus_area": "f1",
    "group": "municipality",
    "lang": "sv",
    "language": "fi",
    "level": "place",
    "limit": "1",
    "mode": "hybrid",
    "network": "network-here",
    "network_kind": "walk",
    "on": "2026-10-01",
    "open_on": "2026-10-01",
    "owner": "network-here",
    "place": "koppa",
    "plan_ref": "4.3",
    "provider": "municipality",
    "q": "a",
    "rule": "R1",
    "sex": "total",
    "sort": "-starts_at",
    "source": "sotkanet",
    "status": "planned",
    "steered_by": "lape-mikkeli",
    "theme": "communication",
    "to": "2026-12-31",
    "to_network": "network-far",
    "within": "county-12",
    "year": "2027",
}
OF_OPERATION = {
    ("listGoals", "network"): "lape-mikkeli",
    ("listGoals", "network_kind"): "municipal_lape",
    ("listGoals", "status"): "ongoing",
    ("listMeetings", "theme"): "early_support",
    ("listMeetingsOfNetwork", "theme"): "early_support",
    ("listSupportForms", "theme"): "parenting",
    ("listMaterials", "theme"): "parenting",
    ("listAreas", "kind"): "municipality",
    ("listOrganisations", "kind"): "municipality",
    ("listMeetingPlaces", "kind"): "family",
    ("listNetworks", "kind"): "walk",
    ("listStatusReports", "kind"): "status",
    ("listMaterials", "kind"): "guide",
    ("listReviewedDocuments", "kind"): "guide",
    ("listSupportForms", "group"): "encounter",
    ("listVisitSummaries", "from"): "2026-01",
    ("listVisitSummaries", "to"): "2026-03",
    ("readCompliance", "network"): "lape-mikkeli",
    ("readCompliance", "status"): "at_risk",
    ("readCompliance", "subject"): "koppa",
    ("readSeries", "from"): "2015",
    ("readSeries", "to"): "2024",
}
PLAN = "/v1/plans/toimintasuunnitelma-2026-2029"
PAGES = {"planPage": f"/plan?plan={PLAN.rpartition('/')[2]}&on=2026-10-01"}
# Where the permission walk asks for little, these ask for more.
PATHS = {
    "listFocusAreas": f"{PLAN}/focus-areas",
    "listGoals": f"{PLAN}/goals",
    "listMeetingsOfNetwork": "/v1/networks/lape-mikkeli/meetings",
    "listReviewedDocuments": "/v1/reviewed-documents",
    "readCompliance": f"{PLAN}/compliance",
    "readRepresentation": "/v1/networks/lape-mikkeli/representation",
    "listRules": f"{PLAN}/rules",
    "listSupportForms": "/v1/support-forms",
    "listVisitSummaries": "/v1/visit-summaries",
}


def routes_of_public_reads(app: FastAPI) -> dict[str, Route]:
    """The routes that anyone may read, and that are made of data, by operation."""
    return {
        context.operation_id or "": route
        for context in iter_route_contexts(app.routes)
        if isinstance(route := context.original_route, Route)
        and "GET" in (context.methods or ())
        and route.need.kind == "public"
        and route.need.families
    }


def questions(world: World, operation: str) -> Iterator[tuple[str, str]]:
    """Each question of an operation: its name, and its path and query. Pages are no part of the contract."""
    if operation in PAGES:
        yield operation, PAGES[operation]
        return
    _, path, _ = REQUESTS[operation](world, ANONYMOUS)
    yield operation, path
    bare, _, query = PATHS.get(operation, path).partition("?")
    yield f"{operation} at large", f"{bare}?{query}".rstrip("?")
    for name in PARAMETERS[operation]:
        if name != "cursor":
            value = OF_OPERATION.get((operation, name)) or VALUES[name]
            rest = "&".join(part for part in query.split("&") if part and not part.startswith(f"{name}="))
            yield f"{operation}?{name}", f"{bare}?{name}={value}&{rest}".rstrip("&")
    if "cursor" in PARAMETERS[operation]:
        following = world.read(ANONYMOUS, f"{bare}?limit=1")["next"]
        if following:
            yield f"{operation}?cursor", f"{bare}?limit=1&cursor={following}"


class Touched:
    """The columns that statements have read, and the tables that they have written to."""

    def __init__(self) -> None:
        self.read: dict[str, set[str]] = {}
        self.written: set[str] = set()

    @property
    def families(self) -> set[str]:
        """The families of all tables that were read."""
        return {revisions.family_of(METADATA.tables[name]) for name in self.read}

    def note(self, action: int, table: str | None, column: str | None, *_: Any) -> int:
        """What SQLite asks before it prepares a statement: whether it may. Foreign keys that act are told too."""
        if table in METADATA.tables:
            if action == sqlite3.SQLITE_READ:
                self.read.setdefault(table, set()).add(column or "")
            elif action in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE):
                self.written.add(table)
        return sqlite3.SQLITE_OK


@contextmanager
def watched(database: Database) -> Iterator[Touched]:
    """What the statements on an SQLite database touch; those that were prepared before are prepared anew."""
    touched = Touched()

    def watch(connection: Any, *_: Any) -> None:
        connection.set_authorizer(touched.note)

    def leave(connection: Any, *_: Any) -> None:
        connection.set_authorizer(None)

    event.listen(database.engine, "checkout", watch)
    event.listen(database.engine, "checkin", leave)
    try:
        yield touched
    finally:
        event.remove(database.engine, "checkout", watch)
        event.remove(database.engine, "checkin", leave)
