"""Meetings are proposed for the windows of a year: on days that suit all who sit there. Nothing is stored."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.core.database import Database
from app.networks.models import Seat
from tests.follow_up.conftest import CLOCK, SEATS, TEST, Desk
from tests.meetings import networks
from tests.reliability.test_query_counts import counted


def days(proposals: Any) -> list[tuple[str, str, str | None]]:
    return [(each["network"]["slug"], each["window_code"], each["local_start"]) for each in proposals]


def avoided(proposal: Any) -> list[tuple[str, str, str | None, str | None]]:
    return [
        (day["on"], day["reason"], day["name"] and day["name"]["en"], day["network"] and day["network"]["slug"])
        for day in proposal["avoided"]
    ]


def test_each_network_gets_a_meeting_in_each_window_in_which_it_has_none(desk: Desk) -> None:
    desk.plan("toinen", "2028-10-04T09:00", mode="remote")
    desk.plan("kolmas", "2028-05-04T09:00", window_code="spring")  # late, and meant for it

    found = desk.proposals()

    assert days(found) == [
        ("ryhma", "spring", "2028-03-29T13:00"),
        ("toinen", "spring", "2028-03-29T09:00"),
        ("kolmas", "autumn", "2028-10-19T09:00"),
        ("ryhma", "autumn", "2028-10-18T13:00"),
    ]
    assert [(p["mode"], p["duration_minutes"], p["time_zone"]) for p in found] == [
        ("live", 90, "Europe/Helsinki"),
        ("live", 60, "Europe/Helsinki"),
        ("live", 60, "Europe/Helsinki"),
        ("live", 90, "Europe/Helsinki"),
    ]
    assert found[0]["agenda"] == [{"title": "Koulutukset", "is_public": True}]
    assert [item["title"] for item in found[3]["agenda"]] == ["Tavoitteet", "Nostot"]
    assert all(proposal["avoided"] == [] for proposal in found)
    assert desk.proposals() == found
    assert desk.get("/v1/meetings?network=ryhma").json()["items"] == []


def test_a_cancelled_meeting_leaves_its_window_open(desk: Desk) -> None:
    meeting = desk.plan("toinen", "2028-10-04T09:00")
    taken = desk.proposals(networks=["toinen"])
    desk.post(f"/v1/meetings/{meeting['id']}/cancel", {"reason": "Sairastapaus"}, version=1)

    assert [window for _, window, _ in days(taken)] == ["spring"]
    assert [window for _, window, _ in days(desk.proposals(networks=["toinen"]))] == ["spring", "autumn"]


def test_how_networks_meet_that_have_not_met_is_asked_for(desk: Desk) -> None:
    asked = {"weekday": 1, "at": "08:30", "duration_minutes": 45, "mode": "hybrid"}

    [spring, autumn] = desk.proposals(networks=["toinen"], **asked)

    assert (spring["local_start"], spring["duration_minutes"], spring["mode"]) == ("2028-04-03T08:30", 45, "live")
    assert (autumn["local_start"], autumn["duration_minutes"], autumn["mode"]) == ("2028-10-16T08:30", 45, "hybrid")


def test_agendas_are_in_the_language_of_who_asks(desk: Desk) -> None:
    answer = desk.post(f"{CLOCK}/proposals?lang=en", {"year": 2028, "networks": ["toinen"]})

    titles = [item["title"] for each in answer.json()["proposals"] for item in each["agenda"]]
    assert titles == ["Trainings", "Tavoitteet", "Nostot"]


def test_holidays_and_their_eves_are_stepped_around(desk: Desk) -> None:
    fridays, _ = desk.proposals(networks=["toinen"], year=2029, weekday=5)
    thursdays, _ = desk.proposals(networks=["toinen"], year=2029, weekday=4)

    assert (fridays["local_start"], avoided(fridays)) == (
        "2029-04-06T13:00",
        [("2029-03-30", "holiday", "Good Friday", None)],
    )
    assert (thursdays["local_start"], avoided(thursdays)) == (
        "2029-04-05T13:00",
        [("2029-03-29", "eve", "Good Friday", None)],
    )


def test_a_school_break_counts_in_its_area_and_below_it(desk: Desk, admin: dict[str, str]) -> None:
    for area, first, last in (("491", "2028-03-29", "2028-03-29"), ("county-12", "2028-10-16", "2028-10-22")):
        body = {"area": area, "name": {"fi": "Loma", "en": "Rest"}, "first_on": first, "last_on": last}
        assert desk.client.post("/v1/school-breaks", json=body, headers=admin).status_code == 201

    found = desk.proposals()

    assert days(found) == [
        ("kolmas", "spring", "2028-04-05T13:00"),
        ("ryhma", "spring", "2028-04-05T13:00"),
        ("toinen", "spring", "2028-03-29T13:00"),  # in Savonlinna schools go on that day
        ("kolmas", "autumn", "2028-10-11T13:00"),
        ("ryhma", "autumn", "2028-10-11T13:00"),
        ("toinen", "autumn", "2028-10-11T13:00"),
    ]
    assert avoided(found[0]) == [("2028-03-29", "school-break", "Rest", None)]
    assert avoided(found[5]) == [("2028-10-18", "school-break", "Rest", None)]


def test_breaks_of_the_plan_file_are_stepped_around(desk: Desk) -> None:
    desk.plan("toinen", "2026-11-11T13:00")

    [_, autumn] = desk.proposals(networks=["toinen"], year=2027)

    assert (autumn["local_start"], avoided(autumn)) == (
        "2027-10-13T13:00",
        [],
    )
    [_, late] = desk.proposals(networks=["kolmas"], year=2027, weekday=1)
    assert (late["local_start"], avoided(late)) == (
        "2027-10-11T13:00",
        [("2027-10-18", "school-break", "Autumn break", None)],
    )


@pytest.mark.parametrize("is_deputy", [False, True])
def test_who_sits_in_two_networks_has_no_two_meetings_at_once(desk: Desk, is_deputy: bool) -> None:
    ours, theirs = desk.seats["ryhma"]["chair"], desk.seats["toinen"]["member"]
    desk.sit("Aino Esimerkki", *([theirs] if is_deputy else [ours, theirs]))
    if is_deputy:
        desk.sit("Olli Esimerkki", ours)
        desk.deputise(theirs, ours)
    desk.plan("toinen", "2028-03-29T14:00")

    found = desk.proposals()

    assert days(found)[:2] == [("kolmas", "spring", "2028-03-29T13:00"), ("ryhma", "spring", "2028-04-05T13:00")]
    assert avoided(found[1]) == [("2028-03-29", "clash", None, "toinen")]


def test_who_has_left_a_network_is_not_asked(desk: Desk) -> None:
    desk.sit("Aino Esimerkki", desk.seats["ryhma"]["chair"], desk.seats["toinen"]["member"])
    with desk.database.writing(TEST) as session:
        session.get_one(Seat, uuid.UUID(desk.seats["toinen"]["member"])).valid_to = date(2028, 3, 29)
    desk.plan("toinen", "2028-03-29T13:00")

    assert days(desk.proposals(networks=["ryhma"]))[0] == ("ryhma", "spring", "2028-03-29T13:00")


def test_proposals_of_one_answer_do_not_clash_among_themselves(desk: Desk) -> None:
    desk.sit("Aino Esimerkki", *(desk.seats[network]["chair"] for network in ("ryhma", "toinen", "kolmas")))

    found = desk.proposals()

    assert days(found)[:3] == [
        ("kolmas", "spring", "2028-03-29T13:00"),
        ("ryhma", "spring", "2028-04-05T13:00"),
        ("toinen", "spring", "2028-03-22T13:00"),
    ]
    assert avoided(found[2]) == [
        ("2028-03-29", "clash", None, "kolmas"),
        ("2028-04-05", "clash", None, "ryhma"),
    ]
    assert len({each["local_start"] for each in found}) == 6


def test_a_meeting_that_one_may_not_know_of_is_not_named(desk: Desk) -> None:
    desk.sit("Aino Esimerkki", desk.seats["ryhma"]["chair"], desk.seats["toinen"]["member"])
    desk.plan("toinen", "2028-03-29T13:00", is_public=False)
    lead = desk.lead_of("ryhma")

    found = desk.client.post(f"{CLOCK}/proposals", json={"year": 2028}, headers=lead).json()["proposals"]

    assert avoided(found[0]) == [("2028-03-29", "clash", None, None)]
    assert avoided(desk.proposals(networks=["ryhma"])[0]) == [("2028-03-29", "clash", None, "toinen")]


def test_persons_are_nowhere_in_proposals(desk: Desk) -> None:
    person = desk.sit("Aino Esimerkki", *(desk.seats[network]["chair"] for network in ("ryhma", "toinen")))

    answer = desk.post(f"{CLOCK}/proposals", {"year": 2028})

    assert '"clash"' in answer.text
    assert "Aino" not in answer.text
    assert str(person) not in answer.text


def test_days_that_have_gone_by_are_not_proposed(desk: Desk, at: Callable[[str], None]) -> None:
    at("2028-04-20")
    late = desk.proposals(networks=["toinen"])[0]
    at("2028-04-30")
    over = desk.proposals(networks=["toinen"])[0]

    assert late["local_start"] == "2028-04-26T13:00"
    assert (over["local_start"], avoided(over)) == (None, [("2028-04-30", "past", None, None)])


def test_where_no_day_is_free_all_are_told(desk: Desk, admin: dict[str, str]) -> None:
    body = {"area": "491", "name": {"fi": "Loma", "en": "Rest"}, "first_on": "2028-10-01", "last_on": "2028-10-31"}
    assert desk.client.post("/v1/school-breaks", json=body, headers=admin).status_code == 201

    [_, autumn] = desk.proposals(networks=["ryhma"])

    assert autumn["local_start"] is None
    assert len(autumn["avoided"]) == 22
    assert {(day["reason"], day["name"]["en"]) for day in autumn["avoided"]} == {("school-break", "Rest")}


def test_a_break_without_end_is_one_of_a_year(desk: Desk, admin: dict[str, str]) -> None:
    body = {"area": "491", "name": {"fi": "Ei koulua"}, "first_on": "1800-01-01", "last_on": "2199-12-31"}
    assert desk.client.post("/v1/school-breaks", json=body, headers=admin).status_code == 201

    found = desk.proposals(networks=["ryhma", desk.get("/v1/networks/toinen").json()["id"]])

    assert [start is None for _, _, start in days(found)] == [True, False, True, False]


@pytest.mark.parametrize(
    ("asked", "code", "pointer"),
    [
        ({"year": 1999}, "too-small", "/year"),
        ({"year": "2028"}, "not-a-whole-number", "/year"),
        ({"year": 2028, "weekday": 6}, "too-large", "/weekday"),
        ({"year": 2028, "at": "24:00"}, "wrong-form", "/at"),
        ({"year": 2028, "duration_minutes": 721}, "too-large", "/duration_minutes"),
        ({"year": 2028, "networks": []}, "too-few", "/networks"),
        ({"year": 2028, "networks": ["ryhma", "nobody"]}, "unknown-network", "/networks/1"),
        ({"year": 2028, "networks": ["ryhma", "johtoryhma"]}, "not-of-this-clock", "/networks/1"),
        ({}, "missing", "/year"),
    ],
    ids=str,
)
def test_what_can_not_be_proposed_is_refused_at_its_place(desk: Desk, asked: Any, code: str, pointer: str) -> None:
    refused = desk.post(f"{CLOCK}/proposals", asked)

    assert refused.status_code == 422
    assert [(error["code"], error["pointer"]) for error in refused.json()["errors"]] == [(code, pointer)]


def test_proposals_are_for_networks_of_ones_own_and_take_no_key(desk: Desk) -> None:
    lead = desk.lead_of("ryhma")

    refused = desk.client.post(f"{CLOCK}/proposals", json={"year": 2028, "networks": ["toinen"]}, headers=lead)
    own = desk.client.post(f"{CLOCK}/proposals", json={"year": 2028}, headers=lead)
    keyed = desk.post(f"{CLOCK}/proposals", {"year": 2028}, **{"Idempotency-Key": "k1"})

    assert (refused.status_code, refused.json()["code"]) == (403, "out-of-reach")
    assert {each["network"]["slug"] for each in own.json()["proposals"]} == {"ryhma"}
    assert (keyed.status_code, keyed.json()["code"]) == (422, "key-not-taken")
    assert desk.post("/v1/year-clocks/nothing/proposals", {"year": 2028}).status_code == 404


def test_statements_do_not_grow_with_networks_meetings_and_seats(desk: Desk, database: Database) -> None:
    def cost(*named: str) -> tuple[int, int]:
        with counted(database) as statements:
            found = desk.proposals(networks=list(named) or None)
        return len(statements), len(found)

    few, few_named = cost(), cost("ryhma", "toinen")
    more = [networks.network(f"lisa-{n}", seats=SEATS) for n in range(20)]
    desk.seats |= networks.found(database, *more)
    desk.sit("Aino Esimerkki", *(desk.seats[f"lisa-{n}"]["chair"] for n in range(20)))
    for n in range(20):
        desk.plan(f"lisa-{n}", f"2027-0{1 + n % 9}-13T10:00")
        desk.plan(f"lisa-{n}", f"2028-0{1 + n % 9}-13T10:00")
    many, many_named = cost(), cost(*(f"lisa-{n}" for n in range(20)))

    assert few == (few[0], 6)
    assert many[1] > 40
    assert many[0] == few[0] <= 24
    assert many_named[0] == few_named[0] <= 28
