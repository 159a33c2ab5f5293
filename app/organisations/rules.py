"""How long somebody may be stored, and when they agreed. Pure."""

from datetime import date

MOST_YEARS = 10


def latest_retention(today: date) -> date:
    """The last day until which somebody may be said to be stored: ten years from now."""
    try:
        return today.replace(year=today.year + MOST_YEARS)
    except ValueError:  # the day of a leap year
        return today.replace(year=today.year + MOST_YEARS, day=28)


def may_be_kept_until(day: date, today: date) -> bool:
    """Whether somebody may be stored until that day: after today, ten years ahead at most."""
    return today < day <= latest_retention(today)
