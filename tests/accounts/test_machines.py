"""Tokens of machines: shown once, never wider than their maker's, ended at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts import opaque
from app.accounts.models import MachineToken
from app.core import clock
from app.core.database import Database
from tests.accounts.test_users import KOPPA, settled
from tests.conftest import trail_of

Headers = dict[str, str]
EVERYTHING = {"kind": "everything"}
DAY = "/v1/meeting-places/{}/visits/2026-03-12"
BODY = {"form_version": 1, "status": "open", "open_minutes": 60, "counts": {"adults": 2}, "note": None}


def make(client: TestClient, by: Headers, scopes: list[str], on: dict[str, Any], **more: Any) -> Any:
    return client.post("/v1/tokens", json={"name": "Counter", "scopes": scopes, "on": on, **more}, headers=by)


def bearing(made: Any) -> Headers:
    return {"Authorization": f"Bearer {made.json()['token']}"}


def test_a_token_does_what_it_was_given_where_it_was_given(
    client: TestClient, admin: Headers, database: Database
) -> None:
    made = make(client, admin, ["visits:write", "visits:read"], KOPPA)
    machine = bearing(made)

    assert client.put(DAY.format("koppa"), json=BODY, headers=machine).status_code == 201
    assert client.put(DAY.format("tikantanssi"), json=BODY, headers=machine).json()["code"] == "out-of-reach"
    assert client.get("/v1/users", headers=machine).json()["code"] == "scope-missing"
    me = client.get("/v1/me", headers=machine).json()
    assert (me["kind"], me["name"], me["email"], me["role"]) == ("token", "Counter", None, "service")
    with database.reading() as session:
        [(entry, _)] = trail_of(session, "recordVisitDay")
        stored = session.scalars(select(MachineToken)).one()
        assert (entry.user_id, entry.token_id) == (None, stored.id)
        assert made.json()["token"] not in str(stored.model_dump())
    shown = client.get(f"/v1/tokens/{stored.id}", headers=admin).json()
    assert "token" not in shown
    assert shown["last_used_at"] is not None
    assert made.json()["token"].startswith(shown["hint"])


def test_a_token_ends_when_it_is_revoked_and_when_it_expires(
    client: TestClient, admin: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = clock.today()
    revoked, expiring = (
        make(client, admin, ["visits:read"], EVERYTHING, expires_on=str(today + timedelta(days=n))) for n in (9, 1)
    )
    address = f"/v1/tokens/{revoked.json()['id']}"
    assert client.get("/v1/visits", headers=bearing(revoked)).status_code == 200

    assert client.delete(address, headers=admin).status_code == 428
    assert client.delete(address, headers=admin | {"If-Match": '"v1"'}).status_code == 204

    assert client.get("/v1/visits", headers=bearing(revoked)).status_code == 401
    assert client.get(address, headers=admin).json()["revoked_at"] is not None
    assert client.get("/v1/visits", headers=bearing(expiring)).status_code == 200
    later = datetime.now(UTC) + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert client.get("/v1/visits", headers=bearing(expiring)).status_code == 401


def test_a_token_may_never_more_than_its_maker_may_at_that_moment(
    client: TestClient, admin: Headers, database: Database
) -> None:
    second = settled(client, database, admin, "second@example.org", "admin", EVERYTHING)
    machine = bearing(make(client, second, ["visits:read"], EVERYTHING))
    assert client.get("/v1/visits", headers=machine).status_code == 200

    grant = client.get("/v1/me", headers=second).json()["grants"][0]
    narrow = {"user": "second@example.org", "role": "reader", "on": KOPPA}
    assert client.post("/v1/grants", json=narrow, headers=admin).status_code == 201
    ended = {"valid_to": str(clock.today())}
    client.patch(f"/v1/grants/{grant['id']}", json=ended, headers=admin | {"If-Match": '"v1"'})

    assert client.get("/v1/meeting-places/koppa/visits", headers=machine).status_code == 200
    assert client.get("/v1/meeting-places/juva/visits", headers=machine).status_code == 403
    user = client.get("/v1/users?q=second", headers=admin).json()["items"][0]
    out = client.patch(
        f"/v1/users/{user['id']}", json={"is_active": False}, headers=admin | {"If-Match": f'"v{user["version"]}"'}
    )
    assert out.status_code == 200
    assert client.get("/v1/meeting-places/koppa/visits", headers=machine).status_code == 401


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["visits:read", "no:such"]}, "/scopes/1"),
        ({"scopes": ["tokens:write"]}, "/scopes/0"),  # a machine makes no machines
        ({"scopes": ["visits:read", "visits:read"]}, "/scopes/1"),
        ({"on": {"kind": "area", "id": "atlantis"}}, "/on/id"),
        ({"expires_on": "2020-01-01"}, "/expires_on"),
        ({"expires_on": "2999-01-01"}, "/expires_on"),
        ({"name": ""}, "/name"),
    ],
)
def test_a_wrong_token_is_not_made(
    client: TestClient, admin: Headers, database: Database, change: dict[str, Any], place: str
) -> None:
    body = {"name": "Counter", "scopes": ["visits:read"], "on": EVERYTHING} | change

    refused = client.post("/v1/tokens", json=body, headers=admin)

    assert (refused.status_code, [e["pointer"] for e in refused.json()["errors"]]) == (422, [place])
    with database.reading() as session:
        assert session.scalars(select(MachineToken)).all() == []


def test_a_mistyped_token_is_told_apart_and_the_database_is_not_asked(
    client: TestClient, admin: Headers, database: Database
) -> None:
    token = make(client, admin, ["visits:read"], EVERYTHING).json()["token"]
    other = "A" if token[10] != "A" else "B"

    for wrong in (token[:10] + other + token[11:], token[:-1], token + "x", "phk_", "phk_" + "ä" * 38):
        refused = client.get("/v1/visits", headers={"Authorization": f"Bearer {wrong}".encode()})
        assert (refused.status_code, refused.json()["code"]) == (401, "token-damaged"), wrong
    unknown = client.get("/v1/visits", headers={"Authorization": f"Bearer {opaque.machine_token()}"})
    assert (unknown.status_code, unknown.json()["code"]) == (401, "token-not-accepted")


def test_a_machine_has_no_password(client: TestClient, admin: Headers) -> None:
    machine = bearing(make(client, admin, ["visits:read"], EVERYTHING))

    body = {"current_password": "x", "new_password": "four words of mine"}
    refused = client.post("/v1/auth/password", json=body, headers=machine)

    assert (refused.status_code, refused.json()["code"]) == (403, "only-people")
