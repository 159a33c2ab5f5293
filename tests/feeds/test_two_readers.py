"""Two hundred meetings through a year, changed, moved and cancelled, as two calendar programs read them."""

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.feeds import calendars
from tests.feeds.calendars import HAS_ICAL_JS, NO_ICAL_JS
from tests.meetings.conftest import Room

PATH = "/v1/calendars/ryhma.ics?from=2026-01-01&to=2027-12-31"
HELSINKI, NEW_YORK, LORD_HOWE = "Europe/Helsinki", "America/New_York", "Australia/Lord_Howe"
# Where clocks are moved: start, zone, minutes.
AT_THE_CHANGE = [
    ("2026-03-29T02:30", HELSINKI, 90),  # the clock leaps while they meet
    ("2026-03-29T04:00", HELSINKI, 60),
    ("2026-10-25T03:30", HELSINKI, 60),  # the first of two, and ends as the clock shows it again
    ("2026-10-25T02:30", HELSINKI, 120),
    ("2026-10-25T03:45", HELSINKI, 90),
    ("2026-10-25T04:00", HELSINKI, 45),
    ("2026-03-08T01:30", NEW_YORK, 60),
    ("2026-03-08T03:15", NEW_YORK, 60),  # within the hour after the change
    ("2026-11-01T01:30", NEW_YORK, 60),
    ("2026-11-01T02:15", NEW_YORK, 60),
    ("2026-04-05T01:45", LORD_HOWE, 60),  # by half an hour
    ("2026-10-04T02:45", LORD_HOWE, 30),
    ("2026-06-11T13:00", "Asia/Kolkata", 60),
    ("2026-06-11T12:00", "UTC", 60),
    ("2026-12-31T23:30", "Europe/Mariehamn", 120),  # over New Year
]
# Those that begin or end at a time that clocks show twice: programs take now the first, now the second.
IN_UTC = {"2026-10-25T03:30", "2026-10-25T02:30", "2026-10-25T03:45", "2026-11-01T01:30", "2026-04-05T01:45"} | {
    "2026-06-11T12:00"
}
MODES = ("live", "remote", "hybrid")


def planned(room: Room) -> list[dict[str, Any]]:
    """200 meetings, most of them around the two changes of the clock."""
    chosen = random.Random(200)
    wanted = list(AT_THE_CHANGE)
    begins = (date(2026, 3, 22), date(2026, 10, 18), date(2026, 6, 1), date(2027, 10, 24))
    for n in range(200 - len(wanted)):
        day = begins[n % 4] + timedelta(days=n // 12)
        start = datetime.combine(day, datetime.min.time()).replace(hour=6 + 2 * (n // 4 % 3), minute=n % 60)
        wanted.append((start.isoformat(timespec="minutes"), HELSINKI, chosen.choice((30, 60, 90, 240, 1440))))
    return [
        room.plan(
            local_start=start, time_zone=zone, duration_minutes=minutes, mode=MODES[n % 3], location=f"Sali {n}; ovi, 2"
        )
        for n, (start, zone, minutes) in enumerate(wanted)
    ]


def changed(room: Room, meetings: list[dict[str, Any]]) -> set[str]:
    """Move some, cancel some, hold some, rename some; ids of those that calendars must look at again."""
    for n, meeting in enumerate(meetings[len(AT_THE_CHANGE) :]):
        path = f"/v1/meetings/{meeting['id']}"
        if n % 5 == 0:  # an hour later, when no other begins
            later = datetime.fromisoformat(meeting["local_start"]) + timedelta(hours=1)
            answer = room.patch(path, {"local_start": later.isoformat(timespec="minutes")})
        elif n % 5 == 1:
            answer = room.post(f"{path}/cancel", {"reason": "Sairastapaus; uusi aika, myöhemmin"}, version=1)
        elif n % 5 == 2:
            answer = room.patch(path, {"title": "Syyskokous", "mode": "live"})
        elif n % 5 == 3 and meeting["starts_at"] < "2026-11":
            answer = room.post(f"{path}/hold", version=1)
        else:
            continue
        assert answer.status_code == 200, answer.text
    listed = all_meetings(room)
    return {meeting["id"] for meeting in listed if meeting["sequence"]}


def all_meetings(room: Room) -> list[dict[str, Any]]:
    page = room.get("/v1/networks/ryhma/meetings?limit=200").json()
    assert page["next"] is None
    found: list[dict[str, Any]] = page["items"]
    return found


def test_two_hundred_meetings_are_read_by_two_programs_as_the_api_tells_them(room: Room) -> None:
    meetings = planned(room)
    before = calendars.by_python(room.get(PATH, {}).content)
    again = changed(room, meetings)

    content = room.get(PATH, {}).content
    after = calendars.by_python(content)
    wanted = calendars.of_api(all_meetings(room), in_utc=IN_UTC)

    assert len(wanted) == 200
    assert calendars.as_of_api(after) == wanted
    assert after.keys() == before.keys()
    grown = {calendars.id_of(uid) for uid in after if after[uid]["sequence"] > before[uid]["sequence"]}
    assert grown == again
    assert len(again) > 110
    assert len([event for event in after.values() if event["status"] == "CANCELLED"]) == 37
    if not HAS_ICAL_JS:
        pytest.skip(NO_ICAL_JS)
    assert calendars.by_ical_js(content) == after
