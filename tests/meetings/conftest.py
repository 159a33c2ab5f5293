"""A group in Mikkeli and one in Savonlinna, and the requests that their meetings are made of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.accounts.roles import Role
from app.accounts.schemas import GrantOnlyWrite, ThingWrite
from app.accounts.service import grants, users
from app.core import clock
from app.core.database import Database
from app.kinds import KINDS
from tests.conftest import PASSWORD_HASH, Ground, headers_of
from tests.meetings import networks
from tests.meetings.networks import Seats

Headers = dict[str, str]


@dataclass
class Room:
    """A client that plans meetings of the group ``ryhma``, in the name of an administrator."""

    client: TestClient
    admin: Headers
    coordinator: Headers  # of the county alone
    seats: dict[str, Seats]
    count: int = 0

    def body(self, day: date | None = None, **other: Any) -> dict[str, Any]:
        self.count += 1
        start = f"{day or clock.today() - timedelta(days=1)}T{self.count // 60:02d}:{self.count % 60:02d}"
        return {"network": "ryhma", "mode": "live", "local_start": start, "duration_minutes": 90} | other

    def plan(self, day: date | None = None, **other: Any) -> Any:
        """A meeting, planned: yesterday, if no day is named."""
        made = self.post("/v1/meetings", self.body(day, **other))
        assert made.status_code == 201, made.text
        return made.json()

    def post(self, path: str, body: Any = None, version: int | None = None) -> Any:
        headers = self.admin | ({"If-Match": f'"v{version}"'} if version else {})
        return self.client.post(path, json=body, headers=headers)

    def patch(self, path: str, body: Any, version: int = 1) -> Any:
        return self.client.patch(path, json=body, headers=self.admin | {"If-Match": f'"v{version}"'})

    def put(self, path: str, body: Any) -> Any:
        return self.client.put(path, json=body, headers=self.admin)

    def delete(self, path: str, version: int = 1) -> Any:
        return self.client.delete(path, headers=self.admin | {"If-Match": f'"v{version}"'})

    def get(self, path: str, headers: Headers | None = None) -> Any:
        return self.client.get(path, headers=self.admin if headers is None else headers)


def with_groups(database: Database) -> dict[str, Seats]:
    """The groups, and a coordinator of their county; their seats by slug and role."""
    ended = networks.network("lakannut", valid_to="2026-01-01")
    seats = networks.found(database, networks.network("ryhma"), networks.network("toinen", "740"), ended)
    with database.writing(networks.TEST) as session:
        user = users.create(session, "county@example.org", PASSWORD_HASH)
        on = ThingWrite(kind="area", id="county-12")
        grants.give(session, KINDS, grants.OPERATOR, user, GrantOnlyWrite(role=Role.coordinator, on=on))
    return seats


@pytest.fixture
def ground() -> Ground:
    return with_groups


@pytest.fixture
def room(client: TestClient, admin: Headers, database: Database, grounded: dict[str, Seats]) -> Room:
    return Room(client, admin, headers_of(database, "county@example.org"), grounded)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """Let it be another moment from now on."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)
