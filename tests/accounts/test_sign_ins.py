"""Signing in and going on: passwords, their brake, chains of refresh tokens."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.testclient import TestClient

from app.accounts import passwords
from app.accounts.models import GuessBrake, RefreshToken, SignIn
from app.accounts.service import users
from app.audit.models import AuditEntry
from app.core import clock
from app.core.addresses import network_of
from app.core.database import Command, Database
from app.main import create_app
from tests.conftest import PASSWORD, settings_for

Headers = dict[str, str]
Later = Callable[[timedelta], None]
SIGN_IN, REFRESH = "/v1/auth/token", "/v1/auth/refresh"
READER = "reader@example.org"


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    """Lets time pass."""
    passed = timedelta(0)

    def let_pass(span: timedelta) -> None:
        nonlocal passed
        passed += span
        monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + passed)

    return let_pass


@pytest.fixture
def strangers(app: FastAPI, settings: Any, database: Database) -> Any:
    """Clients at other addresses than the client of the test."""

    def at(address: str) -> TestClient:
        return TestClient(app, client=(address, 50000), raise_server_exceptions=False)

    return at


def sign_in(client: TestClient, password: str = PASSWORD, email: str = READER) -> Any:
    return client.post(SIGN_IN, data={"username": email, "password": password})


def bearer(issued: Any) -> Headers:
    return {"Authorization": f"Bearer {issued['access_token']}"}


def go_on(client: TestClient, refresh_token: str) -> Any:
    return client.post(REFRESH, json={"refresh_token": refresh_token})


def test_a_refresh_token_gives_the_next_one_and_is_then_used_up(client: TestClient, later: Later) -> None:
    first = sign_in(client).json()

    second = go_on(client, first["refresh_token"]).json()
    later(timedelta(minutes=20))
    third = go_on(client, second["refresh_token"])

    assert third.status_code == 200
    assert client.get("/v1/me", headers=bearer(second)).status_code == 401
    assert client.get("/v1/me", headers=bearer(third.json())).json()["email"] == READER
    assert len({t["refresh_token"] for t in (first, second, third.json())}) == 3


def test_a_refresh_token_that_comes_twice_ends_the_whole_sign_in_at_once(
    client: TestClient, database: Database, later: Later
) -> None:
    first = sign_in(client).json()
    second = go_on(client, first["refresh_token"]).json()
    later(timedelta(seconds=11))

    reused = go_on(client, first["refresh_token"])

    assert (reused.status_code, reused.json()["code"]) == (401, "refresh-token-reused")
    assert client.get("/v1/me", headers=bearer(second)).status_code == 401  # whoever holds it
    ended = go_on(client, second["refresh_token"])
    assert (ended.status_code, ended.json()["code"]) == (401, "refresh-token-not-accepted")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(RefreshToken)) == 0
        assert session.scalar(select(func.count()).select_from(SignIn)) == 0


def test_an_answer_that_got_lost_may_be_asked_for_again_within_ten_seconds_by_the_same_client(
    client: TestClient, strangers: Any, later: Later
) -> None:
    first = sign_in(client).json()["refresh_token"]
    go_on(client, first)

    again = go_on(client, first)
    assert again.status_code == 200
    assert go_on(strangers("198.51.100.7"), first).json()["code"] == "refresh-token-reused"
    assert go_on(client, again.json()["refresh_token"]).status_code == 401


def test_a_sign_in_lasts_while_it_is_used_within_14_days_and_90_at_most(client: TestClient, later: Later) -> None:
    token = sign_in(client).json()["refresh_token"]
    for _ in range(6):
        later(timedelta(days=13))
        token = go_on(client, token).json()["refresh_token"]
    later(timedelta(days=13))
    assert go_on(client, token).json()["code"] == "refresh-token-not-accepted"

    idle = sign_in(client).json()["refresh_token"]
    later(timedelta(days=14, seconds=1))
    assert go_on(client, idle).json()["code"] == "refresh-token-not-accepted"


def test_signing_out_ends_that_sign_in_and_no_other(client: TestClient) -> None:
    here, there = sign_in(client).json(), sign_in(client).json()

    assert client.post("/v1/auth/revoke", json={"refresh_token": here["refresh_token"]}).status_code == 204
    assert client.post("/v1/auth/revoke", json={"refresh_token": "unknown"}).status_code == 204

    assert client.get("/v1/me", headers=bearer(here)).status_code == 401
    assert go_on(client, here["refresh_token"]).status_code == 401
    assert client.get("/v1/me", headers=bearer(there)).status_code == 200


def test_a_new_password_needs_the_old_one_and_ends_other_sign_ins(client: TestClient, later: Later) -> None:
    here, there = sign_in(client).json(), sign_in(client).json()

    def change(current: str, new: str) -> Any:
        body = {"current_password": current, "new_password": new}
        return client.post("/v1/auth/password", json=body, headers=bearer(here))

    assert change("wrong", "four words of mine").json()["code"] == "wrong-credentials"
    assert change(PASSWORD, "short").json()["code"] == "password-too-short"
    assert change(PASSWORD, "four words of mine").status_code == 204
    assert client.get("/v1/me", headers=bearer(here)).status_code == 200
    assert client.get("/v1/me", headers=bearer(there)).status_code == 401
    assert sign_in(client).status_code == 401
    assert sign_in(client, "four words of mine").status_code == 200


def test_guessing_is_slowed_to_twenty_an_hour_for_an_account(client: TestClient, later: Later) -> None:
    looked_at, waits = 0, []
    for _ in range(720):  # one every five seconds
        answer = sign_in(client, "wrong")
        if answer.status_code == 429:
            waits.append(int(answer.headers["Retry-After"]))
            assert answer.json()["code"] == "too-many-guesses"
        else:
            assert answer.json()["code"] == "wrong-credentials"
            looked_at += 1
        later(timedelta(seconds=5))

    assert 18 <= looked_at <= 20
    assert min(waits) >= 1
    assert max(waits) <= 240


def test_an_address_that_nobody_has_is_slowed_alike(client: TestClient) -> None:
    answers = [sign_in(client, "wrong", "nobody@example.org").status_code for _ in range(7)]

    assert answers == [401] * 5 + [429] * 2


def test_strangers_cannot_lock_people_out_where_they_have_signed_in(client: TestClient, strangers: Any) -> None:
    assert sign_in(client).status_code == 200

    statuses = [sign_in(strangers(f"198.51.100.{n}"), "wrong").status_code for n in range(10)]

    assert statuses == [401] * 5 + [429] * 5  # the account, whoever tries
    assert sign_in(strangers("203.0.113.9")).status_code == 429  # right, but not known there
    assert sign_in(client).status_code == 200


def test_one_address_is_slowed_over_all_accounts_and_ipv6_by_its_network(client: TestClient, strangers: Any) -> None:
    statuses = [sign_in(strangers(f"2001:db8::{n:x}"), "wrong", f"a{n}@example.org").status_code for n in range(1, 35)]

    assert statuses == [401] * 30 + [429] * 4
    assert sign_in(strangers("2001:db8:0:1::1"), "wrong", "b@example.org").status_code == 401


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8::1", "2001:db8::/64"),
        ("testclient", "testclient"),
    ],
)
def test_what_one_holder_has_at_hand_is_an_address_or_a_network_of_ipv6(address: str, network: str) -> None:
    assert network_of(address) == network


def test_who_gets_another_password_while_the_old_one_is_checked_is_not_signed_in(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = passwords.is_right

    def meanwhile(password: str, stored: str | None) -> bool:
        with database.writing(Command("user reset")) as session:
            users.set_password(session, users.with_email(session, READER), "another hash")
        return check(password, stored)

    monkeypatch.setattr(passwords, "is_right", meanwhile)

    assert sign_in(client).json()["code"] == "wrong-credentials"


def test_right_passwords_use_up_no_tries(client: TestClient) -> None:
    assert [sign_in(client).status_code for _ in range(40)] == [200] * 40


def test_brakes_hold_no_address_in_clear_and_go_away(client: TestClient, database: Database, later: Later) -> None:
    sign_in(client, "wrong", "a@example.org")
    sign_in(client)
    with database.reading() as session:
        keys = list(session.scalars(select(GuessBrake.key)))  # type: ignore[call-overload]
    assert len(keys) == 5
    assert not [key for key in keys if "example" in key or "testclient" in key]

    later(timedelta(days=1))
    sign_in(client)

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(GuessBrake)) == 3


@pytest.mark.parametrize(
    ("proxies", "forwarded", "is_told_apart"),
    [("", "198.51.100.1", False), ("testclient", "198.51.100.1", None), ("10.0.0.0/8", "198.51.100.1", True)],
)
def test_the_address_behind_a_proxy_is_believed_from_configured_proxies_only(
    only_sqlite: str, proxies: str, forwarded: str, is_told_apart: bool | None
) -> None:
    if is_told_apart is None:
        with pytest.raises(ValueError, match="testclient"):
            settings_for(only_sqlite, trusted_proxies=proxies)
        return
    app = create_app(settings_for(only_sqlite, trusted_proxies=proxies))

    with TestClient(app, client=("10.1.2.3", 1), raise_server_exceptions=False) as proxy:
        statuses = [
            proxy.post(
                SIGN_IN,
                data={"username": f"a{n}@example.org", "password": "wrong"},
                headers={"X-Forwarded-For": f"203.0.113.7, {forwarded[:-1]}{n}"},
            ).status_code
            for n in range(1, 35)
        ]

    assert statuses == ([401] * 34 if is_told_apart else [401] * 30 + [429] * 4)


def test_sign_ins_leave_no_trail_and_a_password_change_does(client: TestClient, database: Database) -> None:
    issued = sign_in(client).json()
    go_on(client, issued["refresh_token"])
    sign_in(client, "wrong")
    with database.reading() as session:
        before = session.scalar(select(func.count()).select_from(AuditEntry))

    body = {"current_password": PASSWORD, "new_password": "four words of mine"}
    assert client.post("/v1/auth/password", json=body, headers=bearer(issued)).status_code == 204

    with database.reading() as session:
        commands = [entry.command for entry in session.scalars(select(AuditEntry))]
    assert (len(commands), commands[-1]) == ((before or 0) + 1, "changePassword")
