"""Calendars of networks, of areas and of single meetings: what they say, to whom, and when they change."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import delete, select, update
from starlette.testclient import TestClient

from app import deployment
from app.core.database import Database
from app.feeds.models import Instance
from app.feeds.queries import INSTANCE
from app.feeds.service import calendars as service
from app.main import create_app
from app.meetings.models.agenda import AgendaItem
from app.meetings.models.meetings import Meeting
from app.tables import METADATA
from app.transfer import backup
from app.transfer.restore import restore
from tests.conftest import settings_for
from tests.feeds import calendars
from tests.feeds.calendars import HAS_ICAL_JS, NO_ICAL_JS
from tests.live import serving
from tests.meetings import networks
from tests.meetings.conftest import Room
from tests.reliability.test_public_reads import sources

PATH = "/v1/calendars/ryhma.ics"
NOW = datetime(2031, 3, 3, 8, 0, 0, 500_000, tzinfo=UTC)
REMOTE = "https://kokous.example.org/huone"
WHOLE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Perhekeskusverkostot//API 1//FI
CALSCALE:GREGORIAN
METHOD:PUBLISH
NAME:ryhma
X-WR-CALNAME:ryhma
REFRESH-INTERVAL;VALUE=DURATION:PT12H
X-PUBLISHED-TTL:PT12H
BEGIN:VTIMEZONE
TZID:Europe/Helsinki
BEGIN:DAYLIGHT
DTSTART:19700329T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:EEST
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T040000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:EET
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:ryhma: Kevätkokous (lähikokous)
DTSTART;TZID=Europe/Helsinki:20310312T130000
DTEND;TZID=Europe/Helsinki:20310312T143000
DTSTAMP:{changed}
UID:meeting-{meeting}@{instance}
SEQUENCE:0
CATEGORIES:LIVE
DESCRIPTION:Esityslista:\\n- Seuranta\\n- Muut asiat
LAST-MODIFIED:{changed}
LOCATION:Koppa\\, 2. krs
STATUS:CONFIRMED
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(autouse=True)
def _on_a_day_in_march(at: Callable[[Any], None]) -> None:
    at(NOW)


def plan(room: Room, **other: Any) -> dict[str, Any]:
    body = {"local_start": "2031-03-12T13:00", "title": "Kevätkokous", "location": "Koppa, 2. krs"}
    agenda = [{"title": t, "is_public": t != "Salainen"} for t in ("Seuranta", "Salainen", "Muut asiat")]
    found: dict[str, Any] = room.plan(**body | {"agenda": agenda} | other)
    return found


def events(answer: Any) -> dict[str, dict[str, Any]]:
    """The events of a calendar by title of the meeting."""
    assert answer.status_code == 200, answer.text
    found = calendars.by_python(answer.content).values()
    return {event["summary"].partition(": ")[2].rpartition(" (")[0]: event for event in found}


def instance_of(database: Database) -> Any:
    with database.reading() as session:
        return session.scalars(select(INSTANCE.id)).all()


def test_a_calendar_is_written_as_agreed(room: Room, at: Callable[[Any], None], database: Database) -> None:
    meeting = plan(room)

    answer = room.get(PATH, {})

    [instance] = instance_of(database)
    changed = max(part["updated_at"] for part in (meeting, *meeting["agenda"]))[:19].translate({45: "", 58: ""}) + "Z"
    wanted = WHOLE.format(meeting=meeting["id"], instance=instance, changed=changed)
    assert "\r\n".join(calendars.lines(answer.content)) == wanted.replace("\n", "\r\n")
    assert max(len(line) for line in answer.content.split(b"\r\n")) <= 75
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_name_of_the_installation_is_made_once_and_comes_back_with_a_backup(
    room: Room, database: Database, tmp_path: Path
) -> None:
    assert instance_of(database) == []
    plan(room)

    first, second = (room.get(path, {}).content for path in (PATH, f"{PATH}?from=2031-01-01"))
    [instance] = instance_of(database)
    backup.write(database, METADATA, tmp_path / "a")
    url = f"sqlite:///{tmp_path / 'other.db'}"
    other = deployment.database(settings_for(url))
    restore(other, tmp_path / "a")

    assert first == second
    assert instance_of(other) == [instance]
    with TestClient(create_app(settings_for(url, public_url="https://muualla.example.fi"), other)) as client:
        found = client.get(PATH).content
    assert calendars.by_python(found).keys() == calendars.by_python(first).keys()
    assert b"URL:https://muualla.example.fi/v1/meetings/" in found
    assert b"URL:" not in first


def test_of_several_who_read_the_first_calendar_at_once_one_names_the_installation(
    room: Room, database: Database, database_url: str
) -> None:
    plan(room)
    with serving(database_url) as server, httpx.Client(timeout=30) as client, ThreadPoolExecutor(8) as crowd:
        paths = [f"{server.address}{PATH}?from=2031-01-01&to=2032-01-0{n}" for n in range(1, 9)]
        found = list(crowd.map(client.get, paths))

    [instance] = instance_of(database)
    assert {answer.status_code for answer in found} == {200}
    assert {uid.partition("@")[2] for answer in found for uid in calendars.by_python(answer.content)} == {str(instance)}


def test_strangers_see_what_is_public_and_who_may_read_sees_what_members_see(room: Room) -> None:
    plan(room, mode="hybrid", remote_url=REMOTE, location=None)
    plan(room, title="Sisäinen", is_public=False, local_start="2031-03-13T13:00")

    shown, known = events(room.get(PATH, {})), events(room.get(PATH, room.coordinator))

    assert shown.keys() == {"Kevätkokous"}
    assert known.keys() == {"Kevätkokous", "Sisäinen"}
    assert shown["Kevätkokous"]["description"] == "Esityslista:\n- Seuranta\n- Muut asiat"
    assert shown["Kevätkokous"]["location"] is None
    assert (
        known["Kevätkokous"]["description"]
        == f"Etäyhteys: {REMOTE}\nEsityslista:\n- Seuranta\n- Salainen\n- Muut asiat"
    )
    assert known["Kevätkokous"]["location"] == REMOTE


def test_a_calendar_speaks_the_language_that_is_asked(room: Room) -> None:
    plan(room, mode="remote")
    plan(room, mode="hybrid", title=None, local_start="2031-03-13T13:00")

    finnish = room.get(PATH, {"Accept-Language": "sv"}).text
    english = room.get(f"{PATH}?lang=en", {"Accept-Language": "fi"}).text

    assert "SUMMARY:ryhma: Kevätkokous (etäkokous)" in finnish
    assert "SUMMARY:ryhma (hybridikokous)" in finnish
    assert "SUMMARY:ryhma: Kevätkokous (remote meeting)" in english
    assert "Esityslista:" in finnish
    assert "Agenda:" in english
    assert "X-WR-CALNAME:Kokoukset: Mikkeli" in room.get("/v1/calendars/areas/491.ics", {}).text
    assert "X-WR-CALNAME:Meetings: Mikkeli" in room.get("/v1/calendars/areas/491.ics?lang=en", {}).text


def test_a_meeting_that_is_moved_is_the_same_event_and_one_that_is_cancelled_stays(
    room: Room, at: Callable[[Any], None]
) -> None:
    moved, cancelled = plan(room, title="Siirtyy"), plan(room, title="Peruuntuu", local_start="2031-03-13T13:00")
    before = events(room.get(PATH, {}))

    at(NOW + timedelta(hours=1))
    room.patch(f"/v1/meetings/{moved['id']}", {"local_start": "2031-03-19T14:00"})
    room.post(f"/v1/meetings/{cancelled['id']}/cancel", {"reason": "Sairastapaus"}, version=1)
    answer = room.get(PATH, {})
    after = events(answer)

    assert after["Siirtyy"]["uid"] == before["Siirtyy"]["uid"]
    assert (before["Siirtyy"]["sequence"], after["Siirtyy"]["sequence"]) == (0, 1)
    assert after["Siirtyy"]["local_start"] == "2031-03-19T14:00:00"
    [gone] = [event for event in calendars.by_python(answer.content).values() if event["status"] == "CANCELLED"]
    assert (gone["uid"], gone["sequence"]) == (before["Peruuntuu"]["uid"], 1)
    assert gone["summary"] == "Peruttu: ryhma: Peruuntuu (lähikokous)"
    assert gone["description"].startswith("Peruttu: Sairastapaus\nEsityslista:")
    assert answer.text.count("DTSTAMP:20310303T090000Z") == 2
    at(datetime(2031, 6, 12, tzinfo=UTC))  # 91 days after the day on which it was to be held
    assert b"STATUS:CANCELLED" in room.get(PATH, {}).content


def test_a_change_of_the_agenda_or_of_the_name_of_the_network_is_a_change_of_the_event(
    room: Room, at: Callable[[Any], None]
) -> None:
    meeting = plan(room)
    path = f"/v1/agenda-items/{meeting['agenda'][0]['id']}"

    at(NOW + timedelta(hours=1))
    assert room.patch(path, {"title": "Seurannan tulokset"}).status_code == 200
    of_agenda = room.get(PATH, {})
    at(NOW + timedelta(hours=2))
    assert room.patch("/v1/networks/ryhma", {"name": {"fi": "Toimijat"}}).status_code == 200
    of_name = room.get(PATH, {})

    assert "LAST-MODIFIED:20310303T090000Z" in of_agenda.text
    assert "- Seurannan tulokset" in of_agenda.text
    assert of_agenda.headers["Last-Modified"] == "Mon, 03 Mar 2031 09:00:00 GMT"
    assert "LAST-MODIFIED:20310303T100000Z" in of_name.text
    assert "SUMMARY:Toimijat: Kevätkokous" in of_name.text


@pytest.mark.parametrize("by", ["taking it away", "hiding it"])
def test_a_matter_that_goes_does_not_let_the_calendar_grow_older(
    room: Room, at: Callable[[Any], None], by: str
) -> None:
    path = f"/v1/agenda-items/{plan(room)['agenda'][-1]['id']}"
    at(NOW + timedelta(hours=1))
    room.patch(path, {"title": "Seurannan tulokset"})

    at(NOW + timedelta(hours=2))
    gone = room.delete(path, 2) if by == "taking it away" else room.patch(path, {"is_public": False}, 2)

    assert gone.is_success
    shown = room.get(PATH, {})
    assert "Seurannan tulokset" not in shown.text
    assert "LAST-MODIFIED:20310303T100000Z" in shown.text
    assert shown.headers["Last-Modified"] == "Mon, 03 Mar 2031 10:00:00 GMT"


def test_a_calendar_shows_a_year_back_and_two_ahead_or_the_days_that_are_asked(
    room: Room, at: Callable[[Any], None]
) -> None:
    days = ("2030-03-02", "2030-03-03", "2033-03-03", "2033-03-04")
    for day in days:
        room.plan(local_start=f"{day}T13:00", title=day)

    assert sorted(events(room.get(PATH, {}))) == ["2030-03-03", "2033-03-03"]
    assert sorted(events(room.get(f"{PATH}?from=2030-01-01", {}))) == ["2030-03-02", "2030-03-03", "2033-03-03"]
    assert sorted(events(room.get(f"{PATH}?to=2033-12-31", {}))) == ["2030-03-03", "2033-03-03", "2033-03-04"]
    assert room.get(f"{PATH}?from=2032-01-01&to=2031-01-01", {}).content.count(b"BEGIN:VEVENT") == 0


def test_a_calendar_of_an_area_holds_the_networks_below_it(room: Room) -> None:
    plan(room, title="Tämä")
    plan(room, title="Toinen", network="toinen")

    assert events(room.get("/v1/calendars/areas/491.ics", {})).keys() == {"Tämä"}
    assert events(room.get("/v1/calendars/areas/740.ics", {})).keys() == {"Toinen"}
    assert events(room.get("/v1/calendars/areas/county-12.ics", {})).keys() == {"Tämä", "Toinen"}
    assert events(room.get("/v1/calendars/toinen.ics", {})).keys() == {"Toinen"}


def test_one_meeting_is_a_file_to_download(room: Room) -> None:
    open_one, hidden = plan(room), plan(room, title="Sisäinen", is_public=False, local_start="2031-03-13T13:00")
    path = "/v1/meetings/{}/calendar.ics"

    shown = room.get(path.format(open_one["id"]), {})

    assert events(shown) == events(room.get(PATH, {}))
    assert shown.headers["Content-Disposition"] == 'attachment; filename="ryhma-2031-03-12.ics"'
    assert "Salainen" in room.get(path.format(open_one["id"])).text
    assert events(room.get(path.format(hidden["id"]))).keys() == {"Sisäinen"}
    for missing in (hidden["id"], room.seats["ryhma"]["chair"], "x"):
        answer = room.get(path.format(missing), {})
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-thing")


@pytest.mark.parametrize("path", ["/v1/calendars/nowhere.ics", "/v1/calendars/areas/nowhere.ics"])
def test_where_there_is_nothing_there_is_no_calendar(room: Room, path: str) -> None:
    answer = room.get(path, {})

    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-thing")


def test_who_has_the_calendar_is_told_so_until_it_changes(room: Room, app: FastAPI, at: Callable[[Any], None]) -> None:
    meeting = plan(room)
    room.get(PATH, {})  # names the installation
    first = room.get(PATH, {})
    tag = {"If-None-Match": first.headers["ETag"]}

    at(NOW + timedelta(hours=5))
    again = room.get(PATH, tag)
    at(NOW + timedelta(days=3))
    another_day = room.get(PATH, tag)
    room.patch(f"/v1/meetings/{meeting['id']}", {"title": "Toisin"})
    changed = room.get(PATH, tag)

    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert another_day.status_code == 304
    assert (changed.status_code, events(changed).keys()) == (200, {"Toisin"})
    assert sources(app, "readNetworkCalendar")["kept"] >= 1


def test_who_reads_with_a_token_gets_304_too_and_nobody_else_keeps_the_answer(room: Room) -> None:
    plan(room)

    first = room.get(PATH)
    again = room.get(PATH, room.admin | {"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-store"
    assert (again.status_code, again.content) == (304, b"")


HOSTILE = [
    "Puolipiste; pilkku, takakeno \\ ja \\N, C:\\New",
    "END:VEVENT\nBEGIN:VEVENT\nSUMMARY:Väärä",
    "ä" * 37 + "ö" * 60 + " åäö" * 20,
    '"lainaus": {"x": 1}',
    "=HYPERLINK(1)",
    "\U0001f600" * 30,
]


def test_texts_come_back_as_they_were_and_make_no_lines_of_their_own(room: Room) -> None:
    for n, text in enumerate(HOSTILE):
        agenda = [{"title": text, "is_public": True}]
        room.plan(local_start=f"2031-03-{n + 1:02d}T13:00", title=text[:200], location=text[:300], agenda=agenda)

    content = room.get(f"{PATH}?from=2031-01-01", {}).content

    read = list(calendars.by_python(content).values())
    assert [event["location"] for event in read] == [text[:300] for text in HOSTILE]
    assert [event["summary"] for event in read] == [f"ryhma: {text[:200]} (lähikokous)" for text in HOSTILE]
    assert [event["description"] for event in read] == [f"Esityslista:\n- {text}" for text in HOSTILE]
    assert content.count(b"\r\nBEGIN:VEVENT\r\n") == len(HOSTILE)
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert all(line.decode() is not None for line in content.split(b"\r\n"))
    if not HAS_ICAL_JS:
        pytest.skip(NO_ICAL_JS)
    assert calendars.by_ical_js(content) == calendars.by_python(content)


def test_what_got_into_the_database_otherwise_makes_no_lines_either(room: Room, database: Database) -> None:
    plan(room)
    evil = "Kokous\r\nX-EVIL:1\rATTACH:x\x0bY\x85Z\u2028\x00"
    with database.writing(networks.TEST) as session:
        evil = evil.rstrip("\x00") if not database.is_sqlite else evil  # PostgreSQL takes no NUL
        session.execute(update(Meeting).values(title=evil))
        session.execute(update(AgendaItem).values(title=evil))
        session.wrote(Meeting.__table__)  # type: ignore[attr-defined]

    found = calendars.lines(room.get(PATH, {}).content)

    assert [line for line in found if line.startswith(("X-EVIL", "ATTACH"))] == []
    assert "SUMMARY:ryhma: Kokous\\nX-EVIL:1\\nATTACH:xYZ (lähikokous)" in found


def test_a_calendar_that_would_be_too_long_is_refused(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST", 2)
    for n in range(2):
        room.plan(local_start=f"2031-03-0{n + 1}T13:00")
    within = room.get(PATH, {})
    room.plan(local_start="2031-03-05T13:00")

    refused = room.get(PATH, {})

    assert within.content.count(b"BEGIN:VEVENT") == 2
    assert (refused.status_code, refused.json()["code"]) == (422, "calendar-too-long")
    assert room.get(f"{PATH}?to=2031-03-02", {}).status_code == 200


def test_the_installation_is_named_anew_only_where_its_name_is_gone(room: Room, database: Database) -> None:
    plan(room)
    room.get(PATH, {})
    [before] = instance_of(database)
    with database.writing(networks.TEST) as session:
        session.execute(delete(Instance))
        session.wrote(Instance.__table__)  # type: ignore[attr-defined]

    assert room.get(PATH, {}).status_code == 200
    assert instance_of(database) != [before]
