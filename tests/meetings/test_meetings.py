"""Meetings are planned, read, listed, moved, held and cancelled over HTTP."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.accounts.service import grants
from app.core import clock
from app.core.database import Command, Database
from app.meetings.schemas.meetings import MeetingWrite
from app.meetings.service import meetings as service
from tests.meetings.conftest import Headers, Room

TODAY = clock.today()
DAY = timedelta(days=1)
MEETINGS = "/v1/meetings"
REMOTE = "https://kokous.example.org/abc"


def test_a_meeting_keeps_the_time_of_the_wall(room: Room) -> None:
    made = room.post(MEETINGS, room.body(local_start="2026-06-11T13:00", title="Kesäkokous", themes=["parenting"]))

    assert made.status_code == 201, made.text
    found = made.json()
    assert made.headers["Location"] == f"{MEETINGS}/{found['id']}"
    assert (found["local_start"], found["time_zone"]) == ("2026-06-11T13:00", "Europe/Helsinki")
    assert (found["starts_at"], found["ends_at"]) == ("2026-06-11T10:00:00.000Z", "2026-06-11T11:30:00.000Z")
    assert (found["status"], found["sequence"], found["version"], found["is_public"]) == ("planned", 0, 1, True)
    assert found["network"]["slug"] == "ryhma"
    assert room.get(f"{MEETINGS}/{found['id']}").json() == found


@pytest.mark.parametrize(
    ("change", "code", "pointer"),
    [
        ({"local_start": "2026-03-29T03:30"}, "no-such-time", "/local_start"),
        ({"local_start": "2026-03-12T13:00Z"}, "not-a-wall-time", "/local_start"),
        ({"local_start": "2026-03-12T13:00+02:00"}, "not-a-wall-time", "/local_start"),
        ({"local_start": "2026-03-12"}, "not-a-wall-time", "/local_start"),
        ({"local_start": "2026-02-30T13:00"}, "not-a-wall-time", "/local_start"),
        ({"local_start": 1773313200}, "not-a-wall-time", "/local_start"),
        ({"local_start": "0026-03-12T13:00"}, "wrong-year", "/local_start"),
        ({"local_start": "9999-12-31T23:59"}, "wrong-year", "/local_start"),
        ({"time_zone": "Europe/Mikkeli"}, "unknown-time-zone", "/time_zone"),
        ({"time_zone": "../../etc/passwd"}, "unknown-time-zone", "/time_zone"),
        ({"duration_minutes": 4}, "too-small", "/duration_minutes"),
        ({"duration_minutes": 2881}, "too-large", "/duration_minutes"),
        ({"duration_minutes": "90"}, "not-a-whole-number", "/duration_minutes"),
        ({"mode": "telepathic"}, "not-one-of", "/mode"),
        ({"network": "nobody"}, "unknown-network", "/network"),
        ({"network": "lakannut", "local_start": "2026-01-01T09:00"}, "network-not-valid", "/network"),
        ({"led_by": "nobody"}, "unknown-network", "/led_by"),
        ({"remote_url": "javascript:alert(1)"}, "wrong-form", "/remote_url"),
        ({"themes": ["Ei näin"]}, "wrong-form", "/themes/0"),
        ({"agenda": [{"title": " "}]}, "too-short", "/agenda/0/title"),
        ({"agenda": [{"title": "x", "position": 1}]}, "unknown-field", "/agenda/0"),
        ({"status": "held"}, "unknown-field", ""),
    ],
    ids=str,
)
def test_a_wrong_meeting_is_refused_at_its_field(room: Room, change: dict[str, Any], code: str, pointer: str) -> None:
    refused = room.post(MEETINGS, room.body(date(2026, 3, 12), **change))

    assert refused.status_code == 422, refused.text
    fault = refused.json()["errors"][0]
    assert (fault["code"], fault["pointer"]) == (code, pointer)
    assert room.get(MEETINGS).json()["items"] == []


def test_of_a_time_that_clocks_show_twice_the_first_is_meant(room: Room) -> None:
    assert room.plan(local_start="2026-10-25T03:30")["starts_at"] == "2026-10-25T00:30:00.000Z"


def test_a_network_meets_once_at_a_moment(room: Room) -> None:
    first = room.plan(local_start="2026-06-11T13:00")
    body = room.body(local_start="2026-06-11T12:00", time_zone="Europe/Stockholm")  # the same moment

    assert (room.post(MEETINGS, body).status_code, room.post(MEETINGS, body).json()["code"]) == (
        409,
        "meets-then-already",
    )
    assert room.plan(local_start="2026-06-11T13:00", network="toinen")["network"]["slug"] == "toinen"
    other = room.plan(local_start="2026-06-11T15:00")
    assert room.patch(f"{MEETINGS}/{other['id']}", {"local_start": "2026-06-11T13:00"}).status_code == 409
    room.post(f"{MEETINGS}/{first['id']}/cancel", {"reason": "Sairastapaus"}, version=1)
    assert room.patch(f"{MEETINGS}/{other['id']}", {"local_start": "2026-06-11T13:00"}).status_code == 200


def test_calendars_hear_of_what_they_show_and_of_nothing_else(room: Room) -> None:
    url = f"{MEETINGS}/{room.plan(local_start='2026-06-11T13:00')['id']}"
    told = [
        {"local_start": "2026-06-11T14:00"},
        {"time_zone": "Europe/Stockholm"},
        {"duration_minutes": 60},
        {"mode": "hybrid"},
        {"location": "Kirjasto"},
        {"remote_url": REMOTE},
        {"title": "Kokous"},
    ]
    untold = [{"themes": ["parenting"]}, {"window_code": "spring"}, {"led_by": "toinen"}, {"is_public": False}]

    for version, change in enumerate([*told, *untold], 1):
        changed = room.patch(url, change, version)
        assert changed.status_code == 200, changed.text
        assert changed.json()["sequence"] == min(version, len(told))
    same = room.patch(url, {"title": "Kokous"}, 12).json()
    assert (same["version"], same["sequence"], same["led_by"]["slug"]) == (12, 7, "toinen")
    held = room.post(f"{url}/hold", version=12).json()
    assert (held["status"], held["version"], held["sequence"]) == ("held", 13, 8)


def test_a_change_names_its_version_and_is_judged_whole(room: Room) -> None:
    meeting = room.plan(local_start="2026-03-28T03:30", network="toinen", led_by="ryhma")
    url = f"{MEETINGS}/{meeting['id']}"

    assert room.client.patch(url, json={"title": "X"}, headers=room.admin).status_code == 428
    assert room.patch(url, {"title": "X"}, 9).status_code == 412
    assert room.patch(url, {"local_start": "2026-03-29T03:30"}).json()["errors"][0]["code"] == "no-such-time"
    assert room.patch(url, {"mode": None}).status_code == 422
    assert room.patch(url, {"network": "ryhma"}).json()["errors"][0]["code"] == "unknown-field"
    moved = room.patch(url, {"local_start": "2026-03-29T04:30"}).json()
    assert (moved["starts_at"], moved["ends_at"], moved["led_by"]["slug"]) == (
        "2026-03-29T01:30:00.000Z",
        "2026-03-29T03:00:00.000Z",
        "ryhma",
    )


def test_a_meeting_is_held_from_its_day_on_and_can_be_corrected(room: Room) -> None:
    ahead = f"{MEETINGS}/{room.plan(TODAY + 2 * DAY)['id']}"
    today = f"{MEETINGS}/{room.plan(TODAY)['id']}"

    assert room.post(f"{ahead}/hold", version=1).json()["code"] == "meeting-is-ahead"
    assert room.post(f"{today}/hold").status_code == 428
    assert room.post(f"{today}/hold", version=2).status_code == 412
    assert room.post(f"{today}/hold", version=1).json()["status"] == "held"
    assert room.post(f"{today}/hold", version=2).json()["code"] == "meeting-is-held"
    assert room.post(f"{today}/cancel", {"reason": "Ei"}, version=2).json()["code"] == "meeting-is-held"
    assert room.patch(today, {"location": "Kirjasto"}, 2).json()["status"] == "held"
    still = room.patch(today, {"local_start": f"{TODAY + 2 * DAY}T12:00"}, 3)
    assert (still.status_code, still.json()["errors"][0]["code"]) == (422, "still-to-come")
    assert room.patch(today, {"local_start": f"{TODAY - DAY}T12:00"}, 3).status_code == 200


def test_a_cancelled_meeting_is_final_and_stays_in_sight(room: Room) -> None:
    url = f"{MEETINGS}/{room.plan(TODAY)['id']}"

    assert room.post(f"{url}/cancel", {"reason": " "}, version=1).status_code == 422
    assert room.post(f"{url}/cancel", version=1).status_code == 422
    cancelled = room.post(f"{url}/cancel", {"reason": "Ei päätösvaltainen"}, version=1).json()
    assert (cancelled["status"], cancelled["cancel_reason"], cancelled["sequence"]) == (
        "cancelled",
        "Ei päätösvaltainen",
        1,
    )
    for answer in (
        room.patch(url, {"title": "X"}, 2),
        room.post(f"{url}/hold", version=2),
        room.post(f"{url}/cancel", {"reason": "Taas"}, version=2),
        room.post(f"{url}/agenda-items", {"title": "X"}),
        room.post(f"{url}/decisions", {"text": "X"}),
        room.put(f"{url}/attendances", {"attendances": []}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "meeting-is-cancelled"), answer.text
    assert room.client.delete(url, headers=room.admin).status_code == 405
    assert [m["status"] for m in room.get(f"{MEETINGS}?status=cancelled", {}).json()["items"]] == ["cancelled"]


def test_a_meeting_that_was_recorded_is_held_and_not_cancelled(room: Room) -> None:
    attended, decided, written = (f"{MEETINGS}/{room.plan(TODAY)['id']}" for _ in range(3))
    drafted_ahead = f"{MEETINGS}/{room.plan(TODAY + DAY)['id']}"
    entry = {"seat": room.seats["ryhma"]["member"], "state": "present"}
    room.put(f"{attended}/attendances", {"attendances": [entry]})
    decision = room.post(f"{decided}/decisions", {"text": "Asia"}).json()["id"]
    for url in (written, drafted_ahead):
        assert room.post(f"{url}/minutes", {"text": "A"}).status_code == 201

    for url in (attended, decided, written):
        refused = room.post(f"{url}/cancel", {"reason": "X"}, version=1)
        assert (refused.status_code, refused.json()["code"]) == (409, "meeting-has-begun"), refused.text
        assert (room.get(url).json()["status"], room.get(url).json()["version"]) == ("planned", 1)
    assert room.post(f"{attended}/hold", version=1).json()["status"] == "held"
    assert room.post(f"{drafted_ahead}/cancel", {"reason": "X"}, version=1).json()["status"] == "cancelled"
    room.delete(f"/v1/decisions/{decision}")
    assert room.post(f"{decided}/cancel", {"reason": "X"}, version=1).json()["status"] == "cancelled"


def test_strangers_see_public_meetings_and_of_these_what_is_public(room: Room) -> None:
    agenda = [{"title": "Avoin asia", "is_public": True}, {"title": "Sisäinen asia", "text": "Salaisuus"}]
    shown = room.plan(remote_url=REMOTE, agenda=agenda)
    hidden = room.plan(is_public=False, agenda=agenda)
    item = shown["agenda"][1]["id"]
    room.post(f"{MEETINGS}/{shown['id']}/decisions", {"text": "Sisäinen päätös"})
    room.post(
        f"{MEETINGS}/{shown['id']}/decisions", {"text": "Julkinen päätös", "is_public": True, "agenda_item": item}
    )

    seen = room.get(f"{MEETINGS}/{shown['id']}", {}).json()
    assert (seen["remote_url"], [i["title"] for i in seen["agenda"]]) == (None, ["Avoin asia"])
    assert [(d["text"], d["agenda_item"]) for d in seen["decisions"]] == [("Julkinen päätös", None)]
    assert room.get(f"{MEETINGS}/{hidden['id']}", {}).status_code == 404
    assert [m["id"] for m in room.get(MEETINGS, {}).json()["items"]] == [shown["id"]]
    assert room.get(f"{MEETINGS}?count=exact", {}).json()["total"] == 1
    assert room.get(MEETINGS, {}).json()["items"][0]["remote_url"] is None
    assert "agenda" not in room.get(MEETINGS).json()["items"][0]

    whole = room.get(f"{MEETINGS}/{shown['id']}").json()
    assert (whole["remote_url"], len(whole["agenda"]), len(whole["decisions"])) == (REMOTE, 2, 2)
    assert whole["decisions"][1]["agenda_item"] == item
    assert [m["id"] for m in room.get(MEETINGS).json()["items"]] == [shown["id"], hidden["id"]]
    assert room.get(f"{MEETINGS}?network=ryhma").json()["items"][0]["remote_url"] == REMOTE


def test_meetings_are_listed_by_start_and_filtered(room: Room) -> None:
    for day, other in (
        ("2026-05-20", {"mode": "remote"}),
        ("2026-03-12", {"themes": ["parenting", "early-support"]}),
        ("2026-04-15", {"network": "toinen", "themes": ["early_support"]}),
        ("2026-10-01", {"title": "Neljäs"}),
    ):
        room.plan(date.fromisoformat(day), **other)

    def days(query: str, path: str = MEETINGS) -> list[str]:
        answer = room.get(f"{path}?{query}", {})
        assert answer.status_code == 200, answer.text
        return [meeting["local_start"][5:10] for meeting in answer.json()["items"]]

    assert days("") == ["03-12", "04-15", "05-20", "10-01"]
    assert days("sort=-starts_at") == ["10-01", "05-20", "04-15", "03-12"]
    assert days("from=2026-03-12&to=2026-04-15") == ["03-12", "04-15"]
    assert days("from=2026-03-13&to=2026-04-14") == []
    assert days("to=9999-12-31") == days("from=0001-01-01") == days("")
    assert days("mode=remote") == ["05-20"]
    assert days("status=held") == []
    assert days("theme=parenting") == ["03-12"]
    assert days("theme=early_support") == ["04-15"]
    assert days("theme=parent") == []
    assert days("network=toinen") == days("area=740") == ["04-15"]
    assert days("area=county-12") == days("")
    assert days("", "/v1/networks/ryhma/meetings") == ["03-12", "05-20", "10-01"]
    assert days("mode=remote&sort=-starts_at", "/v1/networks/ryhma/meetings") == ["05-20"]
    assert room.get("/v1/networks/nobody/meetings").status_code == 404
    assert room.get(f"{MEETINGS}?network=nobody").json()["errors"][0]["parameter"] == "network"
    assert room.get(f"{MEETINGS}?theme=%25").status_code == 422


@pytest.mark.parametrize("sort", ["starts_at", "-starts_at"])
def test_a_list_is_walked_page_by_page(room: Room, sort: str) -> None:
    for network in ("ryhma", "toinen"):
        for month in range(1, 6):
            room.plan(network=network, local_start=f"2026-0{month}-10T09:00")
    seen: list[str] = []
    url = f"{MEETINGS}?limit=3&sort={sort}"

    while url:
        page = room.get(url, {})
        assert page.status_code == 200, page.text
        seen += [meeting["id"] for meeting in page.json()["items"]]
        url = page.links["next"]["url"] if page.json()["next"] else ""

    assert len(seen) == len(set(seen)) == 10


def test_a_cursor_goes_on_in_the_order_in_which_it_was_given(room: Room) -> None:
    for month in range(1, 4):
        room.plan(local_start=f"2026-0{month}-10T09:00")
    after = room.get(f"{MEETINGS}?limit=1&sort=starts_at", {}).json()["next"]

    same, other = (
        room.get(f"{MEETINGS}?limit=1&sort={sort}&cursor={after}", {}) for sort in ("starts_at", "-starts_at")
    )

    assert same.status_code == 200
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "bad-cursor")


def test_a_meeting_is_planned_from_the_command_line_too(room: Room, database: Database) -> None:
    body = room.body(date(2026, 3, 12), agenda=[{"title": "Ensin"}, {"title": "Sitten"}])
    with database.writing(Command("test")) as session:
        planned = service.plan(session, MeetingWrite.model_validate(body), grants.OPERATOR)

    found = room.get(f"{MEETINGS}/{planned.id}").json()
    assert [(item["position"], item["title"]) for item in found["agenda"]] == [(1, "Ensin"), (2, "Sitten")]


def test_readers_see_all_and_change_nothing(room: Room, reader: Headers) -> None:
    url = f"{MEETINGS}/{room.plan(is_public=False, remote_url=REMOTE)['id']}"

    assert room.get(url, reader).json()["remote_url"] == REMOTE
    assert room.client.post(MEETINGS, json=room.body()).status_code == 401
    assert room.client.post(MEETINGS, json=room.body(), headers=reader).json()["code"] == "scope-missing"
    refused = room.client.post(f"{url}/hold", headers=reader | {"If-Match": '"v1"'})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")
