"""To lead goes round among networks, to be the secretary among seats; who can't takes no turn, and another does."""

import uuid
from datetime import date
from typing import Any

import pytest

from app.core.database import Database
from app.networks.models import Seat
from tests.conftest import trail_of
from tests.follow_up.conftest import TEST, Desk, rotation
from tests.reliability.test_query_counts import counted

ROTATIONS = "/v1/networks/ryhma/rotations"


def lead(desk: Desk, headers: Any = None) -> Any:
    found = desk.get(ROTATIONS, headers).json()["lead"]
    turns = [(turn["meeting"]["local_start"][:10], turn["network"]["slug"]) for turn in found["turns"]]
    return [each["slug"] for each in found["order"]], turns, found["next"] and found["next"]["slug"]


def secretary(desk: Desk) -> Any:
    found = desk.get(ROTATIONS).json()["secretary"]
    order = [(each["role"]["code"], each["organisation"]["slug"]) for each in found["order"]]
    turns = [(turn["meeting"]["local_start"][:10], turn["seat"]["role"]["code"]) for turn in found["turns"]]
    return order, turns, found["next"] and found["next"]["role"]["code"]


def swap(desk: Desk, meeting: Any, to: str, duty: str = "lead", version: int = 1, reason: str = "Sairastapaus") -> Any:
    body = {"duty": duty, "to": to, "reason": reason}
    return desk.post(f"/v1/meetings/{meeting['id']}/swaps", body, version)


@pytest.fixture
def held(desk: Desk) -> Desk:
    """Two sit on seats of ``ryhma``: a chair and a member."""
    desk.sit("Aino Esimerkki", desk.seats["ryhma"]["chair"])
    desk.sit("Olli Esimerkki", desk.seats["ryhma"]["member"])
    return desk


def test_the_first_of_the_order_begins(desk: Desk) -> None:
    assert lead(desk) == (["toinen", "kolmas"], [], "toinen")
    assert desk.get(ROTATIONS).json()["lead"]["rule"] == "lead"
    assert desk.get(ROTATIONS).json()["lead"]["plan_ref"] == "13.4"


def test_whoever_follows_the_last_lead_is_next(desk: Desk) -> None:
    desk.plan("ryhma", "2026-10-14T13:00", led_by="toinen")
    cancelled = desk.plan("ryhma", "2026-10-21T13:00", led_by="kolmas")
    desk.post(f"/v1/meetings/{cancelled['id']}/cancel", {"reason": "Sairastapaus"}, version=1)
    desk.plan("ryhma", "2026-10-28T13:00")

    assert lead(desk) == (["toinen", "kolmas"], [("2026-10-14", "toinen")], "kolmas")


def test_seats_take_turns_by_role_and_organisation(held: Desk) -> None:
    held.plan("ryhma", "2026-10-14T13:00", secretary=held.seats["ryhma"]["chair"])

    order = [("chair", "kaupunki"), ("member", "seurakunta")]
    assert secretary(held) == (order, [("2026-10-14", "chair")], "member")


def test_vacant_seats_and_those_of_families_take_no_turns(desk: Desk) -> None:
    assert secretary(desk) == ([], [], None)


def test_who_has_left_takes_no_more_turns(held: Desk) -> None:
    held.plan("ryhma", "2026-10-14T13:00", secretary=held.seats["ryhma"]["chair"])
    held.plan("ryhma", "2026-10-21T13:00", secretary=held.seats["ryhma"]["member"])
    with held.database.writing(TEST) as session:
        session.get_one(Seat, uuid.UUID(held.seats["ryhma"]["member"])).valid_to = date(2026, 11, 1)

    turns = [("2026-10-21", "member"), ("2026-10-14", "chair")]
    assert secretary(held) == ([("chair", "kaupunki")], turns, "chair")


def test_persons_are_nowhere_in_rotations(held: Desk) -> None:
    assert "Esimerkki" not in held.get(ROTATIONS).text


def test_strangers_see_who_leads_and_only_of_meetings_that_are_public(held: Desk) -> None:
    held.plan("ryhma", "2026-10-14T13:00", led_by="toinen")
    hidden = held.plan("ryhma", "2026-10-21T13:00", led_by="kolmas", is_public=False)

    seen = held.get(ROTATIONS, {}).json()

    assert seen["secretary"] is None
    assert lead(held, {}) == (["toinen", "kolmas"], [("2026-10-14", "toinen")], "kolmas")
    assert lead(held)[2] == "toinen"
    assert hidden["id"] not in held.get(ROTATIONS, {}).text


def test_where_the_plan_says_nothing_nothing_goes_round(desk: Desk) -> None:
    found = desk.get("/v1/networks/toinen/rotations").json()

    assert found["lead"] is None
    assert found["secretary"]["order"] == []
    assert desk.get("/v1/networks/nobody/rotations").status_code == 404


def test_a_rule_holds_in_its_time_and_that_of_the_network_before_that_of_its_kind(desk: Desk) -> None:
    with desk.database.writing(TEST) as session:
        rotation(session, "of-kind", ("network_kind", "group"), "lead", "ryhma")
        rotation(session, "ended", ("network", "toinen"), "lead", "kolmas", valid_to=date(2026, 11, 2))
        rotation(session, "to-come", ("network", "toinen"), "lead", "kolmas", valid_from=date(2026, 11, 3))

    assert desk.get("/v1/networks/toinen/rotations").json()["lead"]["rule"] == "of-kind"
    assert desk.get(ROTATIONS).json()["lead"]["rule"] == "lead"


def test_proposed_meetings_go_on_with_the_turns(held: Desk) -> None:
    held.plan("ryhma", "2027-10-13T13:00", led_by="toinen", secretary=held.seats["ryhma"]["member"])
    held.plan("ryhma", "2028-05-10T13:00", led_by="kolmas", secretary=held.seats["ryhma"]["member"])

    spring, autumn = held.proposals(networks=["ryhma"])

    assert (spring["local_start"][:10], spring["led_by"]["slug"]) == ("2028-03-29", "kolmas")
    assert spring["secretary"] == held.seats["ryhma"]["chair"]
    assert (autumn["local_start"][:10], autumn["led_by"]["slug"]) == ("2028-10-18", "toinen")  # after that of May
    assert autumn["secretary"] == held.seats["ryhma"]["chair"]


def test_the_secretary_of_a_meeting_is_a_seat_that_the_network_has_then(held: Desk) -> None:
    seats = held.seats
    other, family = seats["toinen"]["chair"], seats["ryhma"]["family"]
    body = {"network": "ryhma", "mode": "live", "local_start": "2026-12-09T13:00", "duration_minutes": 60}

    for wrong in (other, family, str(uuid.uuid4())):
        refused = held.post("/v1/meetings", body | {"secretary": wrong}).json()
        assert [(e["code"], e["pointer"]) for e in refused["errors"]] == [("not-a-member", "/secretary")]
    made = held.post("/v1/meetings", body | {"secretary": seats["ryhma"]["chair"]}).json()

    assert made["secretary"] == seats["ryhma"]["chair"]
    assert held.get(f"/v1/meetings/{made['id']}", {}).json()["secretary"] is None
    assert [m["secretary"] for m in held.get("/v1/meetings?network=ryhma", {}).json()["items"]] == [None]


def test_a_meeting_does_not_move_to_where_its_secretary_has_no_seat(held: Desk) -> None:
    made = held.plan("ryhma", "2026-12-09T13:00", secretary=held.seats["ryhma"]["chair"])
    with held.database.writing(TEST) as session:
        session.get_one(Seat, uuid.UUID(held.seats["ryhma"]["chair"])).valid_to = date(2026, 12, 10)

    def patch(body: Any) -> Any:
        headers = held.headers | {"If-Match": '"v1"'}
        return held.client.patch(f"/v1/meetings/{made['id']}", json=body, headers=headers)

    refused = patch({"local_start": "2026-12-16T13:00"})
    assert [(e["code"], e["pointer"]) for e in refused.json()["errors"]] == [("not-a-member", "/local_start")]
    moved = patch({"local_start": "2026-12-16T13:00", "secretary": held.seats["ryhma"]["member"]})
    assert (moved.status_code, moved.json()["secretary"]) == (200, held.seats["ryhma"]["member"])


def test_a_swapped_turn_is_told_with_its_reason_and_the_order_goes_on_from_it(held: Desk, database: Database) -> None:
    meeting = held.plan("ryhma", "2026-12-09T13:00", led_by="toinen")

    swapped = swap(held, meeting, "kolmas")

    assert swapped.status_code == 201, swapped.text
    told = swapped.json()
    assert (told["duty"], told["from_network"]["slug"], told["to_network"]["slug"]) == ("lead", "toinen", "kolmas")
    assert (told["from_seat"], told["to_seat"], told["reason"]) == (None, None, "Sairastapaus")
    found = held.get(f"/v1/meetings/{meeting['id']}").json()
    assert (found["led_by"]["slug"], found["version"], found["sequence"]) == ("kolmas", 2, 0)
    assert held.get(f"/v1/meetings/{meeting['id']}/swaps").json()["items"] == [told]
    assert lead(held)[2] == "toinen"
    with database.reading() as session:
        [(_, changes)] = trail_of(session, "swapTurn")
    assert [(change.kind, change.action) for change in changes] == [("turn_swap", "created"), ("meeting", "changed")]
    assert "Sairastapaus" not in str([change.fields for change in changes])


def test_another_seat_is_the_secretary_of_a_meeting(held: Desk) -> None:
    seats = held.seats["ryhma"]
    meeting = held.plan("ryhma", "2026-12-09T13:00")

    first = swap(held, meeting, seats["chair"], "secretary").json()
    second = swap(held, meeting, seats["member"], "secretary", version=2).json()

    assert (first["from_seat"], first["to_seat"]["id"]) == (None, seats["chair"])
    assert (second["from_seat"]["id"], second["to_seat"]["id"]) == (seats["chair"], seats["member"])
    assert second["to_seat"]["organisation"]["slug"] == "seurakunta"
    assert [each["id"] for each in held.get(f"/v1/meetings/{meeting['id']}/swaps").json()["items"]] == [
        *(first["id"], second["id"]),
    ]
    assert "Esimerkki" not in held.get(f"/v1/meetings/{meeting['id']}/swaps").text


@pytest.mark.parametrize(
    ("duty", "to", "code", "pointer"),
    [
        ("lead", "ryhma", "not-in-the-order", "/to"),
        ("lead", "nobody", "not-in-the-order", "/to"),
        ("lead", "toinen", "has-it-already", "/to"),
        ("secretary", "toinen", "not-in-the-order", "/to"),
        ("secretary", "family", "not-in-the-order", "/to"),
        ("tea", "toinen", "not-one-of", "/duty"),
    ],
)
def test_a_turn_goes_to_nobody_who_is_not_in_the_order(held: Desk, duty: str, to: str, code: str, pointer: str) -> None:
    meeting = held.plan("ryhma", "2026-12-09T13:00", led_by="toinen")

    refused = swap(held, meeting, held.seats["ryhma"].get(to, to), duty)

    assert refused.status_code == 422
    assert [(error["code"], error["pointer"]) for error in refused.json()["errors"]] == [(code, pointer)]
    assert held.get(f"/v1/meetings/{meeting['id']}").json()["version"] == 1


def test_a_duty_that_does_not_go_round_is_not_swapped(held: Desk) -> None:
    elsewhere = held.plan("toinen", "2026-12-09T13:00")
    beyond_the_plan = held.plan("ryhma", "2031-12-09T13:00")

    for meeting in (elsewhere, beyond_the_plan):
        refused = swap(held, meeting, "kolmas").json()
        assert [(error["code"], error["pointer"]) for error in refused["errors"]] == [("goes-not-round", "/duty")]


def test_turns_are_swapped_before_the_meeting_by_who_read_it(held: Desk) -> None:
    meeting = held.plan("ryhma", "2026-10-14T13:00", led_by="toinen")
    cancelled = held.plan("ryhma", "2026-12-09T13:00", led_by="toinen")
    held.post(f"/v1/meetings/{meeting['id']}/hold", None, version=1)
    held.post(f"/v1/meetings/{cancelled['id']}/cancel", {"reason": "Sairastapaus"}, version=1)

    assert swap(held, meeting, "kolmas", version=2).json()["code"] == "meeting-is-held"
    assert swap(held, cancelled, "kolmas", version=2).json()["code"] == "meeting-is-cancelled"
    assert swap(held, meeting, "kolmas", version=1).json()["code"] == "changed-meanwhile"
    assert swap(held, meeting, "kolmas", version=0).json()["code"] == "version-not-stated"
    assert swap(held, meeting, "kolmas", version=2, reason=" ").json()["errors"][0]["pointer"] == "/reason"
    assert swap(held, {"id": uuid.uuid4()}, "kolmas").status_code == 404


def test_statements_do_not_grow_with_turns_and_swaps(held: Desk, database: Database) -> None:
    meeting = held.plan("ryhma", "2026-12-09T13:00", led_by="toinen")
    swaps = f"/v1/meetings/{meeting['id']}/swaps"

    def cost(path: str) -> int:
        with counted(database) as statements:
            assert held.get(path).status_code == 200
        return len(statements)

    swap(held, meeting, "kolmas")
    held.plan("ryhma", "2026-10-01T13:00", led_by="toinen", secretary=held.seats["ryhma"]["chair"])
    few = cost(ROTATIONS), cost(swaps)
    for n in range(10):
        assert swap(held, meeting, ("toinen", "kolmas")[n % 2], version=2 + n).status_code == 201
        held.plan("ryhma", f"2026-10-{2 + n:02d}T13:00", led_by="toinen", secretary=held.seats["ryhma"]["chair"])

    assert (cost(ROTATIONS), cost(swaps)) == few
    assert max(few) <= 18, few
