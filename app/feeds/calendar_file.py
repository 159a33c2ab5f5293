"""A calendar as a file (RFC 5545, 7986). The same events give the same bytes, whenever it is written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component, Event, Timezone, TimezoneDaylight, TimezoneStandard, vDuration, vText

from app.core.text import composed, has_control_characters
from app.feeds import rules

MEDIA_TYPE = "text/calendar; charset=utf-8"
REFRESHED_EVERY = timedelta(hours=12)
# What clients have known for long. A block with a date for each year is ten times as long.
HELSINKI = "Europe/Helsinki"
HELSINKI_ZONE = Component.from_ical(
    f"""BEGIN:VTIMEZONE
TZID:{HELSINKI}
BEGIN:DAYLIGHT
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
TZNAME:EEST
DTSTART:19700329T030000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
TZNAME:EET
DTSTART:19701025T040000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
)


@dataclass(frozen=True)
class Entry:
    """An event of a calendar. ``local_start`` is what the clock on the wall shows in ``time_zone``."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    local_start: datetime
    time_zone: str
    is_cancelled: bool
    category: str
    summary: str
    location: str | None = None
    description: str | None = None
    url: str | None = None


class Text(vText):
    r"""A text as RFC 5545 writes it. The library takes ``\N``, as in ``C:\New``, for the end of a line."""

    def to_ical(self) -> bytes:
        """The text, escaped. Control characters, which end a line for some readers, are left out."""
        text = composed(self)
        if has_control_characters(text):
            text = "".join(c for c in text if not has_control_characters(c))
        for letter in ("\\", ";", ","):
            text = text.replace(letter, f"\\{letter}")
        return text.replace("\n", "\\n").encode()


def written(name: str, entries: Sequence[Entry]) -> bytes:
    """The bytes of a calendar."""
    calendar = Calendar()
    calendar["PRODID"], calendar["VERSION"] = Text("-//Perhekeskusverkostot//API 1//FI"), Text("2.0")
    calendar["CALSCALE"], calendar["METHOD"] = Text("GREGORIAN"), Text("PUBLISH")
    calendar["NAME"] = calendar["X-WR-CALNAME"] = Text(name)
    calendar.add("REFRESH-INTERVAL", REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    calendar["X-PUBLISHED-TTL"] = vDuration(REFRESHED_EVERY)
    for zone in _zones(entries):
        calendar.add_component(zone)
    for entry in entries:
        calendar.add_component(_event(entry))
    content: bytes = calendar.to_ical()
    return content


def _event(entry: Entry) -> Event:
    zone = ZoneInfo(entry.time_zone)
    start, end = entry.local_start.replace(tzinfo=zone), entry.ends_at.astimezone(zone)
    if not (rules.is_shown_once(start) and rules.is_shown_once(end)):
        start, end = entry.starts_at, entry.ends_at  # in UTC: programs don't agree on which of the two is meant
    event = Event()
    event["UID"] = Text(entry.uid)
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTAMP", entry.changed_at)
    event.add("LAST-MODIFIED", entry.changed_at)
    event.add("DTSTART", start)
    event.add("DTEND", end)
    event["STATUS"] = Text("CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event["CATEGORIES"] = Text(entry.category)
    event["TRANSP"] = Text("OPAQUE")
    for key, text in (("SUMMARY", entry.summary), ("LOCATION", entry.location), ("DESCRIPTION", entry.description)):
        if text:
            event[key] = Text(text)
    if entry.url:
        event.add("URL", entry.url)
    return event


def _zones(entries: Iterable[Entry]) -> list[Any]:
    """How clocks go in the time zones of some events, in the years of these."""
    years: dict[str, list[int]] = {}
    for entry in entries:
        years.setdefault(entry.time_zone, []).append(entry.local_start.year)
    return [
        HELSINKI_ZONE if name == HELSINKI else _zone(name, min(found), max(found))
        for name, found in sorted(years.items())
        if name != "UTC"
    ]


def _zone(name: str, first_year: int, last_year: int) -> Timezone:
    zone = Timezone()
    zone.add("TZID", name)
    for onset in rules.onsets(name, first_year, last_year):
        part = TimezoneDaylight() if onset.is_summer else TimezoneStandard()
        part.add("DTSTART", onset.local)
        part.add("TZOFFSETFROM", onset.offset_from)
        part.add("TZOFFSETTO", onset.offset_to)
        part.add("TZNAME", onset.name)
        zone.add_component(part)
    return zone
