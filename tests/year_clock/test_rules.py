"""When windows of a year clock are open."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.year_clock.rules import days_of

YEARS, MONTHS = st.integers(1990, 2100), st.integers(1, 12)


@pytest.mark.parametrize(
    ("months", "year", "days"),
    [
        ((1, 2), 2027, (date(2027, 1, 1), date(2027, 2, 28))),
        ((1, 2), 2028, (date(2028, 1, 1), date(2028, 2, 29))),
        ((10, 10), 2026, (date(2026, 10, 1), date(2026, 10, 31))),
        ((11, 12), 2100, (date(2100, 11, 1), date(2100, 12, 31))),
    ],
    ids=str,
)
def test_a_window_begins_with_its_first_month_and_ends_with_its_last(
    months: tuple[int, int], year: int, days: tuple[date, date]
) -> None:
    assert days_of(*months, year) == days


@given(YEARS, MONTHS, MONTHS)
def test_a_window_is_whole_months_of_one_year(year: int, one: int, other: int) -> None:
    first_month, last_month = sorted((one, other))

    first, last = days_of(first_month, last_month, year)

    assert (first.year, first.month, first.day) == (year, first_month, 1)
    assert (last.year, last.month) == (year, last_month)
    assert (last + timedelta(days=1)).day == 1


@given(YEARS, st.lists(MONTHS, unique=True))
def test_windows_that_follow_each_other_leave_no_day_out(year: int, starts: list[int]) -> None:
    firsts = sorted({1, *starts})

    windows = [days_of(first, following - 1, year) for first, following in zip(firsts, [*firsts[1:], 13], strict=True)]

    assert windows[0][0] == date(year, 1, 1)
    assert windows[-1][1] == date(year, 12, 31)
    assert all(last + timedelta(days=1) == first for (_, last), (first, _) in pairwise(windows))
