"""When windows of a year clock are open. Pure."""

from datetime import date

from app.core.periods import Month


def is_kept_by(
    code: str, mode: str | None, days: tuple[date, date], *, met_on: date, met_as: str, marked: str | None
) -> bool:
    """Whether a meeting is that of a window: of its mode, if it has one, and on one of its days or marked for it.

    One that is marked may be early or late, in the same year; one that is marked for another window is of that.
    ``days``: first and last day of the window in a year.
    """
    if mode not in (None, met_as):
        return False
    first, last = days
    return met_on.year == first.year if marked == code else marked is None and first <= met_on <= last


def days_of(first_month: int, last_month: int, year: int) -> tuple[date, date]:
    """First and last day of a window in a year; its months are both included."""
    return Month(year, first_month).first, Month(year, last_month).last
