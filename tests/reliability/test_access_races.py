"""Many use one token or one sign-in at the same moment: nobody is refused for that, and what ended has ended."""

import asyncio
from collections import Counter
from typing import Any

import httpx
from starlette.testclient import TestClient

from tests.conftest import PASSWORD
from tests.live import serving

READER = "reader@example.org"
Headers = dict[str, str]


async def at_once(calls: list[Any]) -> list[httpx.Response]:
    return await asyncio.gather(*calls)


def test_a_machine_may_begin_with_many_requests_at_once(client: TestClient, admin: Headers, database_url: str) -> None:
    write = {"name": "Counter", "scopes": ["visits:read"], "on": {"kind": "everything"}}
    token = client.post("/v1/tokens", json=write, headers=admin).json()["token"]

    async def calls(address: str) -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {token}"}) as machine:
            return await at_once([machine.get("/v1/visits") for _ in range(16)])

    with serving(database_url) as server:
        answers = asyncio.run(calls(server.address))

    assert Counter(a.status_code for a in answers) == {200: 16}


def test_who_signs_out_while_they_go_on_is_signed_out(database_url: str) -> None:
    async def rounds(address: str) -> list[tuple[str, int]]:
        told = []
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:
            for _ in range(15):
                form = {"username": READER, "password": PASSWORD}
                issued = (await client.post("/v1/auth/token", data=form)).json()
                sent = {"refresh_token": issued["refresh_token"]}
                ways = ("refresh", "revoke", "refresh", "revoke")
                answers = await at_once([client.post(f"/v1/auth/{way}", json=sent) for way in ways])
                told += [(way, a.status_code) for way, a in zip(ways, answers, strict=True)]
                bearer = {"Authorization": f"Bearer {issued['access_token']}"}
                told.append(("me", (await client.get("/v1/me", headers=bearer)).status_code))
        return told

    with serving(database_url) as server:
        told = Counter(asyncio.run(rounds(server.address)))

    assert (told["revoke", 204], told["me", 401]) == (30, 15)
    assert told["refresh", 200] + told["refresh", 401] == 30
