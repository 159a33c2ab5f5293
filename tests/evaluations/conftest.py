"""Koppa and Tikantanssi judge and are judged; people of each, of municipalities, of the county and beside it."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.accounts.roles import Role
from app.core import clock
from app.core.database import Database
from tests.conftest import Ground, headers_of
from tests.evaluations import people

Headers = dict[str, str]
LAST_YEAR = clock.today().year - 1


@dataclass
class Room:
    """A client that records evaluations, in the name of a coordinator of the county."""

    client: TestClient
    database: Database
    county: Headers
    known: dict[str, Headers] = field(default_factory=dict)

    def own(self, **other: Any) -> dict[str, Any]:
        """A self evaluation of Koppa."""
        return {"place": "koppa", "year": LAST_YEAR, "kind": "self", "criteria_set": "small"} | other

    def peer(self, **other: Any) -> dict[str, Any]:
        """An evaluation of Koppa by the people of Tikantanssi."""
        return self.own(kind="peer", peer_place="tikantanssi") | other

    def post(self, body: Any, by: Headers | None = None) -> Any:
        return self.client.post("/v1/evaluations", json=body, headers=by or self.county)

    def record(self, body: Any, by: Headers | None = None) -> Any:
        made = self.post(body, by)
        assert made.status_code == 201, made.text
        return made.json()

    def patch(self, id: str, body: Any, version: int = 1, by: Headers | None = None) -> Any:
        headers = (by or self.county) | {"If-Match": f'"v{version}"'}
        return self.client.patch(f"/v1/evaluations/{id}", json=body, headers=headers)

    def delete(self, id: str, version: int = 1, by: Headers | None = None) -> Any:
        headers = (by or self.county) | {"If-Match": f'"v{version}"'}
        return self.client.delete(f"/v1/evaluations/{id}", headers=headers)

    def get(self, path: str, by: Headers | None = None) -> Any:
        return self.client.get(f"/v1/evaluations{path}", headers=by or self.county)

    def ids(self, query: str = "", by: Headers | None = None) -> list[str]:
        return [evaluation["id"] for evaluation in self.get(f"?limit=200{query}", by).json()["items"]]

    def faults(self, body: Any) -> list[tuple[str, str]]:
        answer = self.post(body)
        assert answer.status_code == 422, answer.text
        return [(fault["code"], fault["pointer"]) for fault in answer.json()["errors"]]


PEOPLE = {
    "county": (Role.coordinator, "area", "county-12"),
    "koppa": (Role.place_contact, "meeting_place", "koppa"),
    "tikantanssi": (Role.place_contact, "meeting_place", "tikantanssi"),
    "juva": (Role.place_contact, "meeting_place", "juva"),
    "mikkeli": (Role.admin, "area", "491"),
    "savonlinna": (Role.admin, "area", "740"),
    "beside": (Role.coordinator, "area", "beside"),
    "parish": (Role.reader, "organisation", "seurakunta"),
    "lead": (Role.network_lead, "network", "johtoryhma"),
    "recorder": (Role.recorder, "meeting_place", "koppa"),
}


def with_people(database: Database) -> None:
    """The sets of criteria, and the people."""
    with database.writing(people.TEST) as session:
        people.settle(session)
        for name, (role, kind, slug) in PEOPLE.items():
            people.enter(session, f"of-{name}", role, kind, slug)


@pytest.fixture
def ground(request: pytest.FixtureRequest) -> Ground | None:
    return with_people if "room" in request.fixturenames else None


@pytest.fixture
def room(client: TestClient, database: Database) -> Room:
    known = {name: headers_of(database, f"of-{name}@example.org") for name in PEOPLE}
    return Room(client, database, known.pop("county"), known)


def scored(*values: int | None) -> list[dict[str, Any]]:
    """Scores of the criteria in order."""
    return [{"criterion": code, "value": value} for code, value in zip(people.CODES, values, strict=False)]
