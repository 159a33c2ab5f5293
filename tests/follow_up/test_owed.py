"""``/v1/me/agenda``: what somebody owes in a month over all their seats."""

from datetime import date

from sqlalchemy import select

from app.core import rows
from app.core.database import Database
from app.networks.models import NetworkRole
from app.networks.queries import ROLE, SEAT
from app.plan.models import Plan
from tests.follow_up.conftest import Desk, Headers
from tests.meetings import networks
from tests.reliability.test_query_counts import counted

MINE = "/v1/me/agenda?month=2026-11"


def items(desk: Desk, known: Headers, path: str = MINE) -> list[tuple[str, str | None, str]]:
    answer = desk.get(path, known)
    assert answer.status_code == 200, answer.text
    return [(item["kind"], item["due_on"], item["state"]) for item in answer.json()["items"]]


def hold(desk: Desk, path: str) -> None:
    assert desk.post(f"{path}/hold", None, 1).status_code == 200


def test_meetings_matters_and_what_is_to_be_carried_home_are_owed_by_who_has_the_seat(
    desk: Desk, database: Database
) -> None:
    seat = desk.seats["ryhma"]["member"]
    me, deputy = networks.seat_somebody(database, seat), networks.seat_somebody(database, seat, as_deputy=True)
    held = f"/v1/meetings/{desk.plan('ryhma', '2026-11-01T09:00')['id']}"
    hold(desk, held)
    decided = desk.post(f"{held}/decisions", {"text": "Kerrotaan omissa kanavissa.", "to_be_carried": True})
    ahead = desk.plan("ryhma", "2026-11-20T09:00", agenda=[{"title": "Ryhmien koonti", "owner": seat}])["id"]
    desk.plan("toinen", "2026-11-21T09:00")
    desk.plan("ryhma", "2026-12-01T09:00")

    assert decided.json()["relays"]["open"] == 2
    expected = [
        ("meeting", "2026-11-01", "held"),
        ("agenda_item", "2026-11-20", "open"),
        ("meeting", "2026-11-20", "unanswered"),
        ("relay", None, "open"),  # the plan has no rule on it for this network
    ]
    assert items(desk, me) == items(desk, deputy) == expected

    answer = {"answers": [{"seat": seat, "answer": "coming"}]}
    assert desk.client.put(f"/v1/meetings/{ahead}/answers", json=answer, headers=me).status_code == 200
    assert ("meeting", "2026-11-20", "coming") in items(desk, me)


def test_who_leads_a_network_sees_what_the_plan_asks_for_there_and_others_do_not(
    desk: Desk, database: Database
) -> None:
    with database.writing(networks.TEST) as session:
        rows.find(session, Plan, "toimintasuunnitelma-2026-2029").recorded_from = date(2025, 1, 1)
        chair = networks.seats_of(session, "lape-mikkeli")["chair"]
    leader = networks.seat_somebody(database, chair)
    member = networks.seat_somebody(database, desk.seats["ryhma"]["member"])

    asked = [item for item in desk.get(MINE, leader).json()["items"] if item["kind"] == "rule"]

    assert {item["subject"]["slug"] for item in asked} == {"lape-mikkeli"}
    assert ("advisory", "2026-12-31") in [(item["state"], item["due_on"]) for item in asked]
    assert "breached" in [item["state"] for item in asked]
    assert desk.get(asked[0]["link"], leader).json()["rules"] != []
    assert items(desk, member) == []


def test_of_another_month_what_falls_due_in_it_is_owed(desk: Desk, database: Database) -> None:
    with database.writing(networks.TEST) as session:
        rows.find(session, Plan, "toimintasuunnitelma-2026-2029").recorded_from = date(2025, 1, 1)
        chair = networks.seats_of(session, "lape-mikkeli")["chair"]
    leader = networks.seat_somebody(database, chair)

    def rules(month: str) -> list[tuple[str | None, str]]:
        return [
            (due, state) for kind, due, state in items(desk, leader, f"/v1/me/agenda?month={month}") if kind == "rule"
        ]

    now, december = rules("2026-11"), rules("2026-12")
    assert ("2026-12-31", "advisory") in now
    assert ("2026-12-31", "advisory") in december
    assert {due for due, _ in december} == {"2026-12-31"}
    assert "met" not in {state for _, state in december}
    assert rules("2027-12") == [("2027-12-31", "advisory")]
    assert rules("2026-10") == rules("2031-06") == []


def test_whoever_answers_for_a_place_does_not_answer_for_the_network_of_places(desk: Desk, database: Database) -> None:
    with database.writing(networks.TEST) as session:
        rows.find(session, Plan, "toimintasuunnitelma-2026-2029").recorded_from = date(2025, 1, 1)
        query = select(SEAT.id).join(NetworkRole, SEAT.role_id == ROLE.id).where(ROLE.carries_on == "meeting_place")
        seat = session.scalars(query.order_by(SEAT.id)).first()
    contact = networks.seat_somebody(database, str(seat))

    told = {item["subject"]["kind"] for item in desk.get(MINE, contact).json()["items"] if item["kind"] == "rule"}

    assert told == {"meeting_place"}


def test_a_matter_is_owed_in_the_month_of_its_meeting_or_when_it_is_late(desk: Desk, database: Database) -> None:
    seat = desk.seats["ryhma"]["member"]
    me = networks.seat_somebody(database, seat)
    desk.plan("ryhma", "2026-12-10T09:00", title="Joulukokous", agenda=[{"title": "Koonti", "owner": seat}])

    def told(month: str) -> list[tuple[str, str]]:
        found = desk.get(f"/v1/me/agenda?month={month}", me).json()["items"]
        return [(item["kind"], item["title"]["fi"]) for item in found]

    assert told("2026-12") == [("agenda_item", "Koonti"), ("meeting", "Joulukokous")]
    assert told("2026-11") == told("2027-01") == []


def test_whoever_has_no_seat_owes_nothing(desk: Desk) -> None:
    assert items(desk, desk.headers) == []
    assert desk.get("/v1/me/agenda", {}).status_code == 401
    assert desk.get("/v1/me/agenda?month=2026-13").status_code == 422


def test_queries_do_not_grow_with_seats_or_meetings(desk: Desk, database: Database) -> None:
    me = networks.seat_somebody(database, desk.seats["ryhma"]["member"], "me@example.org")

    def cost() -> int:
        with counted(database) as statements:
            desk.get(MINE, me)
        return len(statements)

    desk.plan("ryhma", "2026-11-20T09:00")
    before = cost()
    for day in range(10, 19):
        desk.plan("ryhma", f"2026-11-{day}T09:00")
    assert cost() == before <= 30
