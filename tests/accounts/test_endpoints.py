"""Signing in, and who one is."""

from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.testclient import TestClient

from app.accounts.models import User
from app.core import clock
from app.core.database import Command, Database
from tests.conftest import PASSWORD

Headers = dict[str, str]
SIGN_IN = "/v1/auth/token"


def test_an_email_and_a_password_give_a_token_for_a_quarter_of_an_hour(client: TestClient) -> None:
    answer = client.post(
        SIGN_IN, data={"username": "Admin@Example.org", "password": PASSWORD, "grant_type": "password"}
    )

    assert answer.status_code == 200, answer.text
    token = answer.json()
    assert (token["token_type"], token["expires_in"], len(token["refresh_token"])) == ("bearer", 900, 43)
    assert answer.headers["Cache-Control"] == "no-store"
    me = client.get("/v1/me", headers={"Authorization": f"Bearer {token['access_token']}"}).json()
    assert (me["email"], me["role"], "places:write" in me["scopes"]) == ("admin@example.org", "admin", True)


@pytest.mark.parametrize(
    "form",
    [
        {"username": "admin@example.org", "password": "wrong"},
        {"username": "nobody@example.org", "password": PASSWORD},
    ],
    ids=["wrong password", "nobody"],
)
def test_wrong_credentials_are_one_refusal_whoever_is_named(client: TestClient, form: dict[str, str]) -> None:
    refused = client.post(SIGN_IN, data=form)

    assert (refused.status_code, refused.json()["code"]) == (401, "wrong-credentials")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "form", [{}, {"username": "admin@example.org"}, {"username": "a@b.c", "password": "x", "colour": "red"}]
)
def test_a_form_that_is_not_whole_is_refused(client: TestClient, form: dict[str, str]) -> None:
    assert client.post(SIGN_IN, data=form).status_code == 422
    assert client.post(SIGN_IN, json=form).status_code in (415, 422)


@pytest.mark.parametrize("header", ["Bearer x", "Bearer ", "Bearer", "Basic YTpi", "x", "Bearer a b"])
def test_what_is_not_a_token_is_refused_on_public_reads_too(client: TestClient, header: str) -> None:
    for path in ("/v1/me", "/v1/areas"):
        refused = client.get(path, headers={"Authorization": header})
        assert (refused.status_code, refused.json()["code"]) == (401, "token-not-accepted"), header


def test_a_token_ends_with_its_quarter_of_an_hour(
    client: TestClient, admin: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime.now(clock.HELSINKI) + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert client.get("/v1/me", headers=admin).status_code == 401


def test_whoever_is_no_longer_in_use_is_refused_on_the_very_next_request(
    client: TestClient, admin: Headers, app: FastAPI, database: Database
) -> None:
    assert client.get("/v1/me", headers=admin).status_code == 200
    with database.writing(Command("test")) as session:
        for user in session.scalars(select(User)):
            user.is_active = False

    assert client.get("/v1/me", headers=admin).status_code == 401
    assert client.post(SIGN_IN, data={"username": "admin@example.org", "password": PASSWORD}).status_code == 401
