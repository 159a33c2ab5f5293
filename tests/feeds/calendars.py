"""Calendars as two programs read them that know nothing of ours."""

import json
import shutil
import subprocess
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from icalendar import Calendar

JS = Path(__file__).parents[1] / "js"
HAS_ICAL_JS = bool(shutil.which("node")) and (JS / "node_modules/ical.js").exists()
NO_ICAL_JS = "ical.js is not installed: make tests/js/node_modules/.installed"
Events = dict[str, dict[str, Any]]  # by UID


def by_python(content: bytes) -> Events:
    """As the library ``icalendar`` reads it: zones are those of Python, by name."""
    found = {}
    for event in Calendar.from_ical(content).walk("VEVENT"):
        start = event["DTSTART"].dt
        found[str(event["UID"])] = {
            "uid": str(event["UID"]),
            "sequence": int(event["SEQUENCE"]),
            "status": str(event["STATUS"]),
            "category": str(event["CATEGORIES"].cats[0]),
            "summary": str(event["SUMMARY"]),
            "location": str(event["LOCATION"]) if "LOCATION" in event else None,
            "description": str(event["DESCRIPTION"]) if "DESCRIPTION" in event else None,
            "local_start": start.replace(tzinfo=None).isoformat() if str(start.tzinfo) != "UTC" else None,
            "starts_at": _zulu(start),
            "ends_at": _zulu(event["DTEND"].dt),
        }
    return found


def by_ical_js(content: bytes) -> Events:
    """As ical.js reads it: zones are those that the calendar states."""
    command = ["node", str(JS / "read-calendar.mjs")]
    told = subprocess.run(command, input=content, capture_output=True, check=True, cwd=JS)
    return {event["uid"]: event for event in json.loads(told.stdout)["events"]}


def of_api(meetings: list[dict[str, Any]], *, in_utc: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """What calendars must say of meetings, as the API shows these; by id; ``in_utc``: starts without a clock time."""
    return {
        meeting["id"]: {
            "sequence": meeting["sequence"],
            "status": "CANCELLED" if meeting["status"] == "cancelled" else "CONFIRMED",
            "category": meeting["mode"].upper(),
            "location": meeting["location"],
            "local_start": None if meeting["local_start"] in in_utc else meeting["local_start"] + ":00",
            "starts_at": meeting["starts_at"].replace(".000", ""),
            "ends_at": meeting["ends_at"].replace(".000", ""),
        }
        for meeting in meetings
    }


def id_of(uid: str) -> str:
    """The meeting of an event."""
    return uid.removeprefix("meeting-").partition("@")[0]


def as_of_api(events: Events) -> dict[str, dict[str, Any]]:
    """The same of events, as they were read."""
    of = ("sequence", "status", "category", "location", "local_start", "starts_at", "ends_at")
    return {id_of(uid): {name: event[name] for name in of} for uid, event in events.items()}


def lines(content: bytes) -> list[str]:
    """The lines of a calendar, unfolded."""
    return content.decode().replace("\r\n ", "").split("\r\n")


def _zulu(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
