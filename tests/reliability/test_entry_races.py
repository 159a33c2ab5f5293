"""Many at the door at once: no guess slips past the brake, a link works once, a chain of refresh tokens stays one."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from sqlalchemy import func, select

from app.accounts.models import RefreshToken, SignIn
from app.accounts.service import callers, links, users
from app.core.database import Command, Database
from tests.conftest import PASSWORD
from tests.live import serving

AT_ONCE = 100
READER = "reader@example.org"
Ask = Callable[[httpx.AsyncClient, int], Awaitable[httpx.Response]]


def all_at_once(address: str, ask: Ask, times: int) -> list[httpx.Response]:
    async def run() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=times)
        async with httpx.AsyncClient(base_url=address, limits=limits, timeout=60) as client:
            return await asyncio.gather(*(ask(client, n) for n in range(times)))

    return asyncio.run(run())


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_of_a_hundred_guesses_at_once_five_are_looked_at(database_url: str, database: Database) -> None:
    async def guess(client: httpx.AsyncClient, n: int) -> httpx.Response:
        return await client.post("/v1/auth/token", data={"username": READER, "password": f"wrong {n}"})

    with serving(database_url) as server:
        assert statuses(all_at_once(server.address, guess, AT_ONCE)) == {401: 5, 429: AT_ONCE - 5}


def test_a_link_that_is_used_by_many_at_once_sets_one_password(database_url: str, database: Database) -> None:
    with database.writing(Command("test")) as session:
        reader, admin = (users.with_email(session, email) for email in (READER, "admin@example.org"))
        secret, _ = links.make(session, reader, callers.known(session, admin.id))

    async def accept(client: httpx.AsyncClient, n: int) -> httpx.Response:
        return await client.post("/v1/auth/accept", json={"token": secret, "password": f"four words of mine {n}"})

    with serving(database_url) as server:
        answers = all_at_once(server.address, accept, 10)
        [winner] = [n for n, answer in enumerate(answers) if answer.status_code == 204]
        form: dict[str, Any] = {"username": READER, "password": f"four words of mine {winner}"}
        signed_in = httpx.post(f"{server.address}/v1/auth/token", data=form).status_code

    assert statuses(answers) == {204: 1, 410: 9}
    assert signed_in == 200


def test_a_refresh_token_that_is_sent_by_many_at_once_keeps_one_sign_in(database_url: str, database: Database) -> None:
    with serving(database_url) as server:
        form = {"username": READER, "password": PASSWORD}
        first = httpx.post(f"{server.address}/v1/auth/token", data=form).json()["refresh_token"]

        async def go_on(client: httpx.AsyncClient, n: int) -> httpx.Response:
            return await client.post("/v1/auth/refresh", json={"refresh_token": first})

        answers = all_at_once(server.address, go_on, 20)
        bearer = {"Authorization": f"Bearer {answers[-1].json()['access_token']}"}
        me = httpx.get(f"{server.address}/v1/me", headers=bearer)

    assert statuses(answers) == {200: 20}  # within ten seconds, from the same client
    assert len({answer.json()["refresh_token"] for answer in answers}) == 20
    assert me.json()["email"] == READER
    with database.reading() as session:
        unused = select(func.count()).select_from(RefreshToken).where(RefreshToken.used_at.is_(None))  # type: ignore[union-attr]
        assert session.scalar(select(func.count()).select_from(SignIn)) == 1
        assert session.scalar(unused) == 3


def test_of_two_administrators_who_end_each_other_at_once_one_stays(database_url: str, database: Database) -> None:
    with database.writing(Command("test")) as session:
        second = users.create(session, "second@example.org", users.with_email(session, READER).password_hash)
        users.give_everything(session, second, users.Role.admin)
    people = ("admin@example.org", "second@example.org")

    with serving(database_url) as server:

        def known(email: str) -> tuple[dict[str, str], str]:
            form = {"username": email, "password": PASSWORD}
            token = httpx.post(f"{server.address}/v1/auth/token", data=form).json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            return headers, httpx.get(f"{server.address}/v1/me", headers=headers).json()["id"]

        (one, one_id), (other, other_id) = map(known, people)
        asked = [(one, other_id), (other, one_id)]

        async def disable(client: httpx.AsyncClient, n: int) -> httpx.Response:
            headers, target = asked[n]
            change = {"is_active": False}
            return await client.patch(f"/v1/users/{target}", json=change, headers=headers | {"If-Match": "*"})

        answers = all_at_once(server.address, disable, 2)

    with database.reading() as session:
        active = [email for email in people if users.with_email(session, email).is_active]
    assert len(active) == 1, [answer.text for answer in answers]
