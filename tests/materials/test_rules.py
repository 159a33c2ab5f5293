"""When a document is to be reviewed next."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.periods import Month, Period
from app.materials.rules import due_on, next_review_in

YEARS, MONTHS, CYCLES = st.integers(1990, 2100), st.integers(1, 12), st.integers(1, 120)


@pytest.mark.parametrize(
    ("last", "every_months", "following"),
    [
        ("2024", 24, "2026"),
        ("2024-11", 12, "2025-11"),
        ("2024-12", 1, "2025-01"),
        ("2024", 12, "2025"),
        ("2024", 18, "2026"),  # until June 2026, if it was in December 2024
        ("2024", 6, "2025"),
    ],
)
def test_the_next_review_is_as_exact_as_the_last_one_is_known(last: str, every_months: int, following: str) -> None:
    assert next_review_in(last, every_months) == following


@pytest.mark.parametrize(
    ("last", "every_months", "to_month", "due"),
    [
        ("2024", 24, None, date(2026, 12, 31)),
        ("2024-01", 1, None, date(2024, 2, 29)),
        ("2025", 12, 11, date(2026, 11, 30)),
        ("2025-11", 12, 12, date(2026, 12, 31)),
        ("2026-01", 12, 12, date(2027, 12, 31)),  # late by a month: the window of the year after
        ("2025-11", 12, 4, date(2027, 4, 30)),
    ],
)
def test_a_review_is_due_by_the_end_of_its_time_or_of_its_window(
    last: str, every_months: int, to_month: int | None, due: date
) -> None:
    assert due_on(last, every_months, to_month) == due


@given(YEARS, MONTHS, CYCLES)
def test_from_month_to_month_a_cycle_is_as_long_as_it_says(year: int, month: int, every_months: int) -> None:
    last = Month(year, month)

    assert next_review_in(str(last), every_months) == str(last.plus(every_months))


@given(YEARS, CYCLES)
def test_of_a_year_alone_the_next_review_is_never_too_early(year: int, every_months: int) -> None:
    latest = Month(year, 12).plus(every_months)

    assert next_review_in(str(year), every_months) == str(latest.year)


@given(YEARS, st.none() | MONTHS, CYCLES, MONTHS)
def test_the_window_ends_in_its_month_within_a_year_of_when_the_review_begins_to_be_due(
    year: int, month: int | None, every_months: int, to_month: int
) -> None:
    last = str(Month(year, month) if month else year)
    begins = Period.read(next_review_in(last, every_months)).first

    due = Month.of(due_on(last, every_months, to_month))

    assert due.number == to_month
    assert begins <= due < begins.plus(12)
