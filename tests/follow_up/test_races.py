"""Two who do the same at once: one does it, the other is told."""

from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.follow_up.conftest import CLOCK, Desk
from tests.live import serving

ROUNDS = 3


def test_of_those_who_accept_the_same_proposals_at_once_one_does(desk: Desk, database_url: str) -> None:
    with (
        serving(database_url) as server,
        httpx.Client(base_url=server.address, headers=desk.headers, timeout=30) as client,
        ThreadPoolExecutor(3) as crowd,
    ):
        for year in range(2090, 2090 + ROUNDS):
            proposals = client.post(f"{CLOCK}/proposals", json={"year": year}).json()["proposals"]
            earlier = [{**each, "local_start": f"{each['local_start'][:11]}07:15"} for each in reversed(proposals)]
            bodies = [{"year": year, "meetings": meetings} for meetings in (proposals, earlier, proposals)]

            answers = list(crowd.map(lambda body: client.post(f"{CLOCK}/proposals/accept", json=body), bodies))

            assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
            assert {a.json()["code"] for a in answers if a.status_code == 409} == {"window-is-taken"}
            there = client.get(f"/v1/meetings?from={year}-01-01&to={year}-12-31").json()["items"]
            assert len(there) == len(proposals) == 6


def test_of_two_who_swap_a_turn_at_once_one_does(desk: Desk, database_url: str) -> None:
    with (
        serving(database_url) as server,
        httpx.Client(base_url=server.address, headers=desk.headers, timeout=30) as client,
        ThreadPoolExecutor(2) as crowd,
    ):
        for day in range(1, 1 + ROUNDS):
            meeting = desk.plan("ryhma", f"2028-12-{day:02d}T13:00")
            path = f"/v1/meetings/{meeting['id']}"
            bodies = [{"duty": "lead", "to": to, "reason": "Sairastapaus"} for to in ("toinen", "kolmas")]

            told = crowd.map(
                lambda body, path=path: client.post(f"{path}/swaps", json=body, headers={"If-Match": '"v1"'}), bodies
            )

            assert sorted(answer.status_code for answer in told) == [201, 412]
            [swap] = client.get(f"{path}/swaps").json()["items"]
            assert client.get(path).json()["led_by"]["slug"] == swap["to_network"]["slug"]
