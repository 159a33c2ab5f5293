"""Two who do the same to one meeting at once: one does it, the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.live import serving
from tests.meetings.conftest import Room

ROUNDS = 8


def at_once(*calls: Callable[[], httpx.Response]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as crowd:
        return sorted(answer.status_code for answer in crowd.map(lambda call: call(), calls))


def test_of_two_who_hold_or_cancel_a_meeting_at_once_one_does(room: Room, database_url: str) -> None:
    def posting(client: httpx.Client, url: str, verb: str) -> Callable[[], httpx.Response]:
        body = {"json": {"reason": "Sairastapaus"}} if verb == "cancel" else {}
        return lambda: client.post(f"{url}/{verb}", headers={"If-Match": '"v1"'}, **body)

    with serving(database_url) as server, httpx.Client(headers=room.admin, timeout=30) as client:
        for verbs in (("hold", "hold"), ("hold", "cancel"), ("cancel", "cancel")) * (ROUNDS // 2):
            url = f"{server.address}/v1/meetings/{room.plan()['id']}"
            assert at_once(*(posting(client, url, verb) for verb in verbs)) == [200, 412]
            found = client.get(url).json()
            assert (found["version"], found["sequence"]) == (2, 1)
            assert found["status"] in ("held", "cancelled")


def test_of_those_who_plan_the_same_meeting_at_once_one_does(room: Room, database_url: str) -> None:
    with serving(database_url) as server, httpx.Client(headers=room.admin, timeout=30) as client:
        for _ in range(ROUNDS):
            body = room.body()
            calls = [lambda sent=body: client.post(f"{server.address}/v1/meetings", json=sent)] * 3
            assert at_once(*calls) == [201, 409, 409]


def test_positions_have_no_gaps_whoever_adds_and_removes_at_once(room: Room, database_url: str) -> None:
    meeting = room.plan(agenda=[{"title": "A"}, {"title": "B"}])
    removed = meeting["agenda"][0]["id"]

    with serving(database_url) as server, httpx.Client(headers=room.admin, timeout=30) as client:
        path = f"{server.address}/v1/meetings/{meeting['id']}/agenda-items"
        adding: list[Callable[[], httpx.Response]] = [
            lambda: client.post(path, json={"title": "C", "position": 2}) for _ in range(6)
        ]
        item = f"{server.address}/v1/agenda-items/{removed}"
        told = at_once(*adding, lambda: client.delete(item, headers={"If-Match": '"v1"'}))

    assert told == [201] * 6 + [204]
    agenda = room.get(f"/v1/meetings/{meeting['id']}").json()["agenda"]
    assert [each["position"] for each in agenda] == list(range(1, 8))


def test_attendance_that_two_record_at_once_is_whole(room: Room, database_url: str) -> None:
    seats = room.seats["ryhma"]
    meeting = room.plan()["id"]

    def put(client: httpx.Client, address: str, entries: list[Any]) -> Callable[[], httpx.Response]:
        return lambda: client.put(f"{address}/v1/meetings/{meeting}/attendances", json={"attendances": entries})

    with serving(database_url) as server, httpx.Client(headers=room.admin, timeout=30) as client:
        for state in ("present", "absent", "excused"):
            entries = [{"seat": seat, "state": state} for seat in seats.values()]
            calls = [put(client, server.address, part) for part in (entries, entries[:2], entries[1:])]
            assert at_once(*calls) == [200, 200, 200]

    found = room.get(f"/v1/meetings/{meeting}/attendances").json()["items"]
    assert [(each["state"], each["version"]) for each in found] == [("excused", 3)] * 3
