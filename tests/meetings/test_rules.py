"""When a meeting is, whatever the clocks do; and what is on its agenda, in which order."""

from datetime import UTC, datetime

import pytest

from app.meetings.rules import has_come, instant_of, placed

HELSINKI = "Europe/Helsinki"


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        ("2026-01-15T13:00", HELSINKI, "2026-01-15T11:00"),  # winter
        ("2026-06-15T13:00", HELSINKI, "2026-06-15T10:00"),  # summer
        ("2026-06-15T13:00", "Europe/Stockholm", "2026-06-15T11:00"),
        ("2026-06-15T13:00", "UTC", "2026-06-15T13:00"),
        ("2026-03-29T02:59", HELSINKI, "2026-03-29T00:59"),  # the last minute before clocks go forward
        ("2026-03-29T04:00", HELSINKI, "2026-03-29T01:00"),  # the next one
        ("2026-10-25T03:30", HELSINKI, "2026-10-25T00:30"),  # twice, and the first is meant
        ("2026-10-25T02:59", HELSINKI, "2026-10-24T23:59"),
        ("2026-10-25T04:00", HELSINKI, "2026-10-25T02:00"),
    ],
)
def test_wall_time_is_an_instant(local: str, zone: str, instant: str) -> None:
    assert instant_of(datetime.fromisoformat(local), zone) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize("local", ["2026-03-29T03:00", "2026-03-29T03:30", "2026-03-29T03:59", "2027-03-28T03:15"])
def test_a_time_that_clocks_leap_over_is_none(local: str) -> None:
    assert instant_of(datetime.fromisoformat(local), HELSINKI) is None


@pytest.mark.parametrize(
    ("now", "zone", "came"),
    [
        ("2026-03-11T21:59", HELSINKI, False),
        ("2026-03-11T22:00", HELSINKI, True),  # midnight there
        ("2026-03-12T23:00", HELSINKI, True),
        ("2026-03-11T14:59", "Asia/Tokyo", False),
        ("2026-03-11T15:00", "Asia/Tokyo", True),
        ("2026-03-12T04:00", "America/New_York", True),
        ("2026-03-12T03:59", "America/New_York", False),
    ],
)
def test_the_day_comes_as_the_wall_there_shows_it(now: str, zone: str, came: bool) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert has_come(datetime.fromisoformat("2026-03-12T13:00"), zone, moment) is came


@pytest.mark.parametrize(
    ("item", "position", "order"),
    [("c", 1, "cab"), ("a", 3, "bca"), ("b", 2, "abc"), ("x", 1, "xabc"), ("x", 4, "abcx"), ("a", 99, "bca")],
)
def test_an_item_takes_its_place_and_the_others_move(item: str, position: int, order: str) -> None:
    assert "".join(placed(["a", "b", "c"], item, position)) == order
