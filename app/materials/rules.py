"""When a document is to be reviewed next. Pure."""

from datetime import date

from app.core.periods import Month, Period


def recency(reviewed_in: str) -> tuple[Month, bool]:
    """By what the latest review is known: the end of its period; of a year and its last month, the month."""
    period = Period.read(reviewed_in)
    return period.last, period.months == 1


def next_review_in(last_reviewed_in: str, every_months: int) -> str:
    """The month or year of the next review, as exact as that of the last one is known.

    Of a year alone, its last month counts: `2024` and 18 months are `2026`.
    """
    last = Period.read(last_reviewed_in)
    following = last.first.plus(last.months - 1 + every_months)
    return str(following) if last.months == 1 else f"{following.year:04d}"


def due_on(last_reviewed_in: str, every_months: int, to_month: int | None) -> date:
    """The last day for the next review: the end of its month or year.

    With a window that ends in ``to_month`` each year: the end of the first one that is not over before then.
    """
    period = Period.read(next_review_in(last_reviewed_in, every_months))
    if to_month is None:
        return period.first.plus(period.months - 1).last
    window = Month(period.first.year, to_month)
    return (window if window >= period.first else window.plus(12)).last
