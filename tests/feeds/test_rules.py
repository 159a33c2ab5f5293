"""Which days a calendar shows, when clocks are moved, and texts as calendars hold them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Event

from app.core.text import composed
from app.feeds import rules
from app.feeds.calendar_file import Text
from app.meetings.rules import time_zones

LETTERS = st.sampled_from("\n\\;,:\"'^ Nnäö") | st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp"))
MOMENTS = st.integers(0, 17 * 365 * 86400).map(lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s))
ZONES = st.sampled_from(sorted(time_zones()))


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (None, None, ("2025-11-29", "2028-11-29")),
        ("2026-03-01", None, ("2026-03-01", "2028-11-29")),
        (None, "2026-12-31", ("2025-11-29", "2026-12-31")),
        ("2020-01-01", "2030-12-31", ("2020-01-01", "2030-12-31")),
    ],
)
def test_a_calendar_shows_a_year_back_and_two_ahead_unless_asked(
    first: str | None, last: str | None, shown: tuple[str, str]
) -> None:
    asked = (date.fromisoformat(day) if day else None for day in (first, last))

    assert rules.window(*asked, date(2026, 11, 29)) == tuple(map(date.fromisoformat, shown))


@given(ZONES, MOMENTS)
def test_onsets_tell_what_the_time_zone_does(name: str, moment: datetime) -> None:
    zone = ZoneInfo(name)

    began = [onset for onset in rules.onsets(name, 2020, 2037) if onset.local - onset.offset_from <= _naive(moment)]

    assert began[-1].offset_to == moment.astimezone(zone).utcoffset()
    assert all(onset.offset_from != onset.offset_to for onset in rules.onsets(name, 2020, 2037)[1:])


def test_an_onset_is_what_clocks_show_that_are_not_yet_moved() -> None:
    found = rules.onsets("America/New_York", 2026, 2026)

    assert [(str(onset.local), onset.name, onset.is_summer) for onset in found] == [
        ("2025-12-29 19:00:00", "EST", False),
        ("2026-03-08 02:00:00", "EDT", True),
        ("2026-11-01 02:00:00", "EST", False),
    ]


@given(ZONES, MOMENTS)
def test_what_is_shown_once_is_one_moment(name: str, moment: datetime) -> None:
    there = moment.astimezone(ZoneInfo(name))

    at_all = {there.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}

    assert rules.is_shown_once(there) == (at_all == {moment})


@given(st.text(LETTERS, max_size=200))
def test_a_text_comes_back_as_it_was(text: str) -> None:
    event = Event()
    event["SUMMARY"] = Text(text)

    written = event.to_ical()

    assert [line for line in written.split(b"\r\n") if len(line) > 75] == []
    assert [line.decode() for line in written.split(b"\r\n")]  # no letter is cut in two
    assert str(Event.from_ical(written)["SUMMARY"]) == composed(text)


def test_what_ends_a_line_for_some_is_left_out() -> None:
    assert Text("a\x0bb\x85c\u2028d\x00e").to_ical() == b"abcde"
    assert Text("a\r\nX-EVIL:1\rb").to_ical() == b"a\\nX-EVIL:1\\nb"
    assert Text("C:\\New; x, y").to_ical() == b"C:\\\\New\\; x\\, y"


def _naive(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
