"""Periods as people name them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.periods import Length, Month, Period, months_between

MONTHS = st.builds(Month, st.integers(1900, 2100), st.integers(1, 12))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_a_period_is_read_as_it_is_written(text: str, first: date, last: date) -> None:
    period = Period.read(text)

    assert (period.first.first, period.last.last, str(period)) == (first, last, text)


@pytest.mark.parametrize("text", ["", "26", "2026-13", "2026-0", "2026-Q5", "2026-3", "0000", " 2026", "2026-Q1\n"])
def test_what_is_not_a_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Period.read(text)


@given(MONTHS, st.sampled_from(["month", "quarter", "year"]))
def test_a_month_lies_in_the_period_that_holds_it(month: Month, length: Length) -> None:
    period = Period.holding(month, length)

    assert month in list(months_between(period.first, period.last))
    assert Period.read(str(period)) == period


@given(MONTHS, st.integers(-600, 600))
def test_months_are_counted_there_and_back(month: Month, step: int) -> None:
    assert month.plus(step).plus(-step) == month
