"""When a network could meet: the best free day of a window, in any year, and what was stepped around."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.localized import Localized
from app.follow_up.rules.days_off import eves, public_holidays
from app.follow_up.rules.proposals import (
    Avoided,
    Choice,
    Habit,
    Met,
    Opening,
    choose,
    habit_of,
    keeps,
    known_of,
)
from app.meetings.rules import instant_of
from app.year_clock.rules import days_of

HELSINKI = "Europe/Helsinki"
OURS, THEIRS, STRANGERS = (uuid.UUID(int=n) for n in (1, 2, 3))
AINO, OLLI = (uuid.UUID(int=n) for n in (11, 12))
USUAL = Habit(3, time(13), 90, "live", HELSINKI)
WORKDAYS = range(1, 6)


def met(network_id: uuid.UUID, start: str, minutes: int = 60, **other: str) -> Met:
    local_start = datetime.fromisoformat(start)
    starts_at = instant_of(local_start, HELSINKI)
    assert starts_at is not None
    return Met(network_id, local_start, starts_at, minutes, other.pop("mode", "live"), HELSINKI, **other)


def opening(first: str, last: str, since: str | None = None, until: str | None = None) -> Opening:
    days = (first, last, since or first, until or last)
    return Opening(*(date.fromisoformat(day) for day in days), "network-not-valid")


def off(*days: str) -> dict[date, Avoided]:
    return {(d := date.fromisoformat(day)): Avoided(d, "school-break", Localized(fi="Loma")) for day in days}


def nobody(network: uuid.UUID, day: date) -> frozenset[uuid.UUID]:
    return frozenset()


def told(choice: Choice) -> list[tuple[str, str]]:
    return [(str(day.on), day.reason) for day in choice.avoided]


def test_the_usual_weekday_nearest_to_the_middle_is_chosen() -> None:
    found = choose(opening("2028-09-01", "2028-09-30"), USUAL, {}, [])

    assert (str(found.local_start), found.avoided) == ("2028-09-13 13:00:00", ())


def test_days_off_are_stepped_around_and_told() -> None:
    found = choose(opening("2028-09-01", "2028-09-30"), USUAL, off("2028-09-13", "2028-09-27"), [])

    assert str(found.local_start) == "2028-09-20 13:00:00"
    assert told(found) == [("2028-09-13", "school-break")]


def test_of_two_days_as_near_the_earlier_is_chosen() -> None:
    found = choose(opening("2028-09-06", "2028-09-20"), USUAL, off("2028-09-13"), [])

    assert str(found.local_start) == "2028-09-06 13:00:00"


@pytest.mark.parametrize(
    ("start", "minutes", "reason"),
    [
        ("2028-09-13T12:00", 60, "same-day"),  # ends as we begin
        ("2028-09-13T12:00", 61, "clash"),
        ("2028-09-13T14:29", 60, "clash"),
        ("2028-09-13T14:30", 60, "same-day"),
        ("2028-09-12T08:00", 2880, "clash"),  # two days long
        ("2028-09-13T00:00", 30, "same-day"),
    ],
)
def test_another_meeting_is_stepped_around_if_another_week_is_free(start: str, minutes: int, reason: str) -> None:
    found = choose(opening("2028-09-01", "2028-09-30"), USUAL, {}, [met(THEIRS, start, minutes)])

    assert str(found.local_start) == "2028-09-20 13:00:00"
    assert told(found) == [("2028-09-13", reason)]
    assert found.avoided[0].network_id == THEIRS


def test_two_meetings_on_a_day_are_better_than_another_weekday() -> None:
    beside = [met(THEIRS, f"2028-09-{day:02d}T09:00") for day in (6, 13, 20, 27)]

    found = choose(opening("2028-09-01", "2028-09-30"), USUAL, {}, beside)

    assert (str(found.local_start), found.avoided) == ("2028-09-13 13:00:00", ())


def test_where_the_usual_weekday_is_never_free_another_is_taken() -> None:
    found = choose(opening("2028-09-11", "2028-09-15"), USUAL, off("2028-09-13"), [])

    assert str(found.local_start) == "2028-09-12 13:00:00"
    assert told(found) == [("2028-09-13", "school-break")]


def test_where_no_day_is_free_all_are_told() -> None:
    days = ("2028-09-11", "2028-09-12", "2028-09-13", "2028-09-14", "2028-09-15")

    found = choose(opening("2028-09-11", "2028-09-17"), USUAL, off(*days), [])

    assert (found.local_start, told(found)) == (None, [(day, "school-break") for day in days])


def test_days_on_which_the_network_does_not_go_on_are_not_looked_at() -> None:
    window = ("2028-09-01", "2028-09-30")

    late = choose(opening(*window, since="2028-09-18"), USUAL, {}, [])
    over = choose(opening(*window, until="2028-08-31"), USUAL, {}, [])

    assert str(late.local_start) == "2028-09-20 13:00:00"
    assert (over.local_start, told(over)) == (None, [("2028-09-30", "network-not-valid")])


def test_an_hour_that_clocks_leap_over_is_no_time_to_meet() -> None:
    in_cairo = Habit(5, time(0, 30), 60, "live", "Africa/Cairo")  # clocks leap there on the night to a Friday

    found = choose(opening("2028-04-27", "2028-04-29"), in_cairo, {}, [])

    assert str(found.local_start) == "2028-04-27 00:30:00"


def test_a_network_meets_as_most_of_its_last_meetings_did() -> None:
    last = [
        met(OURS, "2027-11-16T09:00", 60, mode="remote"),
        met(OURS, "2027-09-14T14:30", 120, mode="remote"),
        met(OURS, "2027-05-13T14:30", 120),
        met(OURS, "2027-02-06T14:30", 120, mode="remote"),  # a Saturday
    ]

    assert habit_of(last, USUAL) == Habit(2, time(14, 30), 120, "remote", HELSINKI)
    assert habit_of([], USUAL) == USUAL
    assert habit_of(last[3:], USUAL) == Habit(3, time(14, 30), 120, "remote", HELSINKI)


@pytest.mark.parametrize(
    ("meeting", "is_kept"),
    [
        (met(OURS, "2028-09-13T13:00"), True),
        (met(OURS, "2028-09-13T13:00", mode="remote"), False),
        (met(OURS, "2028-09-13T13:00", window_code="other"), False),
        (met(OURS, "2028-11-13T13:00", window_code="autumn"), True),  # late is no fault
        (met(OURS, "2027-09-13T13:00", window_code="autumn"), False),
        (met(OURS, "2028-10-01T13:00"), False),
    ],
)
def test_a_window_is_kept_by_a_meeting_for_it_or_on_its_days(meeting: Met, is_kept: bool) -> None:
    assert keeps(meeting, "autumn", "live", date(2028, 9, 1), date(2028, 9, 30)) is is_kept


def test_meetings_concern_a_network_while_somebody_sits_in_both() -> None:
    june = date(2028, 6, 1)
    meetings = [
        met(THEIRS, "2028-06-01T13:00"),  # Olli has left us
        met(THEIRS, "2028-05-31T13:00"),
        met(STRANGERS, "2028-05-30T13:00"),
        met(OURS, "2028-07-01T13:00"),
    ]

    def sitting(network: uuid.UUID, day: date) -> set[uuid.UUID]:
        return {OURS: {AINO} if day >= june else {AINO, OLLI}, THEIRS: {OLLI}}.get(network, set())

    assert known_of(OURS, meetings, sitting) == [meetings[1], meetings[3]]


def test_holidays_have_names_and_their_eves_are_days_before_them() -> None:
    days = public_holidays("FI", 2027)

    assert days[date(2027, 3, 26)] == Localized(fi="Pitkäperjantai", sv="Långfredagen", en="Good Friday")
    assert eves(days)[date(2027, 3, 25)].en == "Good Friday"
    assert eves(days)[date(2027, 12, 31)].fi == "Uudenvuodenpäivä"
    assert date(2027, 12, 24) not in eves(days)
    assert set(map(type, days.values())) == {Localized}


@pytest.mark.parametrize("country", ["SE", "EE", "JP"])
def test_holidays_of_other_countries_are_known_too(country: str) -> None:
    assert len(public_holidays(country, 2027)) > 8


HOURS = st.sampled_from([time(8), time(9, 30), time(13), time(16, 15)])
TIMES = st.tuples(st.integers(0, 120), HOURS, st.integers(30, 300))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Opening, Habit, dict[date, Avoided], list[Met]]:
    """A window of some year, how the network meets, days off with the holidays of that year, and other meetings."""
    year, month = draw(st.integers(2026, 2040)), draw(st.integers(1, 12))
    first, last = days_of(month, draw(st.integers(month, min(12, month + 2))), year)
    days = {d: Avoided(d, "holiday", name) for d, name in public_holidays("FI", year).items()}
    for start, length in draw(st.lists(st.tuples(st.integers(0, 80), st.integers(1, 30)), max_size=3)):
        for n in range(length):
            day = first + timedelta(days=start + n)
            days.setdefault(day, Avoided(day, "school-break", Localized(fi="Loma")))
    beside = [
        met(THEIRS, f"{first + timedelta(days=ahead)}T{hour}", minutes)
        for ahead, hour, minutes in draw(st.lists(TIMES, max_size=12))
    ]
    habit = Habit(draw(st.integers(1, 5)), draw(HOURS), draw(st.integers(30, 240)), "live", HELSINKI)
    return Opening(first, last, first, last), habit, days, beside


def is_free(day: date, habit: Habit, days: dict[date, Avoided], beside: Sequence[Met]) -> bool:
    if day.isoweekday() not in WORKDAYS or day in days:
        return False
    begins = instant_of(datetime.combine(day, habit.at), HELSINKI)
    assert begins is not None
    ends = begins + timedelta(minutes=habit.minutes)
    return all(other.ends_at <= begins or ends <= other.starts_at for other in beside)


@settings(max_examples=300, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_in_any_year_the_day_is_free_and_no_free_day_is_better(world: object, dice: object) -> None:
    where, habit, days, beside = world  # type: ignore[misc]
    window = [where.first + timedelta(days=n) for n in range((where.last - where.first).days + 1)]
    free = [day for day in window if is_free(day, habit, days, beside)]
    shuffled = list(beside)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]

    found = choose(where, habit, days, known_of(THEIRS, beside, nobody))

    assert found == choose(where, habit, days, known_of(THEIRS, shuffled, nobody))
    if not free:
        assert found.local_start is None
        assert [day.on for day in found.avoided] == [day for day in window if day.isoweekday() in WORKDAYS]
        return
    assert found.local_start is not None
    chosen = found.local_start.date()
    assert chosen in free
    assert found.local_start.time() == habit.at
    busy = {other.local_start.date() for other in beside}

    def rank(day: date) -> tuple[bool, bool, int, date]:
        return day.isoweekday() != habit.weekday, day in busy, abs(2 * (day - where.first).days - len(window) + 1), day

    assert chosen == min(free, key=rank)
    assert all(day.on != chosen and day.on.isoweekday() in WORKDAYS for day in found.avoided)
    assert all((day.on in days) == (day.reason in ("holiday", "school-break")) for day in found.avoided)


def test_instants_are_compared_not_what_walls_show() -> None:
    there = Met(
        THEIRS,
        datetime.fromisoformat("2028-09-13T06:00"),
        datetime(2028, 9, 13, 10, tzinfo=UTC),
        60,
        "live",
        "America/New_York",
    )

    assert told(choose(opening("2028-09-13", "2028-09-13"), USUAL, {}, [there])) == [("2028-09-13", "clash")]
