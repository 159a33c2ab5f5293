"""When windows of a year clock are open. Pure."""

from datetime import date

from app.core.periods import Month


def days_of(first_month: int, last_month: int, year: int) -> tuple[date, date]:
    """First and last day of a window in a year; its months are both included."""
    return Month(year, first_month).first, Month(year, last_month).last
