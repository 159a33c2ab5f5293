"""The number of queries of an answer about meetings does not grow with what it shows."""

from datetime import date

from app.core.database import Database
from tests.meetings import networks
from tests.meetings.conftest import Room
from tests.reliability.test_query_counts import counted

LISTS = [
    "/v1/meetings?limit=200&area=county-12&theme=x",
    "/v1/networks/ryhma/meetings?limit=200",
    "/v1/decisions?limit=200&area=county-12&q=a",
    "/v1/meetings/{meeting}/attendances?limit=200",
    "/v1/meetings/{meeting}/invitees?limit=200",
    "/v1/meetings/{meeting}",
    "/v1/relays?limit=200&area=county-12&state=open",
    "/v1/status-reports?limit=200&year=2026",
    "/v1/draft-documents?limit=200",
    "/v1/networks/ryhma/standing-items?limit=200",
    "/v1/networks/iso/topic-proposals?limit=200",
    "/v1/meetings/{meeting}/minutes/revisions?limit=200",
]


def test_queries_do_not_grow_with_the_rows(room: Room, database: Database) -> None:
    members = [{"role": "member", "organisation": "jarjesto"} for _ in range(8)]
    networks.found(database, networks.network("iso", seats=members, steered_by=["toinen"]))
    with database.writing(networks.TEST) as session:
        seats = networks.all_seats_of(session, "iso")
    told = {"from_network": "iso", "to_network": "toinen", "kind": "status", "period": "2026", "text": "X"}
    drafted = {"network": "iso", "title": "X", "decided_by": "kaupunki", "to_be_decided_on": "2026-12-31"}
    meeting = room.plan(network="iso", led_by="toinen", themes=["x"])["id"]
    minutes = f"/v1/meetings/{meeting}/minutes"
    room.post(minutes, {"text": "A"})
    room.post(f"{minutes}/approve", version=1)
    member = networks.seat_somebody(database, seats[0])
    callers = {"anyone": {}, "admin": room.admin, "coordinator": room.coordinator, "member": member}

    def grow(first: int, last: int) -> None:
        for n in range(first, last):
            room.plan(date(2026, 3, 1 + n), led_by="toinen", themes=["x"])
            room.post(f"/v1/meetings/{meeting}/agenda-items", {"title": "Asia", "is_public": True})
            room.post(f"/v1/meetings/{meeting}/decisions", {"text": "Asia", "to_be_carried": True})
            assert room.post("/v1/status-reports", told | {"is_public": True}).status_code == 201
            assert room.post("/v1/draft-documents", drafted).status_code == 201
            entry = {"seat": seats[n], "state": "present"}
            assert room.put(f"/v1/meetings/{meeting}/attendances", {"attendances": [entry]}).status_code == 200
            answers = {"answers": [{"seat": seats[n], "answer": "coming"}]}
            assert room.put(f"/v1/meetings/{meeting}/answers", answers).status_code == 200
            room.post("/v1/networks/ryhma/standing-items", {"title": "Asia"})
            room.post("/v1/networks/iso/topic-proposals", {"title": "Asia"})
            corrected = room.patch(minutes, {"text": f"A {n}", "reason": "Korjaus"}, n + 2)
            assert corrected.status_code == 200

    def costs() -> dict[tuple[str, str], int]:
        found = {}
        for caller, headers in callers.items():
            for path in LISTS:
                with counted(database) as statements:
                    room.get(path.format(meeting=meeting), headers)
                found[caller, path] = len(statements)
        return found

    grow(0, 2)
    few = costs()
    grow(2, 8)

    assert costs() == few
    assert max(few.values()) <= 12, few


def test_statements_of_an_attendance_do_not_grow_with_the_seats(room: Room, database: Database) -> None:
    members = [{"role": "member", "organisation": "jarjesto"} for _ in range(200)]
    networks.found(database, networks.network("iso", seats=members))
    with database.writing(networks.TEST) as session:
        seats = networks.all_seats_of(session, "iso")

    def cost(number: int) -> int:
        path = f"/v1/meetings/{room.plan(network='iso')['id']}/attendances"
        body = {"attendances": [{"seat": seat, "state": "present"} for seat in seats[:number]]}
        with counted(database) as statements:
            assert len(room.put(path, body).json()["attendances"]) == number
        return len(statements)

    assert cost(2) == cost(200)
