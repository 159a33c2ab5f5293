"""Two who do the same to one meeting at once: one does it, the other is told."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx

from app.core import clock
from app.core.database import Database
from tests.live import serving
from tests.meetings import networks
from tests.meetings.conftest import Room
from tests.reliability.test_query_counts import counted

ROUNDS = 4


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


def test_who_plans_a_meeting_locks_its_network_before_anything_is_judged(room: Room, database: Database) -> None:
    with counted(database) as statements:
        room.plan()

    first = next(text for text in statements if "FROM network" in text)
    assert database.is_sqlite or "FOR NO KEY UPDATE" in first  # on SQLite one writes at a time


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


def test_of_two_who_do_the_same_at_once_one_does(room: Room, database_url: str) -> None:
    def three(n: int) -> list[tuple[str, Any, list[int]]]:
        """Of a matter, of minutes and of a proposal: where, what is sent, and how those who send it are told."""
        first, later = room.plan(agenda=[{"title": "A"}]), room.plan(clock.today() + timedelta(days=n + 1))
        room.post(f"/v1/meetings/{first['id']}/minutes", {"text": "A"})
        topic = room.post("/v1/networks/ryhma/topic-proposals", {"title": "A"}).json()["id"]
        return [
            (f"/v1/agenda-items/{first['agenda'][0]['id']}/carry-over", {"to": later["id"]}, [201, 412]),
            (f"/v1/meetings/{first['id']}/minutes/approve", None, [200, 412]),
            (f"/v1/topic-proposals/{topic}/take", {"meeting": later["id"]}, [200, 412]),
        ]

    with serving(database_url) as server, httpx.Client(headers=room.admin, timeout=30) as client:
        for n in range(ROUNDS):
            for path, body, told in three(n):
                options = {"headers": {"If-Match": '"v1"'}} | ({"json": body} if body else {})
                calls = [lambda p=path, o=options: client.post(f"{server.address}{p}", **o)] * 2
                assert at_once(*calls) == told, path

    agendas = [room.get(m).json()["agenda"] for m in planned_of(room)]
    assert [len(agenda) for agenda in agendas] == [2] * ROUNDS


def planned_of(room: Room) -> list[str]:
    found = room.get(f"/v1/networks/ryhma/meetings?from={clock.today() + timedelta(days=1)}").json()["items"]
    return [f"/v1/meetings/{meeting['id']}" for meeting in found]


def test_a_matter_goes_up_once_whoever_escalates_it_at_once(room: Room, database: Database, database_url: str) -> None:
    networks.found(database, networks.network("ylempi"), networks.network("alempi", steered_by=["ylempi"]))

    with serving(database_url) as server, httpx.Client(headers=room.admin, timeout=30) as client:
        for _ in range(ROUNDS):
            item = room.plan(network="alempi", agenda=[{"title": "A"}])["agenda"][0]["id"]
            url = f"{server.address}/v1/agenda-items/{item}/escalate"
            calls = [lambda u=url: client.post(u, json={"to": "ylempi"})] * 3
            assert at_once(*calls) == [201, 409, 409]

    assert len(room.get("/v1/networks/ylempi/topic-proposals").json()["items"]) == ROUNDS


def test_decisions_that_are_recorded_at_once_get_different_numbers(room: Room, database_url: str) -> None:
    meetings = [room.plan()["id"] for _ in range(3)]

    with serving(database_url) as server, httpx.Client(headers=room.admin, timeout=30) as client:
        calls = [
            lambda m=meeting: client.post(f"{server.address}/v1/meetings/{m}/decisions", json={"text": "A"})
            for meeting in meetings * ROUNDS
        ]
        assert at_once(*calls) == [201] * 3 * ROUNDS

    decided = room.get("/v1/decisions?limit=200").json()["items"]
    assert sorted(decision["number"] for decision in decided) == list(range(1, 3 * ROUNDS + 1))


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


def test_of_two_who_carry_a_decision_home_at_once_one_does(room: Room, database_url: str) -> None:
    meeting = room.plan()["id"]
    with serving(database_url) as server, httpx.Client(headers=room.admin, timeout=30) as client:
        for n in range(ROUNDS):
            body = {"text": f"Asia {n}", "to_be_carried": True}
            decision = room.post(f"/v1/meetings/{meeting}/decisions", body).json()["id"]
            found = client.get(f"{server.address}/v1/relays?limit=200&state=open").json()["items"]
            relays = [each["id"] for each in found if each["decision"]["id"] == decision]
            assert len(relays) == 2
            for relay in relays:
                url = f"{server.address}/v1/relays/{relay}"
                calls = [acting(client, f"{url}/carry", {}), acting(client, f"{url}/carry", {"note": "Kyllä"})]
                assert at_once(*calls) == [200, 412]
                assert client.get(url).json()["version"] == 2


def test_who_carries_a_decision_and_who_takes_it_away_at_once_leave_no_relay_behind(
    room: Room, database_url: str
) -> None:
    meeting = room.plan()["id"]
    with serving(database_url) as server, httpx.Client(headers=room.admin, timeout=30) as client:
        for _ in range(ROUNDS):
            body = {"text": "Asia", "to_be_carried": True}
            decision = room.post(f"/v1/meetings/{meeting}/decisions", body).json()["id"]
            first, *_ = client.get(f"{server.address}/v1/relays").json()["items"]
            told = at_once(
                acting(client, f"{server.address}/v1/relays/{first['id']}/carry", {}),
                acting(client, f"{server.address}/v1/decisions/{decision}", method="DELETE"),
            )
            assert told in ([200, 204], [204, 404])
            assert client.get(f"{server.address}/v1/relays").json()["items"] == []


def test_of_two_who_deliver_a_report_or_take_it_away_at_once_one_does(
    room: Room, database: Database, database_url: str
) -> None:
    networks.found(database, networks.network("kertova", steered_by=["ryhma"]))
    body = {"from_network": "kertova", "to_network": "ryhma", "kind": "status", "period": "2026", "text": "Hyvin"}
    with serving(database_url) as server, httpx.Client(headers=room.admin, timeout=30) as client:
        for n in range(ROUNDS):
            url = f"{server.address}/v1/status-reports/{room.post('/v1/status-reports', body).json()['id']}"
            deliver = acting(client, f"{url}/deliver", {})
            other = deliver if n % 2 else acting(client, url, method="DELETE")
            told = at_once(deliver, other)
            assert told in ([200, 412], [204, 404])
            assert client.get(url).status_code == (404 if told == [204, 404] else 200)


def acting(client: httpx.Client, url: str, body: Any = None, *, method: str = "POST") -> Callable[[], httpx.Response]:
    return lambda: client.request(method, url, json=body, headers={"If-Match": '"v1"'})
