"""Proposals become meetings: as they came or edited, all of them or none."""

from typing import Any

import pytest

from app.core.database import Database
from tests.conftest import trail_of
from tests.follow_up.conftest import CLOCK, Desk

AUTUMN = {
    "network": "ryhma",
    "window_code": "autumn",
    "mode": "remote",
    "local_start": "2028-10-18T13:00",
    "duration_minutes": 90,
}


def faults(refused: Any) -> list[tuple[str, str]]:
    return [(error["code"], error["pointer"]) for error in refused.json()["errors"]]


def test_proposals_are_accepted_as_they_came(desk: Desk, database: Database) -> None:
    desk.sit("Aino Esimerkki", *(desk.seats[network]["chair"] for network in ("ryhma", "toinen", "kolmas")))
    proposals = desk.proposals()

    accepted = desk.accept(proposals)

    assert accepted.status_code == 201, accepted.text
    made = accepted.json()["meetings"]
    assert [(m["network"]["slug"], m["window_code"], m["local_start"], m["status"]) for m in made] == [
        (p["network"]["slug"], p["window_code"], p["local_start"], "planned") for p in proposals
    ]
    assert [(m["mode"], m["led_by"] and m["led_by"]["slug"], m["secretary"]) for m in made] == [
        (p["mode"], p["led_by"] and p["led_by"]["slug"], p["secretary"]) for p in proposals
    ]
    assert {m["secretary"] for m in made} == {desk.seats[network]["chair"] for network in desk.seats}
    agendas = [desk.get(f"/v1/meetings/{m['id']}", {}).json()["agenda"] for m in made]
    assert [[item["title"] for item in agenda] for agenda in agendas] == [
        [item["title"] for item in p["agenda"]] for p in proposals
    ]
    assert desk.proposals() == []
    with database.reading() as session:
        [(_, changes)] = trail_of(session, "acceptProposals")
    assert sorted(change.kind for change in changes) == ["agenda_item"] * 9 + ["meeting"] * 6


def test_proposals_are_edited_before_they_are_accepted(desk: Desk) -> None:
    edited = AUTUMN | {
        "local_start": "2028-11-02T09:00",  # late, and meant for the window
        "title": "Syyskokous",
        "location": "Kirjasto",
        "led_by": "kolmas",
        "agenda": [{"title": "Oma asia"}],
    }

    [made] = desk.accept([edited]).json()["meetings"]

    assert (made["title"], made["location"], made["led_by"]["slug"]) == ("Syyskokous", "Kirjasto", "kolmas")
    assert (made["local_start"], made["window_code"]) == ("2028-11-02T09:00", "autumn")
    assert [p["window_code"] for p in desk.proposals(networks=["ryhma"])] == ["spring"]


def test_where_one_window_is_taken_nothing_is_stored(desk: Desk) -> None:
    proposals = desk.proposals()
    desk.plan("ryhma", "2028-10-04T09:00")

    refused = desk.accept(proposals)

    assert (refused.status_code, refused.json()["code"]) == (409, "window-is-taken")
    assert faults(refused) == [("window-is-taken", "/meetings/4")]
    assert len(desk.get("/v1/meetings?from=2028-01-01&to=2028-12-31&limit=200&area=491").json()["items"]) == 1
    assert desk.accept([p for n, p in enumerate(proposals) if n != 4]).status_code == 201


def test_accepting_again_is_refused_but_with_its_key_it_is_answered_again(desk: Desk) -> None:
    key = {"Idempotency-Key": "accept-1"}

    first, again = desk.accept([AUTUMN], **key), desk.accept([AUTUMN], **key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert desk.accept([AUTUMN]).json()["code"] == "window-is-taken"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"window_code": "winter"}, ("unknown-window", "/meetings/0/window_code")),
        ({"network": "johtoryhma"}, ("not-of-this-window", "/meetings/0/network")),
        ({"window_code": "spring", "mode": "remote"}, ("of-another-mode", "/meetings/0/mode")),
        ({"network": "nobody"}, ("unknown-network", "/meetings/0/network")),
        ({"network": {"slug": "ryhma"}}, ("not-text", "/meetings/0/network")),
        ({"local_start": None}, ("not-a-wall-time", "/meetings/0/local_start")),
        ({"local_start": "2027-10-20T13:00"}, ("of-another-year", "/meetings/0/local_start")),
        ({"local_start": "2028-03-26T03:30"}, ("no-such-time", "/meetings/0/local_start")),
        ({"led_by": "nobody"}, ("unknown-network", "/meetings/0/led_by")),
        ({"secretary": "01a20ed2-9a20-7c39-95a1-7a070ff41442"}, ("not-a-member", "/meetings/0/secretary")),
        ({"agenda": [{"title": ""}]}, ("too-short", "/meetings/0/agenda/0/title")),
        ({"status": "held"}, ("unknown-field", "/meetings/0")),
    ],
    ids=str,
)
def test_what_can_not_become_a_meeting_is_refused_at_its_place(desk: Desk, change: Any, found: tuple[str, str]) -> None:
    refused = desk.accept([AUTUMN | change])

    assert refused.status_code == 422
    assert faults(refused) == [found]


def test_nothing_is_stored_of_proposals_of_which_one_is_wrong(desk: Desk) -> None:
    wrong = AUTUMN | {"network": "toinen", "led_by": "nobody"}

    assert faults(desk.accept([AUTUMN, wrong])) == [("unknown-network", "/meetings/1/led_by")]
    assert faults(desk.accept([AUTUMN, AUTUMN])) == [("repeated", "/meetings/1/window_code")]
    assert desk.get("/v1/meetings?network=ryhma").json()["items"] == []


def test_meetings_are_made_for_networks_of_ones_own(desk: Desk) -> None:
    lead = desk.lead_of("ryhma")
    others = AUTUMN | {"network": "toinen"}

    def accept(*meetings: Any) -> Any:
        body = {"year": 2028, "meetings": list(meetings)}
        return desk.client.post(f"{CLOCK}/proposals/accept", json=body, headers=lead)

    assert accept(AUTUMN, others).json()["code"] == "out-of-reach"
    assert desk.get("/v1/meetings?network=ryhma").json()["items"] == []
    assert accept(AUTUMN).status_code == 201
