"""When a meeting is, whatever the clocks do; what is on its agenda, in which order; how decisions are cited."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.meetings.rules import cited, draft_state, has_come, instant_of, label, placed

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


DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("to_be_decided_on", "handled_on", "decided_on", "state"),
    [
        ("2026-11-30", None, None, "waiting"),
        ("2026-10-31", None, None, "waiting"),  # today
        ("2026-10-30", None, None, "decided_unhandled"),  # as planned, for all that is known
        ("2026-11-30", None, "2026-10-20", "decided_unhandled"),
        ("2026-10-01", None, "2026-11-02", "decided_unhandled"),
        ("2026-11-30", "2026-10-13", None, "handled"),
        ("2026-10-13", "2026-10-13", None, "handled"),  # which came first is not known
        ("2026-10-12", "2026-10-13", None, "handled_late"),
        ("2026-10-12", "2026-10-13", "2026-10-20", "handled"),  # the decision was put off
        ("2026-11-30", "2026-10-13", "2026-10-12", "handled_late"),
    ],
)
def test_a_document_is_handled_before_it_is_decided_on_or_not(
    to_be_decided_on: str, handled_on: str | None, decided_on: str | None, state: str
) -> None:
    found = draft_state(
        to_be_decided_on=date.fromisoformat(to_be_decided_on),
        handled_on=date.fromisoformat(handled_on) if handled_on else None,
        decided_on=date.fromisoformat(decided_on) if decided_on else None,
        today=date(2026, 10, 31),
    )

    assert found == state


@given(planned=DAYS, handled_on=DAYS, decided_on=DAYS | st.none(), today=DAYS)
def test_what_was_handled_stays_as_it_is_whatever_the_day(
    planned: date, handled_on: date, decided_on: date | None, today: date
) -> None:
    facts = {"to_be_decided_on": planned, "handled_on": handled_on, "decided_on": decided_on}

    assert draft_state(**facts, today=today) == draft_state(**facts, today=today + timedelta(days=400))
    assert (draft_state(**facts, today=today) == "handled") == (handled_on <= (decided_on or planned))


@given(planned=DAYS, decided_on=DAYS | st.none(), today=DAYS)
def test_what_was_not_handled_waits_until_it_is_decided_on_and_never_again(
    planned: date, decided_on: date | None, today: date
) -> None:
    states = [
        draft_state(to_be_decided_on=planned, handled_on=None, decided_on=decided_on, today=today + timedelta(days=n))
        for n in range(3)
    ]

    assert states == sorted(states, reverse=True)  # waiting, then decided_unhandled
    assert (states[0] == "waiting") == (decided_on is None and today <= planned)


@given(st.integers(1, 10**7 - 1), st.integers(2000, 2099), st.sampled_from(["", " ", "\n"]))
def test_what_a_label_says_is_found_again(number: int, year: int, space: str) -> None:
    assert cited(space + label(number, year) + space) == (number, year)


@pytest.mark.parametrize(
    "text", ["", "3", "3/26", "0/2026", "03/2026", "3/20261", "3 / 2026", "kohta 3/2026", "-3/2026", "\u0663/2026"]
)
def test_other_texts_cite_no_decision(text: str) -> None:
    assert cited(text) is None


@given(st.lists(st.integers(), unique=True, min_size=1, max_size=20), st.data())
def test_what_is_placed_stands_there_and_the_others_keep_their_order(items: list[int], data: st.DataObject) -> None:
    item, position = data.draw(st.sampled_from(items)), data.draw(st.integers(1, len(items)))

    after = placed(items, item, position)

    assert after[position - 1] == item
    assert [each for each in after if each != item] == [each for each in items if each != item]
