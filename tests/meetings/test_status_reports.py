"""What networks tell those that steer them."""

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.database import Database
from tests.meetings import networks
from tests.meetings.conftest import Headers, Room

TODAY = clock.today()
BODY = {"from_network": "kertova", "to_network": "ryhma", "kind": "status", "period": "2026", "text": "Hyvin menee"}


@pytest.fixture(autouse=True)
def teller(room: Room, database: Database) -> None:
    """A network that the group in Mikkeli steers."""
    networks.found(database, networks.network("kertova", "740", steered_by=["ryhma"]))


def draft(room: Room, **other: Any) -> Any:
    made = room.post("/v1/status-reports", BODY | other)
    assert made.status_code == 201, made.text
    return made.json()


def deliver(room: Room, report: Any, version: int = 1, **body: Any) -> Any:
    return room.post(f"/v1/status-reports/{report['id']}/deliver", body, version)


def refused(answer: Any) -> tuple[str, str]:
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    return fault["code"], fault["pointer"]


def test_a_report_is_drafted_changed_delivered_and_stays(room: Room) -> None:
    made = draft(room)
    url = f"/v1/status-reports/{made['id']}"

    assert (made["from_network"]["slug"], made["to_network"]["slug"]) == ("kertova", "ryhma")
    assert (made["kind"], made["period"], made["delivered_on"], made["meeting"]) == ("status", "2026", None, None)
    assert room.patch(url, {"text": "Tilanne on hyvä", "period": "2026-Q3"}).json()["version"] == 2
    delivered = deliver(room, made, 2, delivered_on=str(TODAY - timedelta(days=3)))
    assert delivered.status_code == 200, delivered.text
    assert delivered.json()["delivered_on"] == str(TODAY - timedelta(days=3))
    again = deliver(room, made, 3)
    assert (again.status_code, again.json()["code"]) == (409, "report-is-delivered")
    assert room.delete(url, 3).json()["code"] == "report-is-delivered"
    handled = room.plan(title="Kesäkuu")
    told = room.patch(url, {"meeting": handled["id"]}, 3).json()
    assert told["meeting"] == {"id": handled["id"], "title": "Kesäkuu", "local_start": handled["local_start"]}
    assert room.get(url).json() == told
    assert room.patch(url, {"to_network": "toinen"}, 4).status_code == 422


def test_a_draft_is_taken_away_by_version(room: Room) -> None:
    url = f"/v1/status-reports/{draft(room)['id']}"

    assert room.client.delete(url, headers=room.admin).status_code == 428
    assert room.delete(url, 2).status_code == 412
    assert room.delete(url).status_code == 204
    assert room.get(url).status_code == 404


def test_it_is_delivered_today_unless_another_day_is_named_and_never_tomorrow(room: Room) -> None:
    made = draft(room)

    assert refused(deliver(room, made, delivered_on=str(TODAY + timedelta(days=1)))) == (
        "in-the-future",
        "/delivered_on",
    )
    assert deliver(room, made).json()["delivered_on"] == str(TODAY)


def test_the_day_on_which_it_was_delivered_can_be_mended_and_not_be_taken_back(room: Room) -> None:
    made = draft(room)
    url, day = f"/v1/status-reports/{made['id']}", str(TODAY - timedelta(days=3))

    assert refused(deliver(room, made, delivered_on="1999-12-31")) == ("too-small", "/delivered_on")
    assert refused(room.patch(url, {"delivered_on": day})) == ("stays-as-it-is", "/delivered_on")
    assert deliver(room, made).status_code == 200
    assert room.patch(url, {"delivered_on": day}, 2).json()["delivered_on"] == day
    assert refused(room.patch(url, {"delivered_on": None}, 3)) == ("stays-as-it-is", "/delivered_on")
    tomorrow = str(TODAY + timedelta(days=1))
    assert refused(room.patch(url, {"delivered_on": tomorrow}, 3)) == ("in-the-future", "/delivered_on")


def test_only_who_steers_a_network_is_told(room: Room) -> None:
    for other in ("toinen", "kertova"):
        assert refused(room.post("/v1/status-reports", BODY | {"to_network": other})) == (
            "does-not-steer",
            "/to_network",
        )


def test_it_was_handled_in_a_meeting_of_the_receiving_network(room: Room) -> None:
    own, cancelled = room.plan(network="kertova"), room.plan()
    room.post(f"/v1/meetings/{cancelled['id']}/cancel", {"reason": "Sairastapaus"}, 1)

    for meeting in (own["id"], cancelled["id"], "01a20ed2-9a40-7c39-95a1-7a070ff41442"):
        assert refused(room.post("/v1/status-reports", BODY | {"meeting": meeting})) == ("not-its-meeting", "/meeting")


@pytest.mark.parametrize("period", ["26", "2026-13", "2026-Q5", "vuosi", "2026-3"])
def test_a_period_is_a_year_a_quarter_or_a_month(room: Room, period: str) -> None:
    assert room.post("/v1/status-reports", BODY | {"period": period}).status_code == 422


def test_everybody_reads_what_is_public_once_it_is_delivered(room: Room, reader: Headers) -> None:
    hidden_meeting = room.plan(is_public=False)["id"]
    public = draft(room, is_public=True, meeting=hidden_meeting)
    kept, unsent = draft(room, text="Vain teille"), draft(room, is_public=True, text="Luonnos")

    def texts(headers: Headers | None) -> list[str]:
        return [each["text"] for each in room.get("/v1/status-reports", headers).json()["items"]]

    assert texts({}) == []
    for report in (public, kept):
        deliver(room, report)
    assert texts({}) == ["Hyvin menee"]
    assert texts(reader) == ["Hyvin menee", "Vain teille", "Luonnos"]
    seen = room.get(f"/v1/status-reports/{public['id']}", {}).json()
    assert seen["meeting"] is None  # nobody hears of a meeting that is not public
    assert room.get(f"/v1/status-reports/{public['id']}", reader).json()["meeting"]["id"] == hidden_meeting
    for report in (kept, unsent):
        assert room.get(f"/v1/status-reports/{report['id']}", {}).status_code == 404
    room.patch(f"/v1/status-reports/{public['id']}", {"is_public": False}, 2)
    assert texts({}) == []


def test_reports_are_found_by_sender_receiver_kind_and_year(room: Room) -> None:
    for period, kind in (("2025", "status"), ("2026-10", "highlight"), ("2026", "status")):
        draft(room, period=period, kind=kind)

    def periods(query: str) -> list[str]:
        return [each["period"] for each in room.get(f"/v1/status-reports?{query}").json()["items"]]

    assert periods("") == periods("from_network=kertova&to_network=ryhma") == ["2025", "2026", "2026-10"]
    assert periods("year=2026") == ["2026", "2026-10"]
    assert periods("kind=highlight") == ["2026-10"]
    assert periods("from_network=ryhma") == periods("to_network=kertova") == []
    assert room.get("/v1/status-reports?from_network=x").json()["errors"][0]["parameter"] == "from_network"


def test_who_leads_the_receiver_reads_and_does_not_write(room: Room, database: Database) -> None:
    leader = networks.leader_of(database, "ryhma")
    report = draft(room)

    assert room.get(f"/v1/status-reports/{report['id']}", leader).status_code == 200
    told = room.client.patch(
        f"/v1/status-reports/{report['id']}", json={"text": "X"}, headers=leader | {"If-Match": '"v1"'}
    )
    assert (told.status_code, told.json()["code"]) == (403, "out-of-reach")
